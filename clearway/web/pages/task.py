"""The page of one task: its form or its vote, and what can be done with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from clearway.service.assign import assign
from clearway.service.claim import claim, unclaim
from clearway.service.complete import complete
from clearway.service.record import record
from clearway.service.task import task
from clearway.service.values import Refusal, TaskView
from clearway.service.vote import vote
from clearway.web.addresses import RowId
from clearway.web.forms import form_of
from clearway.web.pages.trouble import refusal_page
from clearway.web.planning import planning_of_form, with_slot
from clearway.web.rendering import go, is_local, page, status_of
from clearway.web.suggestions import suggestions
from clearway.web.typed import Typed, read_typed
from clearway.web.visit import Form, Posting, Visit, Visiting

router = APIRouter(prefix="/tasks")


@dataclass(frozen=True)
class Answered:
    """What is shown again when a form was refused: the reason, and what was typed.

    `back` is the page on which the vote was cast, to return to.
    """

    refusal: Refusal | None = None
    typed: Typed | None = None
    vote: Mapping[str, str] | None = None
    back: str = ""


@router.get("/{work_item_id}")
def show(visit: Visiting, work_item_id: RowId) -> HTMLResponse:
    """The task as it stands."""
    return _page(visit, work_item_id)


@router.post("/{work_item_id}/claim")
def claim_it(visit: Posting, sent: Form, work_item_id: RowId) -> Response:
    """Take the task; from the inbox one goes straight to its form."""
    answer = claim(visit.portal.house, visit.actor, work_item_id, once=sent.once)
    return _answer(visit, work_item_id, answer, "claimed")


@router.post("/{work_item_id}/unclaim")
def unclaim_it(visit: Posting, sent: Form, work_item_id: RowId) -> Response:
    """Give the task back."""
    answer = unclaim(visit.portal.house, visit.actor, work_item_id, once=sent.once)
    return _answer(visit, work_item_id, answer, "unclaimed")


@router.post("/{work_item_id}/assign")
def assign_it(visit: Posting, sent: Form, work_item_id: RowId) -> Response:
    """Give the task to somebody."""
    person = sent.text("person")
    answer = assign(visit.portal.house, visit.actor, work_item_id, person, once=sent.once)
    return _answer(visit, work_item_id, answer, "assigned")


@router.post("/{work_item_id}/complete")
def complete_it(visit: Posting, sent: Form, work_item_id: RowId) -> Response:
    """Complete the task with what was typed, or show it again with what is wrong."""
    house, actor = visit.portal.house, visit.actor
    view = task(house, actor, work_item_id)
    if isinstance(view, Refusal):
        return refusal_page(visit, view)
    typed = read_typed(view.schema, sent.pairs, visit.zone, view.values)
    if sent.is_draft:
        typed = with_slot(visit, view.item.process, sent, typed)
        return _page(visit, work_item_id, Answered(typed=typed))
    if typed.errors:
        return _page(visit, work_item_id, Answered(_not_understood(typed), typed))
    answer = complete(house, actor, work_item_id, typed.values, once=sent.once)
    if isinstance(answer, Refusal):
        return _page(visit, work_item_id, Answered(answer, typed))
    return go(f"/records/{view.item.key}", "completed")


@router.post("/{work_item_id}/vote")
def vote_on_it(visit: Posting, sent: Form, work_item_id: RowId) -> Response:
    """Cast the ballot of one seat."""
    names = ("seat", "choice", "reason", "conditions", "independent")
    cast = {name: sent.text(name) for name in names}
    back = sent.text("back") if is_local(sent.text("back")) else ""
    if sent.is_draft:
        return _page(visit, work_item_id, Answered(vote=cast, back=back))
    answer = vote(
        visit.portal.house,
        visit.actor,
        work_item_id,
        cast["seat"],
        cast["choice"],
        reason=cast["reason"],
        conditions=cast["conditions"],
        independent=bool(cast["independent"]),
        read=_revision(sent.text("round")),
        once=sent.once,
    )
    if isinstance(answer, Refusal):
        return _page(visit, work_item_id, Answered(answer, vote=cast, back=back))
    return go(back or f"/tasks/{work_item_id}", "voted")


def vote_parts(visit: Visit, work_item_id: int) -> dict[str, object] | None:
    """What `task_vote.html` shows, for another page that has the vote on it; None: not to see."""
    house, actor = visit.portal.house, visit.actor
    view = task(house, actor, work_item_id)
    if isinstance(view, Refusal) or view.round is None:
        return None
    about = record(house, actor, view.item.key)
    return {
        "view": view,
        "about": None if isinstance(about, Refusal) else about,
        "form": form_of(view.schema, view.values, visit.zone),
        "refusal": None,
        "cast": _cast_so_far(view, actor.name),
    }


def _revision(text: str) -> int:
    """Which round the page showed; 0, which none is, when the page did not say."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0


def _answer(visit: Visit, work_item_id: int, answer: object, said: str) -> Response:
    if isinstance(answer, Refusal):
        return _page(visit, work_item_id, Answered(answer))
    return go(f"/tasks/{work_item_id}", said)


def _page(visit: Visit, work_item_id: int, answered: Answered = Answered()) -> HTMLResponse:
    house, actor = visit.portal.house, visit.actor
    view = task(house, actor, work_item_id, names_people=True)
    if isinstance(view, Refusal):
        return refusal_page(visit, view)
    about = record(house, actor, view.item.key)
    refusal, typed = answered.refusal, answered.typed
    form = form_of(
        view.schema,
        view.values,
        visit.zone,
        typed=typed.texts if typed else None,
        errors=refusal.fields if refusal else None,
    )
    return page(
        visit,
        "task.html",
        status=status_of(refusal) if refusal else 200,
        view=view,
        about=None if isinstance(about, Refusal) else about,
        form=form,
        refusal=refusal,
        back=answered.back,
        planning=planning_of_form(
            visit,
            form,
            view.item.process,
            key=view.item.key,
            values=view.values,
            typed=typed,
            is_asked=typed is not None,
        )
        if view.may_complete
        else None,
        cast=_cast_so_far(view, actor.name) if answered.vote is None else answered.vote,
        suggestions=suggestions(house, actor, [form]),
    )


def _cast_so_far(view: TaskView, person: str) -> Mapping[str, str]:
    """What the reader's own ballot says, so that changing or moving it begins with that."""
    for seat in view.round.seats if view.round else ():
        if seat.ballot and seat.ballot.person == person and seat.open_to_you:
            said = seat.ballot
            return {
                "reason": said.reason or "",
                "conditions": said.conditions or "",
                "independent": "yes" if said.independent else "",
            }
    return {}


def _not_understood(typed: Typed) -> Refusal:
    return Refusal(
        "invalid",
        "Some fields could not be understood.",
        "Correct the marked fields; nothing was saved.",
        fields=typed.errors,
    )
