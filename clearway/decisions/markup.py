"""XML files as elements: hardened reading, and access by local name."""

# pyright: reportMissingTypeStubs=false, reportAttributeAccessIssue=false
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# lxml has no types; what is used of it is declared by the protocols below.

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, cast

from lxml import etree

from clearway.decisions.errors import NotUnderstood, Place

LARGEST = 5_000_000
DEEPEST = 100
MOST_TEXT = 300_000
"""So many characters of FEEL are read in about two seconds."""
PER_ELEMENT = 20
"""What an element of the file costs beside its texts, in characters."""
NOT_FEEL = frozenset(("annotationEntry", "textAnnotation", "description", "extensionElements"))
DMN = {
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}


@dataclass(frozen=True, slots=True)
class Element:
    """An element: its local name (empty in a foreign namespace), attributes, text, children."""

    name: str
    attributes: Mapping[str, str]
    text: str
    inside: "tuple[Element, ...]"

    def get(self, key: str, default: str = "") -> str:
        """An attribute."""
        return self.attributes.get(key, default)

    def __iter__(self) -> "Iterator[Element]":
        return iter(self.inside)


class DocumentInfo(Protocol):
    """What stands before the root."""

    doctype: str


class ParsedTree(Protocol):
    """A whole document."""

    docinfo: DocumentInfo


class Parsed(Protocol):
    """What is used of an element of lxml, which is not typed; a comment's tag is no text."""

    tag: object
    text: str | None
    tail: str | None
    attrib: Mapping[str, str]

    def getroottree(self) -> "ParsedTree": ...

    def __iter__(self) -> "Iterator[Parsed]": ...


def definitions(xml: bytes, file: str) -> Element:
    """The root of a DMN file; raises NotUnderstood for anything else."""
    root = read_xml(xml, file, DMN)
    if root.name != "definitions":
        cause = "the root is no `definitions` of DMN 1.3 to 1.5"
        raise NotUnderstood(Place(file), cause, "Save the file as DMN 1.3, 1.4 or 1.5.")
    return root


def refuse_too_much_text(root: Element, file: str) -> None:
    """Raises NotUnderstood for a file with more texts than can be read in bounded time.

    What stands twice in one element of the file counts once, as it is compiled once.
    """
    count = 0
    for element in root:
        texts, waiting = set[str](), [element]
        while waiting:
            found = waiting.pop()
            if found.name == "text":
                texts.add(found.text)
            waiting += [each for each in found if each.name not in NOT_FEEL]
        count += sum(map(len, texts)) + (PER_ELEMENT if element.name else 0)
    if count > MOST_TEXT:
        cause = f"its cells and other expressions are {count} characters, the same counted once"
        remedy = f"Split the file: {MOST_TEXT} are the limit."
        raise NotUnderstood(Place(file), cause, remedy)


def read_xml(xml: bytes, file: str, namespaces: Collection[str]) -> Element:
    """Any XML without DOCTYPE; raises NotUnderstood for a hostile or broken file."""
    place = Place(file)
    if len(xml) > LARGEST:
        cause = f"the file has {len(xml)} bytes"
        raise NotUnderstood(place, cause, f"Keep it below {LARGEST} bytes.")
    return _element(_parsed(xml, place), namespaces, place, DEEPEST)


def children(element: Element, *names: str) -> list[Element]:
    """The children of these local names, in order."""
    return [each for each in element if each.name in names]


def child(element: Element, name: str) -> Element | None:
    """The first child of that name."""
    return next((each for each in element if each.name == name), None)


def text_of(element: Element | None) -> str | None:
    """The content of the `text` child, stripped; None where there is none or it is empty."""
    return own_text(child(element, "text")) if element is not None else None


def own_text(element: Element | None) -> str | None:
    """The stripped content of the element itself; None for nothing."""
    return (element.text.strip() or None) if element is not None else None


def _parsed(xml: bytes, place: Place) -> Parsed:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    try:
        root = cast(Parsed, etree.fromstring(xml, parser))
    except (etree.XMLSyntaxError, ValueError) as error:
        # The text of the library ends with the line twice: in words, and after the name of a file.
        cause = f"the file is no XML: {f'{error}'.partition(' (<string>')[0]}"
        raise NotUnderstood(place, cause, "Save it from a DMN editor.") from error
    if root.getroottree().docinfo.doctype:
        raise NotUnderstood(place, "the file has a DOCTYPE", "Remove it; entities are not read.")
    return root


def _element(found: Parsed, namespaces: Collection[str], place: Place, left: int) -> Element:
    if not left:
        raise NotUnderstood(place, f"elements nest deeper than {DEEPEST}", "Simplify the file.")
    namespace, _, local = str(found.tag).rpartition("}")
    inside = list(found)
    tails = (each.tail or "" for each in inside if not isinstance(each.tag, str))
    return Element(
        local if namespace.lstrip("{") in namespaces else "",
        dict(found.attrib),
        (found.text or "") + "".join(tails),
        tuple(
            _element(each, namespaces, place, left - 1)
            for each in inside
            if isinstance(each.tag, str)
        ),
    )
