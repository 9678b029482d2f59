"""Collisions while somebody fills in a form with a time: a part of that page, read only."""

from fastapi import APIRouter
from fastapi.responses import Response

from clearway.service.record import record
from clearway.service.values import Refusal
from clearway.web.pages.trouble import refusal_page
from clearway.web.planning import planning_of_fields
from clearway.web.rendering import page
from clearway.web.typed import read_typed
from clearway.web.visit import Form, Posting

router = APIRouter(prefix="/planning")


@router.post("/{process}")
def look(visit: Posting, sent: Form, process: str, key: str = "") -> Response:
    """What collides with what stands in the form now."""
    house = visit.portal.house
    deployed = house.last_known(process)
    about = record(house, visit.actor, key) if key else None
    if isinstance(about, Refusal):
        return refusal_page(visit, about)
    if deployed is None:
        return refusal_page(
            visit, Refusal("not_found", "There is no such process.", "Choose one of the list.")
        )
    schema = deployed.record_schema.schema
    values = about.values if about else dict[str, object]()
    typed = read_typed(schema, sent.pairs, visit.zone, values)
    shown = planning_of_fields(visit, process, typed, key, values, schema)
    return page(visit, "planning.html", planning=shown)
