"""What stands in the pack and in the minutes of a meeting, before it is set in type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from clearway.service.item_facts import ItemFacts, as_instant
from clearway.service.meeting_rounds import AskedRound
from clearway.service.wording import in_words
from processes.agenda import time_spent
from processes.collisions import line_of
from processes.quorum import Forecast
from tasks.meeting_doors import FactsOf, ImpactOf, LookForCollisions, OutcomesOf
from tasks.paper import Paper, Part

NOT_DECIDED = "Not decided"
ADDED = "Added by the chair."


@dataclass(frozen=True)
class Subjects:
    """The fields of a record that the pack looks into, by name."""

    things: Sequence[str]
    team: str
    outcome: str
    until: str
    backout: str
    written: Sequence[str] = ()
    """Those that are shown whole, as somebody wrote them."""
    collisions: str | None = None
    """The one with what was found when it was planned: the pack looks anew."""


@dataclass(frozen=True)
class Pack:
    """The meeting whose pack it is, and how its agenda came about, a line for each record."""

    key: str
    title: str
    starts: datetime
    at: datetime
    agenda: Sequence[str]
    places: Sequence[str]
    left_out: Sequence[str]


@dataclass(frozen=True)
class Minutes:
    """A meeting that is over: who was marked present, what was left, what the rounds say."""

    key: str
    title: str
    began: datetime
    ended: datetime
    agenda: Sequence[str]
    marked: Sequence[str]
    left: Sequence[str]
    asked: Mapping[str, AskedRound]
    moves: Sequence[tuple[datetime, str | None]]

    @property
    def everybody(self) -> list[str]:
        """Who was marked, and who voted in the meeting."""
        voted = {
            it.person
            for one in self.asked.values()
            for it in one.last.ballots
            if self.began <= it.cast_at <= self.ended
        }
        return sorted({*self.marked, *voted})

    @property
    def spent(self) -> Mapping[str, timedelta]:
        """How long each record was discussed."""
        return time_spent(self.moves, self.ended)

    @property
    def text(self) -> str:
        """The minutes in short, a line for each record."""
        lines = [f"Present: {', '.join(self.everybody) or 'nobody was marked, and nobody voted'}"]
        return "\n".join([*lines, *(f"{key}: {_decision(self, key)}" for key in self.agenda)])


def pack_paper(
    pack: Pack,
    subjects: Subjects,
    facts_of: FactsOf,
    asked: Mapping[str, AskedRound],
    expected: Mapping[str, Forecast],
    impact_of: ImpactOf,
    outcomes_of: OutcomesOf,
    look: LookForCollisions,
) -> Paper:
    """First the agenda with the outlook for its quorum, then each record on a page of its own."""
    places = [(f"{number}. {key}", _place(pack, key)) for number, key in enumerate(pack.agenda, 1)]
    gaps = [f"{key}: {gap}" for key in pack.agenda if key in expected for gap in expected[key].gaps]
    lists = [("Can it be decided?", gaps or ["Yes: enough seats can vote, and each that must."])]
    lists += [("Left out", pack.left_out)] if pack.left_out else []
    parts = [Part("Agenda", facts=places, lists=lists)]
    for number, key in enumerate(pack.agenda, 1):
        facts = facts_of(key)
        if facts is None:
            parts.append(Part(f"{number}. {key}", paragraphs=["There is no such record."]))
            continue
        earlier = facts.titles.get(subjects.collisions or "")
        known = [it for it in facts.facts if it[1] != facts.title and it[0] != earlier]
        parts.append(
            Part(
                f"{number}. {key} {facts.title}",
                facts=[*known, *_computed(facts, subjects)],
                lists=[
                    (f"Collisions, looked for at {_shown(pack.at)}", _collisions(facts, look)),
                    *_lists(facts, subjects, asked.get(key), expected.get(key), impact_of),
                    ("History of the team", _team(facts, subjects, outcomes_of)),
                ],
                texts=_texts(facts, subjects),
                on_new_page=True,
            )
        )
    about = f"{pack.key}, {_shown(pack.starts)}. As of {_shown(pack.at)}."
    return Paper(f"Pack: {pack.title}", about, parts)


def minutes_paper(held: Minutes) -> Paper:
    """Who was there, then each record: what its round says, ballots, conditions, time."""
    whole = held.ended - held.began
    facts = [
        ("Began", _shown(held.began)),
        ("Ended", f"{_shown(held.ended)}, after {_minutes(whole)}"),
        ("Present", ", ".join(held.everybody) or "Nobody was marked, and nobody voted"),
    ]
    parts = [Part("The meeting", facts=facts)]
    for number, key in enumerate(held.agenda, 1):
        one = held.asked.get(key)
        title = f"{number}. {key} {one.last.title if one else ''}".rstrip()
        lines = [_ballot(one, it.seat_id) for it in one.last.ballots] if one else []
        said = [it.partition(": ")[2] for it in held.left if it.startswith(f"{key}: ")]
        lists = [("Ballots", lines or ["None."])]
        lists += [("Conditions", conditions)] if one and (conditions := _conditions(one)) else []
        lists += [("Left for the next meeting", said)] if said else []
        about = [("Decision", _decision(held, key)), ("Time", _minutes(_spent(held, key)))]
        parts.append(Part(title, facts=about, lists=lists))
    return Paper(f"Minutes: {held.title}", f"{held.key}, {_shown(held.began)}.", parts)


def _place(pack: Pack, key: str) -> str:
    named = f"{key} "
    found = (it.removeprefix(named) for it in pack.places if it.startswith(named))
    return next(found, ADDED)


def _computed(facts: ItemFacts, subjects: Subjects) -> list[tuple[str, str]]:
    until, minutes = (
        as_instant(facts.values.get(subjects.until)),
        facts.values.get(subjects.backout),
    )
    if until is None or not isinstance(minutes, int):
        return [("Taking it back must begin by", "Not known: it does not say how long that takes.")]
    last = until - timedelta(minutes=minutes)
    return [("Taking it back must begin by", f"{_shown(last)}, {minutes} minutes before its end")]


def _texts(facts: ItemFacts, subjects: Subjects) -> list[tuple[str, str]]:
    texts = [(it, str(facts.values.get(it) or "")) for it in subjects.written]
    return [
        (facts.titles.get(it, in_words(it)), text if text.strip() else "Nothing is written.")
        for it, text in texts
    ]


def _collisions(facts: ItemFacts, look: LookForCollisions) -> Sequence[str]:
    """What collides now; that nobody could look reads otherwise than that nothing was found."""
    if facts.planned is None:
        return ["Nobody could look: it does not say when it begins and ends."]
    found = look(facts.planned)
    if found.problem is not None:
        return [f"Nobody could look: {found.problem}"]
    return [line_of(it, _shown) for it in found.collisions] or ["Nothing collides with its time."]


def _lists(
    facts: ItemFacts,
    subjects: Subjects,
    asked: AskedRound | None,
    expected: Forecast | None,
    impact_of: ImpactOf,
) -> list[tuple[str, Sequence[str]]]:
    names = _things(facts, subjects)
    reached = impact_of(names) if names else ()
    found: list[tuple[str, Sequence[str]]] = [
        ("What it reaches", reached or ["Nothing else, by the relations of the registry."])
    ]
    if asked is not None:
        ballots = [_ballot(asked, it.seat_id) for it in asked.last.ballots]
        found.append(("How the vote stands", [asked.says, *ballots]))
    if expected is not None:
        seats = [f"{seat}: {person}" for seat, person in sorted(expected.sits.items())]
        found.append(("Who can vote in the meeting", [*seats, *expected.gaps]))
    found.append(("Questions and comments", facts.comments or ["None."]))
    return found


def _things(facts: ItemFacts, subjects: Subjects) -> list[str]:
    found: list[str] = []
    for field in subjects.things:
        value = facts.values.get(field)
        listed = cast(Sequence[object], value) if isinstance(value, list) else [value]
        found += [str(it) for it in listed if it]
    return list(dict.fromkeys(found))


def _team(facts: ItemFacts, subjects: Subjects, outcomes_of: OutcomesOf) -> Sequence[str]:
    team = facts.values.get(subjects.team)
    if not team:
        return ["It names no team."]
    counted = outcomes_of(facts.process, subjects.team, str(team), subjects.outcome)
    if not counted:
        return [f"{team} ended none in the last 12 months."]
    all_of_them = sum(counted.values())
    told = ", ".join(f"{in_words(name)} {count}" for name, count in counted.items())
    return [f"{team}, last 12 months: {all_of_them} ended ({told})."]


def _decision(held: Minutes, key: str) -> str:
    one = held.asked.get(key)
    if one is None:
        return f"{NOT_DECIDED}: it has no round."
    if one.outcome is None:
        return one.says if one.says.startswith(NOT_DECIDED) else f"{NOT_DECIDED}. {one.says}"
    closed = one.last.closed_at
    before = " It was decided before the meeting." if closed and closed < held.began else ""
    after = " It was decided after the meeting." if closed and closed > held.ended else ""
    outcome = in_words(one.outcome).capitalize()
    says = one.says if one.says.startswith(outcome) else f"{outcome}. {one.says}"
    return f"{says}{before}{after}"


def _ballot(asked: AskedRound, seat_id: int) -> str:
    seat = next(it for it in asked.last.seats if it.id == seat_id)
    cast = next(it for it in asked.last.ballots if it.seat_id == seat_id)
    instead = f", standing in for {cast.instead_of}" if cast.instead_of else ""
    said = f". {cast.reason}" if cast.reason else ""
    return f"{seat.name}: {cast.person}{instead}: {in_words(cast.choice)}{said}"


def _conditions(asked: AskedRound) -> list[str]:
    said = [(it.person, it.conditions) for it in asked.last.ballots if it.conditions]
    return [f"{person}: {line}" for person, lines in said for line in (lines or "").splitlines()]


def _spent(held: Minutes, key: str) -> timedelta:
    return held.spent.get(key, timedelta())


def _minutes(span: timedelta) -> str:
    whole = int(span.total_seconds() // 60)
    return f"{whole} minute{'' if whole == 1 else 's'}"


def _shown(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
