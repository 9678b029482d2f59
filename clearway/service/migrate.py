"""Moving running records to another version of their process: rehearsed, one, many, taken back."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal, cast

from clearway.service.commands import Command, carry_out, ready, with_links
from clearway.service.deployed import Deployed
from clearway.service.house import House
from clearway.service.permissions import cannot_see, refuse_unless
from clearway.service.plan import Outcome, Plan
from clearway.service.plan_migrate import plan_migrate, plan_undo
from clearway.service.reasons import refuse_unexplained
from clearway.service.values import Actor, Done, Refusal
from clearway.store import loading, moving, versions
from clearway.store.database import Transaction
from clearway.store.loading import Asking
from clearway.store.rows import Snapshot

Says = Literal["ready", "notes", "there", "refused"]

_AT_ONCE = 6
_SHARE = 256  # records that are handed out together, so that a stop is soon heard


@dataclass(frozen=True)
class Verdict:
    """What moving one record comes to.

    `says`: ready (all stays as it is), notes (moved, with what `notes` tell), there (it is on that
    version already) or refused (nothing is changed: `text` says why, `remedy` what helps).
    """

    key: str
    says: Says
    notes: Sequence[str] = ()
    text: str = ""
    remedy: str = ""


@dataclass
class Summary:
    """What became of many records: how many were moved and were there, and who was refused."""

    moved: int = 0
    with_notes: int = 0
    there: int = 0
    refused: list[Verdict] = field(default_factory=list[Verdict])

    def count(self, verdict: Verdict) -> None:
        """Take up one more verdict."""
        if verdict.says == "refused":
            self.refused.append(verdict)
        elif verdict.says == "there":
            self.there += 1
        else:
            self.moved += 1
            self.with_notes += verdict.says == "notes"


@dataclass(frozen=True)
class Move:
    """How each of many records is moved; it can be sent to another process."""

    actor: Actor
    process: str
    to_version: int
    target: int
    mapping: Mapping[str, str]
    reason: str
    once: str

    def of(self, house: House, key: str) -> Verdict:
        """Move this record."""

        def find(_transaction: Transaction, snapshot: Snapshot) -> int | None:
            return self.target if snapshot.process == self.process else None

        once = f"{self.once} {key}"
        done = _migrate(
            house, self.actor, key, self.to_version, find, self.mapping, self.reason, once
        )
        return verdict_of(key, done)


Carry = Callable[[Move, Sequence[str]], Iterable[Verdict]]
"""Carries a move out on many records; answers a verdict for each."""


def by_threads(house: House) -> Carry:
    """Several at once in this process, since each waits for its commit."""

    def carry(move: Move, keys: Sequence[str]) -> Iterator[Verdict]:
        with ThreadPoolExecutor(_AT_ONCE) as hands:
            for share in in_shares(keys, _SHARE):
                yield from hands.map(partial(move.of, house), share)

    return carry


def in_shares(keys: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """The keys in parts of this size."""
    return (keys[first : first + size] for first in range(0, len(keys), size))


def rehearse(
    house: House,
    actor: Actor,
    process: str,
    to_version: int,
    keys: Iterable[str] | None = None,
    mapping: Mapping[str, str] | None = None,
    *,
    from_version: int | None = None,
) -> Iterator[Verdict] | Refusal:
    """A verdict for each record, one after the other; nothing is written.

    `keys` None: every open record of the process that is on another version, or those on
    `from_version`. `mapping`: what is called otherwise, old id -> new id.
    """
    found = _asked_for(house, actor, process, to_version, keys, from_version)
    if isinstance(found, Refusal):
        return found
    target, wanted = found
    new = house.version(target)
    return (_rehearsed(house, actor, process, new, key, mapping or {}) for key in wanted)


def rehearse_with(
    house: House, actor: Actor, new: Deployed, keys: Iterable[str]
) -> Iterator[Verdict]:
    """The same for a version that need not be deployed yet, on whose process the records are."""
    return (_rehearsed(house, actor, new.process, new, key, {}) for key in keys)


def migrate(
    house: House,
    actor: Actor,
    key: str,
    to_version: int,
    mapping: Mapping[str, str] | None = None,
    reason: str = "",
    *,
    once: str,
) -> Done | Refusal:
    """Let one record go on with another version of its process.

    What it waits for stays: work items with their assignees, drafts and due times, timers, jobs.
    Details: `what` (moved or there), `version` and `notes`.
    """

    def find(transaction: Transaction, snapshot: Snapshot) -> int | None:
        return moving.version_id(transaction, snapshot.process, to_version)

    return _migrate(house, actor, key, to_version, find, mapping or {}, reason, once)


def migrate_all(
    house: House,
    actor: Actor,
    process: str,
    to_version: int,
    keys: Iterable[str] | None = None,
    mapping: Mapping[str, str] | None = None,
    reason: str = "",
    *,
    once: str,
    from_version: int | None = None,
    carry: Carry | None = None,
    told: Callable[[int, int], None] = lambda _done, _of: None,
) -> Summary | Refusal:
    """The same for many records, each a command of its own; `told` hears how many are done.

    `carry` is how they are carried out: by threads of this process when it is None. After a stop it
    can be called again: what was moved is on that version already.
    """
    found = _asked_for(house, actor, process, to_version, keys, from_version)
    if isinstance(found, Refusal):
        return found
    if (refusal := refuse_unexplained(reason)) is not None:
        return refusal
    target, wanted = found
    house.version(target)

    move = Move(actor, process, to_version, target, mapping or {}, reason, once)
    summary = Summary()
    told(0, len(wanted))
    for done, verdict in enumerate((carry or by_threads(house))(move, wanted), 1):
        summary.count(verdict)
        told(done, len(wanted))
    return summary


def undo_migration(house: House, actor: Actor, key: str, *, once: str) -> Done | Refusal:
    """Let a record stand again as it stood before it was moved, until its next command."""

    def plan(transaction: Transaction, deployed: Deployed, snapshot: Snapshot) -> Outcome:
        archived = moving.archived(transaction, snapshot.instance_id)
        if archived is None:
            return Refusal(
                "not_found",
                f"{key} has not been moved, or that was undone already.",
                "Look at its history.",
            )
        old = ready(house, _on(snapshot, archived.version_id))
        return plan_undo(old, deployed, snapshot, actor, archived, house.now())

    command = Command(actor, "undo_migration", {"key": key}, once, cannot_see("record"))
    return carry_out(
        house,
        command,
        lambda transaction, asking: loading.by_key(transaction, asking, key),
        plan,
        lambda _: None,
    )


def _migrate(
    house: House,
    actor: Actor,
    key: str,
    number: int,
    find: Callable[[Transaction, Snapshot], int | None],
    mapping: Mapping[str, str],
    reason: str,
    once: str,
) -> Done | Refusal:
    if (refusal := refuse_unexplained(reason)) is not None:
        return refusal
    request = {"key": key, "to": number, "mapping": mapping, "reason": reason}

    def plan(transaction: Transaction, deployed: Deployed, snapshot: Snapshot) -> Outcome:
        target = find(transaction, snapshot)
        if target is None:
            return _no_version(snapshot.process, number)
        new = ready(house, _on(snapshot, target))
        snapshot = with_links(transaction, new, snapshot)
        return plan_migrate(deployed, new, snapshot, actor, mapping, reason, house.now())

    return carry_out(
        house,
        Command(actor, "migrate", request, once, cannot_see("record")),
        lambda transaction, asking: loading.by_key(transaction, asking, key),
        plan,
        lambda _: None,
    )


def _asked_for(
    house: House,
    actor: Actor,
    process: str,
    to_version: int,
    keys: Iterable[str] | None,
    from_version: int | None,
) -> tuple[int, Sequence[str]] | Refusal:
    """The id of the version, and the keys of the records that are meant."""
    if (refusal := refuse_unless(actor, "migrate")) is not None:
        return refusal
    numbers = {it.number: it.id for it in house.store.ask(lambda it: versions.all_of(it, process))}
    for number in (to_version, from_version):
        if number is not None and number not in numbers:
            return _no_version(process, number)
    target = numbers[to_version]
    if keys is not None:
        return target, list(dict.fromkeys(keys))
    source = None if from_version is None else numbers[from_version]
    return target, house.store.ask(lambda it: moving.open_elsewhere(it, process, target, source))


def _rehearsed(
    house: House, actor: Actor, process: str, new: Deployed, key: str, mapping: Mapping[str, str]
) -> Verdict:
    now = house.now()

    def look(transaction: Transaction) -> Snapshot | None:
        found = loading.look_by_key(transaction, Asking(actor.name, now), key)
        return found and with_links(transaction, new, found)

    snapshot = house.store.look(look)
    if snapshot is None:
        return verdict_of(key, cannot_see("record"))
    if snapshot.process != process:
        return verdict_of(key, _no_version(snapshot.process, new.number))
    old = house.version(snapshot.version_id)
    outcome = plan_migrate(old, new, snapshot, actor, mapping, "", now)
    return verdict_of(key, outcome.done if isinstance(outcome, Plan) else outcome)


def verdict_of(key: str, answer: Done | Refusal) -> Verdict:
    """What the answer of a command says of the record."""
    if isinstance(answer, Refusal):
        return Verdict(key, "refused", text=answer.text, remedy=answer.remedy)
    if answer.details.get("what") == "there":
        return Verdict(key, "there")
    notes = tuple(cast("Sequence[str]", answer.details.get("notes", ())))
    return Verdict(key, "notes" if notes else "ready", notes)


def _on(snapshot: Snapshot, version_id: int) -> Snapshot:
    return replace(snapshot, version_id=version_id)


def _no_version(process: str, number: int) -> Refusal:
    return Refusal(
        "not_found",
        f"{process} has no version {number}.",
        "Look at its versions with `clearway pull`, or deploy it first.",
    )
