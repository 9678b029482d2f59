"""The inbox: what waits for the reader, what nobody has taken, and what the others do."""

from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse

from clearway.service.inbox import MOST_COUNTED, inbox, inbox_counts
from clearway.service.processes import processes
from clearway.service.workshop.reviews import waiting_for
from clearway.web.rendering import go, page
from clearway.web.visit import Visiting

router = APIRouter()

VIEWS = {"mine": "Mine", "unclaimed": "Unclaimed", "all": "All"}


@router.get("/")
def home(visit: Visiting) -> RedirectResponse:  # noqa: ARG001 - strangers sign in first
    """The first page of everybody is the inbox."""
    return go("/inbox")


@router.get("/inbox")
def show(
    visit: Visiting, view: str = "mine", process: str = "", q: str = "", after: str = ""
) -> HTMLResponse:
    """One page of work; a fragment when the page itself asks, because something changed."""
    view = view if view in VIEWS else "mine"
    house, actor = visit.portal.house, visit.actor
    found = inbox(house, actor, view=view, process=process or None, q=q, after=after or None)
    filters = {key: text for key, text in (("process", process), ("q", q)) if text}
    more = urlencode({"view": view, **filters, "after": found.after}) if found.after else ""
    counts = inbox_counts(house, actor)
    is_part = visit.wants_fragment
    return page(
        visit,
        "inbox_list.html" if is_part else "inbox.html",
        processes=[] if is_part else processes(house, actor, counted=False),
        view=view,
        views=[(name, label, _counted(counts[name])) for name, label in VIEWS.items()],
        rows=found.rows,
        reviews=waiting_for(house, actor),
        q=q,
        process=process,
        filters=urlencode(filters),
        more=more,
        first=urlencode({"view": view, **filters}) if after else "",
    )


def _counted(count: int) -> str:
    return f"{count}" if count < MOST_COUNTED else f"{MOST_COUNTED - 1}+"
