"""Checks of names: what an expression asks for has to be among what its decision needs."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from clearway.decisions.check.columns import Names
from clearway.decisions.errors import DecisionError, Place
from clearway.decisions.findings import Finding, finding_of
from clearway.decisions.model import (
    Asked,
    Decision,
    Knowledge,
    Requirements,
    is_unnamed,
    parted,
)
from clearway.decisions.reader import Decisions
from clearway.feel.types import Type


def unknown_names(decisions: Decisions) -> Iterator[Finding]:
    """Names of the file without a requirement, and names that nothing has.

    A decision without input data asks whoever calls it.
    """
    ids = _ids_by_name(decisions)
    for each in (*decisions.decisions.values(), *decisions.knowledge.values()):
        known = required_names(decisions, each.needs)
        for asked in each.asked:
            for name in sorted(asked.names - known):
                has_it = ids.get(name, set()) - {each.id}
                yield from unknown_name(decisions, each, asked, name, is_there=bool(has_it))


def required_names(decisions: Decisions, needs: Requirements) -> frozenset[str]:
    """The names under which an element sees what it needs."""
    names: set[str | None] = set()
    for identity in (*needs.inputs, *needs.decisions, *needs.knowledge):
        prefix, inner = parted(identity)
        if prefix and not is_unnamed(prefix):
            names.add(prefix)
        elif not prefix:
            names.add(_name_of(decisions, identity))
        elif prefix in decisions.imported:
            names.add(_name_of(decisions.imported[prefix], inner))
    return frozenset(name for name in names if name is not None)


def _name_of(decisions: Decisions, identity: str) -> str | None:
    """The name of one element, as `names_by_id` has it; None where there is none."""
    for elements in (decisions.services, decisions.knowledge, decisions.inputs):
        if identity in elements:
            return elements[identity].name
    found = decisions.decisions.get(identity)
    return found.variable if found is not None else None


def is_self_contained(needs: Requirements) -> bool:
    """Whether an element says by input data what it is given, and asks its caller nothing else."""
    return bool(needs.inputs)


def asked_outside(decisions: Decisions, decision_id: str) -> list[tuple[str, frozenset[str]]]:
    """What a decision asks of whoever calls it: where, and which names.

    With input data it is these; else all that it asks for.
    """
    decision = decisions.get(decision_id)
    if is_self_contained(decision.needs):
        given = required_names(decisions, Requirements(decision.needs.inputs))
        imports = {name for name in decisions.imported if not is_unnamed(name)}
        return [("The decision", given - imports)]
    known = required_names(decisions, decision.needs)
    return [
        (
            f"{each.place.within[:1].upper()}{each.place.within[1:]}" or "The decision",
            each.names - known,
        )
        for each in decision.asked
    ]


def names_inside(
    decisions: Decisions, place: Place, known: Mapping[str, Type | None], *, in_filter: bool = False
) -> Names:
    """What names stand for inside of an element, which may give some of them values itself.

    In a filter nobody knows, because the items may have entries of any name.
    """
    element = decisions.decisions.get(place.decision) or decisions.knowledge.get(place.decision)
    own = element.bound if element is not None else frozenset[str]()
    taken = decisions.names | own if own - decisions.names else decisions.names
    if in_filter:
        return Names(decisions.types, {}, taken)
    if own & known.keys():
        known = {name: wanted for name, wanted in known.items() if name not in own}
    is_closed = element is not None and is_self_contained(element.needs)
    return Names(decisions.types, known, taken, is_closed)


def unknown_name(
    decisions: Decisions,
    element: Decision | Knowledge,
    asked: Asked,
    name: str,
    *,
    is_there: bool,
    hint: str = "",
) -> Iterator[Finding]:
    """A name that is not among what the element needs; nothing where its caller may give it."""
    if is_there:
        yield _finding(
            "decision-requirement-missing",
            asked.place,
            f"it asks for `{name}`, which is not among what `{element.id}` needs",
            f"Draw a requirement from `{name}` to `{element.id}`.",
        )
    elif is_self_contained(element.needs):
        close = get_close_matches(name, sorted(required_names(decisions, element.needs)), 1)
        other = f"Did you mean `{close[0]}`?" if close else "Correct the name, or add input data."
        yield _finding(
            "decision-name-unknown", asked.place, f"nothing here is called `{name}`", hint or other
        )


def _ids_by_name(decisions: Decisions) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for identity, name in names_by_id(decisions).items():
        found.setdefault(name, set()).add(identity)
    return found


def names_by_id(decisions: Decisions) -> dict[str, str]:
    """The names under which expressions know the elements of a file."""
    return {
        **{each.id: each.name for each in decisions.inputs.values()},
        **{each.id: each.variable for each in decisions.decisions.values()},
        **{each.id: each.name for each in decisions.knowledge.values()},
        **{each.id: each.name for each in decisions.services.values()},
    }


def _finding(rule: str, place: Place, cause: str, remedy: str) -> Finding:
    return finding_of(DecisionError(place, cause, remedy), rule)
