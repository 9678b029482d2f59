"""Checks of calls: what business knowledge models and decision services are given."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from clearway.decisions.check.columns import Names
from clearway.decisions.check.computed import misfit_of
from clearway.decisions.check.names import names_inside
from clearway.decisions.declared import is_refused, misfit
from clearway.decisions.errors import DecisionError, Place
from clearway.decisions.evaluation import signature_of
from clearway.decisions.findings import Finding, finding_of
from clearway.decisions.model import Asked, Decision, Knowledge, Signature, is_unnamed, parted
from clearway.decisions.reader import Decisions
from clearway.feel.kinds import calls_given
from clearway.feel.scope import NOT_KNOWN, Called
from clearway.feel.types import Type

Functions = dict[tuple[str, ...], tuple[Signature, Mapping[str, Type]]]
"""What may be called: the names that lead to it, its signature, and the types of its file."""


def wrong_calls(decisions: Decisions, types: Mapping[str, Type | None]) -> Iterator[Finding]:
    """Calls that an evaluation would refuse, whatever its input."""
    for each in (*decisions.decisions.values(), *decisions.knowledge.values()):
        known, names = _known(decisions, each), names_inside(decisions, each.place, types)
        for asked in each.asked:
            causes: list[str | None] = []
            for call in asked.calls:
                found = known.get(call.path)
                causes.append(_wrong(call, *found) if found is not None else None)
            if not any(causes) and any(call.path in known for call in asked.calls):
                causes += _of_other_kinds(asked, known, names)
            yield from (_finding(asked.place, cause) for cause in causes if cause is not None)


def _of_other_kinds(asked: Asked, known: Functions, names: Names) -> Iterator[str]:
    """What is wrong with computed arguments, by the declared types of what they are made of."""
    for path, given in calls_given(asked.nodes, names.kind_at, names.taken):
        if path not in known:
            continue
        signature, types = known[path]
        wanted, there = dict(signature.parameters), replace(names, types=types)
        for (key, told), by_place in zip(given, signature.names, strict=False):
            name = key or by_place
            what = f"the value given to `{'.'.join(path)}` for `{name}`"
            cause = misfit_of(told, wanted[name], there, what) if told is not None else None
            if cause is not None:
                yield cause


def _known(decisions: Decisions, element: Decision | Knowledge) -> Functions:
    """The functions that an element may call, by the names that lead to them."""
    found: Functions = {}
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
