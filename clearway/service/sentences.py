"""What a line of history says, as a sentence for its reader."""

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from clearway.service.deployed import Deployed
from clearway.service.values import MESSENGER, SYSTEM
from clearway.service.wording import (
    LONGEST,
    Say,
    Wording,
    in_words,
    inside,
    listed,
    seat_words,
    text_of,
)
from clearway.store.histories import Entry


def sentence(entry: Entry, element: str | None, deployed: Deployed, say: Say | None = None) -> str:
    """One sentence; `element` is what people call the element of the line.

    Instants stand in it as they were written, unless `say` has words for them.
    """
    words = _WORDS.get(entry.kind)
    if words is None:
        return f"{entry.actor} did {entry.command}{f' at {element}' if element else ''}."
    return words(_Line(entry, element or "", deployed, say))


class _Line(Wording):
    """A line of history with its words at hand."""

    def __init__(self, entry: Entry, element: str, deployed: Deployed, say: Say | None) -> None:
        super().__init__(deployed, say)
        self.entry, self.element = entry, element
        self.who = entry.actor

    def says(self, name: str) -> str:
        """A detail as text; empty when it is not there."""
        value = self.entry.details.get(name)
        return "" if value is None else text_of(value)

    def instant(self, name: str) -> str:
        """A detail that is an instant; empty when it is not there."""
        return self.instant_of(self.entry.details.get(name), {}) or self.says(name)

    def named(self, name: str) -> Mapping[str, object]:
        """A detail that names things; empty when it is not there."""
        value = self.entry.details.get(name)
        return cast(Mapping[str, object], value) if isinstance(value, Mapping) else {}

    def written(self) -> str:
        """The fields that were written: `impact 2, urgency 2 (was 3)`; empty when none was."""
        told: list[str] = []
        for name, pair in self.named("fields").items():
            before, after = cast(Sequence[object], pair)
            was = "" if before is None else f" (was {self.value(name, before)})"
            now = "cleared" if after is None else self.value(name, after)
            told.append(f"{inside(self.title(name))} {now}{was}")
        return ", ".join(told)

    def given(self) -> Mapping[str, object]:
        """What a decision gave, by field: where its outputs have other names, what it wrote."""
        outputs = self.named("outputs")
        if outputs.keys() & self.deployed.record_schema.fields.keys():
            return outputs
        pairs = cast(Mapping[str, Sequence[object]], self.named("fields"))
        return {name: after for name, (_, after) in pairs.items()} or outputs

    def ending(self, end: str = ".") -> str:
        """What ends a sentence: the fields that were written, or a full stop."""
        written = self.written()
        return f": {written}." if written else end


def _changed(it: _Line) -> str:
    where = f"{it.element} wrote" if it.element else f"{it.who} wrote"
    return f"{where} {it.written()}."


def _decided(it: _Line) -> str:
    """Which rule of which table said what."""
    rules = cast(Sequence[object], it.entry.details.get("rules") or ())
    table = it.deployed.decision_name(it.says("decision"))
    by = f"rule{'s' * (len(rules) > 1)} {listed(rules)} of {table}" if rules else table
    outputs = it.given()
    if len(outputs) == 1:
        [(name, value)] = outputs.items()
        return f"{it.title(name)} was decided by {by}: {it.value(name, value)}."
    told = ", ".join(
        f"{inside(it.title(name))} {it.value(name, value)}" for name, value in outputs.items()
    )
    return f"{it.element} was decided by {by}{f': {told}' if told else ''}."


def _evaluated(it: _Line) -> str:
    """Somebody asked a table about the record; nothing came of it there."""
    rules = cast(Sequence[object], it.entry.details.get("rules") or ())
    by = f" by rule{'s' * (len(rules) > 1)} {listed(rules)}" if rules else ""
    told = ", ".join(
        f"{inside(it.title(name))} {it.value(name, value)}"
        for name, value in it.named("outputs").items()
    )
    table = it.deployed.decision_name(it.says("decision"))
    asked = f"{it.who} asked {table} of version {it.says('version')} by API"
    return f"{asked}: {told}{by}. Nothing of the record was changed."


def _computed(it: _Line) -> str:
    return f"{it.element} was computed{it.ending()}"


def _opened(it: _Line) -> str:
    sender = it.says("sender")
    by = f"A message of {sender}" if sender else it.who
    return f"{by} opened it, on version {it.says('version')} of the process{it.ending()}"


def _message(it: _Line) -> str:
    if it.entry.command == "message":
        of = f" of {it.says('sender')}" if it.says("sender") else ""
        return f"The message {it.says('name')}{of} arrived{it.ending()}"
    verb = "sent" if it.says("name") == it.says("message") else "chose"
    return f"{it.who} {verb} {it.says('name')}{it.ending()}"


def _event(it: _Line) -> str:
    """An event is named by what happens: `An alert fired.`"""
    return f"{it.element}{it.ending()}"


def _given(it: _Line) -> str:
    before, after = it.says("before"), it.says("after")
    left = bool(it.entry.details.get("left"))
    had = f"{before}, who has left, had it" if left else f"{before or 'nobody'} had it"
    if not after:
        return f"{it.who} gave {it.element} back; {had}."
    if after == it.who:
        return f"{it.who} took {it.element}{f' over from {before}, who has left' if left else ''}."
    return f"{it.who} gave {it.element} to {after}{f'; {had}' if left else ''}."


def _comment(it: _Line) -> str:
    kind = "commented" if it.entry.details.get("public") else "noted internally"
    on_behalf = f" for {it.says('for')}" if it.says("for") else ""
    return f"{it.who} {kind}{on_behalf}: {it.says('text')}"


def _state(it: _Line) -> str:
    before, after = it.entry.state_before, it.entry.state_after
    if before:
        return f"The state changed from {in_words(before)} to {in_words(after)}."
    return f"The state is {in_words(after)}."


def _done(it: _Line) -> str:
    on_behalf = f" for {it.says('for')}" if it.says("for") else ""
    if left := it.says("left_by"):
        on_behalf = f", which {left} left behind"
    return f"{it.who} completed {it.element}{on_behalf}{it.ending()}"


def _voted(it: _Line) -> str:
    again = " again" if it.entry.details.get("replaced") else ""
    because = f": {it.says('reason')}" if it.says("reason") else "."
    if conditions := it.says("conditions"):
        because = f" on condition: {'; '.join(conditions.splitlines())}"
        because += f" ({it.says('reason')})" if it.says("reason") else ""
    instead = f", standing in for {it.says('for')}" if it.says("for") else ""
    if stood_in := it.says("taken_from"):
        instead = f", in place of what {stood_in} had said for them"
    choice, seat = in_words(it.says("choice")), f"seat {seat_words(it.says('seat'))}{instead}"
    after = ""
    if given_up := it.says("given_up"):
        whose = "their own vote" if given_up == it.entry.actor else f"the vote of {given_up}"
        end = "" if because.endswith(".") else "."
        after = f"{end} What they had said as {whose} does not count any more."
    if left := it.says("moved_from"):
        moved = f"moved their vote from seat {seat_words(left)} to {seat}"
        return f"{it.who} {moved}, {choice}{because}{after}"
    return f"{it.who} voted{again} {choice} for {seat}{because}{after}"


def _noted(it: _Line) -> str:
    """What a form asked for that no field of the record keeps."""
    form = it.deployed.form_of(it.entry.element or "")
    told: list[str] = []
    for name, value in it.named("values").items():
        shape = cast(Mapping[str, object], form.fields.get(name, {}) if form else {})
        told.append(f"{shape.get('title', in_words(name))} is {it.worded(value, shape, LONGEST)}")
    return "; ".join(told) + "."


def _sent(it: _Line) -> str:
    if it.says("starts"):
        if opened := it.says("opened"):
            return f"{it.element} opened {opened}, a record of {in_words(it.says('starts'))}."
        return f"{it.element} opens a record of {in_words(it.says('starts'))}."
    teller = it.element or it.who
    return f"{teller} told {it.says('to') or 'this record'}: {it.says('message')}."


def _linked(it: _Line) -> str:
    words = f"{in_words(it.says('link'))} {it.says('to')}"
    by_itself = it.entry.actor in (MESSENGER.name, SYSTEM.name)
    return f"It is linked: {words}." if by_itself else f"{it.who} linked it: {words}."


def _told(it: _Line) -> str:
    """Whether it leaves the house is not known yet."""
    if it.says("template") == "vote_wanted":
        return f"A reminder to vote was written to {_whom(it)}."
    return f"A notice to {_whom(it)} was written: {in_words(it.says('template'))}."


def _only_noted(it: _Line) -> str:
    if template := it.says("template"):
        notice = f"The notice {in_words(template)} to {_whom(it)}"
        return f"{notice} was written down only: {it.says('because')}."
    return f"{it.element} is only noted here: {it.says('because')}."


def _unreached(it: _Line) -> str:
    because = cast(Sequence[object], it.entry.details.get("because") or ())
    told = "; ".join(text_of(each) for each in because)
    return f"The notice {in_words(it.says('template'))} did not reach everybody: {told}."


def _fault(it: _Line) -> str:
    where = f" at {it.element}" if it.element else ""
    stopped = "It failed again" if it.entry.details.get("again") else "It could not go on"
    return f"{stopped}{where}: {it.says('cause')}"


def _retried(it: _Line) -> str:
    who = it.says("by") or it.who
    if it.named("parked").get("kind") == "command":
        return f"{who} let it be tried again; nothing waits for it any more."
    return f"{who} let it be tried again."


def _whom(it: _Line) -> str:
    return it.says("to") if it.entry.details.get("to") else "nobody"


def _migrated(it: _Line) -> str:
    notes = [str(note) for note in cast(Sequence[object], it.entry.details.get("notes") or ())]
    told = f"{it.who} moved it from version {it.says('from')} of the process to {it.says('to')}"
    return " ".join([f"{told}: {it.says('reason')}", *notes])


_NOT_GIVEN = {"left": "has left", "excluded": "is kept out of it by the process"}
_WORDS: Mapping[str, Callable[[_Line], str]] = {
    "opened": _opened,
    "changed": _changed,
    "comment": _comment,
    "noted": _noted,
    "done": _done,
    "given": _given,
    "state": _state,
    "started": lambda it: f"{it.element} began.",
    "completed": lambda it: f"{it.element} is done{it.ending()}",
    "cancelled": lambda it: f"{it.element} is not needed any more.",
    "caught": _event,
    "timer": lambda it: f"The time came: {it.element}{it.ending()}",
    "skipped": lambda it: f"{it.element} was missed and is left out: {it.instant('due')}.",
    "decided": _decided,
    "evaluated": _evaluated,
    "computed": _computed,
    "passed": lambda _it: "It went on.",
    "ended": lambda _it: "It ended.",
    "compensated": lambda it: f"{it.element} was undone.",
    "unassigned": lambda it: (
        f"{it.element} did not go to {it.says('person')}, who "
        f"{_NOT_GIVEN.get(str(it.says('because')), 'did another part of this')}."
    ),
    "message": _message,
    "answered": lambda it: f"{it.element} is done{it.ending()}",
    "only_noted": _only_noted,
    "unreached": _unreached,
    "failed": lambda it: f"{it.element} failed: {it.says('error') or it.says('code')}",
    "sent": _sent,
    "told": _told,
    "reminded_nobody": lambda it: f"{it.element}: nobody is left to be reminded of a vote.",
    "voted": _voted,
    "decided_round": lambda it: f"{it.element}: {it.says('outcome')}. {it.says('because')}",
    "round_voided": lambda it: (
        f"The votes so far do not count any more: {it.says('reason')} A new round began."
    ),
    "fault": _fault,
    "retried": _retried,
    "cancelled_record": lambda it: f"{it.who} cancelled it: {it.says('reason')}",
    "attached": lambda it: f"{it.who} attached {it.says('name')}.",
    "migrated": _migrated,
    "migration_undone": lambda it: (
        f"{it.who} undid that: it stands as before, on version {it.says('to')} of the process."
    ),
    "linked": _linked,
}
