"""How a command on a draft runs: under its lock, once for each key, when its state allows it."""

from collections.abc import Callable, Mapping

from clearway.service.house import House
from clearway.service.permissions import refuse_unless
from clearway.service.registry_command import answer_once, record_entry
from clearway.service.values import Actor, Done, Refusal
from clearway.service.workshop.views import (
    APPROVED,
    DISCARDED,
    IN_REVIEW,
    PLANNED,
    RELEASED,
    DraftView,
)
from clearway.store import draft_releases, draft_reviews, versions
from clearway.store import drafts as rows
from clearway.store.database import Connection
from clearway.store.drafts import Draft, Save
from clearway.store.versions import Version

Work = Callable[[Connection, Draft], Done | Refusal]


def on_draft(
    house: House,
    actor: Actor,
    command: str,
    process: str,
    draft_id: int,
    request: Mapping[str, object],
    once: str,
    work: Work,
) -> Done | Refusal:
    """Run `work` on the locked draft, once for this key; the details of what it answers are kept
    in history, with the process and the number of the draft."""
    if (refusal := refuse_unless(actor, command)) is not None:
        return refusal

    def attempt(connection: Connection) -> Done | Refusal:
        draft = rows.find(connection, process, draft_id, locked=True)
        if draft is None:
            return no_draft(process, draft_id)
        done = work(connection, draft)
        if isinstance(done, Refusal):
            return done
        details = {"process": process, "draft": draft_id, **done.details}
        record_entry(house, connection, actor, command, details)
        return Done(details=details)

    asked = {"process": process, "draft": draft_id, **request}
    return answer_once(house, actor, command, asked, once, attempt)


def refuse_change(connection: Connection, draft: Draft) -> Refusal | None:
    """None when what the draft holds may be changed now."""
    if draft.state == IN_REVIEW:
        review = draft_reviews.last_of(connection, draft.id)
        who = review.reviewer if review else "somebody"
        return Refusal(
            "conflict",
            f"{who} is asked to review draft {draft.id} as it is.",
            "Take the review back on the page of the draft, then change it.",
        )
    if draft.state == PLANNED:
        release = draft_releases.last_of(connection, draft.id)
        at = f" for {release.due_at:%Y-%m-%d %H:%M} UTC" if release else ""
        return Refusal(
            "conflict",
            f"The release of draft {draft.id} is planned{at}.",
            "Take the planned release back on the page of the draft, then change it.",
        )
    if draft.state == RELEASED:
        return Refusal(
            "already_done",
            f"Draft {draft.id} was released as version {draft.version}.",
            "Make a new draft; it begins with that version.",
        )
    if draft.state == DISCARDED:
        return Refusal(
            "conflict",
            f"{draft.closed_by} discarded draft {draft.id}.",
            "Bring it back on its page, then change it.",
        )
    return None


def changed(connection: Connection, house: House, actor: Actor, draft: Draft) -> str | None:
    """What was approved is not what the draft holds now: answers who had approved it."""
    if draft.state != APPROVED:
        return None
    rows.set_state(connection, draft.id, "open")
    return draft_reviews.void(connection, draft.id, at=house.now(), by=actor.name)


def newest_save(connection: Connection, draft: Draft) -> Save:
    """What the draft holds now."""
    found = rows.save_at(connection, draft.id, draft.revision)
    if found is None:
        raise AssertionError("a draft is made together with its first save")
    return found


def draft_view(connection: Connection, draft: Draft) -> DraftView:
    """The draft as people are shown it."""
    newest = versions.current(connection, draft.process)
    return view_of(draft, newest_save(connection, draft), newest)


def view_of(draft: Draft, last: Save, newest: Version | None) -> DraftView:
    """The same for who has read its newest save and the newest version of its process."""
    return DraftView(
        id=draft.id,
        process=draft.process,
        base=draft.base,
        newest=newest.number if newest else 0,
        revision=draft.revision,
        state=draft.state,
        made_at=draft.made_at,
        made_by=draft.made_by,
        saved_at=last.at,
        saved_by=last.by,
        hash=last.hash,
        closed_at=draft.closed_at,
        closed_by=draft.closed_by,
        version=draft.version,
    )


def no_draft(process: str, draft_id: int) -> Refusal:
    """The answer for a draft that is not there."""
    return Refusal(
        "not_found",
        f"There is no draft {draft_id} of {process}.",
        "Keep a copy of what you have, and look at the drafts on the page of the process.",
    )


def no_save(draft_id: int, revision: int) -> Refusal:
    """The answer for a save that was never made."""
    return Refusal(
        "not_found",
        f"Draft {draft_id} has no save {revision}.",
        "Look at its history.",
    )
