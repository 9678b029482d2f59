"""Errors of the API as problem documents (RFC 9457): what, why, what to do, and in which field."""

from collections.abc import Mapping, Sequence
from typing import cast

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response

from clearway.service.values import Refusal
from clearway.web.api.plain import as_json
from clearway.web.pages.trouble import failure_logged
from clearway.web.rendering import status_of

KIND = "urn:clearway:problem:"
PROBLEM_TYPE = "application/problem+json"
_TITLES: Mapping[str, str] = {
    "not_found": "There is no such thing",
    "not_allowed": "This is not open to you",
    "not_yours": "This is somebody else's",
    "already_done": "Somebody was first",
    "invalid": "The values cannot be used",
    "conflict": "This contradicts an earlier request",
    "not_waiting": "Nothing waits for this now",
    "stale": "It has changed in the meantime",
    "too_large": "This is too large",
    "undecided": "The decision gives no answer",
    "faulted": "The process has stopped",
    "unauthorized": "A token is needed",
    "busy": "Clearway is busy",
    "not_taken": "Not everything could be taken yet",
    "disk_full": "The disk is full",
    "failure": "Something went wrong on our side",
    "unreadable": "The request cannot be read",
    "method_not_allowed": "This address is not for that",
}
CODES = tuple(_TITLES)
"""What `code` can be."""


class ApiRefusal(Exception):
    """A refusal on its way to the caller."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.text)
        self.refusal = refusal


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    remedy: str = "",
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    instance: str | None = None,
) -> Response:
    """A problem document; `code` is stable, the texts are for people."""
    document: dict[str, object] = {
        "type": KIND + code,
        "title": _TITLES.get(code, "This did not work"),
        "status": status,
        "detail": f"{detail} {remedy}".strip(),
        "code": code,
    }
    if errors:
        document["errors"] = list(errors)
    if instance:
        document["instance"] = instance
    return Response(
        as_json(document),
        status,
        headers=dict(headers or {}),
        media_type=PROBLEM_TYPE,
    )


def of_refusal(refusal: Refusal) -> Response:
    """The problem document of a refusal."""
    errors = [{"field": name, "message": text} for name, text in refusal.fields.items()]
    return problem(
        status_of(refusal), refusal.code, refusal.text, remedy=refusal.remedy, errors=errors
    )


def unauthorized(text: str) -> Response:
    """No token, or one that means nobody."""
    return problem(
        401,
        "unauthorized",
        text,
        remedy="Send a valid token: `Authorization: Bearer cw_...`.",
        headers={"WWW-Authenticate": 'Bearer realm="clearway"'},
    )


def blank_key() -> Response:
    """The request says that it may come twice, but not how to know it again."""
    return problem(
        400,
        "unreadable",
        "The Idempotency-Key is empty.",
        remedy="Send a key of your own for each command, or leave the header out.",
        errors=[{"field": "header.idempotency-key", "message": "This is empty."}],
    )


def busy(text: str) -> Response:
    """Over capacity for the moment. Never 429, which Alertmanager takes as final."""
    return problem(
        503, "busy", text, remedy="Send it again in a few seconds.", headers={"Retry-After": "5"}
    )


def not_taken(text: str) -> Response:
    """A part of what was sent has to come again; the others were taken."""
    remedy = "What else was sent was taken. Send all of it again later: nothing counts twice."
    return problem(503, "not_taken", text, remedy=remedy, headers={"Retry-After": "30"})


def disk_full(text: str) -> Response:
    """Nothing can be kept. Without Retry-After: waiting makes no room."""
    return problem(503, "disk_full", text)


def method_not_allowed(method: str, allowed: Sequence[str]) -> Response:
    """The address is there, and takes other methods."""
    return problem(
        405,
        "method_not_allowed",
        f"{method} is not possible here.",
        remedy=f"This address takes {' and '.join(allowed)}; see /api/v1/openapi.json.",
        headers={"Allow": ", ".join(allowed)},
    )


def of_nul(asked: Sequence[str]) -> Response:
    """The address holds a NUL: in these parts of its query, or else in its path."""
    if not asked:
        return of_refusal(
            Refusal(
                "not_found", "No address holds the character NUL (%00).", "Take it out of the path."
            )
        )
    return problem(
        422,
        "invalid",
        "No text holds the character NUL (%00).",
        remedy="Take it out.",
        errors=[
            {"field": f"query.{name}", "message": "This must not hold the character NUL."}
            for name in asked
        ],
    )


def of_invalid_request(error: RequestValidationError) -> Response:
    """What is wrong with the request, each with its place: `body.values`, `query.limit`."""
    errors = [
        {"field": ".".join(str(part) for part in one["loc"]), "message": str(one["msg"])}
        for one in cast(Sequence[Mapping[str, Sequence[object]]], error.errors())
    ]
    return problem(
        422,
        "invalid",
        "The request does not fit its description.",
        remedy="See /api/v1/openapi.json.",
        errors=errors,
    )


def of_failure(request: Request, error: Exception) -> Response:
    """A mistake of ours; the log has it under the number in `instance`."""
    quote = failure_logged(request, error)
    return problem(
        500,
        "failure",
        "Nothing was carried out.",
        remedy="Try again; if it happens again, tell an administrator the number in `instance`.",
        instance=f"urn:clearway:failure:{quote}",
    )
