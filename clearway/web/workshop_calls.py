"""The calls of the workshop's scripts: who may make them, and their errors as problem documents."""

import hmac
import re
from collections.abc import Mapping
from typing import Annotated, cast

import orjson
from fastapi import Depends, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from clearway.service.sign_in import SignedIn
from clearway.service.values import Refusal
from clearway.store.errors import DiskFull
from clearway.web.api.plain import as_json
from clearway.web.api.problems import KIND, PROBLEM_TYPE
from clearway.web.portal import portal_of
from clearway.web.rendering import status_of
from clearway.web.visit import ForeignForm, SignInNeeded, Visit, refuse_other_sites, signed_in

CSRF_HEADER = "X-CSRF-Token"
_CALLS = re.compile(
    r"^/processes/[^/]+/drafts/[^/]+/"
    r"(files|drawing|lint|feel|choices|layout|outline|form|message|calendar|table|decide)(/|$)"
)
_TITLES: Mapping[int, str] = {
    400: "The request cannot be read",
    401: "Sign in again",
    403: "This was not sent from this session",
    404: "There is nothing here",
    405: "This address is not for that",
    409: "This cannot be changed now",
    412: "Somebody saved it meanwhile",
    413: "This is too large",
    422: "This cannot be used",
    428: "It must be said what was opened",
    500: "Something went wrong on our side",
    503: "Clearway is busy",
}


def is_call(request: Request) -> bool:
    """Whether a script of the workshop asks: it reads problem documents, no pages."""
    return _CALLS.match(request.url.path) is not None


async def called(request: Request) -> Visit:
    """The dependency of every call that changes something or sends what is not saved yet.

    The session's own token travels in a header, which no form of another site can send. Raises
    SignInNeeded and ForeignForm.
    """
    portal = portal_of(request)
    refuse_other_sites(request, portal)
    found: SignedIn | None = await run_in_threadpool(signed_in, request, portal)
    if found is None:
        raise SignInNeeded
    sent = request.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(sent.encode(), found.csrf.encode()):
        raise ForeignForm(None)
    return Visit(request, portal, found)


Calling = Annotated[Visit, Depends(called)]


async def sent_object(visit: Visit) -> dict[str, object]:
    """The JSON object that a call sent; an empty one for anything else."""
    try:
        sent = cast(object, orjson.loads(await visit.request.body()))
    except orjson.JSONDecodeError:
        return {}
    return cast(dict[str, object], sent) if isinstance(sent, dict) else {}


def problem(
    status: int,
    detail: str,
    remedy: str = "",
    *,
    code: str = "",
    headers: Mapping[str, str] | None = None,
    **more: object,
) -> Response:
    """A problem document: `detail` says what, `remedy` what to do next."""
    document: dict[str, object] = {
        "type": f"{KIND}{code or status}",
        "title": _TITLES.get(status, "This did not work"),
        "status": status,
        "detail": detail,
        "remedy": remedy,
        **more,
    }
    return Response(as_json(document), status, headers=dict(headers or {}), media_type=PROBLEM_TYPE)


def of_refusal(refusal: Refusal) -> Response:
    """The problem document of a refusal."""
    return problem(status_of(refusal), refusal.text, refusal.remedy, code=refusal.code)


def signed_out() -> Response:
    """Nobody is signed in any more; what was to be saved is still on the screen."""
    return problem(
        401,
        "You are signed out: nothing was saved.",
        "Sign in again in another tab, then save again here: what is on your screen stays.",
        code="unauthorized",
        sign_in="/login",
    )


def foreign() -> Response:
    """The token is missing or of another session: whoever signed in anew fetches the new one."""
    return problem(
        403,
        "This was not sent from the session that is signed in: nothing was saved.",
        f"Read the list of files again: its answer has the token in {CSRF_HEADER}. Then save.",
        code="foreign",
    )


def of_http_error(status: int, detail: str, headers: Mapping[str, str] | None) -> Response:
    """An error that has no refusal of its own, such as a body that is too large."""
    said = detail if status == 413 else f"{_TITLES.get(status, 'This did not work')}."
    return problem(status, said, "Nothing was saved.", headers=headers)


def of_busy(error: Exception) -> Response:
    """The database is away or full; waiting makes no room on a full disk."""
    full = isinstance(error, DiskFull)
    text = str(error) if full else "The database did not answer in time: nothing was saved."
    headers = {} if full else {"Retry-After": "5"}
    return problem(503, text, "Save again in a moment.", code="busy", headers=headers)


def of_failure(quote: str) -> Response:
    """A mistake of ours; the log has it under this number."""
    remedy = f"Save again; if it happens again, tell an administrator this number: {quote}."
    return problem(500, "Something went wrong on our side.", remedy, code="failure")


def etag(hashed: str | None) -> str | None:
    """The entity tag of bytes with this SHA-256."""
    return None if hashed is None else f'"{hashed}"'


def expected(request: Request) -> set[str] | Response | None:
    """The hashes that the caller expects to overwrite; None: there must be no such file.

    A problem document when the caller does not say it: nothing is overwritten unseen.
    """
    if request.headers.get("If-None-Match", "").strip() == "*":
        return None
    tags = cast(list[str], re.findall(r'"([^"]*)"', request.headers.get("If-Match", "")))
    if tags:
        return set(tags)
    return problem(
        428,
        "It was not said which state of the file was opened.",
        'Send `If-Match: "<etag>"`, or `If-None-Match: *` for a new file.',
        code="unreadable",
    )
