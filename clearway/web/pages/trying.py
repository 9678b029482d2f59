"""Trying a process and seeing what its scenarios pass: of a version, and of a draft."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from clearway.engine.bundle import scenario_files
from clearway.service.values import Refusal
from clearway.service.workshop.cast import cast_of, cast_text, starters, usual_cast
from clearway.service.workshop.files import save_file
from clearway.service.workshop.ground import (
    Ground,
    coverage_of_ground,
    ground_of_draft,
    ground_of_version,
)
from clearway.service.workshop.keeping import keep
from clearway.service.workshop.run import UnusableRun, packed, unpacked
from clearway.service.workshop.standing import asked_by_start
from clearway.service.workshop.trying import Sandbox, Tried
from clearway.service.workshop.views import Saved
from clearway.web.addresses import RowId, VersionNumber
from clearway.web.forms import form_of
from clearway.web.pages.record import saved_as
from clearway.web.pages.trouble import refusal_page
from clearway.web.rendering import page, status_of
from clearway.web.suggestions import suggestions
from clearway.web.trial import Answered, shown
from clearway.web.trial_doing import answer
from clearway.web.visit import Form, Posting, Sent, Visit, Visiting
from processes.links import NAMES

router = APIRouter(prefix="/processes/{process}")

_Event = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True)
class Place:
    """Where the page lives, and where the picture of its diagram comes from."""

    base: str
    diagram: str
    words: str


@router.get("/versions/{number}/try")
def try_version(
    visit: Visiting, process: str, number: VersionNumber, event: _Event = ""
) -> Response:
    """Where a run of a version begins."""
    ground = ground_of_version(visit.portal.house, visit.actor, process, number)
    return _page(visit, ground, event=event)


@router.post("/versions/{number}/try")
def try_version_on(visit: Posting, sent: Form, process: str, number: VersionNumber) -> Response:
    """One more doing in the run that the form carries."""
    ground = ground_of_version(visit.portal.house, visit.actor, process, number)
    return _go_on(visit, sent, ground)


@router.get("/drafts/{draft}/try")
def try_draft(visit: Visiting, process: str, draft: RowId, event: _Event = "") -> Response:
    """Where a run of a draft begins."""
    ground = ground_of_draft(visit.portal.house, visit.actor, process, draft)
    return _page(visit, ground, event=event)


@router.post("/drafts/{draft}/try")
def try_draft_on(visit: Posting, sent: Form, process: str, draft: RowId) -> Response:
    """One more doing in the run that the form carries."""
    ground = ground_of_draft(visit.portal.house, visit.actor, process, draft)
    return _go_on(visit, sent, ground)


@router.get("/versions/{number}/coverage")
def cover_version(visit: Visiting, process: str, number: VersionNumber) -> Response:
    """What the scenarios of a version pass."""
    house, actor = visit.portal.house, visit.actor
    return _coverage(visit, ground_of_version(house, actor, process, number, "coverage"))


@router.get("/drafts/{draft}/coverage")
def cover_draft(visit: Visiting, process: str, draft: RowId) -> Response:
    """What the scenarios of a draft pass."""
    house, actor = visit.portal.house, visit.actor
    return _coverage(visit, ground_of_draft(house, actor, process, draft, "coverage"))


def _go_on(visit: Visit, sent: Sent, ground: Ground | Refusal) -> Response:
    if isinstance(ground, Refusal) or ground.sandbox is None:
        return _page(visit, ground)
    try:
        if sent.text("do") == "keep":
            return _keep(visit, sent, ground, ground.sandbox)
        return _page(visit, ground, answer(visit, ground.sandbox, sent))
    except UnusableRun as error:
        refusal = Refusal("invalid", str(error), "")
        return _page(visit, ground, refusal=refusal)


def _keep(visit: Visit, sent: Sent, ground: Ground, sandbox: Sandbox) -> Response:
    """Put the run among the scenarios of the draft, or hand it over as a file."""
    run, name = unpacked(sent.text("run")), sent.text("name")
    kept = keep(sandbox, run, name)
    if isinstance(kept, Refusal):
        answered = Answered(_with(sandbox.replay(run), kept), "keep", name=name)
        return _page(visit, ground, answered)
    if ground.draft is None:
        return saved_as(kept.content, kept.path.rpartition("/")[2])
    saved = save_file(
        visit.portal.house,
        visit.actor,
        ground.process,
        ground.draft,
        kept.path,
        kept.content,
        expected=None,
    )
    if isinstance(saved, Saved):
        # The draft holds one file more: what follows is tried on that.
        ground_now = ground_of_draft(visit.portal.house, visit.actor, ground.process, ground.draft)
        return _page(visit, ground_now, Answered(sandbox.replay(run), "kept"), kept=kept.path)
    refusal = saved if isinstance(saved, Refusal) else saved.refusal
    return _page(visit, ground, Answered(_with(sandbox.replay(run), refusal), "keep", name=name))


def _with(tried: Tried, refusal: Refusal) -> Tried:
    return Tried(tried.run, tried.trial, refusal)


def _page(
    visit: Visit,
    ground: Ground | Refusal,
    answered: Answered | None = None,
    *,
    refusal: Refusal | None = None,
    event: str = "",
    kept: str = "",
) -> Response:
    if isinstance(ground, Refusal):
        return refusal_page(visit, ground)
    place = _place(ground)
    if ground.sandbox is None:
        return page(visit, "trying_unbuilt.html", status=422, ground=ground, place=place)
    if answered is None or answered.tried.trial is None:
        return _start_page(visit, ground, ground.sandbox, answered, refusal, event)
    tried = answered.tried
    try:
        carried = packed(tried.run)
    except UnusableRun as error:
        return _page(visit, ground, refusal=Refusal("too_large", str(error), ""))
    view = shown(visit, answered, answered.tried.trial)
    return page(
        visit,
        "trying.html",
        status=status_of(tried.refusal) if tried.refusal else 200,
        has_diagram=True,
        ground=ground,
        place=place,
        view=view,
        run=carried,
        refusal=tried.refusal,
        where=answered.where,
        kept=kept,
        typed_name=answered.name,
        cast=cast_text(cast_of(tried.run)),
        kinds_of_links=NAMES if ground.sandbox.deployed.blueprint.asks_links else (),
        calendars=sorted(ground.sandbox.deployed.blueprint.calendars),
        suggestions=suggestions(visit.portal.house, visit.actor, view.forms),
    )


def _start_page(
    visit: Visit,
    ground: Ground,
    sandbox: Sandbox,
    answered: Answered | None,
    refusal: Refusal | None,
    event: str,
) -> HTMLResponse:
    deployed = sandbox.deployed
    run = answered.tried.run if answered else None
    wanted = (run.event if run else event) or None
    start = deployed.start_event(wanted) or next(iter(deployed.start_events), None)
    refusal = answered.tried.refusal if answered else refusal
    cast = cast_of(run) if run else usual_cast(deployed)
    typed = answered.typed if answered else None
    form = form_of(
        asked_by_start(deployed, start.element) if start else None,
        {},
        visit.zone,
        typed=typed.texts if typed else None,
        errors=refusal.fields if refusal else None,
    )
    return page(
        visit,
        "trying_start.html",
        status=status_of(refusal) if refusal else 200,
        has_diagram=True,
        ground=ground,
        place=_place(ground),
        starts=deployed.start_events,
        start=start,
        scenarios=scenario_files(ground.bundle),
        people=starters(sandbox, cast, start),
        chosen=run.person if run else "",
        form=form,
        refusal=refusal,
        cast=cast_text(cast),
        suggestions=suggestions(visit.portal.house, visit.actor, [form]),
    )


def _coverage(visit: Visit, ground: Ground | Refusal) -> Response:
    if isinstance(ground, Refusal):
        return refusal_page(visit, ground)
    house, place = visit.portal.house, _place(ground)
    found = coverage_of_ground(ground, house.steps, house.rules)
    if found is None or ground.sandbox is None:
        return page(visit, "trying_unbuilt.html", status=422, ground=ground, place=place)
    marks = {it.element: len(it.by) for it in found.parts if it.rule is None}
    return page(
        visit,
        "coverage.html",
        has_diagram=True,
        ground=ground,
        place=place,
        coverage=found,
        marks=marks,
        rules=found.rules_at(ground.sandbox.deployed.elements),
    )


def _place(ground: Ground) -> Place:
    process = ground.process
    if ground.draft is None:
        base = f"/processes/{process}/versions/{ground.version}"
        picture = f"/processes/{process}/diagram.bpmn?number={ground.version}"
        return Place(base, picture, f"version {ground.version}")
    base = f"/processes/{process}/drafts/{ground.draft}"
    picture = f"{base}/files/{ground.drawing}" if ground.sandbox else ""
    return Place(base, picture, f"draft {ground.draft}")
