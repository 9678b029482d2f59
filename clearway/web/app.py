"""The portal as one application: its pages, its API, and what every answer goes through."""

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from clearway.service.house import House
from clearway.service.start import start
from clearway.store.errors import Contended, Unavailable
from clearway.web import workshop_calls
from clearway.web.addresses import PlainAddresses
from clearway.web.api.app import api
from clearway.web.api.problems import of_nul
from clearway.web.body_limit import BodyLimits
from clearway.web.live import Listener, Live
from clearway.web.pages import (
    calendar,
    compare,
    draft_files,
    drafts,
    editor,
    events,
    faults,
    heat,
    inbox,
    me,
    meeting,
    moves,
    opening,
    planning,
    preview_calendar,
    preview_form,
    preview_message,
    processes,
    record,
    registry,
    release,
    review,
    schedules,
    search,
    sign_in,
    task,
    trouble,
    try_decision,
    trying,
    windows,
)
from clearway.web.portal import AlertReceiver, Portal, RecordOpener, WebSettings
from clearway.web.security import SecurityHeaders
from clearway.web.static_files import static_files
from clearway.web.visit import ForeignForm, SignInNeeded, Visit, visit

_API = "/api/v1"
PAGES = (
    calendar,
    compare,
    draft_files,
    drafts,
    editor,
    events,
    faults,
    heat,
    inbox,
    me,
    meeting,
    moves,
    opening,
    planning,
    preview_calendar,
    preview_message,
    preview_form,
    processes,
    record,
    registry,
    release,
    review,
    schedules,
    search,
    sign_in,
    task,
    try_decision,
    trying,
    windows,
)


def create_app(
    house: House,
    settings: WebSettings,
    *,
    receive_alerts: AlertReceiver | None = None,
    listen: Listener | None = None,
    open_record: RecordOpener = start,
    mark: str = "ok",
) -> FastAPI:
    """The portal and the JSON API for one house.

    `mark` is what it says when asked whether it is well. `receive_alerts` takes the body of an
    Alertmanager call; without it that address answers 404. `listen` yields the keys of changed
    records; without it pages only look by themselves. `open_record` opens what the API asks for.
    """
    app = FastAPI(title="Clearway", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_life)
    live = Live(listen) if listen else None
    app.state.portal = Portal(
        house, settings.base_url, house.now, receive_alerts, live, open_record
    )
    for room in PAGES:
        app.include_router(room.router, include_in_schema=False)
    app.add_api_route("/healthz", _healthy(mark), include_in_schema=False)
    app.mount("/static", static_files(), name="static")
    app.mount(_API, api(app.state.portal), name="api")
    _add_error_pages(app)
    # The last one added is the first to see a request.
    app.add_middleware(BodyLimits)
    app.add_middleware(PlainAddresses, refuse=_on_nul)
    app.add_middleware(GZipMiddleware, minimum_size=800)
    app.add_middleware(SecurityHeaders, secure=app.state.portal.is_secure)
    return app


@contextlib.asynccontextmanager
async def _life(app: FastAPI) -> AsyncGenerator[None]:
    yield
    live = cast(Portal, app.state.portal).live
    if live is not None:
        live.end()


def _healthy(mark: str) -> Callable[[], PlainTextResponse]:
    return lambda: PlainTextResponse(f"{mark}\n")


def _add_error_pages(app: FastAPI) -> None:
    handlers: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
        SignInNeeded: _on_sign_in_needed,
        ForeignForm: _on_foreign_form,
        HTTPException: _on_http_error,
        RequestValidationError: _on_invalid_address,
        Unavailable: _on_busy,
        Contended: _on_busy,
        Exception: _on_failure,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


async def _on_sign_in_needed(request: Request, error: Exception) -> Response:
    assert isinstance(error, SignInNeeded)  # noqa: S101 - Starlette looked it up by its type
    if workshop_calls.is_call(request):
        return workshop_calls.signed_out()
    return sign_in.ask_to_sign_in(request, error)


async def _on_foreign_form(request: Request, error: Exception) -> Response:
    assert isinstance(error, ForeignForm)  # noqa: S101 - Starlette looked it up by its type
    if workshop_calls.is_call(request):
        return workshop_calls.foreign()
    if error.draft is None or request.url.path == "/login":
        return trouble.trouble_page(request, 403)
    visitor = await run_in_threadpool(visit, request)
    return sign_in.ask_to_confirm(request, visitor, error)


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - Starlette looked it up by its type
    if workshop_calls.is_call(request):
        said = str(error.detail)
        return workshop_calls.of_http_error(error.status_code, said, error.headers)
    said = str(error.detail) if error.status_code == 413 else ""
    visitor = await run_in_threadpool(_visitor, request)
    response = trouble.trouble_page(request, error.status_code, said, visitor)
    response.headers.update(error.headers or {})
    return response


async def _on_invalid_address(request: Request, error: Exception) -> Response:
    del error
    if workshop_calls.is_call(request):
        return workshop_calls.of_http_error(404, "", None)
    visitor = await run_in_threadpool(_visitor, request)
    return trouble.trouble_page(request, 404, visit=visitor)


async def _on_nul(request: Request, asked: Sequence[str]) -> Response:
    if request.url.path.startswith(f"{_API}/"):
        return of_nul(asked)
    visitor = await run_in_threadpool(_visitor, request)
    return trouble.trouble_page(request, 404, visit=visitor)


def _visitor(request: Request) -> Visit | None:
    """Who is signed in, if that can be found out: an error page never fails for want of it."""
    try:
        return visit(request)
    except (SignInNeeded, Unavailable, Contended):
        return None


async def _on_busy(request: Request, error: Exception) -> Response:
    trouble.failure_logged(request, error)
    if workshop_calls.is_call(request):
        return workshop_calls.of_busy(error)
    return trouble.busy_page(request, error)


async def _on_failure(request: Request, error: Exception) -> Response:
    if workshop_calls.is_call(request):
        return workshop_calls.of_failure(trouble.failure_logged(request, error))
    return trouble.failure_page(request, error)
