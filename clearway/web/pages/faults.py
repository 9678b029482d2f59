"""Faults: where a process stopped for a technical reason, and how it goes on."""

from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from clearway.service.faults import open_faults, retry
from clearway.service.values import Refusal
from clearway.web.addresses import RowId
from clearway.web.pages.trouble import refusal_page
from clearway.web.rendering import go, is_local, page
from clearway.web.visit import Form, Posting, Visiting

router = APIRouter(prefix="/faults")


@router.get("")
def show(visit: Visiting, after: str = "") -> HTMLResponse:
    """The open faults, the oldest first."""
    found = open_faults(visit.portal.house, visit.actor, after or None)
    if isinstance(found, Refusal):
        return refusal_page(visit, found)
    more = urlencode({"after": found.after}) if found.after else ""
    return page(visit, "faults.html", rows=found.rows, more=more, paged=bool(after))


@router.post("/{fault_id}/retry")
def retry_it(visit: Posting, sent: Form, fault_id: RowId) -> Response:
    """Try again what stopped."""
    answer = retry(visit.portal.house, visit.actor, fault_id, once=sent.once)
    if isinstance(answer, Refusal):
        return refusal_page(visit, answer)
    back = sent.text("back")
    return go(back if is_local(back) else "/faults", "retried")
