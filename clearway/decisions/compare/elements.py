"""What differs between two files of decisions, element by element."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from clearway.decisions.compare.changes import Change, Kind, Part
from clearway.decisions.compare.matching import Matching, matching
from clearway.decisions.compare.outline import (
    UNTOLD,
    outline,
    plain_type,
    table_text,
    told,
)
from clearway.decisions.compare.tables import Spot, changed_tables
from clearway.decisions.markup import Element, child, children, definitions, text_of

PARTS = {
    "import": Part.IMPORT,
    "itemDefinition": Part.TYPE_DEFINITION,
    "inputData": Part.INPUT,
    "decision": Part.DECISION,
    "businessKnowledgeModel": Part.KNOWLEDGE,
    "decisionService": Part.SERVICE,
}
NAMED = ("import", "itemDefinition")
BESIDE_LOGIC = UNTOLD | {"variable", "informationRequirement", "knowledgeRequirement"}
FUNCTIONS = ("encapsulatedLogic", "functionDefinition")


def compare(
    before: bytes, after: bytes, files: tuple[str, str] = ("before", "after")
) -> list[Change]:
    """All that differs and decides something; layout and descriptions of elements are left out.

    Elements are matched by id (types and imports by name), rules by id or else by likeness.
    `files` are names for errors. Raises NotUnderstood when one of the two is no file of decisions.
    """
    one, other = definitions(before, files[0]), definitions(after, files[1])
    return list(_changes(one, other))


def _changes(before: Element, after: Element) -> Iterator[Change]:
    yield from Spot("").marked(
        Part.NAMESPACE, before.get("namespace") or None, after.get("namespace") or None
    )
    old, new = told(before), told(after)
    found = _matched(old, new, lambda each: (each.name, _identity(each)))
    for at in found.removed:
        yield Change(_identity(old[at]), _part(old[at]), Kind.REMOVED, before=_named(old[at]))
    for at in found.added:
        yield Change(_identity(new[at]), _part(new[at]), Kind.ADDED, after=_named(new[at]))
    yield from _moved_decisions(old, new, found)
    for one, other in sorted(found.pairs, key=lambda pair: pair[1]):
        yield from _changed(old[one], new[other])


def _moved_decisions(
    old: Sequence[Element], new: Sequence[Element], found: Matching
) -> Iterator[Change]:
    decisions = [pair for pair in found.pairs if old[pair[0]].name == "decision"]
    for one, other in sorted(Matching(decisions).moved(), key=lambda pair: pair[1]):
        yield Change(
            _identity(new[other]),
            Part.DECISION,
            Kind.MOVED,
            before=_place_among_decisions(old, one),
            after=_place_among_decisions(new, other),
        )


def _place_among_decisions(elements: Sequence[Element], at: int) -> str:
    return f"decision {sum(each.name == 'decision' for each in elements[: at + 1])}"


def _changed(before: Element, after: Element) -> Iterator[Change]:
    spot = Spot(_identity(after))
    if after.name not in ("decision", "businessKnowledgeModel"):
        yield from spot.marked(_part(after), outline(before), outline(after))
        return
    yield from spot.marked(Part.NAME, before.get("name") or None, after.get("name") or None)
    yield from spot.marked(Part.VARIABLE, _variable(before), _variable(after))
    yield from spot.marked(Part.TYPE, _type(before), _type(after))
    yield from spot.marked(Part.NEEDS, _needs(before), _needs(after))
    names = _variable(before), _variable(after)
    yield from _all_logic(_logic(before), _logic(after), spot, names)


def _all_logic(
    before: Sequence[Element],
    after: Sequence[Element],
    spot: Spot,
    names: tuple[str, str] = ("result", "result"),
) -> Iterator[Change]:
    """The expressions inside two elements: one on each side, unless something is wrong."""
    if len(before) == len(after) == 1:
        yield from _expression(before[0], after[0], spot, names)
    else:
        yield from spot.marked(Part.EXPRESSION, _outlines(before), _outlines(after))


def _expression(
    before: Element, after: Element, spot: Spot, names: tuple[str, str]
) -> Iterator[Change]:
    kinds = {before.name, after.name}
    if kinds == {"decisionTable"}:
        tables = table_text(before, names[0]), table_text(after, names[1])
        yield from changed_tables(*tables, spot)
    elif kinds == {"literalExpression"}:
        yield from spot.marked(Part.TYPE, *_types(before, after))
        yield from spot.marked(Part.EXPRESSION, _literal(before), _literal(after))
    elif kinds == {"context"}:
        yield from spot.marked(Part.TYPE, *_types(before, after))
        yield from _context(before, after, spot)
    elif len(kinds) == 1 and after.name in FUNCTIONS:
        yield from _function(before, after, spot)
    else:
        yield from spot.marked(Part.EXPRESSION, outline(before), outline(after))


def _function(before: Element, after: Element, spot: Spot) -> Iterator[Change]:
    parameters = _parameters(before), _parameters(after)
    yield from spot.marked(Part.PARAMETERS, *parameters)
    yield from spot.marked(Part.TYPE, before.get("kind", "FEEL"), after.get("kind", "FEEL"))
    yield from _all_logic(_body(before), _body(after), spot)


def _context(before: Element, after: Element, spot: Spot) -> Iterator[Change]:
    old, new = children(before, "contextEntry"), children(after, "contextEntry")
    found = _matched(old, new, _entry_name)
    moved = found.moved()
    for at in found.removed:
        yield _entry(spot, Kind.REMOVED, old[at], before=_outlines(_logic(old[at])))
    for at in found.added:
        yield _entry(spot, Kind.ADDED, new[at], after=_outlines(_logic(new[at])))
    for one, other in found.pairs:
        if (one, other) in moved:
            places = f"entry {one + 1}", f"entry {other + 1}"
            yield _entry(spot, Kind.MOVED, new[other], *places)
        inner = Spot(spot.element, _way(spot, new[other]))
        yield from inner.marked(Part.TYPE, _type(old[one]), _type(new[other]))
        yield from _all_logic(_logic(old[one]), _logic(new[other]), inner)


def _entry(
    spot: Spot, change: Kind, element: Element, before: str | None = None, after: str | None = None
) -> Change:
    made = Change(spot.element, Part.ENTRY, change, before=before, after=after)
    return replace(made, entry=_way(spot, element))


def _way(spot: Spot, element: Element) -> str:
    own = _entry_name(element) or "result"
    return f"{spot.entry}, {own}" if spot.entry else own


def _matched(
    old: Sequence[Element], new: Sequence[Element], key: Callable[[Element], object]
) -> Matching:
    keys = [[f"{key(each)}" for each in elements] for elements in (old, new)]
    return matching(len(old), len(new)).by_key(*keys)


def _part(element: Element) -> Part:
    return PARTS.get(element.name, Part.OTHER)


def _identity(element: Element) -> str:
    names = ("name", "id") if element.name in NAMED else ("id", "name")
    return element.get(names[0]) or element.get(names[1])


def _named(element: Element) -> str | None:
    if element.name in ("decision", "businessKnowledgeModel"):
        return element.get("name") or _identity(element)
    return outline(element)


def _variable(element: Element) -> str:
    variable = child(element, "variable")
    own = element.get("name") or element.get("id")
    return (variable.get("name") if variable is not None else "") or own


def _entry_name(element: Element) -> str:
    variable = child(element, "variable")
    return variable.get("name") if variable is not None else ""


def _type(element: Element) -> str | None:
    variable = child(element, "variable")
    return plain_type(variable.get("typeRef")) if variable is not None else None


def _types(before: Element, after: Element) -> tuple[str | None, str | None]:
    return plain_type(before.get("typeRef")), plain_type(after.get("typeRef"))


def _needs(element: Element) -> str | None:
    links = children(element, "informationRequirement", "knowledgeRequirement")
    return ", ".join(sorted(each.get("href") for link in links for each in link)) or None


def _logic(element: Element) -> list[Element]:
    return [each for each in element if each.name not in BESIDE_LOGIC]


def _parameters(function: Element) -> str | None:
    return _outlines(children(function, "formalParameter"))


def _body(function: Element) -> list[Element]:
    return [each for each in told(function) if each.name != "formalParameter"]


def _literal(element: Element) -> str | None:
    language = element.get("expressionLanguage")
    text = text_of(element)
    values = [outline(each) for each in children(element, "importedValues")]
    marks = [each for each in (*values, f"in {language}" if language else "") if each]
    return f"{text or ''} ({', '.join(marks)})" if marks else text


def _outlines(elements: Sequence[Element]) -> str | None:
    return ", ".join(map(outline, elements)) or None
