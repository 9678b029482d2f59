"""Faults: where a process stopped for a technical reason, and how it goes on."""

import time
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from clearway.service.faults import open_faults, retried, retry
from clearway.service.values import Done, Refusal
from clearway.web.addresses import RowId
from clearway.web.pages.trouble import refusal_page
from clearway.web.rendering import go, is_local, page
from clearway.web.visit import Form, Posting, Visiting

_PATIENCE = 3.0
"""Seconds in which the page waits for a worker."""

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
    found = _await(visit, fault_id)
    if isinstance(found, Refusal):
        return refusal_page(visit, found)
    back = sent.text("back")
    word = "not-needed" if answer.details.get("is_gone") else "retried" if found else "to-retry"
    return go(back if is_local(back) else "/faults", word)


def _await(visit: Posting, fault_id: int) -> Done | Refusal | None:
    """What became of it, if a worker takes it at once: most do within a second."""
    deadline = time.monotonic() + _PATIENCE
    while (found := retried(visit.portal.house, visit.actor, fault_id)) is None:
        if time.monotonic() >= deadline:
            return None
        time.sleep(0.1)
    return found
