"""Who said yes by word: people who may vote in the open round, have not, and take a seat each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from clearway.service.asked_round import bare_round
from clearway.service.deployed import Deployed
from clearway.service.entitled import Candidate
from clearway.service.forms import Form, Values, invalid
from clearway.service.plan_vote import why_not
from clearway.service.values import Actor, Refusal
from clearway.store.rows import Round, Snapshot
from processes.catalogue import Rule
from processes.planned import instant_of

KEY = "x-voice"
"""The key of a field with somebody who said yes by word: it names the field with when."""

Known = Callable[[str], Candidate | None]
"""The person with this name, and for whom they stand in; None when there is nobody."""


def refuse_voices(
    deployed: Deployed,
    snapshot: Snapshot,
    element: str,
    values: Values,
    rules: Mapping[str, Rule],
    known: Known,
    now: datetime,
) -> Refusal | None:
    """None unless the form of this button names somebody whose word does not count.

    They could vote in the round of the task that the button is on, for themselves; have not said
    anything there in writing, nor has anybody for them; and have a seat each. What was said before
    the round began anew was said of something else.
    """
    form, info = deployed.form_of(element), deployed.elements.get(element)
    said = list(_said(form, values)) if form is not None else []
    host = info.attached_to if info else None
    items = (it for it in snapshot.open_items() if it.element == host)
    round_ = next((it.round for it in items if it.round is not None), None)
    if not said or round_ is None:
        return None
    problems: dict[str, str] = {}
    seats: list[tuple[str, list[str]]] = []
    for field, moment, name in said:
        found = _seats_of(round_, snapshot, rules[round_.rule], known(name), now)
        at = instant_of(values.get(moment))
        if round_.revision > 1 and at is not None and at < round_.opened_at:
            when = f"{round_.opened_at:%Y-%m-%d %H:%M} UTC"
            problems[moment] = f"What is decided was changed at {when}: ask them again."
        if isinstance(found, str):
            problems[field] = found
        else:
            seats.append((field, found))
    if not problems and not _seated([it for _, it in seats]):
        problems[seats[-1][0]] = "There is one seat for both: name who sits on another one."
    return invalid(problems) if problems else None


def _said(form: Form, values: Values) -> Iterator[tuple[str, str, str]]:
    for field, schema in form.fields.items():
        name = values.get(field)
        if KEY in schema and isinstance(name, str) and name:
            yield field, str(schema[KEY]), name


def _seats_of(
    round_: Round, snapshot: Snapshot, rule: Rule, person: Candidate | None, now: datetime
) -> list[str] | str:
    """The seats that this person could take; in words why there is none."""
    if person is None or not person.active:
        return "There is nobody of this name: name who sits on this board."
    for it in round_.ballots:
        if person.name in (it.person, it.instead_of):
            return f"{person.name} has voted in writing, and that stands: name somebody else."
    alone = replace(snapshot, stands_in_for=(), behind=person.behind)
    actor = Actor(person.name, roles=person.roles, groups=person.groups)
    asked = bare_round(round_, rule)
    refusals = {it.name: why_not(asked, round_, alone, actor, it.name, now) for it in round_.seats}
    free = [name for name, refusal in refusals.items() if refusal is None]
    barred = {person.name, *person.behind} & {*round_.excluded}
    if free:
        return free
    if barred:
        return f"{person.name} is concerned: name somebody else of the board."
    return f"{person.name} has no free seat in this round: name who has one."


def _seated(wishes: Sequence[Sequence[str]], taken: frozenset[str] = frozenset()) -> bool:
    """Whether each can have a seat of their own."""
    if not wishes:
        return True
    first, *others = wishes
    return any(_seated(others, taken | {it}) for it in first if it not in taken)
