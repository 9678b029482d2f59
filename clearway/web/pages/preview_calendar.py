"""The preview of a calendar while somebody writes it, and the zones that it can have."""

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from clearway.service.values import Refusal
from clearway.service.workshop.preview_calendar import CalendarAsked, preview_calendar, zones
from clearway.web.addresses import RowId
from clearway.web.api.plain import answer
from clearway.web.times import typed_instant
from clearway.web.workshop_calls import Calling, of_refusal, problem, sent_object

router = APIRouter(prefix="/processes/{process}/drafts/{draft}")


@router.post("/calendar")
async def calendar(visit: Calling, process: str, draft: RowId) -> Response:
    """The days of this calendar, and when an amount of its time ends."""
    sent = await sent_object(visit)
    path, text, year, month = (sent.get(name) for name in ("path", "text", "year", "month"))
    is_calendar = isinstance(path, str) and path.endswith((".yaml", ".yml"))
    is_month = month is None or (isinstance(month, int) and 1 <= month <= 12)
    if not is_calendar or not isinstance(text, str) or not isinstance(year, int) or not is_month:
        remedy = 'Send {"path": "shared/calendars/<name>.yaml", "text": "...", "year": 2026}.'
        return problem(422, "This is no calendar.", remedy)
    begin = str(sent.get("begin") or "")
    asked = CalendarAsked(
        str(path),
        text,
        year,
        month if isinstance(month, int) else None,
        str(sent.get("amount") or ""),
        lambda zone: typed_instant(begin, zone),
    )
    house, actor = visit.portal.house, visit.actor
    found = await run_in_threadpool(preview_calendar, house, actor, process, draft, asked)
    return of_refusal(found) if isinstance(found, Refusal) else answer(found)


@router.post("/calendar/zones")
async def all_zones(visit: Calling, process: str, draft: RowId) -> Response:  # noqa: ARG001 - asked as the others
    """The names of the time zones."""
    found = await run_in_threadpool(zones, visit.actor)
    return of_refusal(found) if isinstance(found, Refusal) else answer({"zones": found})
