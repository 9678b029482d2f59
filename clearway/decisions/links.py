"""Whether what the elements of a file refer to is there, in it or in an imported file."""

from collections.abc import Mapping
from typing import Protocol

from clearway.decisions.errors import DecisionError, NotUnderstood, Place
from clearway.decisions.model import (
    Decision,
    InputData,
    Knowledge,
    Requirements,
    Service,
    parted,
)


class Linked(Protocol):
    """A file of decisions, as far as its links go."""

    @property
    def imported(self) -> "Mapping[str, Linked]": ...

    @property
    def inputs(self) -> Mapping[str, InputData]: ...

    @property
    def decisions(self) -> Mapping[str, Decision]: ...

    @property
    def knowledge(self) -> Mapping[str, Knowledge]: ...

    @property
    def services(self) -> Mapping[str, Service]: ...


def missing_links(found: Linked, place: Place, needs: Requirements) -> list[DecisionError]:
    """What an element refers to and is not there, as errors at its place."""
    absent = [each for each in needs.inputs if not _has(found, each, "inputs")]
    absent += [each for each in needs.decisions if not _has(found, each, "decisions")]
    absent += [each for each in needs.knowledge if not _has(found, each, "functions")]
    return [
        NotUnderstood(
            place, f"it needs `{each}`, which is not there", "Add it, or remove the link."
        )
        for each in absent
    ]


def _has(found: Linked, identity: str, kind: str) -> bool:
    name, inner = parted(identity)
    if name:
        return name in found.imported and _has(found.imported[name], inner, kind)
    known = {
        "inputs": (found.inputs,),
        "decisions": (found.decisions,),
        "functions": (found.knowledge, found.services),
    }
    return any(identity in each for each in known[kind])
