"""Search: every record the reader may see, by words, key and process."""

from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response

from clearway.service.processes import processes
from clearway.service.search import search
from clearway.service.values import Refusal
from clearway.web.pages.trouble import refusal_page
from clearway.web.rendering import go, page
from clearway.web.visit import Visiting

router = APIRouter()


@router.get("/search")
def show(
    visit: Visiting, q: str = "", process: str = "", open: str = "", after: str = ""
) -> Response:
    """One page of records; a key that is typed in full goes straight to its record."""
    house, actor, only_open = visit.portal.house, visit.actor, open == "yes"
    found = search(
        house, actor, q, process=process or None, open_only=only_open, after=after or None
    )
    if isinstance(found, Refusal):
        return refusal_page(visit, found)
    if len(found.rows) == 1 and found.rows[0].key.lower() == q.strip().lower():
        return go(f"/records/{found.rows[0].key}")
    asked = {"q": q, "process": process, "open": "yes" if only_open else ""}
    filters = {key: text for key, text in asked.items() if text}
    return page(
        visit,
        "search.html",
        rows=found.rows,
        q=q,
        process=process,
        only_open=only_open,
        processes=processes(house, actor, counted=False),
        more=urlencode({**filters, "after": found.after}) if found.after else "",
        first=urlencode(filters),
        paged=bool(after),
    )
