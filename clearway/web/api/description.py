"""How the API describes itself: with every error that an operation can answer, as it is sent."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI

from clearway.web.api.problems import CODES, KIND, PROBLEM_TYPE

Responses = dict[int | str, dict[str, Any]]

_ALWAYS = (401, 422, 500, 503)
"""No token; an address or a key that cannot be used; a mistake of ours; over capacity."""

_ABOUT: Mapping[int, str] = {
    400: "The body is no text that could be read, or the `Idempotency-Key` is empty.",
    401: "There is no bearer token, or it is unknown or has expired.",
    403: "This is not open to the caller.",
    404: "There is no such thing, or the caller may not know of it.",
    409: "The present state does not allow it, or an idempotency key was used for something else.",
    413: "The body is larger than this address takes.",
    422: "Values cannot be used; `errors` names each place.",
    500: "A mistake of ours; the log has it under the number in `instance`.",
    503: "Over capacity, or the database is away (`busy`): send it again after `Retry-After` "
    "seconds. Or a part could not be taken yet (`not_taken`): `detail` says which and why, and the "
    "same body may be sent again. Or the database's disk is full (`disk_full`): send it again when "
    "there is room.",
}

_FIELD_ERROR: Mapping[str, object] = {
    "type": "object",
    "title": "FieldError",
    "description": "What is wrong in one place of the request.",
    "properties": {
        "field": {
            "type": "string",
            "description": "A field of the form by its name (`lines/0/price`), or a part of the "
            "request (`body.process`, `query.limit`).",
        },
        "message": {"type": "string"},
    },
    "required": ["field", "message"],
    "additionalProperties": False,
}
_PROBLEM: Mapping[str, object] = {
    "type": "object",
    "title": "Problem",
    "description": "A problem document (RFC 9457). `code` is stable; the texts are for people.",
    "properties": {
        "type": {"type": "string", "enum": [f"{KIND}{code}" for code in CODES]},
        "title": {"type": "string"},
        "status": {"type": "integer", "description": "The HTTP status once more."},
        "detail": {"type": "string", "description": "What happened, and what to do next."},
        "code": {"type": "string", "enum": list(CODES)},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldError"}},
        "instance": {
            "type": "string",
            "description": "Of `failure` alone: the number to tell an administrator.",
        },
    },
    "required": ["type", "title", "status", "detail", "code"],
    "additionalProperties": False,
}


def errors(*statuses: int) -> Responses:
    """The errors of an operation, besides those that any operation can answer."""
    content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": _ABOUT[status], "content": content}
        for status in sorted({*_ALWAYS, *statuses})
    }


def file_answer(about: str) -> Responses:
    """An answer that is a file to be saved."""
    content = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    return {200: {"description": about, "content": content}}


def json_answer(status: int, about: str, schema: Mapping[str, object]) -> Responses:
    """An answer with a schema of its own."""
    return {status: {"description": about, "content": {"application/json": {"schema": schema}}}}


def raw_body(media_type: str, schema: Mapping[str, object], about: str) -> dict[str, Any]:
    """The body of an operation that reads it by itself."""
    content = {media_type: {"schema": schema}}
    return {"requestBody": {"required": True, "description": about, "content": content}}


BINARY: Mapping[str, object] = {"type": "string", "format": "binary"}


class DescribedApi(FastAPI):
    """An application whose description has the problem document in place of FastAPI's own."""

    def openapi(self) -> dict[str, Any]:
        """The description, made once."""
        document = super().openapi()
        document["components"]["schemas"].update(Problem=_PROBLEM, FieldError=_FIELD_ERROR)
        return document
