"""Schedules: which runs were due, what came of each, and the proof of it."""

from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from clearway.service.schedule_list import proof, scheduled_runs
from clearway.service.values import Refusal
from clearway.web.pages.record import saved_as
from clearway.web.pages.trouble import refusal_page
from clearway.web.rendering import page
from clearway.web.visit import Visiting

router = APIRouter(prefix="/schedules")


@router.get("")
def show(visit: Visiting, after: str = "") -> HTMLResponse:
    """The runs that were due, the newest first."""
    found = scheduled_runs(visit.portal.house, visit.actor, after=after or None)
    if isinstance(found, Refusal):
        return refusal_page(visit, found)
    more = urlencode({"after": found.after}) if found.after else ""
    return page(visit, "schedules.html", rows=found.rows, more=more, paged=bool(after))


@router.get("/proofs/{hashed}.json")
def download(visit: Visiting, hashed: str) -> Response:
    """The proof of a run, the bytes that its hash is of."""
    found = proof(visit.portal.house, visit.actor, hashed)
    if isinstance(found, Refusal):
        return refusal_page(visit, found)
    return saved_as(found[1], f"{found[0]}.json")
