"""Opening a record: which processes the reader may start, and the form of each."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from clearway.service.processes import process as one_process
from clearway.service.processes import processes
from clearway.service.record import record
from clearway.service.start import start
from clearway.service.values import ProcessView, RecordView, Refusal
from clearway.web.forms import form_of
from clearway.web.pages.trouble import refusal_page
from clearway.web.planning import planning_of_form, with_slot
from clearway.web.rendering import go, page, status_of
from clearway.web.suggestions import suggestions
from clearway.web.typed import Typed, read_typed
from clearway.web.visit import Form, Posting, Visit, Visiting

router = APIRouter(prefix="/new")


@router.get("")
def choose(visit: Visiting) -> HTMLResponse:
    """What the reader may open."""
    found = processes(visit.portal.house, visit.actor, counted=False)
    offered = [one for one in found if one.may_start]
    return page(visit, "new.html", offered=offered)


@router.get("/{process}")
def show(visit: Visiting, process: str, again: str = "") -> HTMLResponse:
    """The form with which a record of this process is opened.

    `again` is the key of an ended record that is taken up again: its values are filled in.
    """
    view = one_process(visit.portal.house, visit.actor, process)
    if isinstance(view, Refusal):
        return refusal_page(visit, view)
    earlier = record(visit.portal.house, visit.actor, again) if again else None
    if isinstance(earlier, Refusal):
        return refusal_page(visit, earlier)
    return _page(visit, view, earlier=earlier)


@router.post("/{process}")
def open_it(visit: Posting, sent: Form, process: str) -> Response:
    """Open the record, or show the form again with what is wrong."""
    house, actor = visit.portal.house, visit.actor
    view = one_process(house, actor, process)
    if isinstance(view, Refusal):
        return refusal_page(visit, view)
    again = sent.text("again")
    earlier = record(house, actor, again) if again else None
    if isinstance(earlier, Refusal):
        return refusal_page(visit, earlier)
    typed = read_typed(view.start_schema, sent.pairs, visit.zone)
    if sent.is_draft:
        typed = with_slot(visit, process, sent, typed)
        return _page(visit, view, typed=typed, earlier=earlier)
    if typed.errors:
        refusal = Refusal(
            "invalid", "Some fields could not be understood.", "Correct them.", typed.errors
        )
        return _page(visit, view, refusal, typed, earlier)
    answer = start(house, actor, process, typed.values, once=sent.once, follows=again or None)
    if isinstance(answer, Refusal):
        return _page(visit, view, answer, typed, earlier)
    return go(f"/records/{answer.key}", "started")


def _page(
    visit: Visit,
    view: ProcessView,
    refusal: Refusal | None = None,
    typed: Typed | None = None,
    earlier: RecordView | None = None,
) -> HTMLResponse:
    form = form_of(
        view.start_schema,
        earlier.values if earlier else {},
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
        earlier=earlier,
        planning=planning_of_form(
            visit,
            form,
            view.process,
            values=earlier.values if earlier else None,
            typed=typed,
            is_asked=typed is not None,
        ),
        suggestions=suggestions(visit.portal.house, visit.actor, [form]),
    )
