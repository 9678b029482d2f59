"""What a line of history says, as a sentence for its reader."""

from collections.abc import Callable, Mapping
from typing import cast

from clearway.service.deployed import Deployed
from clearway.store.histories import Entry

_LONGEST = 200


def sentence(entry: Entry, element: str | None, deployed: Deployed) -> str:
    """One sentence; `element` is what people call the element of the line."""
    words = _WORDS.get(entry.kind)
    if words is None:
        return f"{entry.actor} did {entry.command}{f' at {element}' if element else ''}."
    return words(_Line(entry, element or "", deployed))


class _Line:
    """A line of history with its words at hand."""

    def __init__(self, entry: Entry, element: str, deployed: Deployed) -> None:
        self.entry, self.element, self.deployed = entry, element, deployed
        self.who = entry.actor

    def says(self, name: str) -> str:
        """A detail as text; empty when it is not there."""
        value = self.entry.details.get(name)
        return "" if value is None else _text(value)

    def field(self) -> str:
        """The title of the field that changed."""
        name = self.says("field")
        field = cast(Mapping[str, object], self.deployed.record_schema.fields.get(name, {}))
        return str(field.get("title", name))


def _changed(it: _Line) -> str:
    by = f" by {it.element}" if it.entry.command in ("step", "timer", "message") else ""
    if it.entry.details.get("before") is None:
        return f"{it.field()} was set to {it.says('after')}{by}."
    if it.entry.details.get("after") is None:
        return f"{it.field()} was cleared; it was {it.says('before')}{by}."
    return f"{it.field()} changed from {it.says('before')} to {it.says('after')}{by}."


def _given(it: _Line) -> str:
    before, after = it.says("before"), it.says("after")
    if not after:
        return f"{it.who} gave {it.element} back; {before or 'nobody'} had it."
    if after == it.who:
        return f"{it.who} took {it.element}."
    return f"{it.who} gave {it.element} to {after}."


def _comment(it: _Line) -> str:
    kind = "commented" if it.entry.details.get("public") else "noted internally"
    return f"{it.who} {kind}: {it.says('text')}"


def _state(it: _Line) -> str:
    before, after = it.entry.state_before, it.entry.state_after
    if before:
        return f"The state changed from {_plain(before)} to {_plain(after)}."
    return f"The state is {_plain(after)}."


def _done(it: _Line) -> str:
    on_behalf = f" for {it.says('for')}" if it.says("for") else ""
    return f"{it.who} completed {it.element}{on_behalf}."


def _voted(it: _Line) -> str:
    again = " again" if it.entry.details.get("replaced") else ""
    because = f": {it.says('reason')}" if it.says("reason") else "."
    return f"{it.who} voted{again} {_plain(it.says('choice'))} for seat {it.says('seat')}{because}"


def _noted(it: _Line) -> str:
    values = cast(Mapping[str, object], it.entry.details.get("values", {}))
    return "; ".join(f"{name} is {_text(value)}" for name, value in values.items()) + "."


def _sent(it: _Line) -> str:
    if it.says("starts"):
        return f"{it.element} opens a record of {it.says('starts')}."
    return f"{it.element} told {it.says('to') or 'this record'}: {it.says('message')}."


_WORDS: Mapping[str, Callable[[_Line], str]] = {
    "opened": lambda it: f"{it.who} opened it, on version {it.says('version')} of the process.",
    "changed": _changed,
    "comment": _comment,
    "noted": _noted,
    "done": _done,
    "given": _given,
    "state": _state,
    "started": lambda it: f"{it.element} began.",
    "completed": lambda it: f"{it.element} is done.",
    "cancelled": lambda it: f"{it.element} is not needed any more.",
    "caught": lambda it: f"{it.element} happened.",
    "timer": lambda it: f"The time came: {it.element}.",
    "skipped": lambda it: f"{it.element} was missed and is left out: {it.says('due')}.",
    "decided": lambda it: f"{it.element} was decided by its table.",
    "computed": lambda it: f"{it.element} was computed.",
    "ended": lambda _it: "It ended.",
    "compensated": lambda it: f"{it.element} was undone.",
    "unassigned": lambda it: (
        f"{it.element} did not go to {it.says('person')}, who did another part of this."
    ),
    "message": lambda it: f"{it.who} sent {it.says('name')}.",
    "answered": lambda it: f"The step {it.says('step')} answered for {it.element}.",
    "failed": lambda it: f"The step {it.says('step')} failed with {it.says('code')}.",
    "sent": _sent,
    "told": lambda it: f"{it.says('to')} is told: {_plain(it.says('template'))}.",
    "voted": _voted,
    "decided_round": lambda it: f"{it.element} is {it.says('outcome')}. {it.says('because')}",
    "round_voided": lambda it: (
        f"The votes so far do not count any more: {it.says('reason')} A new round began."
    ),
    "fault": lambda it: (
        f"It could not go on{f' at {it.element}' if it.element else ''}: {it.says('cause')}"
    ),
    "retried": lambda it: f"{it.says('by') or it.who} let it be tried again.",
    "cancelled_record": lambda it: f"{it.who} cancelled it: {it.says('reason')}",
    "attached": lambda it: f"{it.who} attached {it.says('name')}.",
    "linked": lambda it: f"{it.who} linked it: {_plain(it.says('kind'))} {it.says('to')}.",
}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_text(item) for item in cast(list[object], value))
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _plain(word: str | None) -> str:
    return (word or "").replace("_", " ")
