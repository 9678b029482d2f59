"""What a user task asks of people: for whom it is, until when, and how it is decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from clearway.engine import loop_names, wanted
from clearway.engine.durations import DurationError
from clearway.engine.expressions import Formula
from clearway.engine.timers import TimerError, due_time
from clearway.engine.token import Token
from clearway.engine.values import (
    ApprovalSpec,
    ProcessFault,
    SeatSpec,
    Value,
    WaitingWorkItem,
)
from clearway.feel.values import is_list
from processes.blank import is_blank
from processes.calendar import Calendar, CalendarError

if TYPE_CHECKING:
    from clearway.engine.instance import Instance


@dataclass(frozen=True, slots=True)
class SeatRule:
    """A seat as it runs: `person` is worked out when the task begins."""

    id: str
    role: str | None
    person: Formula | None
    mandatory: bool
    veto: bool
    chair: bool


@dataclass(frozen=True, slots=True)
class Asking:
    """The expressions of a user task."""

    group: Formula | None = None
    assignee: Formula | None = None
    due: Formula | None = None
    calendar: Calendar | None = None
    """Counts a `due` that is a duration in business time."""
    not_same_person_as: tuple[str, ...] = ()
    form: str | None = None
    rule: str | None = None
    excluded: Formula | None = None
    deadline: Formula | None = None
    result: str = ""
    seats: tuple[SeatRule, ...] = ()

    @property
    def looks_around(self) -> bool:
        """Whether who votes depends on more than the record."""
        formulas = [self.excluded, *(it.person for it in self.seats)]
        asked = [it.expression for it in formulas if it is not None]
        return any("linked" in it.free_names or it.reads_clock for it in asked)


def open_work_item(token: Token, asking: Asking) -> None:
    """Work out everything once, when the task begins: it stays as it is while it waits."""
    kept = {key: value for key, value in _worked_out(token, asking).items() if value}
    if kept:
        token.internal_data["item"] = kept


def _worked_out(token: Token, asking: Asking) -> dict[str, Any]:
    instance: Instance = token.workflow.top_workflow
    kept: dict[str, Any] = {}
    for name, formula in (("group", asking.group), ("assignee", asking.assignee)):
        if formula is not None:
            kept[name] = _text(instance, token, formula)
    if asking.due is not None:
        kept["due"] = _instant(instance, token, asking.due, asking.calendar)
    if asking.deadline is not None:
        kept["deadline"] = _instant(instance, token, asking.deadline, None)
    if asking.rule is not None:
        kept["seats"] = [_sitting(instance, token, seat) for seat in asking.seats]
    kept["excluded"] = _people(instance, token, asking.excluded)
    return kept


def work_item(instance: "Instance", token: Token) -> WaitingWorkItem:
    """The work item that a token on a user task stands for."""
    node, asking = token.task_spec.node, token.task_spec.asking
    kept: Mapping[str, Any] = token.internal_data.get("item", {})
    body = loop_names.body_of(instance, token)
    item = None if body is None else loop_names.item_of(body, token.internal_data["round"])
    return WaitingWorkItem(
        token=token.id,
        element=node.id,
        name=node.label,
        role=node.own.get("role") or node.role,
        group=kept.get("group"),
        assignee=kept.get("assignee"),
        form=asking.form,
        due=_read_instant(kept.get("due")),
        not_same_person_as=asking.not_same_person_as,
        excluded=frozenset(() if asking.rule else kept.get("excluded") or ()),
        item=item,
        approval=None if asking.rule is None else _approval(asking, asking.rule, kept),
    )


def asked_anew(token: Token) -> ApprovalSpec | None:
    """What an approval would ask if it began now; None for other tasks."""
    asking: Asking = token.task_spec.asking
    if asking.rule is None:
        return None
    return _approval(asking, asking.rule, _worked_out(token, asking))


def _approval(asking: Asking, rule: str, kept: Mapping[str, Any]) -> ApprovalSpec:
    people: list[str | list[str] | None] = kept.get("seats") or [None] * len(asking.seats)
    seats = tuple(
        SeatSpec(name, seat.role, person, seat.mandatory, seat.veto, seat.chair)
        for seat, those in zip(asking.seats, people, strict=True)
        for name, person in _named(seat.id, those)
    )
    return ApprovalSpec(
        rule,
        seats,
        frozenset(kept.get("excluded") or ()),
        asking.result,
        _read_instant(kept.get("deadline")),
        asking.looks_around,
    )


def _read_instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _text(instance: "Instance", token: Token, formula: Formula) -> str | None:
    value = _fitting(instance, token, formula, wanted.a_name)
    return None if value is None or is_blank(str(value)) else str(value)


def _named(seat: str, people: str | list[str] | None) -> list[tuple[str, str | None]]:
    """The seats that one drawn seat comes to: of several people, each has one under their name."""
    if isinstance(people, list):
        return [(f"{seat}:{person}", person) for person in people]
    return [(seat, people)]


def _sitting(instance: "Instance", token: Token, seat: SeatRule) -> str | list[str] | None:
    """Who sits there: nobody by name, a person, or several, each once and in their order."""
    if seat.person is None:
        return None
    value = _fitting(instance, token, seat.person, wanted.names)
    several: list[Value] = value if is_list(value) else [value]
    texts = (str(one) for one in several if one is not None)
    people = list(dict.fromkeys(text for text in texts if not is_blank(text)))
    if not people and seat.role is None and seat.mandatory:
        raise ProcessFault(
            token.task_spec.name,
            f"Nobody sits on the mandatory seat `{seat.id}`: `{seat.person.text}` is empty.",
            "Let the form ask for it, or give the seat a role. On a record that is open, fill in "
            "the field and try again.",
        )
    if len(people) > 1 and seat.chair:
        raise ProcessFault(
            token.task_spec.name,
            f"The chair's seat `{seat.id}` is for several: {', '.join(people)}.",
            "Let its expression give one person.",
        )
    return people if len(people) > 1 else next(iter(people), None)


def _people(instance: "Instance", token: Token, formula: Formula | None) -> list[str]:
    if formula is None:
        return []
    value = _fitting(instance, token, formula, wanted.names)
    several: list[Value] = value if is_list(value) else [value]
    return sorted({str(one) for one in several if one is not None})


def _instant(
    instance: "Instance", token: Token, formula: Formula, calendar: Calendar | None
) -> str | None:
    value, now = instance.value(formula, token), instance.world.now
    try:
        due = due_time(value, now, calendar)
    except (TimerError, DurationError, CalendarError, OverflowError) as error:
        raise _unfit(token, formula, str(error)) from error
    return None if due is None else due.isoformat()


def _fitting(instance: "Instance", token: Token, formula: Formula, fits: wanted.Wanted) -> Value:
    value = instance.value(formula, token)
    problem = fits(value)
    if problem is not None:
        raise _unfit(token, formula, problem)
    return value


def _unfit(token: Token, formula: Formula, problem: str) -> ProcessFault:
    return ProcessFault(
        token.task_spec.name,
        f"The {formula.role} `{formula.text}` cannot be used: {problem}",
        "Correct the data and try again, or correct the expression in the diagram.",
    )
