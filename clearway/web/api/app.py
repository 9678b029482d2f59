"""The JSON API as one application below /api/v1, with its own errors and its own description."""

from collections.abc import Awaitable, Callable

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.routing import Match

from clearway.errors import NotTaken
from clearway.service.values import Refusal
from clearway.store.errors import Contended, DiskFull, Unavailable
from clearway.web.api import alerts, calendar, decisions, problems, processes, records, tasks
from clearway.web.api.caller import BlankKey, Unauthorized
from clearway.web.api.description import DescribedApi
from clearway.web.api.parameters import only_known
from clearway.web.pages.trouble import failure_logged
from clearway.web.portal import Portal

_DESCRIPTION = (
    "Records, tasks, processes and decisions, for programs. Errors are problem documents "
    "(RFC 9457). Commands take an `Idempotency-Key`: the same key answers with the first result."
)
_CODES = {400: "unreadable", 413: "too_large"}
_NO_ADDRESS = Refusal(
    "not_found", "The API has no such address.", "See /api/v1/openapi.json for those it has."
)
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def api(portal: Portal) -> FastAPI:
    """The API for one house."""
    app = DescribedApi(
        title="Clearway",
        version="1",
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.state.portal = portal
    for room in (records, tasks, processes, decisions, calendar):
        app.include_router(room.router, dependencies=[Depends(only_known)])
    # What sends alerts may have parameters of its own in its address.
    app.include_router(alerts.router)
    handlers: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
        problems.ApiRefusal: _on_refusal,
        Unauthorized: _on_unauthorized,
        BlankKey: _on_blank_key,
        RequestValidationError: _on_invalid_request,
        HTTPException: _on_http_error,
        DiskFull: _on_full_disk,
        NotTaken: _on_not_taken,
        Unavailable: _on_busy,
        Contended: _on_busy,
        Exception: _on_failure,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
    return app


async def _on_refusal(_request: Request, error: Exception) -> Response:
    assert isinstance(error, problems.ApiRefusal)  # noqa: S101 - Starlette looked it up by its type
    return problems.of_refusal(error.refusal)


async def _on_unauthorized(_request: Request, error: Exception) -> Response:
    return problems.unauthorized(str(error))


async def _on_blank_key(_request: Request, _error: Exception) -> Response:
    return problems.blank_key()


async def _on_invalid_request(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - Starlette looked it up by its type
    return problems.of_invalid_request(error)


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - Starlette looked it up by its type
    if error.status_code == 405:
        return problems.method_not_allowed(request.method, _allowed(request))
    if error.status_code == 404:
        return problems.of_refusal(_NO_ADDRESS)
    code = _CODES.get(error.status_code, "unreadable")
    return problems.problem(error.status_code, code, str(error.detail), headers=error.headers or {})


def _allowed(request: Request) -> list[str]:
    """The methods of every operation at this address; Starlette names those of the first alone."""
    app: FastAPI = request.app
    return [
        method
        for method in _METHODS
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL
            for route in app.routes
        )
    ]


async def _on_full_disk(request: Request, error: Exception) -> Response:
    failure_logged(request, error)
    return problems.disk_full(str(error))


async def _on_not_taken(request: Request, error: Exception) -> Response:
    failure_logged(request, error)
    return problems.not_taken(str(error))


async def _on_busy(request: Request, error: Exception) -> Response:
    failure_logged(request, error)
    return problems.busy("The database did not answer in time; nothing was carried out.")


async def _on_failure(request: Request, error: Exception) -> Response:
    return problems.of_failure(request, error)
