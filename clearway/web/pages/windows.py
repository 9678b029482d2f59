"""Windows: the list of freezes and times for maintenance, and their declaring."""

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from clearway.service import registry
from clearway.service.registry import Asset, Person, Service
from clearway.service.values import Refusal
from clearway.service.windows import Window, remove_window, save_window, windows
from clearway.web.pages.trouble import refusal_page
from clearway.web.rendering import go, page, status_of
from clearway.web.visit import Form, Posting, Visit, Visiting

router = APIRouter()

_PARTS = ("name", "kind", "title", "strength", "from", "until", "zone", "things", "repeats")


@router.get("/calendar/windows")
def show_windows(visit: Visiting, name: str = "") -> HTMLResponse:
    """Every declared window; `name` is the one whose parts stand in the form."""
    return _windows_page(visit, chosen=name)


@router.post("/calendar/windows")
def save_it(visit: Posting, sent: Form) -> Response:
    """Declare a window, or correct it."""
    typed = {part: sent.text(part) for part in _PARTS}
    window = Window(
        typed["name"],
        typed["kind"],
        typed["title"],
        typed["strength"] or None,
        typed["from"],
        typed["until"],
        typed["zone"],
        tuple(typed["things"].replace(",", " ").split()),
        typed["repeats"] or None,
    )
    answer = save_window(visit.portal.house, visit.actor, window, once=sent.once)
    if isinstance(answer, Refusal):
        return _windows_page(visit, answer, typed)
    return go("/calendar/windows", "saved")


@router.post("/calendar/windows/remove")
def remove_it(visit: Posting, sent: Form) -> Response:
    """Take a window back."""
    answer = remove_window(visit.portal.house, visit.actor, sent.text("name"), once=sent.once)
    if isinstance(answer, Refusal):
        return _windows_page(visit, answer)
    return go("/calendar/windows", "window-removed")


def _windows_page(
    visit: Visit,
    refusal: Refusal | None = None,
    typed: dict[str, str] | None = None,
    chosen: str = "",
) -> HTMLResponse:
    house, actor = visit.portal.house, visit.actor
    found = windows(house, actor)
    if isinstance(found, Refusal):
        return refusal_page(visit, found)
    one = next((it for it in found if it.name == chosen), None)
    return page(
        visit,
        "windows.html",
        status=status_of(refusal) if refusal else 200,
        refusal=refusal,
        rows=found,
        typed=typed or (_texts(one) if one else {"zone": visit.zone.key}),
        is_correcting=one is not None,
        names=names_in(registry.services(house, actor)) + names_in(registry.assets(house, actor)),
    )


def _texts(window: Window) -> dict[str, str]:
    return {
        "name": window.name,
        "kind": window.kind,
        "title": window.title,
        "strength": window.strength or "",
        "from": window.begins,
        "until": window.ends,
        "zone": window.zone,
        "things": " ".join(window.things),
        "repeats": window.repeats or "",
    }


def names_in(found: Sequence[Service | Asset | Person] | Refusal) -> list[str]:
    """The names of rows of the registry."""
    return [] if isinstance(found, Refusal) else [it.name for it in found]
