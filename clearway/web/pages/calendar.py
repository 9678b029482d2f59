"""The calendar: what is planned, frozen and open for maintenance, by month, week and as a list."""

from datetime import date
from functools import partial
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from clearway.service import registry
from clearway.service.calendar import Filter, calendar_of
from clearway.service.feed import event_text, feed_text
from clearway.service.values import Refusal
from clearway.web.days import VIEWS, period_of, weeks_of, zone_said
from clearway.web.pages.trouble import refusal_page
from clearway.web.pages.windows import names_in
from clearway.web.portal import portal_of
from clearway.web.rendering import page
from clearway.web.visit import Visiting

router = APIRouter()

_MOST_LINES = 200
_CALENDAR = "text/calendar; charset=utf-8"
_Name = Annotated[str, Query(max_length=100)]


@router.get("/calendar")
def show(
    visit: Visiting,
    view: str = "month",
    at: str = "",
    process: _Name = "",
    thing: _Name = "",
    person: _Name = "",
) -> HTMLResponse:
    """What is planned around a day."""
    house, actor, zone = visit.portal.house, visit.actor, visit.zone
    today = house.now().astimezone(zone).date()
    day = _day(at) or today
    view = view if view in VIEWS else "month"
    period, only = period_of(view, day), Filter(process.strip(), thing.strip(), person.strip())
    found = calendar_of(house, actor, *period.span(zone), only)
    if isinstance(found, Refusal):
        return refusal_page(visit, found)
    kept = {"process": only.process, "thing": only.thing, "person": only.person}

    def address(to: date | None = None, as_view: str = view) -> str:
        said = {"view": as_view, "at": to.isoformat() if to else "", **kept}
        return "/calendar?" + urlencode({name: text for name, text in said.items() if text})

    listed = found.entries[:_MOST_LINES] if view == "list" else ()
    return page(
        visit,
        "calendar.html",
        view=view,
        views=[(one, address(day, one)) for one in VIEWS],
        period=period,
        today=today,
        addresses={
            "before": address(period.before),
            "following": address(period.following),
            "today": address(),
        },
        day_address=partial(address, as_view="week"),
        list_address=address(day, "list"),
        weeks=[] if view == "list" else weeks_of(period, day, found.entries, zone, today),
        listed=listed,
        left_out=len(found.entries) - len(listed) if view == "list" else 0,
        is_empty=not found.entries,
        only=only,
        at=day.isoformat(),
        processes=found.processes,
        services=names_in(registry.services(house, actor)),
        people=names_in(registry.people(house, actor)),
        zone_said=zone_said(zone, period.span(zone)),
    )


@router.get("/calendar/feed/{token}.ics")
def feed(request: Request, token: str) -> Response:
    """The calendar of whoever has this token, for a program of theirs; nobody signs in for it."""
    portal = portal_of(request)
    text = feed_text(portal.house, token, portal.base_url)
    if text is None:
        return Response("There is no such calendar.\n", 404, media_type="text/plain")
    return Response(text, media_type=_CALENDAR)


@router.get("/records/{key}/planned.ics")
def download(visit: Visiting, key: str) -> Response:
    """When one record is planned, as a file for a calendar."""
    text = event_text(visit.portal.house, visit.actor, key, visit.portal.base_url)
    if isinstance(text, Refusal):
        return refusal_page(visit, text)
    disposition = f'attachment; filename="{key}.ics"'
    return Response(text, media_type=_CALENDAR, headers={"Content-Disposition": disposition})


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None
