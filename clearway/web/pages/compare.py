"""What changes between two versions of a process: a list, and both diagrams side by side."""

import re
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response

from clearway.diagrams.compare import Kind
from clearway.service.processes import process as one_process
from clearway.service.processes import versions
from clearway.service.values import Refusal
from clearway.service.workshop.compare import changes_between, drawing_of
from clearway.web.addresses import VersionNumber
from clearway.web.pages.trouble import refusal_page
from clearway.web.rendering import page
from clearway.web.visit import Visiting

router = APIRouter(prefix="/processes")

_SPAN = re.compile(r"([0-9]{1,9})\.\.([0-9]{1,9})")
_Number = Annotated[int, Query(ge=0, le=999_999_999)]
_File = Annotated[str, Query(max_length=300)]
MOST_SHOWN = 1_000
"""So many changes are listed on a page; the command line lists all."""


@router.get("/{process}/diff")
def choose(visit: Visiting, process: str, before: _Number, after: _Number) -> Response:
    """Two versions were chosen in a form: the address of their comparison."""
    known = one_process(visit.portal.house, visit.actor, process)
    if isinstance(known, Refusal):
        return refusal_page(visit, known)
    return RedirectResponse(f"/processes/{known.process}/diff/{before}..{after}", 303)


@router.get("/{process}/diff/{span}")
def show(visit: Visiting, process: str, span: str, file: _File = "") -> Response:
    """What changes from the first version to the second, whichever of them is the newer one."""
    house, actor = visit.portal.house, visit.actor
    view = one_process(house, actor, process)
    if isinstance(view, Refusal):
        return refusal_page(visit, view)
    numbers = _SPAN.fullmatch(span)
    if numbers is None:
        told = f"`{span}` names no two versions."
        return refusal_page(visit, Refusal("not_found", told, "Write them as `3..4`."))
    found = changes_between(house, actor, process, int(numbers[1]), int(numbers[2]), file)
    if isinstance(found, Refusal):
        return refusal_page(visit, found)
    return page(
        visit,
        "compare.html",
        has_diagram=True,
        view=view,
        found=found,
        changes=found.changes,
        versions=versions(house, actor, process),
        shows=SHOWS,
        most=MOST_SHOWN,
    )


@router.get("/{process}/diff/{number}/diagram.bpmn")
def drawing(visit: Visiting, process: str, number: VersionNumber, file: _File = "") -> Response:
    """A drawing of one of the two, for the viewer."""
    found = drawing_of(visit.portal.house, visit.actor, process, number, file)
    if isinstance(found, Refusal):
        return refusal_page(visit, found)
    return Response(found, media_type="application/xml")


SHOWS = {
    Kind.ADDED: ("ok", "plus-lg", "Added"),
    Kind.REMOVED: ("danger", "trash", "Removed"),
    Kind.CHANGED: ("info", "pencil-square", "Changed"),
    Kind.MOVED: ("warn", "arrow-right", "Moved"),
    Kind.RENAMED: ("neutral", "pencil-square", "Renamed"),
}
"""What became of it -> tone, icon and word; the same in the list and on the diagrams."""
