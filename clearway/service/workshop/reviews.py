"""Reviews of drafts: a second person approves exactly one content, or gives it back."""

from collections.abc import Collection

from clearway.service.house import House
from clearway.service.permissions import PROCESS_OWNER, refuse_unless
from clearway.service.registry import actor_of
from clearway.service.values import Actor, Done, Refusal
from clearway.service.workshop.on_draft import (
    newest_save,
    no_draft,
    on_draft,
    refuse_change,
)
from clearway.service.workshop.views import APPROVED, IN_REVIEW, OPEN
from clearway.store import draft_reviews as reviews
from clearway.store import drafts as rows
from clearway.store import versions
from clearway.store.absences import everybody_behind, people_behind
from clearway.store.database import Connection
from clearway.store.draft_reviews import Review
from clearway.store.drafts import Draft
from processes.blank import is_blank

LONGEST_TEXT = 10_000
_LISTED = 20


def reviews_of(house: House, actor: Actor, process: str, draft_id: int) -> list[Review] | Refusal:
    """The reviews of a draft, the newest first."""
    if (refusal := refuse_unless(actor, "drafts")) is not None:
        return refusal

    def ask(connection: Connection) -> list[Review] | Refusal:
        if rows.find(connection, process, draft_id) is None:
            return no_draft(process, draft_id)
        return reviews.reviews_of(connection, draft_id, _LISTED)

    return house.store.ask(ask)


def waiting_for(house: House, actor: Actor) -> list[tuple[str, Review]]:
    """The reviews that wait for this person, or for somebody who named them as delegate, each with
    its process."""
    if refuse_unless(actor, "review_draft") is not None:
        return []
    behind = _directly_behind(house, actor.name)
    return house.store.ask(lambda it: reviews.waiting_for(it, [actor.name, *behind]))


def possible_reviewers(house: House, actor: Actor, draft_id: int) -> dict[str, str] | Refusal:
    """Who may be asked: name -> full name."""
    if (refusal := refuse_unless(actor, "drafts")) is not None:
        return refusal
    interested = {*house.store.ask(lambda it: rows.authors(it, draft_id)), actor.name}
    owners = house.store.ask(lambda it: reviews.with_role(it, PROCESS_OWNER))
    behind = house.store.look(lambda it: everybody_behind(it, house.now()))
    return {
        name: full
        for name, full in owners.items()
        if not {name, *behind.get(name, ())} & interested
    }


def ask_review(
    house: House,
    actor: Actor,
    process: str,
    draft_id: int,
    *,
    reviewer: str,
    note: str = "",
    once: str,
) -> Done | Refusal:
    """Ask somebody to review a draft as it is; it cannot be changed until that is over.

    The reviewer has the role process_owner, and is neither the one who asks, nor anybody who saved
    something in the draft, nor a stand-in of one of these.
    """
    if len(note) > LONGEST_TEXT:
        return _too_long("note")
    # Who stands in for whom is asked before the transaction, of the path of commands.
    behind = _all_behind(house, reviewer)
    asked = actor_of(house, reviewer)

    def work(connection: Connection, draft: Draft) -> Done | Refusal:
        if (refusal := refuse_change(connection, draft)) is not None:
            return refusal
        if draft.state == APPROVED:
            return Refusal("already_done", "It is approved as it is.", "Release it.")
        refusal = _refuse_unready(connection, draft) or _refuse_reviewer(
            connection, draft, actor, asked, reviewer, behind
        )
        if refusal is not None:
            return refusal
        held = newest_save(connection, draft)
        review_id = reviews.ask(
            connection,
            draft_id=draft_id,
            revision=held.revision,
            hashed=held.hash,
            at=house.now(),
            by=actor.name,
            reviewer=reviewer,
            note=note,
        )
        rows.set_state(connection, draft_id, IN_REVIEW)
        return Done(details={"review": review_id, "reviewer": reviewer, "hash": held.hash})

    request = {"reviewer": reviewer, "note": note}
    return on_draft(house, actor, "ask_review", process, draft_id, request, once, work)


def withdraw_review(
    house: House, actor: Actor, process: str, draft_id: int, *, once: str
) -> Done | Refusal:
    """Take back that somebody was asked, so that the draft can be changed again."""

    def work(connection: Connection, draft: Draft) -> Done | Refusal:
        review = reviews.last_of(connection, draft_id)
        if draft.state != IN_REVIEW or review is None:
            return _no_review(draft)
        reviews.close(connection, review.id, "withdrawn", at=house.now(), by=actor.name)
        rows.set_state(connection, draft_id, OPEN)
        return Done(details={"review": review.id})

    return on_draft(house, actor, "withdraw_review", process, draft_id, {}, once, work)


def decide_review(
    house: House,
    actor: Actor,
    process: str,
    draft_id: int,
    *,
    review_id: int,
    approve: bool,
    comment: str = "",
    once: str,
) -> Done | Refusal:
    """Approve exactly what was looked at, or give it back with a comment.

    By whoever was asked, or by their stand-in while they are away; never by who saved something in
    the draft or asked for the review, nor by who stands in for one of these.
    """
    if len(comment) > LONGEST_TEXT:
        return _too_long("comment")
    if not approve and is_blank(comment):
        text = "Say what is to be changed, so that its authors know."
        return Refusal("invalid", text, "Write a comment.", {"comment": text})
    direct, behind = _directly_behind(house, actor.name), _all_behind(house, actor.name)

    def work(connection: Connection, draft: Draft) -> Done | Refusal:
        review = reviews.last_of(connection, draft_id)
        if draft.state != IN_REVIEW or review is None or review.id != review_id:
            return _no_review(draft)
        authors = rows.authors(connection, draft_id)
        if (refusal := _refuse_deciding(actor, review, authors, direct, behind)) is not None:
            return refusal
        instead_of = None if actor.name == review.reviewer else review.reviewer
        outcome = "approved" if approve else "given_back"
        reviews.close(
            connection,
            review.id,
            outcome,
            at=house.now(),
            by=actor.name,
            comment=comment,
            instead_of=instead_of,
        )
        rows.set_state(connection, draft_id, APPROVED if approve else OPEN)
        told = {"review": review.id, "outcome": outcome, "hash": review.hash, "comment": comment}
        return Done(details={**told, **({"instead_of": instead_of} if instead_of else {})})

    request = {"review": review_id, "approve": approve, "comment": comment}
    return on_draft(house, actor, "review_draft", process, draft_id, request, once, work)


def refuse_deciding(house: House, actor: Actor, draft_id: int, review: Review) -> Refusal | None:
    """Why this person may not decide about a review that waits; None when they may."""
    if (refusal := refuse_unless(actor, "review_draft")) is not None:
        return refusal
    direct, behind = _directly_behind(house, actor.name), _all_behind(house, actor.name)
    authors = house.store.ask(lambda it: rows.authors(it, draft_id))
    return _refuse_deciding(actor, review, authors, direct, behind)


def _refuse_deciding(
    actor: Actor,
    review: Review,
    authors: Collection[str],
    direct: Collection[str],
    behind: Collection[str],
) -> Refusal | None:
    interested = {*authors, review.asked_by}
    refusal = _refuse_interested(actor.name, interested, behind, is_actor=True)
    if refusal is not None:
        return refusal
    if actor.name != review.reviewer and review.reviewer not in direct:
        who = review.reviewer
        return Refusal("not_yours", f"{who} was asked to review it.", f"Leave it to {who}.")
    return None


def _refuse_unready(connection: Connection, draft: Draft) -> Refusal | None:
    newest = versions.current(connection, draft.process)
    if newest is None or newest.number != draft.base:
        there = newest.number if newest else "none"
        return Refusal(
            "stale",
            f"The newest version of {draft.process} is {there}; "
            f"draft {draft.id} was made from {draft.base}.",
            "Bring the newest version into the draft first: an approval would not outlast that.",
        )
    if newest.manifest == newest_save(connection, draft).manifest:
        return Refusal(
            "invalid",
            f"Draft {draft.id} holds what version {newest.number} holds.",
            "Change something first.",
        )
    return None


def _refuse_reviewer(
    connection: Connection,
    draft: Draft,
    actor: Actor,
    asked: Actor | None,
    name: str,
    behind: Collection[str],
) -> Refusal | None:
    if asked is None:
        return Refusal("invalid", f"There is no person {name}.", "Choose somebody else.")
    if PROCESS_OWNER not in asked.roles:
        text = f"{name} does not have the role {PROCESS_OWNER}."
        return Refusal("invalid", text, "Choose somebody who has it.")
    interested = {*rows.authors(connection, draft.id), actor.name}
    return _refuse_interested(name, interested, behind, is_actor=name == actor.name)


def _refuse_interested(
    name: str, interested: Collection[str], behind: Collection[str], *, is_actor: bool
) -> Refusal | None:
    who, did = ("You", "you stand") if is_actor else (name, f"{name} stands")
    if name in interested:
        return Refusal(
            "not_allowed",
            f"{who} made this draft, saved something in it, or asked for the review: "
            "a second person must review it.",
            "Ask another process owner.",
        )
    if others := sorted({*behind} & {*interested}):
        text = f"{did[0].upper()}{did[1:]} in for {others[0]}, whose work this is."
        return Refusal("not_allowed", text, "Ask another process owner.")
    return None


def _all_behind(house: House, person: str) -> frozenset[str]:
    found = house.store.look(lambda it: people_behind(it, person, house.now()))
    return frozenset(one.name for one in found)


def _directly_behind(house: House, person: str) -> frozenset[str]:
    found = house.store.look(lambda it: people_behind(it, person, house.now()))
    return frozenset(one.name for one in found if one.is_direct)


def _no_review(draft: Draft) -> Refusal:
    return Refusal(
        "already_done",
        f"No review of draft {draft.id} waits as you saw it.",
        "Look at how the draft stands now.",
    )


def _too_long(field: str) -> Refusal:
    text = f"A {field} has at most {LONGEST_TEXT} characters."
    return Refusal("invalid", text, "Make it shorter.", {field: text})
