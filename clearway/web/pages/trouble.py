"""What is shown when something cannot be done: what, why, and what to do next."""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import HTMLResponse

from clearway.service.values import Refusal
from clearway.store.errors import DiskFull
from clearway.web.rendering import bare_page, page, status_of
from clearway.web.visit import Visit

_LOG = logging.getLogger(__name__)

_TITLES: Mapping[int, str] = {
    400: "This could not be read",
    403: "This is not open to you",
    404: "There is nothing here",
    405: "This address is not for that",
    409: "This cannot be done now",
    413: "This is too large",
    422: "This could not be used",
    503: "Clearway is busy",
}
_TEXTS: Mapping[int, tuple[str, str]] = {
    400: ("The request could not be read.", "Go back and send the form again."),
    403: ("The form came from another site.", "Open the page here and try again."),
    404: (
        "No page has this address, or the record was never opened.",
        "Check the address, or search for the record.",
    ),
    405: ("This address shows nothing by itself.", "Go back and use the button on its page."),
    422: ("A part of the address is not what it should be.", "Check the address."),
}
_TELL_ADMINISTRATOR = "Tell an administrator, who can make room."


@dataclass(frozen=True)
class Trouble:
    """An error page in words; `quote` is to be told to an administrator."""

    status: int
    title: str
    text: str
    remedy: str
    quote: str = ""


def refusal_page(visit: Visit, refusal: Refusal) -> HTMLResponse:
    """The page of a refusal that has no page of its own to stand on."""
    status = status_of(refusal)
    trouble = Trouble(status, _TITLES.get(status, _TITLES[409]), refusal.text, refusal.remedy)
    return page(visit, "trouble.html", status=status, trouble=trouble)


def trouble_page(
    request: Request, status: int, text: str = "", visit: Visit | None = None
) -> HTMLResponse:
    """The page for an HTTP error, for readers signed in or not."""
    said, remedy = _TEXTS.get(status, ("", "Go back, or start from the inbox."))
    title = _TITLES.get(status, "This did not work")
    trouble = Trouble(status, title, text or said, "" if text else remedy)
    if visit is not None:
        return page(visit, "trouble.html", status=status, trouble=trouble)
    return bare_page(request, "trouble.html", status=status, trouble=trouble)


def failure_page(request: Request, error: Exception) -> HTMLResponse:
    """The page for a mistake of ours; the log has what happened under the number shown."""
    quote = failure_logged(request, error)
    trouble = Trouble(
        500,
        "Something went wrong on our side",
        "What you did was not carried out.",
        "Try again in a minute. If it happens again, tell an administrator this number:",
        quote,
    )
    return bare_page(request, "trouble.html", status=500, trouble=trouble)


def failure_logged(request: Request, error: Exception) -> str:
    """Log an unexpected error without what was asked for; answers the number where it is found."""
    quote = secrets.token_hex(6)
    _hide_parameters(error)
    _LOG.error("%s %s failed (%s)", request.method, request.url.path, quote, exc_info=error)
    return quote


def _hide_parameters(error: BaseException | None) -> None:
    """Errors of the database would show the values of their statement, which are people's own."""
    while error is not None:
        if hasattr(error, "hide_parameters"):
            vars(error)["hide_parameters"] = True
        error = error.__cause__ or error.__context__


def busy_page(request: Request, error: Exception) -> HTMLResponse:
    """The page when the database is away or full, or too many people change the same record."""
    if isinstance(error, DiskFull):
        # Waiting makes no room, so that no time is named for another try.
        trouble = Trouble(503, "The disk is full", str(error), _TELL_ADMINISTRATOR)
        return bare_page(request, "trouble.html", status=503, trouble=trouble)
    trouble = Trouble(
        503,
        _TITLES[503],
        "The database did not answer in time. What you did was not carried out.",
        "Try again in a moment.",
    )
    response = bare_page(request, "trouble.html", status=503, trouble=trouble)
    response.headers["Retry-After"] = "5"
    return response
