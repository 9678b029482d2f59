"""What a row of the log implies: the commands that bring the record to where the row says it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from clearway.replay.log import Event
from clearway.replay.people import SERVICE, group_name, login

_WAITS_FOR = {"awaiting_supplier": "supplier_order", "awaiting_problem": "waiting_for"}
PROMISED = timedelta(days=30)
"""The log does not say until when an incident waits, so each hold promises the same."""

UPDATER, HOLDER = "updater", "holder"
"""Who acts: whoever updated the row, or whoever has the incident (the updater when nobody has)."""

_HOW_MANY = {1: "everyone", 2: "my_site", 3: "only_me"}
_CAN_WORK: Mapping[int, Mapping[str, object]] = {
    1: {"can_work": "not_at_all", "pressing": True},
    2: {"can_work": "not_at_all", "pressing": False},
    3: {"can_work": "fully", "pressing": False},
}
# Of no importance by itself, so that impact and urgency are what the caller's answers say.
_CRITICALITY = 3
_CHANNELS = {"Phone": "phone", "IVR": "phone", "Email": "mail"}
_REASONS = {
    "Awaiting User Info": "awaiting_caller",
    "Awaiting Vendor": "awaiting_supplier",
    "Awaiting Problem": "awaiting_problem",
    "Awaiting Evidence": "awaiting_evidence",
}
_OPEN = ("new", "in_progress", "on_hold")


@dataclass(frozen=True, slots=True)
class Seen:
    """A record as it stands, so far as a row can differ from it; `items`: element -> work item."""

    key: str
    state: str | None
    ended: bool
    impact: int | None
    urgency: int | None
    priority: int | None
    group: str | None
    assignee: str | None
    hold_reason: str | None
    items: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class Step:
    """One command: `do` is complete, assign, unclaim, send or comment, on the element `at`.

    No two steps of a row share `do` and `at`, which makes them its idempotency key.
    """

    do: str
    at: str
    by: str
    values: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, slots=True)
class Implied:
    """The steps of a row; `refused` says why the process has none for all that it says."""

    steps: tuple[Step, ...]
    refused: str | None = None


def opening_values(event: Event) -> Mapping[str, object]:
    """What the caller would have said for the tables to propose the row's impact and urgency."""
    caller = {"caller": login(event.caller)} if event.caller else {}
    return {
        "short_description": f"{event.number}: {event.about}"[:160],
        "description": event.about,
        "since_when": event.at.isoformat(),
        "how_many": _HOW_MANY[event.impact],
        **_CAN_WORK[event.urgency],
        "channel": _CHANNELS.get(event.channel, "portal"),
        "service": SERVICE,
        **caller,
    }


def context_of(event: Event) -> Mapping[str, object]:
    """What the step `find_context` answers for a record that opens with this row."""
    return {
        "support_group": group_name(event.group),
        "criticality": _CRITICALITY,
        "service_owner": None,
        "known": True,
        "important_caller": False,
    }


def implied(event: Event, before: Event | None, seen: Seen) -> Implied:
    """The commands of a row, given the row before (None: the record has just been opened)."""
    if event.state is None:
        return Implied((), "unknown_state")
    if seen.ended:
        return _after_the_end(event, before, seen)
    return _Way(event, before, seen).implied()


def _after_the_end(event: Event, before: Event | None, seen: Seen) -> Implied:
    if before is not None and event.tracked == before.tracked:
        return Implied((_comment(event),))
    if event.state == seen.state:
        return Implied(())
    was_closed = before is not None and before.state == "closed"
    return Implied((), "closed_is_final" if was_closed else "closed_by_time")


def _comment(event: Event) -> Step:
    text = f"Update {event.position + 1} changed nothing that the process knows of."
    return Step("comment", "", UPDATER, {"text": text})


class _Way:
    """The steps from where the record stands to where the row says that it is."""

    def __init__(self, event: Event, before: Event | None, seen: Seen) -> None:
        self._event, self._before, self._seen = event, before, seen
        self._state, self._group, self._assignee = seen.state, seen.group, seen.assignee
        self._hold_reason = seen.hold_reason
        self._steps: list[Step] = []
        self._refused: str | None = None
        self._wanted_group = group_name(event.group)
        self._wanted_person = login(event.assignee) if event.assignee else None

    def implied(self) -> Implied:
        """All of them, in order."""
        event, before = self._event, self._before
        if before is not None and event.tracked == before.tracked:
            self._steps.append(_comment(event))
        if self._state == "resolved" and event.state in _OPEN:
            self._reopen()
        if self._state == "new" and (event.state != "new" or self._differs()):
            self._check()
        if self._state in ("in_progress", "on_hold"):
            self._correct()
        elif self._state == "resolved" and self._has_changed():
            self._refused = "no_change_after_resolution"
        self._move()
        return Implied(tuple(self._steps), self._refused)

    def _differs(self) -> bool:
        event, seen = self._event, self._seen
        levels = (event.impact, event.urgency) != (seen.impact, seen.urgency)
        return levels or self._wanted_group != seen.group

    def _has_changed(self) -> bool:
        """Whether this very row says something else than the one before, the state apart."""
        return self._before is not None and self._event.tracked[1:] != self._before.tracked[1:]

    def _reopen(self) -> None:
        reason = {"reopen_reason": "The log says that it is open again."}
        self._steps.append(Step("send", "desk_reopens", UPDATER, reason))
        self._state = "in_progress"

    def _check(self) -> None:
        """The service desk has looked at it; what the tables proposed is corrected."""
        event, seen = self._event, self._seen
        values: dict[str, object] = {
            "impact": event.impact,
            "urgency": event.urgency,
            "assignment_group": self._wanted_group,
        }
        if self._wanted_person:
            values["assignee"] = self._wanted_person
        if (event.impact, event.urgency) != (seen.impact, seen.urgency):
            values["note"] = "The log has another impact or urgency."
        self._steps.append(Step("complete", "triage", UPDATER, values))
        self._state, self._group = "in_progress", self._wanted_group
        self._assignee = self._wanted_person

    def _correct(self) -> None:
        """Impact, urgency, group and person, as the row has them."""
        event, seen = self._event, self._seen
        is_checked_now = seen.state == "new"
        if not is_checked_now and (event.impact, event.urgency) != (seen.impact, seen.urgency):
            note = "The log has another impact or urgency."
            values = {"impact": event.impact, "urgency": event.urgency, "note": note}
            self._steps.append(Step("send", "reprioritise", UPDATER, values))
        if self._wanted_group != self._group:
            self._resume()
            values = {"assignment_group": self._wanted_group, "note": "The log has another group."}
            self._steps.append(Step("send", "reassign", UPDATER, values))
            self._group, self._assignee = self._wanted_group, None
        self._name_person()

    def _name_person(self) -> None:
        if self._wanted_person not in (None, self._assignee):
            self._resume()
            values = {"person": self._wanted_person}
            self._steps.append(Step("assign", "resolve", HOLDER, values))
            self._assignee = self._wanted_person
        # Who updates may come to have it without having been named; the log knows nothing of that.
        elif self._wanted_person is None and (self._assignee or "").startswith("resolver."):
            self._resume()
            self._steps.append(Step("unclaim", "resolve", HOLDER))
            self._assignee = None

    def _resume(self) -> None:
        if self._state == "on_hold":
            self._steps.append(Step("send", "resume", HOLDER))
            self._state, self._hold_reason = "in_progress", None

    def _move(self) -> None:
        """From one state to the other."""
        target = self._event.state
        if target == "new":
            self._stay_new()
        elif target == "on_hold":
            self._hold()
        else:
            if self._state == "on_hold":
                self._resume()
            if target in ("resolved", "closed") and self._state == "in_progress":
                self._resolve()
            if target == "closed" and self._state == "resolved":
                comment = {"comment": "The log has it closed."}
                self._steps.append(Step("send", "accepted_for", UPDATER, comment))

    def _stay_new(self) -> None:
        """What was corrected is checked: our process has no state before that to go back to."""
        if self._before is not None and self._before.state not in ("new", None):
            self._refused = "checked_only_once"

    def _hold(self) -> None:
        reason = _REASONS[self._event.said]
        if self._state == "on_hold" and self._hold_reason == reason:
            return
        self._resume()
        values: dict[str, object] = {
            "hold_reason": reason,
            "resume_by": (self._event.at + PROMISED).isoformat(),
        }
        if reason == "awaiting_caller":
            values["comment"] = "The log does not say what was asked."
        if (field := _WAITS_FOR.get(reason)) is not None:
            values[field] = self._event.waits_for or "What the log does not name"
        self._steps.append(Step("send", "hold", HOLDER, values))
        self._state = "on_hold"

    def _resolve(self) -> None:
        code = self._event.closed_code
        notes = f"The log closes it with {code}." if code else "The log does not say."
        values = {"resolution_code": "fixed", "resolution_notes": notes}
        step = Step("complete", "resolve", HOLDER, {**values, "caused_by_change": "unknown"})
        self._steps.append(step)
        self._state = "resolved"
