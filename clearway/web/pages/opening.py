"""Opening a record: which processes the reader may start, and the form of each."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from clearway.service.processes import process as one_process
from clearway.service.processes import processes
from clearway.service.start import start
from clearway.service.values import ProcessView, Refusal
from clearway.web.forms import form_of
from clearway.web.pages.trouble import refusal_page
from clearway.web.rendering import go, page, status_of
from clearway.web.suggestions import suggestions
from clearway.web.typed import Typed, read_typed
from clearway.web.visit import Form, Posting, Visit, Visiting

router = APIRouter(prefix="/new")


@router.get("")
def choose(visit: Visiting) -> HTMLResponse:
    """What the reader may open."""
    offered = [one for one in processes(visit.portal.house, visit.actor) if one.may_start]
    return page(visit, "new.html", offered=offered)


@router.get("/{process}")
def show(visit: Visiting, process: str) -> HTMLResponse:
    """The form with which a record of this process is opened."""
    view = one_process(visit.portal.house, visit.actor, process)
    return refusal_page(visit, view) if isinstance(view, Refusal) else _page(visit, view)


@router.post("/{process}")
def open_it(visit: Posting, sent: Form, process: str) -> Response:
    """Open the record, or show the form again with what is wrong."""
    house, actor = visit.portal.house, visit.actor
    view = one_process(house, actor, process)
    if isinstance(view, Refusal):
        return refusal_page(visit, view)
    typed = read_typed(view.start_schema, sent.pairs, visit.zone)
    if sent.is_draft:
        return _page(visit, view, typed=typed)
    if typed.errors:
        refusal = Refusal(
            "invalid", "Some fields could not be understood.", "Correct them.", typed.errors
        )
        return _page(visit, view, refusal, typed)
    answer = start(house, actor, process, typed.values, once=sent.once)
    if isinstance(answer, Refusal):
        return _page(visit, view, answer, typed)
    return go(f"/records/{answer.key}", "started")


def _page(
    visit: Visit,
    view: ProcessView,
    refusal: Refusal | None = None,
    typed: Typed | None = None,
) -> HTMLResponse:
    form = form_of(
        view.start_schema,
        {},
        visit.zone,
        typed=typed.texts if typed else None,
        errors=refusal.fields if refusal else None,
    )
    status = status_of(refusal) if refusal else 200
    return page(
        visit,
        "start.html",
        status=status,
        view=view,
        form=form,
        refusal=refusal,
        suggestions=suggestions(visit.portal.house, visit.actor, [form]),
    )
