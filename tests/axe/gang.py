"""The hands that hammer on one database, what they wrote down, and what history makes of it."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hands
import psycopg
import scene
from living import Living
from program import Hire

from clearway.now import system_time
from clearway.service.verify import verify

Told = dict[str, Any]

_REVISIONS = """SELECT instance_id, revision, min(command), count(DISTINCT command)
FROM entry WHERE instance_id IS NOT NULL GROUP BY 1, 2"""
_ANSWERS = "SELECT key FROM answer WHERE command NOT IN ('start', 'deploy')"
_TEXTS = "SELECT details->>'text' FROM entry WHERE kind = 'comment'"
_REASONS = "SELECT details->>'reason' FROM entry WHERE kind = 'migrated'"
_COUNTED = """SELECT i.id, coalesce((i.record->>'turns')::int, 0),
    coalesce((i.record->>'sacks')::int, 0), coalesce((i.record->>'rings')::int, 0)
FROM instance i"""


@dataclass
class Gang:
    """The hands on one database, and what they wrote down."""

    url: str
    fork: Hire
    folder: Path
    seed: int
    hands: list[Living] = field(default_factory=list)
    killed: int = 0

    def hire(self) -> None:
        """Another hand."""
        number = len(list(self.folder.iterdir()))
        order = {
            "url": self.url,
            "log": str(self.folder / f"{number}.log"),
            "seed": self.seed + number,
        }
        (self.folder / f"{number}.log").touch()
        self.hands.append(self.fork(order))

    def kill(self, hand: Living) -> None:
        """It ends in the middle of what it does, and another comes."""
        hand.kill()
        self.hands.remove(hand)
        self.killed += 1
        self.hire()

    def stop(self) -> None:
        """Everybody ends after what is being done."""
        for hand in self.hands:
            hand.ask_to_stop()

    def is_at_work(self) -> bool:
        """Whether any is left."""
        return any(hand.is_alive() for hand in self.hands)

    def lines(self) -> Iterator[Told]:
        """Everything that was written down; what a kill has torn is left out."""
        for log in sorted(self.folder.iterdir()):
            for line in log.read_text().splitlines():
                with suppress(json.JSONDecodeError):
                    yield json.loads(line)

    def look(self, statement: str) -> list[tuple[Any, ...]]:
        """Look into the database."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(statement).fetchall()


def settle(gang: Gang) -> dict[str, Told]:
    """Send again what is in doubt, as a client does; answers what each key was told."""
    print(Counter(line["because"] for line in gang.lines() if "because" in line), end=" ")
    tried: dict[str, Told] = {}
    told: dict[str, list[Told]] = defaultdict(list)
    for line in gang.lines():
        if "try" in line:
            tried[line["try"]["once"]] = line["try"]
        elif "told" in line:
            told[line["once"]].append(line["told"])
    with scene.opened(gang.url, system_time) as house:
        for once in tried.keys() - told.keys():
            told[once].append(scene.told(hands.carry_out(house, tried[once])))
    settled = {once: the_answer(once, answers) for once, answers in told.items()}
    print(Counter(f"{once.split()[0]} {it['kind']}" for once, it in settled.items()))
    return settled


def the_answer(once: str, answers: list[Told]) -> Told:
    """Of all that one key was told: what it did, if it did anything."""
    done = [answer for answer in answers if answer["kind"] == "Done"]
    if not done:
        return answers[0]
    places = {
        (it["instance_id"], it["revision"], json.dumps(it["details"], sort_keys=True))
        for it in done
    }
    assert len(places) == 1, (once, places)
    assert sum(not it["repeated"] for it in done) <= 1, (once, done)
    return done[0]


def is_there(answer: Told) -> bool:
    """It was on that version already: acknowledged, and nothing was done."""
    return answer["details"].get("what") == "there"


def wrong_with(gang: Gang, told: dict[str, Told]) -> list[str]:
    """Where history and what was acknowledged differ; empty when they agree."""
    done = {once: answer for once, answer in told.items() if answer["kind"] == "Done"}
    effects = {once: answer for once, answer in done.items() if not is_there(answer)}
    history = {(one, revision): command for one, revision, command, _ in gang.look(_REVISIONS)}
    wrong = [f"{once} was told {it}" for once, it in told.items() if it.get("code") == "faulted"]
    claimed: dict[tuple[int, int], str] = {}
    for once, answer in effects.items():
        place = (answer["instance_id"], answer["revision"])
        if history.get(place) != once.split()[0]:
            wrong.append(f"{once} was acknowledged, and history has {history.get(place)} there")
        if place in claimed:
            wrong.append(f"{once} and {claimed[place]} are both acknowledged at {place}")
        claimed[place] = once
    kept = {key for (key,) in gang.look(_ANSWERS)}
    wrong += [f"{once} is kept, and nobody was told" for once in kept - done.keys()]
    wrong += [f"{once} was told, and is not kept" for once in done.keys() - kept]
    for place, command in history.items():
        if command not in ("start", "timer") and place not in claimed:
            wrong.append(f"history has {command} at {place}, which nobody was told of")
    return wrong + wrong_texts(gang, effects) + wrong_counts(gang, history)


def wrong_texts(gang: Gang, effects: dict[str, Told]) -> list[str]:
    """Each acknowledged command's own words are there once, and no others."""
    found = Counter(text for (text,) in [*gang.look(_TEXTS), *gang.look(_REASONS)])
    expected = {once for once in effects if once.split()[0] != "undo_migration"}
    wrong = [f"{text} is there {times} times" for text, times in found.items() if times > 1]
    wrong += [f"{text} is not there" for text in expected - found.keys()]
    return wrong + [f"{text} is there, and nobody was told" for text in found.keys() - expected]


def wrong_counts(gang: Gang, history: dict[tuple[int, int], str]) -> list[str]:
    """What the process counted in its record is what history says: no update was lost."""
    counted = Counter((number, command) for (number, _), command in history.items())
    return [
        f"instance {number} counted {counts}, and history {expected}"
        for number, *counts in gang.look(_COUNTED)
        if counts != (expected := [counted[number, name] for name in ("complete", "send", "timer")])
    ]


def fired(gang: Gang) -> tuple[int, int]:
    """How many timers the hands were told that they fired, and how many history has."""
    told = sum(line.get("fired", 0) for line in gang.lines())
    return told, sum(command == "timer" for *_, command, _ in gang.look(_REVISIONS))


def broken(gang: Gang) -> list[str]:
    """What `clearway verify` says."""
    with scene.opened(gang.url, system_time) as house:
        return verify(house)


def deadlocks(gang: Gang) -> int:
    """How many PostgreSQL had to break."""
    return gang.look("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")[
        0
    ][0]
