"""Checks of paths: the components that an expression asks of a value of a declared type."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from clearway.decisions.check.kinds import fields_of, item_of, kind_of
from clearway.decisions.check.names import required_names
from clearway.decisions.errors import DecisionError
from clearway.decisions.findings import Finding, finding_of
from clearway.decisions.model import Knowledge
from clearway.decisions.reader import Decisions
from clearway.feel.properties import PROPERTIES
from clearway.feel.types import ANY, Type


def unknown_components(decisions: Decisions, known: Mapping[str, Type | None]) -> Iterator[Finding]:
    """Paths that go on with a name which the type of what stands before does not have."""
    for each in (*decisions.decisions.values(), *decisions.knowledge.values()):
        required = required_names(decisions, each.needs)
        types = {name: known[name] for name in required if name in known}
        if isinstance(each, Knowledge):
            types |= dict(each.signature.parameters)
        for asked in each.asked:
            for path in sorted(asked.paths):
                wrong = _unknown(path, types, decisions.types)
                if wrong is not None:
                    cause, hint = wrong
                    error = DecisionError(asked.place, cause, hint)
                    yield finding_of(error, "decision-name-unknown")


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
            remedy = "Correct the name, or add it to the type."
            return f"`{before}` has no `{name}`", f"Did you mean `{close[0]}`?" if close else remedy
        found = has[name]
    return None


def _components(wanted: Type | None, types: Mapping[str, Type]) -> Mapping[str, Type] | None:
    """What values of a type have; None where that is not known."""
    fields = fields_of(wanted, types)
    if fields is not None:
        return fields
    properties = PROPERTIES.get(kind_of(wanted, types) or "")
    return None if properties is None else dict.fromkeys(properties, ANY)
