"""Drafts of a process: made from its newest version, listed, discarded and brought back."""

from clearway.engine.bundle import manifest_hash
from clearway.engine.values import Bundle
from clearway.service.house import House
from clearway.service.permissions import refuse_unless
from clearway.service.processes import unknown_process
from clearway.service.registry_command import answer_once, record_entry
from clearway.service.values import Actor, Done, Refusal
from clearway.service.workshop.on_draft import (
    changed,
    draft_view,
    no_draft,
    no_save,
    on_draft,
    refuse_change,
    view_of,
)
from clearway.service.workshop.views import DISCARDED, OPEN, DraftView, Held
from clearway.store import drafts as rows
from clearway.store import versions
from clearway.store.database import Connection
from clearway.store.drafts import Draft, Save

_LISTED = 50


def make_draft(house: House, actor: Actor, process: str, *, once: str) -> Done | Refusal:
    """A draft with all files of the newest version. Details: `draft` is its number."""
    if (refusal := refuse_unless(actor, "make_draft")) is not None:
        return refusal

    def work(connection: Connection) -> Done | Refusal:
        newest = versions.current(connection, process)
        if newest is None:
            return unknown_process(process)
        now = house.now()
        draft_id = rows.add(connection, process, newest.number, now, actor.name)
        first = Save(
            draft_id=draft_id,
            revision=1,
            at=now,
            by=actor.name,
            kind="made",
            source=newest.number,
            base=newest.number,
            paths=(),
            manifest=newest.manifest,
            hash=manifest_hash(process, newest.manifest),
        )
        rows.add_save(connection, first)
        details = {"process": process, "draft": draft_id, "base": newest.number}
        record_entry(house, connection, actor, "make_draft", details)
        return Done(details=details)

    return answer_once(house, actor, "make_draft", {"process": process}, once, work)


def drafts_of(house: House, actor: Actor, process: str) -> list[DraftView] | Refusal:
    """The drafts of a process: first those that are worked on, then the newest."""
    if (refusal := refuse_unless(actor, "drafts")) is not None:
        return refusal

    def ask(connection: Connection) -> list[DraftView]:
        newest = versions.current(connection, process)
        found = rows.of_process(connection, process, _LISTED)
        return [view_of(draft, last, newest) for draft, last in found]

    return house.store.ask(ask)


def one_draft(house: House, actor: Actor, process: str, draft_id: int) -> DraftView | Refusal:
    """A draft as it stands."""
    if (refusal := refuse_unless(actor, "drafts")) is not None:
        return refusal

    def ask(connection: Connection) -> DraftView | Refusal:
        found = rows.find(connection, process, draft_id)
        return draft_view(connection, found) if found else no_draft(process, draft_id)

    return house.store.ask(ask)


def held(
    house: House, actor: Actor, process: str, draft_id: int, revision: int | None = None
) -> Held | Refusal:
    """All files of a draft after this save; after the newest one when `revision` is None."""
    if (refusal := refuse_unless(actor, "drafts")) is not None:
        return refusal

    def ask(connection: Connection) -> Held | Refusal:
        found = rows.find(connection, process, draft_id)
        if found is None:
            return no_draft(process, draft_id)
        wanted = found.revision if revision is None else revision
        kept = rows.save_at(connection, draft_id, wanted)
        if kept is None:
            return no_save(draft_id, wanted)
        files = versions.contents(connection, kept.manifest)
        return Held(draft_view(connection, found), wanted, Bundle(process, files))

    return house.store.ask(ask)


def discard_draft(
    house: House, actor: Actor, process: str, draft_id: int, *, once: str
) -> Done | Refusal:
    """Put a draft away; nothing of it is lost, and it can be brought back."""

    def work(connection: Connection, draft: Draft) -> Done | Refusal:
        if (refusal := refuse_change(connection, draft)) is not None:
            return refusal
        changed(connection, house, actor, draft)
        rows.set_state(connection, draft_id, DISCARDED, at=house.now(), by=actor.name)
        return Done()

    return on_draft(house, actor, "discard_draft", process, draft_id, {}, once, work)


def bring_back_draft(
    house: House, actor: Actor, process: str, draft_id: int, *, once: str
) -> Done | Refusal:
    """Take back that a draft was discarded; an approval that it had must be given again."""

    def work(connection: Connection, draft: Draft) -> Done | Refusal:
        if draft.state != DISCARDED:
            text = f"Draft {draft_id} is not discarded."
            return Refusal("already_done", text, "Look at how it stands.")
        rows.set_state(connection, draft_id, OPEN)
        return Done()

    return on_draft(house, actor, "bring_back_draft", process, draft_id, {}, once, work)
