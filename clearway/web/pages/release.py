"""Releasing a draft and rolling back: what the gate says, what becomes of records, when and why."""

from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from clearway.engine.values import Bundle
from clearway.service.deploy import DESPITE, pull
from clearway.service.processes import process as one_process
from clearway.service.values import Done, Refusal
from clearway.service.workshop.drafts import held
from clearway.service.workshop.moves import rehearse_bundle
from clearway.service.workshop.releases import (
    checked,
    plan_release,
    release_now,
    releases_of,
    withdraw_release,
)
from clearway.service.workshop.reviews import reviews_of
from clearway.service.workshop.rolling_back import roll_back
from clearway.web.addresses import RowId, VersionNumber
from clearway.web.pages.drafts import draft_page, number_in
from clearway.web.pages.trouble import refusal_page
from clearway.web.rendering import go, page, status_of
from clearway.web.times import typed_instant
from clearway.web.visit import Form, Posting, Sent, Visit, Visiting

router = APIRouter(prefix="/processes/{process}")


@router.get("/drafts/{draft}/release")
def show_release(visit: Visiting, process: str, draft: RowId) -> HTMLResponse:
    """What would be released, and what would become of the running records."""
    return _release_page(visit, process, draft)


@router.post("/drafts/{draft}/release")
def release_it(visit: Posting, sent: Form, process: str, draft: RowId) -> Response:
    """Release what was shown, now or at an instant."""
    house, actor = visit.portal.house, visit.actor
    hashed, reason, moves = sent.text("hash"), _reason(sent), sent.text("moves") == "yes"
    done: Done | Refusal
    if sent.text("when") == "later":
        zone = sent.text("zone") or visit.zone.key
        due_at = _typed(sent.text("due_at"), zone)
        done = (
            due_at
            if isinstance(due_at, Refusal)
            else plan_release(
                house,
                actor,
                process,
                draft,
                hashed=hashed,
                due_at=due_at,
                zone=zone,
                reason=reason,
                moves=moves,
                once=sent.once,
            )
        )
    else:
        done = release_now(
            house,
            actor,
            process,
            draft,
            hashed=hashed,
            reason=reason,
            moves=moves,
            once=sent.once,
        )
    if isinstance(done, Refusal):
        return _release_page(visit, process, draft, done, sent)
    said = "planned" if sent.text("when") == "later" else "released"
    return go(f"/processes/{process}/drafts/{draft}", said)


@router.post("/drafts/{draft}/release/withdraw")
def withdraw(visit: Posting, sent: Form, process: str, draft: RowId) -> Response:
    """Take a planned release back, or take note of one that failed."""
    done = withdraw_release(visit.portal.house, visit.actor, process, draft, once=sent.once)
    if isinstance(done, Refusal):
        return draft_page(visit, process, draft, done)
    return go(f"/processes/{process}/drafts/{draft}", "release-withdrawn")


@router.get("/versions/{number}/roll-back")
def show_roll_back(visit: Visiting, process: str, number: VersionNumber) -> HTMLResponse:
    """What rolling back to this version would mean."""
    return _roll_back_page(visit, process, number)


@router.post("/versions/{number}/roll-back")
def roll_back_it(visit: Posting, sent: Form, process: str, number: VersionNumber) -> Response:
    """Make this version the newest again."""
    done = roll_back(
        visit.portal.house,
        visit.actor,
        process,
        number,
        newest=number_in(sent, "newest"),
        reason=_reason(sent),
        moves=sent.text("moves") == "yes",
        once=sent.once,
    )
    if isinstance(done, Refusal):
        return _roll_back_page(visit, process, number, done, sent)
    return go(f"/processes/{process}", "rolled-back")


def _release_page(
    visit: Visit,
    process: str,
    draft: int,
    refusal: Refusal | None = None,
    sent: Sent | None = None,
) -> HTMLResponse:
    house, actor = visit.portal.house, visit.actor
    found = held(house, actor, process, draft)
    if isinstance(found, Refusal):
        return refusal_page(visit, found)
    report = checked(house, found.bundle)
    number = found.draft.newest + 1
    return page(
        visit,
        "draft_release.html",
        status=status_of(refusal) if refusal else 200,
        refusal=_on_this_page(refusal),
        draft=found.draft,
        report=report,
        reviews=reviews_of(house, actor, process, draft),
        releases=releases_of(house, actor, process, draft),
        rehearsal=_rehearsed(visit, found.bundle, number) if report.deployable else None,
        sent=_typed_before(visit, sent),
        number=number,
    )


def _roll_back_page(
    visit: Visit,
    process: str,
    number: int,
    refusal: Refusal | None = None,
    sent: Sent | None = None,
) -> HTMLResponse:
    house, actor = visit.portal.house, visit.actor
    view = one_process(house, actor, process)
    bundle = pull(house, actor, process, number)
    for answer in (view, bundle):
        if isinstance(answer, Refusal):
            return refusal_page(visit, answer)
    assert not isinstance(view, Refusal)  # noqa: S101 - returned above
    assert isinstance(bundle, Bundle)  # noqa: S101 - returned above
    report = checked(house, bundle)
    return page(
        visit,
        "roll_back.html",
        status=status_of(refusal) if refusal else 200,
        refusal=_on_this_page(refusal),
        view=view,
        to=number,
        number=view.current + 1,
        report=report,
        rehearsal=_rehearsed(visit, bundle, view.current + 1) if report.deployable else None,
        sent=_typed_before(visit, sent),
    )


def _rehearsed(visit: Visit, bundle: Bundle, number: int) -> object:
    found = rehearse_bundle(visit.portal.house, visit.actor, bundle, number=number)
    return None if isinstance(found, Refusal) else found


def _typed_before(visit: Visit, sent: Sent | None) -> dict[str, str]:
    """What the form is shown with."""
    names = ("reason", "when", "due_at", "zone", "moves", "despite")
    typed = {name: sent.text(name) if sent else "" for name in names}
    return {**typed, "zone": typed["zone"] or visit.zone.key}


def _reason(sent: Sent) -> str:
    typed = sent.text("reason")
    if sent.text("despite") != "yes":
        return typed
    return f"{DESPITE} {typed.removeprefix(DESPITE).strip()}"


def _typed(text: str, zone: str) -> datetime | Refusal:
    """The instant that was typed; an hour that the clocks skip in this zone is none."""
    if zone not in available_timezones():
        said = f"There is no time zone {zone[:80]}."
        return Refusal("invalid", said, "Choose one such as Europe/Berlin.", {"zone": said})
    try:
        return typed_instant(text, ZoneInfo(zone))
    except (ValueError, OverflowError) as error:
        said = str(error) if isinstance(error, ValueError) else "No calendar has this time."
        return Refusal("invalid", said, "Choose another time.", {"due_at": said})


def _on_this_page(refusal: Refusal | None) -> Refusal | None:
    """The same refusal, with a remedy in what this page offers instead of in commands."""
    if refusal is None or DESPITE not in refusal.remedy:
        return refusal
    remedy = "Mend it in the draft; or say why it is released all the same, and tick the box below."
    return Refusal(refusal.code, refusal.text, remedy, refusal.fields)
