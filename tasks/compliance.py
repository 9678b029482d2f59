"""Control tests: a rule looked at over a whole population, with its result and evidence kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from clearway.errors import ClearwayError
from clearway.service.controls import (
    Examined,
    examined_records,
    exceptions_on_record,
)
from clearway.service.house import House
from clearway.service.start import start
from clearway.service.values import Actor, Refusal
from processes.blank import is_blank

COMPLIANCE = Actor("compliance", roles=frozenset({"compliance_owner"}), is_person=False)
"""The control tests open exceptions as the role whose lane begins that process."""
EXCEPTION_PROCESS = "control_exception"


class ControlError(ClearwayError):
    """A control was tested, but what it found cannot be handed to people; the text says why."""


@dataclass(frozen=True)
class Control:
    """What must hold for every record of `process` that ended in `state`."""

    name: str
    statement: str
    process: str
    state: str
    holds: Callable[[Mapping[str, object]], bool]
    evidence_fields: tuple[str, ...]
    """The fields of the record that show whether it holds."""


@dataclass(frozen=True)
class ControlResult:
    """The result of one test: `evidence` has a line for every record that was looked at."""

    control: str
    until: datetime
    evidence: Sequence[Mapping[str, object]]
    exceptions: Sequence[str]

    @property
    def passed(self) -> bool:
        """Whether the control held for everything."""
        return not self.exceptions


def has_resolution_notes(record: Mapping[str, object]) -> bool:
    """Somebody wrote down what was done; blanks are no notes."""
    notes = record.get("resolution_notes")
    return isinstance(notes, str) and not is_blank(notes)


CONTROLS: Mapping[str, Control] = MappingProxyType(
    {
        "closed_with_notes": Control(
            name="closed_with_notes",
            statement="No incident was closed without resolution notes.",
            process="incident",
            state="closed",
            holds=has_resolution_notes,
            evidence_fields=("resolution_notes",),
        )
    }
)
"""Every control, by its name."""


def look_at_everything(house: House, control: Control, until: datetime) -> ControlResult:
    """Look at the whole population: every record that had ended so by `until`."""
    population = examined_records(house, control.process, control.state, until)
    return examine(control, population, until)


def examine(control: Control, population: Sequence[Examined], until: datetime) -> ControlResult:
    """Apply the control to each record; the evidence names them all, with what was seen."""
    evidence: list[Mapping[str, object]] = []
    exceptions: list[str] = []
    for examined in population:
        held = control.holds(examined.record)
        seen = {name: _length(examined.record.get(name)) for name in control.evidence_fields}
        evidence.append(
            {"key": examined.key, "ended_at": examined.ended_at, "characters": seen, "held": held}
        )
        if not held:
            exceptions.append(examined.key)
    return ControlResult(control.name, until, evidence, exceptions)


def open_exceptions(
    house: House, control: Control, result: ControlResult, evidence_hash: str
) -> list[Mapping[str, object]]:
    """Open a record for each exception that has none yet; answers each with its record's key.

    The idempotency key is the run and the incident; what an earlier run opened is not opened
    again. Raises ControlError when one cannot be opened: the run is then tried again.
    """
    known = exceptions_on_record(house, EXCEPTION_PROCESS, control.name)
    opened: list[Mapping[str, object]] = []
    for subject in result.exceptions:
        if subject in known:
            opened.append({"subject": subject, "record": known[subject]})
            continue
        values = {
            "control": control.name,
            "subject": subject,
            "finding": f"{subject} breaks the control: {control.statement}",
            "evidence": f"The list with the hash {evidence_hash}, tested at {result.until}.",
        }
        once = f"control {control.name} {result.until.isoformat()} {subject}"
        done = start(house, COMPLIANCE, EXCEPTION_PROCESS, values, once=once)
        if isinstance(done, Refusal):
            raise ControlError(f"No exception can be opened for {subject}: {done.text}")
        opened.append({"subject": subject, "record": done.key})
    return opened


def _length(value: object) -> int:
    """How much is written there: the evidence shows it without what people wrote."""
    return len(value.strip()) if isinstance(value, str) and not is_blank(value) else 0
