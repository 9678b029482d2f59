"""Checks of names that no expression can ask for, where one would have to."""

from collections.abc import Iterator

from clearway.decisions.errors import DecisionError, Place
from clearway.decisions.findings import Finding, finding_of
from clearway.decisions.model import Decision, Knowledge, Table
from clearway.decisions.reader import Decisions
from clearway.feel import FeelError, compile_expression
from clearway.feel.names import KEYWORDS
from clearway.feel.syntax import Name, Path
from clearway.feel.types import Constrained, ContextType, ListType, Type

ALLOWED = frozenset(" _?./-'+*\n\t")
"""What a name of FEEL may hold beside letters and digits."""
MEANT_OTHERWISE = {
    "?": "the value that a cell or `in` tests",
    "item": "what a filter looks at, so that it means another value there",
}
RENAME = "Rename it, in the requirements and expressions as well."
MOST = 1000
"""So many components of types are looked at."""


def unusable_names(decisions: Decisions) -> Iterator[Finding]:
    """Names of elements that no expression can ask for, or that are something else in some places.

    Of input data each, of other elements those that one needs, and what these are made of.
    """
    for each in decisions.inputs.values():
        cause = _why(each.name, "the input data") if each.is_named else f"`{each.id}` has no name"
        remedy = RENAME if each.is_named else "Give it a name."
        yield from _told(decisions, each.id, cause, remedy)
    owners = (*decisions.decisions.values(), *decisions.knowledge.values())
    needed = {it for each in owners for it in (*each.needs.decisions, *each.needs.knowledge)}
    for identity, name, what in _named(decisions):
        if identity in needed:
            yield from _told(decisions, identity, _why(name, what))
    for each in owners:
        yield from (_told_of(decisions, each, cause) for cause in _inside(each, needed) if cause)
    for name, wanted in decisions.types.items():
        place = Place(decisions.file, column=name)
        for cause in filter(None, (_why_no_part(it, "a component") for it in _components(wanted))):
            yield _finding(place, cause, "Rename it, in the expressions as well.")


def _named(decisions: Decisions) -> Iterator[tuple[str, str, str]]:
    for each in decisions.decisions.values():
        yield each.id, each.variable, "the decision"
    for each in decisions.knowledge.values():
        yield each.id, each.name, "the knowledge model"
    for each in decisions.services.values():
        yield each.id, each.name, "the decision service"


def _inside(element: Decision | Knowledge, needed: set[str]) -> Iterator[str | None]:
    """Why names that an element gives values itself, or that it answers by, are of no use."""
    parameters = set(element.signature.names) if isinstance(element, Knowledge) else set[str]()
    for name in sorted(element.bound - {"partial", ""}):
        yield _why(name, "a parameter" if name in parameters else "what is named inside of it")
    if isinstance(element, Decision) and element.id in needed and isinstance(element.logic, Table):
        outputs = element.outputs if len(element.outputs) > 1 else ()
        yield from (_why_no_part(name, "an output") for name in outputs)


def _components(wanted: Type) -> Iterator[str]:
    waiting, left = [wanted], MOST
    while waiting and left:
        each, left = waiting.pop(), left - 1
        if isinstance(each, Constrained):
            waiting.append(each.base)
        elif isinstance(each, ListType):
            waiting.append(each.item)
        elif isinstance(each, ContextType):
            yield from (name for name, _ in each.fields)
            waiting += [field for _, field in each.fields]


def _why(name: str, what: str) -> str | None:
    if name in MEANT_OTHERWISE:
        return f"{what} is called `{name}`, which is {MEANT_OTHERWISE[name]}"
    if name in KEYWORDS:
        return f"{what} is called `{name}`, which is a word of FEEL"
    return _why_written_so(name, what) or _why_read_otherwise(name, what, is_part=False)


def _why_no_part(name: str, what: str) -> str | None:
    """The same for a name that stands behind a point."""
    return _why_written_so(name, what) or _why_read_otherwise(name, what, is_part=True)


def _why_written_so(name: str, what: str) -> str | None:
    wrong = next((it for it in name if it.isascii() and not it.isalnum() and it not in ALLOWED), "")
    if wrong:
        return f"{what} is called `{name}`, but `{wrong}` cannot stand in a name"
    if name != " ".join(name.split()):
        return f"{what} is called `{name}`, but in a name stand single blanks between words only"
    return None


def _why_read_otherwise(name: str, what: str, *, is_part: bool) -> str | None:
    try:
        tree = compile_expression(f"q.{name}" if is_part else name, (name, "q")).tree
    except FeelError:
        tree = None
    if isinstance(tree, Path if is_part else Name) and tree.name == name:
        return None
    return f"{what} is called `{name}`, which no expression can ask for"


def _told(
    decisions: Decisions, identity: str, cause: str | None, remedy: str = RENAME
) -> Iterator[Finding]:
    if cause is not None:
        yield _finding(Place(decisions.file, identity), cause, remedy)


def _told_of(decisions: Decisions, element: Decision | Knowledge, cause: str) -> Finding:
    return _finding(Place(decisions.file, element.id), cause, "Rename it, in its expressions too.")


def _finding(place: Place, cause: str, remedy: str) -> Finding:
    return finding_of(DecisionError(place, cause, remedy), "decision-name-unusable")
