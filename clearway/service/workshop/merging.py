"""How a draft gets what was deployed since it was made: file by file, and nothing unseen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clearway.service.house import House
from clearway.service.permissions import refuse_unless
from clearway.service.values import Actor, Refusal
from clearway.service.workshop.files import Answer, differing, keep
from clearway.service.workshop.on_draft import newest_save, no_draft, refuse_change
from clearway.service.workshop.still_named import still_named
from clearway.service.workshop.views import Saved
from clearway.store import drafts as rows
from clearway.store import versions
from clearway.store.database import Connection
from clearway.store.drafts import Draft
from clearway.store.versions import Version

MINE, THEIRS = "draft", "version"
"""What is kept of a file that both changed: the draft's, or that of the newer version."""

Manifest = Mapping[str, str]


@dataclass(frozen=True)
class Coming:
    """What bringing the newest version in would do: files it changed, and files both changed.

    `removed`: those of both kinds that the newest version does not have any more. `named`: of the
    removed ones that only it changed, the draft's own files that name them while these stay.
    """

    base: int
    newest: int
    revision: int
    taken: tuple[str, ...]
    both: tuple[str, ...]
    removed: frozenset[str]
    named: Mapping[str, Sequence[str]]


def coming(house: House, actor: Actor, process: str, draft_id: int) -> Coming | Refusal:
    """What the newest version has that the draft does not; nothing is changed."""
    if (refusal := refuse_unless(actor, "drafts")) is not None:
        return refusal

    def ask(connection: Connection) -> Coming | Refusal:
        draft = rows.find(connection, process, draft_id)
        if draft is None:
            return no_draft(process, draft_id)
        base, newest = _versions(connection, draft)
        if base is None or newest is None:
            return _no_version(process)
        ours = newest_save(connection, draft).manifest
        taken, both = apart(base.manifest, ours, newest.manifest)
        removed = frozenset(it for it in [*taken, *both] if it not in newest.manifest)
        gone = removed & {*taken}
        merged = _with(ours, newest.manifest, taken)
        own = {path: it for path, it in merged.items() if newest.manifest.get(path) != it}
        files = versions.contents(connection, own) if gone else {}
        return Coming(
            base.number,
            newest.number,
            draft.revision,
            tuple(taken),
            tuple(both),
            removed,
            still_named(files, gone),
        )

    return house.store.ask(ask)


def bring_in(
    house: House,
    actor: Actor,
    process: str,
    draft_id: int,
    *,
    newest: int,
    revision: int,
    chosen: Mapping[str, str],
) -> Answer:
    """Bring the version `newest` into a draft, as a save of its own.

    A file that only one of both changed is as that one has it. Of each that both changed `chosen`
    says whose stays; without that nothing is brought in. `newest` and `revision` are what was seen.
    """
    if (refusal := refuse_unless(actor, "edit_draft")) is not None:
        return refusal

    def attempt(connection: Connection) -> Answer:
        draft = rows.find(connection, process, draft_id, locked=True)
        if draft is None:
            return no_draft(process, draft_id)
        if (refusal := refuse_change(connection, draft)) is not None:
            return refusal
        base, there = _versions(connection, draft)
        if base is None or there is None:
            return _no_version(process)
        held = newest_save(connection, draft)
        if base.number == there.number:
            return Saved("", None, held.revision, held.at, held.by, is_new=False)
        if (there.number, draft.revision) != (newest, revision):
            text = "Something was saved or deployed since this page was shown."
            return Refusal("stale", text, "Look at it again: nothing was changed.")
        taken, both = apart(base.manifest, held.manifest, there.manifest)
        if (refusal := _refuse_unchosen(both, chosen, there.number)) is not None:
            return refusal
        taken += [path for path in both if chosen[path] == THEIRS]
        merged = _with(held.manifest, there.manifest, taken)
        paths = differing(held.manifest, merged)
        return keep(
            connection, house, actor, draft, "merged", merged, paths, there.number, there.number
        )

    return house.store.change(attempt)


def apart(base: Manifest, ours: Manifest, theirs: Manifest) -> tuple[list[str], list[str]]:
    """The paths that only they changed, and those that both changed, each in its own way."""
    changed = differing(base, theirs)
    taken = [it for it in changed if ours.get(it) == base.get(it)]
    both = [it for it in changed if ours.get(it) != base.get(it) and ours.get(it) != theirs.get(it)]
    return taken, both


def _with(ours: Manifest, theirs: Manifest, taken: list[str]) -> dict[str, str]:
    merged = {path: hashed for path, hashed in ours.items() if path not in taken}
    return merged | {path: theirs[path] for path in taken if path in theirs}


def _refuse_unchosen(both: list[str], chosen: Mapping[str, str], newest: int) -> Refusal | None:
    unsaid = [path for path in both if chosen.get(path) not in (MINE, THEIRS)]
    if not unsaid:
        return None
    told = f"The draft and version {newest} both changed it."
    return Refusal(
        "conflict",
        f"The draft and version {newest} both changed {', '.join(unsaid)}: nothing was brought in.",
        "Say for each of them whose stays; the other one can still be found in the history.",
        dict.fromkeys(unsaid, told),
    )


def _versions(connection: Connection, draft: Draft) -> tuple[Version | None, Version | None]:
    base = versions.by_number(connection, draft.process, draft.base)
    return base, versions.current(connection, draft.process)


def _no_version(process: str) -> Refusal:
    return Refusal(
        "not_found",
        f"There is no version of {process} any more; the files of the draft are kept.",
        "Download them, and deploy the process again.",
    )
