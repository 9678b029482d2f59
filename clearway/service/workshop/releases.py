"""Releasing a draft: at once or at an instant, what was approved and nothing else, exactly once."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta

from clearway import engine
from clearway.engine.values import Bundle
from clearway.service.deploy import Along, check, deploy, refuse_report
from clearway.service.house import House
from clearway.service.permissions import refuse_unless
from clearway.service.reasons import refuse_unexplained
from clearway.service.registry import actor_of
from clearway.service.registry_command import record_entry
from clearway.service.values import SYSTEM, Actor, Done, GateReport, Refusal
from clearway.service.workshop.drafts import held
from clearway.service.workshop.moves import begin_move
from clearway.service.workshop.on_draft import newest_save, no_draft, on_draft
from clearway.service.workshop.views import APPROVED, PLANNED, RELEASED, DraftView
from clearway.store import draft_releases as releases
from clearway.store import draft_reviews as reviews
from clearway.store import drafts as rows
from clearway.store import versions
from clearway.store.database import Connection
from clearway.store.draft_releases import Release
from clearway.store.drafts import Draft
from clearway.store.errors import StoreError

_log = logging.getLogger(__name__)

FURTHEST = timedelta(days=366)
_LISTED = 20
_AT_ONCE = 10
_SHOWN = 10


def releases_of(house: House, actor: Actor, process: str, draft_id: int) -> list[Release] | Refusal:
    """The releases of a draft, the newest first."""
    if (refusal := refuse_unless(actor, "drafts")) is not None:
        return refusal

    def ask(connection: Connection) -> list[Release] | Refusal:
        if rows.find(connection, process, draft_id) is None:
            return no_draft(process, draft_id)
        return releases.releases_of(connection, draft_id, _LISTED)

    return house.store.ask(ask)


def checked(house: House, bundle: Bundle) -> GateReport:
    """What the gate says of files that are shown, with their scenarios."""
    hashed = engine.bundle_hash(bundle)
    return house.report(hashed, house.surroundings(), lambda: check(house, bundle))


def release_now(
    house: House,
    actor: Actor,
    process: str,
    draft_id: int,
    *,
    hashed: str,
    reason: str,
    moves: bool = False,
    once: str,
) -> Done | Refusal:
    """Deploy what has this hash, which is what was shown and approved.

    `moves`: the running records go along afterwards. Details: those of a deployment, and `move`.
    """
    if (refusal := refuse_unless(actor, "release_draft")) is not None:
        return refusal
    found = held(house, actor, process, draft_id)
    if isinstance(found, Refusal):
        return found
    now = house.now()
    release = _asked(actor, draft_id, hashed, now, "UTC", now, reason, moves)

    def keep(connection: Connection, number: int) -> None:
        release_id = releases.add(connection, release)
        _out(house, connection, actor, release, release_id, process, number)

    along = Along(_still(process, release, APPROVED), keep, _evidence(house, draft_id, None))
    done = deploy(
        house,
        actor,
        found.bundle,
        parent=found.draft.base,
        reason=reason,
        once=once,
        shown=_SHOWN,
        along=along,
    )
    return _behind_where_stale(house, process, found.draft, done)


def plan_release(
    house: House,
    actor: Actor,
    process: str,
    draft_id: int,
    *,
    hashed: str,
    due_at: datetime,
    zone: str,
    reason: str,
    moves: bool = False,
    once: str,
) -> Done | Refusal:
    """Let a worker deploy at this instant what has this hash; the draft stays as it is until then.

    Refused when the gate would refuse it now. What it says at that time counts again.
    """
    if (refusal := refuse_unless(actor, "release_draft")) is not None:
        return refusal
    if (refusal := refuse_unexplained(reason)) is not None:
        return refusal
    now = house.now()
    found = held(house, actor, process, draft_id)
    if isinstance(found, Refusal):
        return found
    # Refused only below, where who asks again has got the first answer: time has passed since.
    refused = _refuse_instant(due_at, now) or refuse_report(
        checked(house, found.bundle), reason, _SHOWN
    )
    release = _asked(actor, draft_id, hashed, due_at, zone, now, reason, moves)

    def work(connection: Connection, draft: Draft) -> Done | Refusal:
        refusal = refused or _refuse_release(connection, draft, release, APPROVED)
        if refusal is not None:
            return refusal
        newest = versions.current(connection, process)
        if newest is None or newest.number != draft.base:
            return _behind(draft, newest.number if newest else 0)
        release_id = releases.add(connection, release)
        rows.set_state(connection, draft_id, PLANNED)
        told = {"release": release_id, "due_at": due_at.isoformat(), "zone": zone}
        return Done(details={**told, "reason": reason, "moves": moves, "hash": hashed})

    request = {"hash": hashed, "due_at": due_at.isoformat(), "reason": reason, "moves": moves}
    return on_draft(house, actor, "release_draft", process, draft_id, request, once, work)


def withdraw_release(
    house: House, actor: Actor, process: str, draft_id: int, *, once: str
) -> Done | Refusal:
    """Take a planned release back, or take note of one that failed at its time."""

    def work(connection: Connection, draft: Draft) -> Done | Refusal:
        last = releases.last_of(connection, draft_id)
        if last is None or last.state not in ("planned", "failed"):
            text = f"No release of draft {draft_id} is planned or has failed."
            return Refusal("already_done", text, "Look at how the draft stands.")
        releases.close(
            connection,
            last.id,
            "withdrawn",
            at=house.now(),
            failure=last.failure,
            remedy=last.remedy,
        )
        if draft.state == PLANNED:
            rows.set_state(connection, draft_id, APPROVED)
        return Done(details={"release": last.id})

    return on_draft(house, actor, "withdraw_release", process, draft_id, {}, once, work)


def release_due(house: House) -> int:
    """Carry out the planned releases whose time has come; answers how many there were.

    Each once, whichever worker comes to it first, and also when it was due long ago. One that
    cannot be released becomes a failure that its page and the doctor show.
    """
    found = house.store.ask(lambda it: releases.due(it, house.now(), _AT_ONCE))
    for release, process in found:
        try:
            refusal = _release(house, release, process)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - told on the page and by the doctor
            # A draft that nobody foresaw must not keep a worker from all the rest.
            _log.exception("The planned release %s of %s failed", release.id, process)
            text = f"It could not be released: {type(error).__name__}."
            refusal = Refusal("invalid", text, "The log of the worker tells more.")
        if refusal is not None:
            _fail(house, release, process, refusal)
    return len(found)


def _asked(
    actor: Actor,
    draft_id: int,
    hashed: str,
    due_at: datetime,
    zone: str,
    now: datetime,
    reason: str,
    moves: bool,
) -> Release:
    return Release(
        id=0,
        draft_id=draft_id,
        hash=hashed,
        due_at=due_at,
        zone=zone,
        asked_at=now,
        asked_by=actor.name,
        reason=reason,
        moves=moves,
        state="planned",
        closed_at=None,
        version=None,
        failure=None,
        remedy=None,
    )


def _release(house: House, release: Release, process: str) -> Refusal | None:
    actor = actor_of(house, release.asked_by)
    if actor is None:
        text = f"{release.asked_by}, who planned it, has left."
        return Refusal("not_allowed", text, "Let somebody else release the draft.")
    found = held(house, actor, process, release.draft_id)
    if isinstance(found, Refusal):
        return found

    def keep(connection: Connection, number: int) -> None:
        _out(house, connection, actor, release, release.id, process, number)

    refusal = refuse_unless(actor, "release_draft")
    if refusal is not None:
        return refusal
    along = Along(
        _still(process, release, PLANNED), keep, _evidence(house, release.draft_id, release)
    )
    done = deploy(
        house,
        actor,
        found.bundle,
        parent=found.draft.base,
        reason=release.reason,
        once=f"release {release.id}",
        shown=_SHOWN,
        along=along,
    )
    done = _behind_where_stale(house, process, found.draft, done)
    return done if isinstance(done, Refusal) else None


def _still(process: str, release: Release, state: str) -> Callable[[Connection], Refusal | None]:
    def refuse(connection: Connection) -> Refusal | None:
        draft = rows.find(connection, process, release.draft_id, locked=True)
        if draft is None:
            return no_draft(process, release.draft_id)
        if release.id and not releases.is_planned(connection, release.id):
            return _GONE
        return _refuse_release(connection, draft, release, state)

    return refuse


_GONE = Refusal("not_waiting", "This release was carried out or taken back already.")


def _refuse_release(
    connection: Connection, draft: Draft, release: Release, state: str
) -> Refusal | None:
    if draft.state != state:
        if draft.state == RELEASED:
            text = f"Draft {draft.id} was released as version {draft.version}."
            return Refusal("already_done", text, "Look at the versions of the process.")
        text = f"Draft {draft.id} is not approved as it is."
        return Refusal("conflict", text, "Ask a second person to review it, then release it.")
    if newest_save(connection, draft).hash != release.hash:
        text = f"Draft {draft.id} was changed since this page was shown."
        return Refusal("stale", text, "Look at it again: nothing was released.")
    review = reviews.last_of(connection, draft.id)
    if review is None or review.outcome != "approved" or review.hash != release.hash:
        text = f"Nobody approved what draft {draft.id} holds now."
        return Refusal("conflict", text, "Ask a second person to review it, then release it.")
    return None


def _out(
    house: House,
    connection: Connection,
    actor: Actor,
    release: Release,
    release_id: int,
    process: str,
    number: int,
) -> None:
    """What is written with the new version."""
    now, draft_id = house.now(), release.draft_id
    releases.close(connection, release_id, "done", at=now, version=number)
    rows.set_state(connection, draft_id, RELEASED, at=now, by=actor.name, version=number)
    if release.moves:
        begin_move(house, connection, actor, process, number, release.reason)


def _fail(house: House, release: Release, process: str, refusal: Refusal) -> None:
    def work(connection: Connection) -> None:
        draft = rows.find(connection, process, release.draft_id, locked=True)
        if draft is None or not releases.is_planned(connection, release.id):
            return
        text, remedy = refusal.text, refusal.remedy
        releases.close(
            connection, release.id, "failed", at=house.now(), failure=text, remedy=remedy
        )
        if draft.state == PLANNED:
            rows.set_state(connection, draft.id, APPROVED)
        details = {"process": process, "draft": draft.id, "release": release.id, "failure": text}
        record_entry(house, connection, SYSTEM, "release_failed", details)

    house.store.change(work)


def _evidence(house: House, draft_id: int, planned: Release | None) -> Mapping[str, object]:
    """Who made, reviewed and released it, kept with the version beside what the gate found."""

    def ask(connection: Connection) -> Mapping[str, object]:
        review = reviews.last_of(connection, draft_id)
        shown = {} if review is None else asdict(review)
        kept = ("asked_by", "asked_at", "closed_by", "closed_at", "instead_of", "comment", "hash")
        return {
            "draft": draft_id,
            "authors": rows.authors(connection, draft_id),
            "review": {name: _plain(shown[name]) for name in kept if shown.get(name) is not None},
        }

    found = dict(house.store.ask(ask))
    if planned is not None:
        found["planned"] = {
            "by": planned.asked_by,
            "at": _plain(planned.asked_at),
            "for": _plain(planned.due_at),
            "zone": planned.zone,
        }
    return found


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _refuse_instant(due_at: datetime, now: datetime) -> Refusal | None:
    if due_at <= now:
        text = "This time has passed."
        return Refusal("invalid", text, "Choose a later one, or release now.", {"due_at": text})
    if due_at - now > FURTHEST:
        text = f"This is more than {FURTHEST.days} days ahead."
        return Refusal("invalid", text, "Choose an earlier time.", {"due_at": text})
    return None


def _behind_where_stale(
    house: House, process: str, draft: DraftView, done: Done | Refusal
) -> Done | Refusal:
    """What a deployment says of files in a folder, in the words of a draft."""
    if not isinstance(done, Refusal) or done.code != "stale":
        return done
    newest = house.store.ask(lambda it: versions.current(it, process))
    if newest is None or newest.number == draft.base:
        return done
    return _behind(draft, newest.number)


def _behind(draft: Draft | DraftView, newest: int) -> Refusal:
    return Refusal(
        "stale",
        f"The newest version of {draft.process} is {newest}; "
        f"draft {draft.id} was made from {draft.base}.",
        f"Bring version {newest} in, on the page of the draft, and have it reviewed again.",
    )
