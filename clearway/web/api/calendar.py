"""The calendar by the API: what is planned, what collides, and the declared windows."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from clearway.service.calendar import CalendarEntry, Filter, calendar_of
from clearway.service.collisions import collisions_of
from clearway.service.recurring import YEARS
from clearway.service.values import Done, Refusal
from clearway.service.windows import Window, remove_window, save_window, windows
from clearway.web.api.bodies import WindowBody
from clearway.web.api.caller import Calling, Once, accepted
from clearway.web.api.description import errors
from clearway.web.api.plain import answer
from clearway.web.api.problems import ApiRefusal
from processes.collisions import Collision
from processes.planned import Planned

router = APIRouter(tags=["calendar"])

_NOTHING: list[str] = []
Instant = Annotated[datetime, Query(description="With its zone: 2026-03-02T20:00Z.")]
From = Annotated[datetime, Query(alias="from", description="With its zone: 2026-03-02T20:00Z.")]
Names = Annotated[list[str], Query(max_length=200)]


class CollisionBody(BaseModel):
    """One collision. `with` is the key of a record that the caller may read, or the name of a
    window, a person or a thing; empty for another record."""

    kind: str
    other: str = Field(alias="with")
    title: str
    starts: datetime = Field(alias="from")
    until: datetime
    why: str


class SlotBody(BaseModel):
    """A time at which it would fit."""

    starts: datetime = Field(alias="from")
    until: datetime


class CollisionsBody(BaseModel):
    """What stands against a planned work. A `problem` comes alone, unless the work has begun."""

    problem: str | None
    freeze: str | None
    collisions: list[CollisionBody]
    slots: list[SlotBody]


@router.get("/collisions", response_model=CollisionsBody, responses=errors())
def get_collisions(
    calling: Calling,
    starts: From,
    until: Instant,
    things: Names = _NOTHING,
    people: Names = _NOTHING,
    key: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """What collides with a planned work; `key` is the record that it is of, which does not count.

    `things` are names of services and assets, `people` of who would do it.
    """
    begins, ends = _aware(starts, "from"), _aware(until, "until")
    planned = Planned(key, "", begins, ends, tuple(things), tuple(people))
    found = accepted(collisions_of(calling.house, calling.actor, planned))
    return answer(
        {
            "problem": found.problem,
            "freeze": found.freeze,
            "collisions": [_collision(it) for it in found.collisions],
            "slots": [{"from": begin, "until": end} for begin, end in found.slots],
        }
    )


@router.get("/calendar", response_model=list[CalendarEntry], responses=errors())
def get_calendar(
    calling: Calling,
    starts: From,
    until: Instant,
    process: str = "",
    thing: str = "",
    person: str = "",
) -> Response:
    """Planned records, freezes and times for maintenance, by their begin."""
    span = _aware(starts, "from"), _aware(until, "until")
    only = Filter(process, thing, person)
    found = accepted(calendar_of(calling.house, calling.actor, *span, only))
    return answer(found.entries)


@router.get("/windows", response_model=list[Window], responses=errors())
def get_windows(calling: Calling) -> Response:
    """Every declared window, by name."""
    return answer(accepted(windows(calling.house, calling.actor)))


@router.put("/windows/{name}", response_model=Done, responses=errors(400, 403, 404, 409, 413))
def put_window(calling: Calling, name: str, body: WindowBody, once: Once) -> Response:
    """Declare a window, or correct it; `told` are the records that look for collisions anew."""
    window = Window(
        name,
        body.kind,
        body.title,
        body.strength,
        body.begins,
        body.ends,
        body.zone,
        tuple(body.things),
        body.repeats,
    )
    return answer(accepted(save_window(calling.house, calling.actor, window, once=once)))


@router.delete("/windows/{name}", response_model=Done, responses=errors(400, 403, 404, 409))
def delete_window(calling: Calling, name: str, once: Once) -> Response:
    """Take a window back."""
    return answer(accepted(remove_window(calling.house, calling.actor, name, once=once)))


def _collision(it: Collision) -> dict[str, object]:
    return {
        "kind": it.kind,
        "with": it.other,
        "title": it.title,
        "from": it.starts,
        "until": it.ends,
        "why": it.why,
    }


def _aware(instant: datetime, name: str) -> datetime:
    if instant.tzinfo is None:
        raise ApiRefusal(
            Refusal(
                "invalid",
                f"{name} says no zone.",
                "Write an instant with its zone, such as 2026-03-02T20:00Z.",
                {f"query.{name}": "Write an instant with its zone."},
            )
        )
    if instant.year not in YEARS:
        said = f"Give a year from {YEARS[0]} to {YEARS[-1]}."
        raise ApiRefusal(
            Refusal("invalid", f"{name} is too far away.", said, {f"query.{name}": said})
        )
    return instant.astimezone(UTC)
