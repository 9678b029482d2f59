"""What the steps of a meeting may ask of Clearway, and the one thing they may have it keep."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from clearway.errors import ClearwayError
from clearway.service import meeting_rounds
from clearway.service.attach import attach, attachments_of
from clearway.service.collisions import CollisionsView
from clearway.service.house import House
from clearway.service.impact import impact_of
from clearway.service.item_facts import ItemFacts, item_facts
from clearway.service.jobs import WORKER
from clearway.service.meeting import moves_of, rules_of
from clearway.service.meeting_rounds import AskedRound, WaitingRound
from clearway.service.values import Refusal
from processes.planned import Planned
from processes.quorum import Forecast

WaitingRounds = Callable[[str], list[WaitingRound]]
"""The records with an open round of the board that meets in this record."""

RoundsOf = Callable[[str, Sequence[str]], Mapping[str, AskedRound]]
"""What the board of a meeting was last asked about each of these records, and what it said."""

Forecasts = Callable[[str, Sequence[str], datetime], Mapping[str, Forecast]]
"""Who of the board of a meeting can vote at this instant about each of these records."""

FactsOf = Callable[[str], ItemFacts | None]
"""A record in words; None when there is none with this key."""

ImpactOf = Callable[[Sequence[str]], Sequence[str]]
"""The way to each thing that a change of these services and assets reaches, as a sentence."""

LookForCollisions = Callable[[Planned], CollisionsView]
"""What stands against a planned work, and when it would fit."""

MovesOf = Callable[[str, str], Sequence[tuple[datetime, str | None]]]
"""When a field of a record was written, and with what."""


class OutcomesOf(Protocol):
    """Outcome -> how many ended records of a process of the last year have it."""

    def __call__(self, process: str, field: str, value: str, outcome: str) -> Mapping[str, int]: ...


class KeepFile(Protocol):
    """Keep a file beside a record under an idempotency key; answers its sha-256."""

    def __call__(self, key: str, name: str, media_type: str, content: bytes, once: str) -> str: ...


class NotKept(ClearwayError):
    """A file could not be kept; the text says why and what to do."""


def doors_of_meetings(house: House) -> dict[str, object]:
    """By the names that the steps need."""
    waiting: WaitingRounds = partial(_waiting, house)
    asked: RoundsOf = partial(_asked, house)
    expected: Forecasts = partial(_expected, house)
    facts: FactsOf = partial(_facts, house)
    impact: ImpactOf = partial(_impact, house)
    outcomes: OutcomesOf = partial(_outcomes, house)
    moves: MovesOf = partial(moves_of, house)
    keep: KeepFile = partial(_kept, house)
    return {
        "waiting_rounds": waiting,
        "rounds_of": asked,
        "forecasts": expected,
        "facts_of": facts,
        "impact_of": impact,
        "outcomes_of": outcomes,
        "moves_of": moves,
        "keep_file": keep,
    }


def _waiting(house: House, meeting: str) -> list[WaitingRound]:
    return meeting_rounds.waiting_rounds(house, rules_of(house, WORKER, meeting))


def _asked(house: House, meeting: str, keys: Sequence[str]) -> Mapping[str, AskedRound]:
    return meeting_rounds.rounds_of(house, keys, rules_of(house, WORKER, meeting))


def _expected(
    house: House, meeting: str, keys: Sequence[str], at: datetime
) -> Mapping[str, Forecast]:
    return meeting_rounds.forecasts(house, keys, rules_of(house, WORKER, meeting), at)


def _facts(house: House, key: str) -> ItemFacts | None:
    found = item_facts(house, WORKER, key)
    return None if isinstance(found, Refusal) else found


def _impact(house: House, names: Sequence[str]) -> Sequence[str]:
    found = impact_of(house, WORKER, names)
    if isinstance(found, Refusal):
        return [f"It could not be found out: {found.text}"]
    services = [f"{it.way} (criticality {it.thing.criticality})" for it in found.services]
    return [*services, *(it.way for it in found.assets)]


def _outcomes(
    house: House, process: str, field: str, value: str, outcome: str
) -> Mapping[str, int]:
    since = house.now() - timedelta(days=365)
    return meeting_rounds.outcomes_of(house, process, field, value, outcome, since)


def _kept(house: House, key: str, name: str, media_type: str, content: bytes, once: str) -> str:
    """Kept once: a second try of the same job, which may see other facts, answers the first."""
    answer = attach(house, WORKER, key, name, media_type, content, once=once, made_here=True)
    if not isinstance(answer, Refusal):
        return hashlib.sha256(content).hexdigest()
    files = attachments_of(house, WORKER, key) if answer.code == "conflict" else []
    found = [] if isinstance(files, Refusal) else [it.hash for it in files if it.name == name]
    if not found:
        raise NotKept(f"{name} could not be kept: {answer.text} {answer.remedy}")
    return found[-1]
