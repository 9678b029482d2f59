"""How large a body may be: refused by its stated length or while it streams in, not read whole."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class BodyLimit:
    """Paths that match `pattern` take at most `size` bytes."""

    pattern: re.Pattern[str]
    size: int


# The first that matches counts. A form is sent with some overhead, so these lie above what the
# service accepts.
LIMITS: Sequence[BodyLimit] = (
    BodyLimit(re.compile(r"^(/api/v1)?/records/[^/]+/attachments$"), 21 * MEBIBYTE),
    BodyLimit(re.compile(r"^(/api/v1)?/processes/[^/]+/(check|versions)$"), 6 * MEBIBYTE),
    BodyLimit(re.compile(r"^/registry/import$"), 6 * MEBIBYTE),
    BodyLimit(re.compile(r"^/api/v1/alerts/"), 4 * MEBIBYTE),
    BodyLimit(re.compile(r""), MEBIBYTE),
)


class BodyTooLarge(HTTPException):
    """The body is larger than this address takes; the text says how much it takes."""

    def __init__(self, limit: int) -> None:
        text = f"This address takes at most {limit // MEBIBYTE} MiB. Send something smaller."
        # What was not read is not wanted either: the connection ends with the answer.
        super().__init__(413, text, headers={"Connection": "close"})


class BodyLimits:
    """Counts what arrives, and stops with BodyTooLarge where an application would read on."""

    def __init__(self, app: ASGIApp, limits: Sequence[BodyLimit] = LIMITS) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit_for(scope["path"])
        stated = _stated_length(scope)
        arrived = 0

        async def receive_counted() -> Message:
            nonlocal arrived
            if stated > limit:
                raise BodyTooLarge(limit)
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > limit:
                raise BodyTooLarge(limit)
            return message

        await self._app(scope, receive_counted, send)

    def _limit_for(self, path: str) -> int:
        return next(limit.size for limit in self._limits if limit.pattern.search(path))


def _stated_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0
