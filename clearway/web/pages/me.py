"""What belongs to the reader: theme, zone, absence with a delegate, password."""

from dataclasses import replace

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from clearway.service.feed import feed_made_at, make_feed, revoke_feed
from clearway.service.registry import absences, people, remove, set_absence
from clearway.service.sign_in import set_password, sign_in
from clearway.service.values import Refusal
from clearway.web.rendering import THEME_COOKIE, THEMES, go, is_local, page, status_of
from clearway.web.times import typed_instant
from clearway.web.visit import Form, Posting, Sent, Visit, Visiting

router = APIRouter(prefix="/me")

_YEAR = 365 * 24 * 3600


@router.get("")
def show(visit: Visiting) -> HTMLResponse:
    """Everything a person can set for themselves."""
    return _page(visit)


@router.post("/theme")
def set_theme(visit: Posting, sent: Form) -> Response:
    """Light, dark, or as the system says; kept by this browser."""
    theme, back = sent.text("theme"), sent.text("back")
    response = go(back if is_local(back) else "/me")
    if theme in THEMES:
        secure = visit.portal.is_secure
        response.set_cookie(THEME_COOKIE, theme, max_age=_YEAR, samesite="lax", secure=secure)
    return response


@router.post("/absence")
def set_my_absence(visit: Posting, sent: Form) -> Response:
    """Say from when until when one is away, and who stands in."""
    wrong: dict[str, str] = {}
    for name in ("from", "until"):
        try:
            typed_instant(sent.text(name), visit.zone)
        except ValueError as error:
            wrong[name] = str(error)
    if wrong:
        return _page(visit, Refusal("invalid", "Your absence was not saved.", fields=wrong), sent)
    answer = set_absence(
        visit.portal.house,
        visit.actor,
        visit.actor.name,
        typed_instant(sent.text("from"), visit.zone),
        typed_instant(sent.text("until"), visit.zone),
        delegate=sent.text("delegate") or None,
        note=sent.text("note"),
        once=sent.once,
    )
    if isinstance(answer, Refusal):
        return _page(visit, _at_its_field(answer), sent)
    return go("/me", "saved")


@router.post("/absence/remove")
def remove_my_absence(visit: Posting, sent: Form) -> Response:
    """Take an absence back; it is known by its beginning."""
    house, actor, typed = visit.portal.house, visit.actor, sent.text("from")
    known = absences(house, actor)
    mine = [] if isinstance(known, Refusal) else [one for one in known if one.person == actor.name]
    begins = next((one.from_at for one in mine if one.from_at.isoformat() == typed), None)
    if begins is None:
        refusal = Refusal("not_found", "This absence is no longer there.", "Look at the list.")
        return _page(visit, refusal)
    answer = remove(house, actor, "absences", [actor.name, begins], once=sent.once)
    return _page(visit, answer) if isinstance(answer, Refusal) else go("/me", "saved")


@router.post("/feed")
def make_my_feed(visit: Posting, sent: Form) -> Response:
    """Make the address of a calendar feed; it is shown this once."""
    del sent
    token = make_feed(visit.portal.house, visit.actor)
    return _page(visit, token) if isinstance(token, Refusal) else _page(visit, feed=token)


@router.post("/feed/revoke")
def revoke_my_feed(visit: Posting, sent: Form) -> Response:
    """End the feed: its address is worth nothing any more."""
    del sent
    answer = revoke_feed(visit.portal.house, visit.actor)
    return _page(visit, answer) if isinstance(answer, Refusal) else go("/me", "feed-revoked")


@router.post("/password")
def set_my_password(visit: Posting, sent: Form) -> Response:
    """Change one's password, which ends every session, this one too."""
    typed = dict(sent.pairs)
    house, actor = visit.portal.house, visit.actor
    source = visit.request.client.host if visit.request.client else ""
    known = sign_in(house, actor.name, typed.get("old_password", ""), source=source)
    if isinstance(known, Refusal):
        wrong = {"old_password": "This is not your present password."}
        return _page(visit, Refusal("invalid", "Your password was not changed.", "", wrong))
    if typed.get("password") != typed.get("password_again"):
        wrong = {"password_again": "The two do not match."}
        return _page(visit, Refusal("invalid", "Your password was not changed.", "", wrong))
    answer = set_password(house, actor, actor.name, typed.get("password", ""))
    return _page(visit, answer) if isinstance(answer, Refusal) else go("/login")


def _at_its_field(refusal: Refusal) -> Refusal:
    """The registry names the column of its sheet (`line 1, column until`); here it is a field."""
    fields = {place.rpartition("column ")[2]: text for place, text in refusal.fields.items()}
    text = " ".join(["Your absence was not saved.", *fields.values()])
    return replace(refusal, text=text, remedy="", fields=fields)


def _page(
    visit: Visit, refusal: Refusal | None = None, sent: Sent | None = None, feed: str = ""
) -> HTMLResponse:
    house, actor = visit.portal.house, visit.actor
    away, others = absences(house, actor), people(house, actor)
    return page(
        visit,
        "me.html",
        status=status_of(refusal) if refusal else 200,
        refusal=refusal,
        sent={name: sent.text(name) for name in ("from", "until", "delegate", "note")}
        if sent
        else {},
        feed=f"{visit.portal.base_url.rstrip('/')}/calendar/feed/{feed}.ics" if feed else "",
        feed_since=feed_made_at(house, actor),
        mine=[] if isinstance(away, Refusal) else [one for one in away if one.person == actor.name],
        lacks={}
        if isinstance(others, Refusal)
        else {it.name: sorted(actor.roles - set(it.roles)) for it in others},
        people=[] if isinstance(others, Refusal) else others,
    )
