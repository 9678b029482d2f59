"""Moves of many records: rehearsed, begun, watched while a worker carries them out, and undone."""

from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from clearway.service.processes import process as one_process
from clearway.service.values import Done, Refusal
from clearway.service.workshop.moves import (
    one_move,
    rehearse_newest,
    start_move,
    stop_move,
    undo_move,
)
from clearway.web.addresses import RowId
from clearway.web.pages.drafts import number_in
from clearway.web.pages.trouble import refusal_page
from clearway.web.rendering import go, page, status_of
from clearway.web.visit import Form, Posting, Visit, Visiting

router = APIRouter(prefix="/processes/{process}/moves")

_IN_HAND = timedelta(seconds=30)
"""So long a worker may still be at the records that it had taken when a move was stopped."""


@router.get("")
def rehearsal(visit: Visiting, process: str) -> HTMLResponse:
    """What moving every running record to the newest version would come to."""
    return _rehearsal_page(visit, process)


@router.post("")
def start(visit: Posting, sent: Form, process: str) -> Response:
    """Let a worker move them."""
    done = start_move(
        visit.portal.house,
        visit.actor,
        process,
        number_in(sent, "to"),
        reason=sent.text("reason"),
        once=sent.once,
    )
    if isinstance(done, Refusal):
        return _rehearsal_page(visit, process, done)
    return _to_move(process, done)


@router.get("/{move}")
def show(visit: Visiting, process: str, move: RowId) -> HTMLResponse:
    """How far a move has come, and what became of each record that is worth a word."""
    return _move_page(visit, process, move)


@router.post("/{move}/stop")
def stop(visit: Posting, sent: Form, process: str, move: RowId) -> Response:
    """Leave the rest where it is."""
    done = stop_move(visit.portal.house, visit.actor, process, move, once=sent.once)
    return (
        _move_page(visit, process, move, done) if isinstance(done, Refusal) else _to(process, move)
    )


@router.post("/{move}/undo")
def undo(visit: Posting, sent: Form, process: str, move: RowId) -> Response:
    """Take back what the move did, for each record that has not gone on since."""
    done = undo_move(visit.portal.house, visit.actor, process, move, once=sent.once)
    if isinstance(done, Refusal):
        return _move_page(visit, process, move, done)
    return _to_move(process, done)


def _rehearsal_page(visit: Visit, process: str, refusal: Refusal | None = None) -> HTMLResponse:
    house, actor = visit.portal.house, visit.actor
    view = one_process(house, actor, process)
    if isinstance(view, Refusal):
        return refusal_page(visit, view)
    found = rehearse_newest(house, actor, process)
    if isinstance(found, Refusal):
        return refusal_page(visit, found)
    status = status_of(refusal) if refusal else 200
    return page(visit, "move_new.html", status=status, refusal=refusal, view=view, rehearsal=found)


def _move_page(
    visit: Visit, process: str, move: int, refusal: Refusal | None = None
) -> HTMLResponse:
    found = one_move(visit.portal.house, visit.actor, process, move)
    if isinstance(found, Refusal):
        return refusal_page(visit, found)
    template = "move_progress.html" if visit.wants_fragment else "move.html"
    status = status_of(refusal) if refusal else 200
    closed = found.move.closed_at if found.move.stopped_by else None
    return page(
        visit,
        template,
        status=status,
        refusal=refusal,
        move=found,
        process=process,
        is_settling=closed is not None and visit.portal.house.now() < closed + _IN_HAND,
    )


def _to_move(process: str, done: Done) -> Response:
    return go(f"/processes/{process}/moves/{done.details['move']}")


def _to(process: str, move: int) -> Response:
    return go(f"/processes/{process}/moves/{move}")
