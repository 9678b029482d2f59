"""Checks of components: what an expression asks of values of which the components are known."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from clearway.decisions.check.items import CORRECT, UNKNOWN, Items, Level, Seen
from clearway.decisions.check.kinds import fields_of, item_of, kind_of
from clearway.decisions.check.names import names_by_id, required_names, unknown_name
from clearway.decisions.errors import DecisionError
from clearway.decisions.findings import Finding, finding_of
from clearway.decisions.model import Asked, Decision, Knowledge
from clearway.decisions.reader import Decisions
from clearway.feel.properties import PROPERTIES
from clearway.feel.syntax import Literal
from clearway.feel.types import ANY, FunctionType, Type


def unknown_components(decisions: Decisions, known: Mapping[str, Type | None]) -> Iterator[Finding]:
    """Paths that go on with a name which the type of what stands before does not have.

    And names in filters that neither the items have nor anything else.
    """
    names = decisions.names
    shapes = {each.variable: each.shape for each in decisions.decisions.values() if each.shape}
    known = {**known, **{name: it for name, it in shapes.items() if known.get(name) is None}}
    results = {
        each.name: Seen(FunctionType((), each.signature.result or each.shape or ANY))
        for each in decisions.knowledge.values()
    }
    for each in (*decisions.decisions.values(), *decisions.knowledge.values()):
        taken = names | each.bound if each.bound - names else names
        required = required_names(decisions, each.needs)
        types = {name: known[name] for name in required if name in known}
        if isinstance(each, Knowledge):
            types |= dict(each.signature.parameters)
        level = Level(
            {
                **{name: Seen(known.get(name), is_declared=True) for name in required},
                **{name: results[name] for name in required if name in results},
                # What gives a name a value inside of the element is told by what is around a text.
                **dict.fromkeys(each.bound, UNKNOWN),
            }
        )
        levels: dict[int, Level] = {}
        outside = ((asked, sorted(asked.paths)) for asked in each.asked)
        # In a filter a path may begin with an entry of an item.
        for asked, paths in (*outside, *((asked, []) for asked in each.in_filters)):
            items = _items(asked, level, Items(decisions.types, levels, taken))
            wrong = [_unknown(path, types, decisions.types) for path in paths]
            told = dict(found for found in wrong if found is not None)
            for cause, hint in (told | items.lacking).items():
                error = DecisionError(asked.place, cause, hint)
                yield finding_of(error, "decision-name-unknown")
            yield from _absent(decisions, each, asked, items)
            yield from (_null(asked, cause) for cause in items.null)
            for cause in items.excluded:
                remedy = "Correct the value, or add it to the allowed values."
                yield finding_of(DecisionError(asked.place, cause, remedy), "decision-cell-value")


def _items(asked: Asked, level: Level, found: Items) -> Items:
    """The same, with what a text asks of items."""
    if all(type(node) is Literal for node in asked.nodes):
        return found  # Most of a large table, so that it costs no more than a look.
    try:
        inside = found.within(asked.around, level)
        for node in asked.nodes:
            found.seen(node, inside)
            if asked.around:
                found.read(node, inside, is_condition=asked.is_condition)
    except RecursionError:
        return found  # The rest is too deep to be looked at, and refused where it is evaluated.
    return found


def _null(asked: Asked, cause: str) -> Finding:
    error = DecisionError(
        asked.place, f"`{asked.text}` has {cause}", "Correct it, or convert one of the values."
    )
    return finding_of(error, "decision-null-call")


def _absent(
    decisions: Decisions, element: Decision | Knowledge, asked: Asked, items: Items
) -> Iterator[Finding]:
    others = names_by_id(decisions) if items.absent else {}
    for name, hint in items.absent.items():
        is_there = any(it == name and key != element.id for key, it in others.items())
        yield from unknown_name(decisions, element, asked, name, is_there=is_there, hint=hint)


def _unknown(
    path: tuple[str, ...], known: Mapping[str, Type | None], types: Mapping[str, Type]
) -> tuple[str, str] | None:
    found = known.get(path[0])
    for at, name in enumerate(path[1:], 1):
        # A path from a list goes to the components of its items.
        found = item_of(found, types)
        has = _components(found, types)
        if has is None:
            return None
        if name not in has:
            before = ".".join(path[:at])
            close = get_close_matches(name, sorted(has), 1)
            return (
                f"`{before}` has no `{name}`",
                f"Did you mean `{close[0]}`?" if close else CORRECT,
            )
        found = has[name]
    return None


def _components(wanted: Type | None, types: Mapping[str, Type]) -> Mapping[str, Type] | None:
    """What values of a type have; None where that is not known."""
    fields = fields_of(wanted, types)
    if fields is not None:
        return fields
    properties = PROPERTIES.get(kind_of(wanted, types) or "")
    return None if properties is None else dict.fromkeys(properties, ANY)
