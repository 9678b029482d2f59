"""In which language the expressions of a file are written, which has to be FEEL."""

from collections.abc import Iterator

from clearway.decisions.errors import NotUnderstood, Place
from clearway.decisions.markup import Element, child

LANGUAGE = "expressionLanguage"
WHOLE = "Write them in FEEL and remove expressionLanguage from <definitions>."


def refused_language(element: Element) -> str:
    """The last part of the language that an element names; empty for FEEL, and for none."""
    parts = element.get(LANGUAGE).lower().rstrip("/").split("/")
    return "" if "feel" in parts else parts[-1]


def other_languages(root: Element, file: str) -> Iterator[NotUnderstood]:
    """What is said of expressions but literal ones, of which each is refused for itself."""
    language = refused_language(root)
    if language and any(map(_leaves_it_open, _inside(root))):
        cause = f"the file says that its expressions are written in {language}"
        yield NotUnderstood(Place(file), cause, WHOLE)
    for element in root:
        for each in _inside(element):
            own = refused_language(each) if each.name != "literalExpression" else ""
            if own:
                cause = f"the `{each.name}` is written in {own}"
                yield NotUnderstood(Place(file, element.get("id")), cause, "Write it in FEEL.")


def _leaves_it_open(element: Element) -> bool:
    return child(element, "text") is not None and not element.get(LANGUAGE)


def _inside(root: Element) -> Iterator[Element]:
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if element.name not in ("textAnnotation", "annotationEntry"):
            yield element
            waiting += element.inside
