"""The questions of a meeting: what waits for a decision, what rounds say, who can vote when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from clearway.service.asked_round import standing
from clearway.service.end_round import APPROVED, REJECTED
from clearway.service.house import House
from clearway.service.wording import in_words
from clearway.store import registry, rounds, rows
from clearway.store.database import Connection
from clearway.store.registry import Absence, Person
from clearway.store.rounds import LastRound, WaitingRound
from processes.approval import Quorum, is_needed
from processes.approval import Seat as RuleSeat
from processes.casting import without_vote
from processes.quorum import Away, ExpectedSeat, Forecast, forecast

__all__ = ["AskedRound", "WaitingRound", "forecasts", "outcomes_of", "rounds_of", "waiting_rounds"]

_VOIDED, _UNDECIDED = "voided", "undecided"
_DECISIONS = frozenset({APPROVED, REJECTED})


@dataclass(frozen=True)
class AskedRound:
    """The newest round by a board's rules, and what it says: nothing else tells of its decision.

    `outcome` is None as long as the round has not ended with one; `says` is the sentence of its
    rule. An outcome that only puts the decision off, such as `deferred`, is no decision.
    """

    last: LastRound
    outcome: str | None
    says: str

    @property
    def is_decided(self) -> bool:
        """It said yes or no."""
        return self.outcome in _DECISIONS

    @property
    def is_open(self) -> bool:
        """Its seats can still vote."""
        return self.last.closed_at is None and self.last.work_item_closed_at is None


def waiting_rounds(house: House, rules: Sequence[str]) -> list[WaitingRound]:
    """The records with an open round by one of these rules, asked first comes first."""
    return house.store.look(lambda it: rounds.waiting_rounds(it, rules))


def rounds_of(house: House, keys: Sequence[str], rules: Sequence[str]) -> Mapping[str, AskedRound]:
    """The newest round of each of these records by one of the rules; without any it is left out.

    Others may have to decide after the board: what they are asked is not the board's round.
    """
    found = house.store.look(lambda it: rounds.last_rounds(it, keys, rules))
    return {key: _asked(house, last) for key, last in found.items()}


def outcomes_of(
    house: House, process: str, field: str, value: str, outcome: str, since: datetime
) -> Mapping[str, int]:
    """Outcome -> how many ended records of the process have it, with `value` in `field`."""
    return house.store.look(lambda it: rounds.outcomes(it, process, field, value, outcome, since))


def forecasts(
    house: House, keys: Sequence[str], rules: Sequence[str], at: datetime
) -> Mapping[str, Forecast]:
    """Who can vote at this instant in the open rounds of these records, by the absences."""
    asked = rounds_of(house, keys, rules)

    def look(connection: Connection) -> tuple[list[Person], list[Absence]]:
        return registry.all_people(connection), registry.all_absences(connection, at)

    people, absences = house.store.ask(look)
    away = {it.person: it for it in reversed(absences) if it.from_at <= at}
    active = [it for it in people if it.active]
    return {
        key: forecast(_expected(house, one.last, active, away), _quorum(house, one.last))
        for key, one in asked.items()
        if one.is_open and one.last.rule in house.rules
    }


def _asked(house: House, last: LastRound) -> AskedRound:
    last = replace(last, seats=tuple(replace(it, name=in_words(it.name)) for it in last.seats))
    outcome = None if last.outcome in (_VOIDED, _UNDECIDED) else last.outcome
    if outcome is not None:
        return AskedRound(last, outcome, last.reason or "")
    if last.closed_at is not None or last.work_item_closed_at is not None:
        reason = f" {last.reason}" if last.reason else ""
        return AskedRound(last, None, f"Not decided: the round was ended.{reason}")
    if last.rule not in house.rules:
        return AskedRound(last, None, f"Not decided: nobody knows the rule {last.rule} any more.")
    return AskedRound(last, None, standing(_as_round(last), house.rules).reason)


def _as_round(last: LastRound) -> rows.Round:
    return rows.Round(
        last.id,
        last.revision,
        last.rule,
        last.excluded,
        "",
        last.opened_at,
        None,
        last.seats,
        last.ballots,
    )


def _quorum(house: House, last: LastRound) -> Quorum:
    return house.rules[last.rule].quorum


def _expected(
    house: House, last: LastRound, people: Sequence[Person], away: Mapping[str, Absence]
) -> list[ExpectedSeat]:
    quorum = _quorum(house, last)
    lent = {name: [it.delegate] for name, it in away.items() if it.delegate is not None}
    barred = without_vote(last.excluded, lent)
    voted = {it.seat_id: it.person for it in last.ballots}
    return [
        _seat(seat, is_needed(_rule_seat(seat), quorum), voted.get(seat.id), people, away, barred)
        for seat in last.seats
    ]


def _seat(
    seat: rows.Seat,
    needed: bool,
    voted: str | None,
    people: Sequence[Person],
    away: Mapping[str, Absence],
    barred: frozenset[str],
) -> ExpectedSeat:
    holders = [
        it.name
        for it in people
        if (it.name == seat.person if seat.person is not None else seat.role in it.roles)
        and it.name not in barred
    ]
    active = {it.name for it in people}
    takers: list[str] = []
    absent: list[Away] = []
    for name in holders:
        absence = away.get(name)
        if absence is None:
            takers.append(name)
            continue
        absent.append(Away(name, absence.until_at, absence.delegate))
        delegate = absence.delegate
        if delegate in active and delegate not in barred and delegate not in away:
            takers.append(delegate)
    whose = seat.person or in_words(seat.role)
    kept = tuple(dict.fromkeys(takers))
    return ExpectedSeat(seat.name, whose, needed, kept, tuple(absent), voted)


def _rule_seat(seat: rows.Seat) -> RuleSeat:
    role = None if seat.person is not None else seat.role
    return RuleSeat(seat.name, seat.person, role, seat.mandatory, seat.veto, seat.chair)
