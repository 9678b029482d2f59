"""The files of a draft: read, saved when nobody else has saved them meanwhile, and taken back."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from clearway.engine.bundle import manifest_hash
from clearway.service.house import House
from clearway.service.permissions import refuse_unless
from clearway.service.values import Actor, Refusal
from clearway.service.workshop.grafting import graft_onto
from clearway.service.workshop.on_draft import (
    changed,
    newest_save,
    no_draft,
    no_save,
    refuse_change,
)
from clearway.service.workshop.places import refuse_content, refuse_path, refuse_size
from clearway.service.workshop.views import FileView, Outdated, Saved, SaveView
from clearway.store import drafts as rows
from clearway.store import versions
from clearway.store.database import Connection
from clearway.store.drafts import Draft, Save

Answer = Saved | Outdated | Refusal
_OPENED = "Open it again and make your change there; what is on your screen is still yours."


def files_of(house: House, actor: Actor, process: str, draft_id: int) -> list[FileView] | Refusal:
    """The files of a draft, by path."""
    if (refusal := refuse_unless(actor, "drafts")) is not None:
        return refusal

    def ask(connection: Connection) -> list[FileView] | Refusal:
        draft = rows.find(connection, process, draft_id)
        if draft is None:
            return no_draft(process, draft_id)
        held = newest_save(connection, draft).manifest
        sizes = rows.sizes(connection, list(held.values()))
        known = rows.last_changes(connection, draft_id)
        other = _before(connection, draft)
        return [
            FileView(path, hashed, sizes[hashed], *known.get(path, other))
            for path, hashed in sorted(held.items())
        ]

    return house.store.ask(ask)


def read_file(
    house: House, actor: Actor, process: str, draft_id: int, path: str, revision: int | None = None
) -> bytes | Refusal:
    """The bytes of a file, as after this save; as they are now when `revision` is None."""
    if (refusal := refuse_unless(actor, "drafts")) is not None:
        return refusal

    def ask(connection: Connection) -> bytes | Refusal:
        draft = rows.find(connection, process, draft_id)
        if draft is None:
            return no_draft(process, draft_id)
        wanted = draft.revision if revision is None else revision
        found = rows.save_at(connection, draft_id, wanted)
        if found is None:
            return no_save(draft_id, wanted)
        hashed = found.manifest.get(path)
        return no_file(draft_id, path) if hashed is None else rows.content(connection, hashed)

    return house.store.ask(ask)


def saves_of(
    house: House,
    actor: Actor,
    process: str,
    draft_id: int,
    *,
    before: int | None = None,
    limit: int = 50,
) -> list[SaveView] | Refusal:
    """The saves of a draft, the newest first; those before the save `before`."""
    if (refusal := refuse_unless(actor, "drafts")) is not None:
        return refusal

    def ask(connection: Connection) -> list[SaveView] | Refusal:
        if rows.find(connection, process, draft_id) is None:
            return no_draft(process, draft_id)
        found = rows.saves(connection, draft_id, limit, before)
        return [SaveView(it.revision, it.at, it.by, it.kind, it.source, it.paths) for it in found]

    return house.store.ask(ask)


def save_file(
    house: House,
    actor: Actor,
    process: str,
    draft_id: int,
    path: str,
    content: bytes,
    *,
    expected: Collection[str] | None,
) -> Answer:
    """Save a file when its hash is one of `expected`; None: when there is no such file yet.

    The same bytes as are there already are saved: the answer to the first time was lost.
    """
    if (refusal := refuse_unless(actor, "edit_draft")) is not None:
        return refusal

    def work(connection: Connection, draft: Draft, held: Save) -> Answer:
        return _put(connection, house, actor, draft, held, path, content, expected)

    return _under_lock(house, process, draft_id, work)


def save_drawing(
    house: House,
    actor: Actor,
    process: str,
    draft_id: int,
    path: str,
    before: bytes,
    after: bytes,
    *,
    expected: Collection[str],
) -> Answer:
    """Save what an editor changed of a drawing: the difference of what it wrote when it had opened
    the file and what it writes now, on the bytes that are stored.

    What is there already is saved, as with `save_file`.
    """
    if (refusal := refuse_unless(actor, "edit_draft")) is not None:
        return refusal
    stored = read_file(house, actor, process, draft_id, path)
    if isinstance(stored, Refusal):
        return stored
    there = hashlib.sha256(stored).hexdigest()
    opened: bytes | None = stored
    if there not in expected:
        # Nothing is grafted onto what the editor never saw: that somebody saved it is told below.
        # It can be this very change, of which the first answer was lost.
        opened = house.store.ask(lambda it: rows.earlier(it, draft_id, path, expected))
    grafted = None if opened is None else graft_onto(path, opened, before, after)
    if isinstance(grafted, Refusal) and there in expected:
        return grafted

    def work(connection: Connection, draft: Draft, held: Save) -> Answer:
        now = held.manifest.get(path)
        if isinstance(grafted, bytes):
            is_there = now == hashlib.sha256(grafted).hexdigest()
            if is_there or (now == there and now in expected):
                return _put(connection, house, actor, draft, held, path, grafted, expected)
        return _outdated(connection, draft, path, now)

    return _under_lock(house, process, draft_id, work)


def remove_file(
    house: House, actor: Actor, process: str, draft_id: int, path: str, *, expected: Collection[str]
) -> Answer:
    """Take a file out of a draft when its hash is one of `expected`.

    What was just taken out is out: the answer to the first time was lost.
    """
    if (refusal := refuse_unless(actor, "edit_draft")) is not None:
        return refusal

    def work(connection: Connection, draft: Draft, held: Save) -> Answer:
        now = held.manifest.get(path)
        if now is None:
            return _taken_out(connection, draft, held, path, expected)
        if (refusal := refuse_change(connection, draft)) is not None:
            return refusal
        if now not in expected:
            return _outdated(connection, draft, path, now)
        left = {name: hashed for name, hashed in held.manifest.items() if name != path}
        return keep(connection, house, actor, draft, "removed", left, [path])

    return _under_lock(house, process, draft_id, work)


def restore_save(house: House, actor: Actor, process: str, draft_id: int, revision: int) -> Answer:
    """Let a draft hold again what it held after this save, as a save of its own."""
    if (refusal := refuse_unless(actor, "edit_draft")) is not None:
        return refusal

    def work(connection: Connection, draft: Draft, held: Save) -> Answer:
        wanted = rows.save_at(connection, draft.id, revision)
        if wanted is None:
            return no_save(draft.id, revision)
        if (refusal := refuse_change(connection, draft)) is not None:
            return refusal
        paths = differing(held.manifest, wanted.manifest)
        if not paths:
            return Saved("", None, held.revision, held.at, held.by, is_new=False)
        base = wanted.base
        return keep(
            connection, house, actor, draft, "restored", wanted.manifest, paths, revision, base
        )

    return _under_lock(house, process, draft_id, work)


def keep(
    connection: Connection,
    house: House,
    actor: Actor,
    draft: Draft,
    kind: str,
    manifest: Mapping[str, str],
    paths: Sequence[str],
    source: int | None = None,
    base: int | None = None,
) -> Saved:
    """Keep a save of a locked draft, the newest from now on; an approval that it had is void."""
    made = Save(
        draft_id=draft.id,
        revision=draft.revision + 1,
        at=house.now(),
        by=actor.name,
        kind=kind,
        source=source,
        base=draft.base if base is None else base,
        paths=list(paths),
        manifest=dict(sorted(manifest.items())),
        hash=manifest_hash(draft.process, manifest),
    )
    rows.add_save(connection, made)
    voided = changed(connection, house, actor, draft)
    path = paths[0] if len(paths) == 1 else ""
    hashed = manifest.get(path)
    return Saved(path, hashed, made.revision, made.at, made.by, is_new=True, voided=voided)


def differing(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The paths of the files that are not the same in both."""
    return sorted(it for it in {*before, *after} if before.get(it) != after.get(it))


def no_file(draft_id: int, path: str) -> Refusal:
    """The answer for a file that is not in the draft."""
    return Refusal(
        "not_found", f"Draft {draft_id} has no file {path}.", "Look at the list of its files."
    )


def _under_lock(
    house: House,
    process: str,
    draft_id: int,
    work: Callable[[Connection, Draft, Save], Answer],
) -> Answer:
    def attempt(connection: Connection) -> Answer:
        draft = rows.find(connection, process, draft_id, locked=True)
        if draft is None:
            return no_draft(process, draft_id)
        return work(connection, draft, newest_save(connection, draft))

    return house.store.change(attempt)


def _put(
    connection: Connection,
    house: House,
    actor: Actor,
    draft: Draft,
    held: Save,
    path: str,
    content: bytes,
    expected: Collection[str] | None,
) -> Answer:
    now, hashed = held.manifest.get(path), hashlib.sha256(content).hexdigest()
    if now == hashed:
        return Saved(path, now, held.revision, held.at, held.by, is_new=False)
    if (refusal := refuse_change(connection, draft)) is not None:
        return refusal
    if now is None and (refusal := refuse_path(draft.process, path, held.manifest)) is not None:
        return refusal
    if (now is not None) if expected is None else (now not in expected):
        return _outdated(connection, draft, path, now)
    sizes = rows.sizes(connection, list(held.manifest.values()))
    together = {name: sizes[one] for name, one in held.manifest.items()}
    refusal = refuse_content(path, content) or refuse_size(path, together, len(content))
    if refusal is not None:
        return refusal
    kept = versions.keep_contents(connection, {path: content})
    return keep(connection, house, actor, draft, "saved", {**held.manifest, **kept}, [path])


def _taken_out(
    connection: Connection, draft: Draft, held: Save, path: str, expected: Collection[str]
) -> Saved | Refusal:
    """Done when the newest save did just this; else there is no such file."""
    if (held.kind, held.paths) == ("removed", [path]):
        before = rows.save_at(connection, draft.id, held.revision - 1)
        if before is not None and before.manifest.get(path) in expected:
            return Saved(path, None, held.revision, held.at, held.by, is_new=False)
    return no_file(draft.id, path)


def _outdated(connection: Connection, draft: Draft, path: str, now: str | None) -> Outdated:
    """Told to whoever would have overwritten what another saved, or what was removed."""
    at, by = rows.last_changes(connection, draft.id).get(path, _before(connection, draft))
    did = "removed" if now is None else "saved"
    text = f"{by} {did} {path} at {at:%Y-%m-%d %H:%M:%S} UTC: nothing was overwritten."
    if now is None:
        remedy = "Save it as a new file, or leave it out; what is on your screen is still yours."
    else:
        remedy = _OPENED
    return Outdated(Refusal("stale", text, remedy), now, at, by)


def _before(connection: Connection, draft: Draft) -> tuple[datetime, str]:
    """Since when, and from whom, the draft has what nobody saved in it."""
    first = versions.by_number(connection, draft.process, draft.base)
    return (first.deployed_at, first.deployed_by) if first else (draft.made_at, draft.made_by)
