"""What an address may hold: no character NUL, and no number that a row cannot have."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated
from urllib.parse import unquote_to_bytes

from fastapi import Path, Query, Request
from fastapi.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

_LARGEST_ID = 2**63 - 1
_LARGEST_VERSION = 2**31 - 1

RowId = Annotated[int, Path(ge=0, le=_LARGEST_ID)]
"""The number of a row in an address."""
VersionNumber = Annotated[int, Path(ge=0, le=_LARGEST_VERSION)]
"""The number of a version in an address."""
AskedVersion = Annotated[int | None, Query(ge=0, le=_LARGEST_VERSION)]
"""The number of a version behind the question mark."""

Refuse = Callable[[Request, Sequence[str]], Awaitable[Response]]
"""Answers a request whose address cannot be used; the parts of the query that hold a NUL, if any.

Without any, the NUL is in the path.
"""


class PlainAddresses:
    """Refuses an address with a NUL, which no text in the database holds, before it is read."""

    def __init__(self, app: ASGIApp, refuse: Refuse) -> None:
        self._app = app
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _holds_nul(scope):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        response = await self._refuse(request, _parts_with_nul(request))
        await response(scope, receive, send)


def _holds_nul(scope: Scope) -> bool:
    return "\0" in scope["path"] or b"\0" in unquote_to_bytes(scope["query_string"])


def _parts_with_nul(request: Request) -> Sequence[str]:
    if "\0" in request.url.path or "\0" in request.scope["path"]:
        return ()
    asked = request.query_params.multi_items()
    return [name.replace("\0", "") for name, text in asked if "\0" in name + text]
