"""Signing in and out, and taking up again what was typed when a session ended."""

import hmac
import secrets
from collections.abc import Sequence
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from clearway.service.sign_in import SignedIn, sign_in, sign_out, who_is
from clearway.service.values import Refusal
from clearway.web.portal import Portal, portal_of
from clearway.web.rendering import bare_page, go, is_local, page
from clearway.web.visit import (
    ForeignForm,
    Form,
    Posting,
    Sent,
    SignInNeeded,
    Visit,
    refuse_other_sites,
    session_cookie,
)

router = APIRouter()

_GUEST_COOKIE = "clearway_guest"
_DRAFT = "d."


@router.get("/login")
def ask(request: Request, next: str = "/") -> Response:
    """The sign-in page; who is signed in already goes on."""
    portal = portal_of(request)
    token = request.cookies.get(session_cookie(portal))
    if token and who_is(portal.house, token):
        return go(_safe(next))
    return _sign_in_page(request, next_page=_safe(next))


@router.post("/login")
def enter(request: Request, sent: Form) -> Response:
    """Sign in. The answer to a wrong name is that to a wrong password."""
    portal = portal_of(request)
    refuse_other_sites(request, portal)
    next_page, draft = _safe(sent.text("next")), _kept_draft(sent)
    # No name holds a NUL; what is put in its place is no name either.
    name = sent.text("name").replace("\0", "\ufffd")
    if not _is_our_guest(request, sent):
        note = "The page was open for too long. Please sign in once more."
        return _sign_in_page(request, next_page, note, 403, name, sent.text("path"), draft)
    # Attempts are counted in the database by the service, so that every portal process knows
    # of them; nothing is counted here.
    source = request.client.host if request.client else ""
    answer = sign_in(portal.house, name, _password(sent), source=source)
    if isinstance(answer, Refusal):
        note = f"{answer.text} {answer.remedy}".strip()
        return _sign_in_page(request, next_page, note, 403, name, sent.text("path"), draft)
    response = _entered(request, portal, answer, next_page, sent.text("path"), draft)
    _set_cookie(response, session_cookie(portal), answer.token, secure=portal.is_secure)
    response.delete_cookie(_GUEST_COOKIE)
    return response


@router.post("/logout")
def leave(visit: Posting) -> Response:
    """End the session, here and in the database."""
    name = session_cookie(visit.portal)
    sign_out(visit.portal.house, visit.request.cookies[name])
    response = go("/login?said=signed-out")
    response.delete_cookie(name, secure=visit.portal.is_secure, httponly=True, samesite="lax")
    # The browser forgets what it kept of this person's pages.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def ask_to_sign_in(request: Request, needed: SignInNeeded) -> Response:
    """What a page answers when nobody is signed in: the sign-in page, with the draft kept."""
    if request.headers.get("HX-Request") == "true":
        target = urlencode({"next": _referring_page(request)})
        return Response(status_code=401, headers={"HX-Redirect": f"/login?{target}"})
    if needed.draft is None:
        query = f"?{request.url.query}" if request.url.query else ""
        here = request.url.path + query
        address = "/login" if here == "/" else f"/login?{urlencode({'next': here})}"
        return RedirectResponse(address, 303)
    draft = _resumable(needed.draft)
    note = "Your session has ended. Sign in to go on" + (
        "; what you typed is kept." if draft else "."
    )
    path = request.url.path if draft else ""
    return _sign_in_page(request, _referring_page(request), note, 401, "", path, draft)


def ask_to_confirm(request: Request, visit: Visit, foreign: ForeignForm) -> Response:
    """What is answered to a form of an earlier session: it is shown again, and not carried out."""
    draft = _resumable(foreign.draft or ())
    return page(
        visit,
        "resume.html",
        status=403,
        target=request.url.path,
        draft=draft,
        back=_referring_page(request),
        why="This form was opened before you signed in again. Nothing was changed yet.",
    )


def _resumable(draft: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    """The draft of a form that people fill in; a button alone leaves nothing worth keeping."""
    return draft if ("resumable", "1") in draft else ()


def _entered(
    request: Request,
    portal: Portal,
    answer: SignedIn,
    next_page: str,
    path: str,
    draft: Sequence[tuple[str, str]],
) -> Response:
    if not draft or not is_local(path):
        return go(next_page)
    return page(
        Visit(request, portal, answer),
        "resume.html",
        target=path,
        draft=draft,
        back=next_page,
        why="You are signed in again. What you typed is kept, and nothing was changed yet.",
    )


def _sign_in_page(
    request: Request,
    next_page: str,
    note: str = "",
    status: int = 200,
    name: str = "",
    path: str = "",
    draft: Sequence[tuple[str, str]] = (),
) -> HTMLResponse:
    guest = request.cookies.get(_GUEST_COOKIE) or secrets.token_urlsafe(24)
    response = bare_page(
        request,
        "sign_in.html",
        status=status,
        csrf=guest,
        note=note,
        name=name,
        next_page=next_page,
        target=path,
        draft=[(_DRAFT + key, text) for key, text in draft],
        signed_out=request.query_params.get("said") == "signed-out",
    )
    secure = portal_of(request).is_secure
    _set_cookie(response, _GUEST_COOKIE, guest, secure=secure)
    return response


def _is_our_guest(request: Request, sent: Sent) -> bool:
    """The sign-in form carries what this browser's own cookie says."""
    guest = request.cookies.get(_GUEST_COOKIE, "")
    return bool(guest) and hmac.compare_digest(guest.encode(), sent.text("csrf").encode())


def _kept_draft(sent: Sent) -> list[tuple[str, str]]:
    return [(key.removeprefix(_DRAFT), text) for key, text in sent.pairs if key.startswith(_DRAFT)]


def _password(sent: Sent) -> str:
    """As typed: blanks belong to a password."""
    return next((text for key, text in sent.pairs if key == "password"), "")


def _set_cookie(response: Response, name: str, value: str, *, secure: bool) -> None:
    response.set_cookie(name, value, httponly=True, samesite="lax", secure=secure, path="/")


def _safe(path: str) -> str:
    return path if is_local(path) and not path.startswith("/login") else "/"


def _referring_page(request: Request) -> str:
    """The page of ours that a form stood on."""
    parts = urlsplit(request.headers.get("Referer", ""))
    if parts.netloc != request.headers.get("Host"):
        return "/"
    return _safe(parts.path + (f"?{parts.query}" if parts.query else ""))
