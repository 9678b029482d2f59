"""Checks of calls: what business knowledge models and decision services are given."""

from collections.abc import Iterator, Mapping

from clearway.decisions.declared import is_refused, misfit
from clearway.decisions.errors import DecisionError, Place
from clearway.decisions.evaluation import signature_of
from clearway.decisions.findings import Finding, finding_of
from clearway.decisions.model import Decision, Knowledge, Signature, is_unnamed, parted
from clearway.decisions.reader import Decisions
from clearway.feel.scope import NOT_KNOWN, Called
from clearway.feel.types import Type


def wrong_calls(decisions: Decisions) -> Iterator[Finding]:
    """Calls that an evaluation would refuse, whatever its input."""
    for each in (*decisions.decisions.values(), *decisions.knowledge.values()):
        known = _known(decisions, each)
        for asked in each.asked:
            for call in asked.calls:
                found = known.get(call.path)
                cause = _wrong(call, *found) if found is not None else None
                if cause is not None:
                    yield _finding(asked.place, cause)


def _known(
    decisions: Decisions, element: Decision | Knowledge
) -> dict[tuple[str, ...], tuple[Signature, Mapping[str, Type]]]:
    """The functions that an element may call, by the names that lead to them."""
    found: dict[tuple[str, ...], tuple[Signature, Mapping[str, Type]]] = {}
    own = (element.id,) if isinstance(element, Knowledge) else ()
    for identity in (*element.needs.knowledge, *own):
        prefix, inner = parted(identity)
        home = decisions.imported.get(prefix) if prefix else decisions
        if home is None:
            continue
        before = (prefix,) if prefix and not is_unnamed(prefix) else ()
        if inner in home.knowledge:
            knowledge = home.knowledge[inner]
            if not knowledge.broken:
                found[(*before, knowledge.name)] = knowledge.signature, home.types
        elif inner in home.services:
            service = home.services[inner]
            if all(each in home.ids or each in home.inputs for each in service.parameters):
                found[(*before, service.name)] = signature_of(home, service), home.types
    return found


def _wrong(call: Called, signature: Signature, types: Mapping[str, Type]) -> str | None:
    name = ".".join(call.path)
    takes = ", ".join(f"`{each}`" for each in signature.names) or "nothing"
    named = {key: value for key, value in call.given if key}
    unknown = [key for key in named if key not in signature.names]
    if unknown:
        return f"`{name}` has no parameter `{unknown[0]}`: it takes {takes}"
    if len(call.given) != len(signature.parameters):
        return f"`{name}` takes {takes}, but is given {len(call.given)} values"
    by_place = zip(signature.names, (value for _, value in call.given), strict=True)
    values = named if named else dict(by_place)
    for parameter, wanted in signature.parameters:
        value = values.get(parameter, NOT_KNOWN)
        if value is NOT_KNOWN or value is None or wanted is None:
            continue
        if is_refused(value, wanted, types):
            return misfit(value, wanted, f"the value given to `{name}` for `{parameter}`")
    return None


def _finding(place: Place, cause: str) -> Finding:
    return finding_of(DecisionError(place, cause, "Correct the call."), "decision-call")
