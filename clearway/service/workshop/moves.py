"""Moving the records of a process along with a version: rehearsed, carried out, watched, undone."""

import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from clearway.engine import BlueprintError
from clearway.engine.values import Bundle
from clearway.service.deployed import Deployed
from clearway.service.house import House
from clearway.service.migrate import Verdict, migrate, rehearse_with, undo_migration, verdict_of
from clearway.service.permissions import refuse_unless
from clearway.service.processes import unknown_process
from clearway.service.reasons import refuse_unexplained
from clearway.service.registry import actor_of
from clearway.service.registry_command import answer_once, record_entry
from clearway.service.values import Actor, Done, Refusal
from clearway.store import moves as rows
from clearway.store import moving, versions
from clearway.store.database import Connection
from clearway.store.moves import Move, MovedRecord

MOST_REHEARSED = 500
"""Records that a page rehearses; how many more there are is told."""
_HANDS = 4
_SHARE = 32
_WINDOW = 8
_LISTED = 200
_MOVED = ("ready", "notes")


@dataclass(frozen=True)
class Rehearsal:
    """What moving the running records would come to. `total`: how many there are; those beyond
    `verdicts` were not looked at."""

    total: int
    verdicts: Sequence[Verdict]

    def count(self, says: str) -> int:
        """How many of those looked at have this verdict."""
        return sum(verdict.says == says for verdict in self.verdicts)


@dataclass(frozen=True)
class MoveView:
    """A move of many records as it stands; `counts`: what is said of a record -> how many."""

    move: Move
    counts: Mapping[str | None, int]
    refused: Sequence[MovedRecord]
    noted: Sequence[MovedRecord]

    @property
    def total(self) -> int:
        """How many records it is about."""
        return sum(self.counts.values())

    @property
    def left(self) -> int:
        """How many are still to be moved."""
        return self.counts.get(None, 0)

    @property
    def moved(self) -> int:
        """How many were moved."""
        return sum(self.counts.get(says, 0) for says in _MOVED)


def rehearse_bundle(
    house: House, actor: Actor, bundle: Bundle, *, number: int = 0
) -> Rehearsal | Refusal:
    """What moving every open record to these files would come to; nothing is written.

    They need not be deployed; `number` is the one that they would have as a version.
    """
    if (refusal := refuse_unless(actor, "move_records")) is not None:
        return refusal
    try:
        new = Deployed(bundle, number=number)
    except BlueprintError as error:
        return Refusal("invalid", f"It cannot run: {error}", "Correct what the check found.")
    return _rehearsed(house, actor, new)


def rehearse_newest(house: House, actor: Actor, process: str) -> Rehearsal | Refusal:
    """What moving every open record of a process to its newest version would come to."""
    if (refusal := refuse_unless(actor, "move_records")) is not None:
        return refusal
    new = house.current(process)
    return unknown_process(process) if new is None else _rehearsed(house, actor, new)


def _rehearsed(house: House, actor: Actor, new: Deployed) -> Rehearsal:
    keys = house.store.ask(lambda it: moving.open_elsewhere(it, new.process, new.version_id, None))
    verdicts = rehearse_with(house, actor, new, keys[:MOST_REHEARSED])
    # What somebody must see to comes first.
    return Rehearsal(len(keys), sorted(verdicts, key=lambda it: it.says != "refused"))


def start_move(
    house: House, actor: Actor, process: str, to_version: int, *, reason: str, once: str
) -> Done | Refusal:
    """Let a worker move every open record of a process to this version. Details: `move`."""
    if (refusal := refuse_unless(actor, "move_records")) is not None:
        return refusal
    if (refusal := refuse_unexplained(reason)) is not None:
        return refusal

    def work(connection: Connection) -> Done | Refusal:
        if versions.by_number(connection, process, to_version) is None:
            return _no_version(process, to_version)
        number = begin_move(house, connection, actor, process, to_version, reason)
        return Done(details={"process": process, "move": number})

    request = {"process": process, "to": to_version, "reason": reason}
    return answer_once(house, actor, "move_records", request, once, work)


def begin_move(
    house: House, connection: Connection, actor: Actor, process: str, to_version: int, reason: str
) -> int:
    """Write down, in this transaction, that every open record elsewhere goes to this version."""
    target = versions.by_number(connection, process, to_version)
    keys = moving.open_elsewhere(connection, process, target.id if target else 0, None)
    move = _new(house, actor, process, "migrate", to_version, reason, None)
    return _begin(house, connection, actor, move, keys)


def undo_move(
    house: House, actor: Actor, process: str, move_id: int, *, once: str
) -> Done | Refusal:
    """Let a worker take back what a move did to each record that has not gone on since."""
    if (refusal := refuse_unless(actor, "move_records")) is not None:
        return refusal

    def work(connection: Connection) -> Done | Refusal:
        found = rows.find(connection, process, move_id)
        if found is None or found.kind != "migrate":
            return _no_move(process, move_id)
        if found.closed_at is None:
            text = f"Move {move_id} is still being carried out."
            return Refusal("conflict", text, "Wait for its end, or stop it first.")
        keys = [it.key for it in rows.records(connection, move_id, _MOVED, 1_000_000)]
        reason = f"Undoes move {move_id}"
        move = _new(house, actor, process, "undo", found.to_version, reason, move_id)
        number = _begin(house, connection, actor, move, keys)
        return Done(details={"process": process, "move": number})

    request = {"process": process, "undo": move_id}
    return answer_once(house, actor, "move_records", request, once, work)


def stop_move(
    house: House, actor: Actor, process: str, move_id: int, *, once: str
) -> Done | Refusal:
    """Leave the records that are not moved yet where they are."""
    if (refusal := refuse_unless(actor, "move_records")) is not None:
        return refusal

    def work(connection: Connection) -> Done | Refusal:
        if rows.find(connection, process, move_id) is None:
            return _no_move(process, move_id)
        rows.close(connection, move_id, house.now(), actor.name)
        details = {"process": process, "move": move_id, "what": "stopped"}
        record_entry(house, connection, actor, "move_records", details)
        return Done(details=details)

    request = {"process": process, "stop": move_id}
    return answer_once(house, actor, "move_records", request, once, work)


def one_move(house: House, actor: Actor, process: str, move_id: int) -> MoveView | Refusal:
    """A move as it stands."""
    if (refusal := refuse_unless(actor, "drafts")) is not None:
        return refusal

    def ask(connection: Connection) -> MoveView | Refusal:
        found = rows.find(connection, process, move_id)
        return _seen(connection, found) if found else _no_move(process, move_id)

    return house.store.ask(ask)


def moves_of(house: House, actor: Actor, process: str) -> list[Move]:
    """The newest moves of a process."""
    if refuse_unless(actor, "drafts") is not None:
        return []
    return house.store.ask(lambda it: rows.of_process(it, process, 5))


def carry_moves(house: House) -> int:
    """Move some of the records that wait for it; answers how many.

    Each is a command of its own with a key of its own: after a stop, or beside another worker, it
    is carried out once.
    """
    count = 0
    for move in house.store.ask(rows.unfinished):
        count += _carry(house, move)
    return count


def _carry(house: House, move: Move) -> int:
    waiting = house.store.ask(lambda it: rows.left(it, move.id, _SHARE * _WINDOW))
    # Another worker begins elsewhere among them.
    share = random.sample(waiting, min(_SHARE, len(waiting)))
    actor = actor_of(house, move.asked_by)
    if actor is None:
        text = f"{move.asked_by}, who asked for it, has left."
        refused = [MovedRecord(key, "refused", (), text, "Move it anew.") for key in share]
        verdicts: Sequence[MovedRecord] = refused
    else:
        each = _one(house, move, actor)
        with ThreadPoolExecutor(_HANDS, thread_name_prefix="move") as hands:
            verdicts = list(hands.map(each, share))

    def write(connection: Connection) -> None:
        rows.told(connection, move.id, verdicts)
        rows.close(connection, move.id, house.now())

    house.store.change(write)
    return len(share)


def _one(house: House, move: Move, actor: Actor) -> Callable[[str], MovedRecord]:
    def carry(key: str) -> MovedRecord:
        once = f"move {move.id} {key}"
        if move.kind == "undo":
            done = undo_migration(house, actor, key, once=once)
        else:
            done = migrate(house, actor, key, move.to_version, reason=move.reason, once=once)
        found = verdict_of(key, done)
        return MovedRecord(key, found.says, list(found.notes), found.text, found.remedy)

    return carry


def _new(
    house: House,
    actor: Actor,
    process: str,
    kind: str,
    to_version: int,
    reason: str,
    undoes: int | None,
) -> Move:
    now = house.now()
    return Move(0, process, kind, to_version, undoes, now, actor.name, reason, None, None)


def _begin(
    house: House, connection: Connection, actor: Actor, move: Move, keys: Sequence[str]
) -> int:
    number = rows.add(connection, move, keys)
    rows.close(connection, number, house.now())
    details = {
        "process": move.process,
        "move": number,
        "what": move.kind,
        "to": move.to_version,
        "records": len(keys),
        "reason": move.reason,
    }
    record_entry(house, connection, actor, "move_records", details)
    return number


def _seen(connection: Connection, move: Move) -> MoveView:
    return MoveView(
        move,
        rows.counts(connection, move.id),
        rows.records(connection, move.id, ["refused"], _LISTED),
        rows.records(connection, move.id, ["notes"], _LISTED),
    )


def _no_move(process: str, move_id: int) -> Refusal:
    return Refusal(
        "not_found", f"There is no move {move_id} of {process}.", "Look at the page of the process."
    )


def _no_version(process: str, number: int) -> Refusal:
    return Refusal(
        "not_found", f"{process} has no version {number}.", "Look at the list of its versions."
    )
