"""One request of a signed-in person: who it is, what was sent, and whether the form is ours."""

import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from clearway.service.sign_in import SignedIn, who_is
from clearway.service.values import Actor
from clearway.web.portal import Portal, portal_of
from clearway.web.times import zone_named

_MOST_FIELDS = 500
_MOST_FILES = 100
_LONGEST_FIELD = 4 * 1024 * 1024


class SignInNeeded(Exception):
    """Nobody is signed in; `draft` is what was typed, to be kept over the sign-in."""

    def __init__(self, draft: Sequence[tuple[str, str]] | None = None) -> None:
        super().__init__("sign in first")
        self.draft = draft


class ForeignForm(Exception):
    """A form was sent that this session did not hand out.

    `draft` is what it holds: shown again and sent only when the reader says so. None when it came
    from another site.
    """

    def __init__(self, draft: Sequence[tuple[str, str]] | None) -> None:
        super().__init__("this form was not handed out in this session")
        self.draft = draft


@dataclass(frozen=True)
class Visit:
    """A signed-in person asks for a page."""

    request: Request
    portal: Portal
    signed_in: SignedIn
    heard: str = ""
    """Up to where the portal had heard of changes when the request came; empty: look again."""

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return self.signed_in.actor

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which times are shown and read."""
        return zone_named(self.actor.zone)

    @property
    def wants_fragment(self) -> bool:
        """The page's own script asks for a part of the page only."""
        return self.request.headers.get("HX-Request") == "true"


@dataclass(frozen=True)
class Sent:
    """What a form of ours was sent with."""

    pairs: Sequence[tuple[str, str]]
    files: Mapping[str, Sequence[UploadFile]] = field(
        default_factory=dict[str, Sequence[UploadFile]]
    )

    def text(self, name: str) -> str:
        """The field's text without blanks around it; empty when it was not sent."""
        found = [text for key, text in self.pairs if key == name]
        return found[-1].strip() if found else ""

    @property
    def once(self) -> str:
        """The idempotency key of this form, so that a second click answers like the first."""
        return self.text("once") or new_once()

    @property
    def is_draft(self) -> bool:
        """The form is only to be shown again with these texts, not carried out."""
        return bool(self.text("draft"))


def new_once() -> str:
    """A fresh idempotency key."""
    return secrets.token_urlsafe(18)


def session_cookie(portal: Portal) -> str:
    """The cookie's name; over https the browser itself ties it to this host and to https."""
    return "__Host-clearway" if portal.is_secure else "clearway"


def visit(request: Request) -> Visit:
    """The dependency of every page that is only read."""
    portal = portal_of(request)
    heard = _heard(portal)
    found = signed_in(request, portal)
    if found is None:
        raise SignInNeeded
    return Visit(request, portal, found, heard)


async def sent_form(request: Request) -> Sent:
    """What was sent, whoever sent it: for the sign-in page, and for `posted`."""
    form = await request.form(
        max_files=_MOST_FILES, max_fields=_MOST_FIELDS, max_part_size=_LONGEST_FIELD
    )
    return _sent(form)


async def posted(request: Request, sent: Annotated[Sent, Depends(sent_form)]) -> Visit:
    """The dependency of every page that changes something: signed in, and from our own form."""
    portal = portal_of(request)
    refuse_other_sites(request, portal)
    heard = _heard(portal)
    found = await run_in_threadpool(signed_in, request, portal)
    draft = [(name, text) for name, text in sent.pairs if name not in ("csrf", "draft")]
    if found is None:
        raise SignInNeeded(draft)
    if not hmac.compare_digest(sent.text("csrf").encode(), found.csrf.encode()):
        raise ForeignForm(draft)
    return Visit(request, portal, found, heard)


def refuse_other_sites(request: Request, portal: Portal) -> None:
    """Raise ForeignForm when the browser says that another site sent this."""
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site is not None and fetch_site not in ("same-origin", "none"):
        raise ForeignForm(None)
    origin = request.headers.get("Origin")
    ours = {urlsplit(portal.base_url).netloc, request.headers.get("Host", "")}
    if fetch_site is None and origin is not None and urlsplit(origin).netloc not in ours:
        raise ForeignForm(None)


def signed_in(request: Request, portal: Portal) -> SignedIn | None:
    """Who is signed in, by the session's cookie."""
    token = request.cookies.get(session_cookie(portal))
    return who_is(portal.house, token) if token else None


def _heard(portal: Portal) -> str:
    return portal.live.position() if portal.live is not None else ""


def _sent(form: FormData) -> Sent:
    pairs: list[tuple[str, str]] = []
    files: dict[str, list[UploadFile]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            pairs.append((name, value))
        elif value.filename:
            files.setdefault(name, []).append(value)
    return Sent(pairs, files)


Visiting = Annotated[Visit, Depends(visit)]
Posting = Annotated[Visit, Depends(posted)]
Form = Annotated[Sent, Depends(sent_form)]
