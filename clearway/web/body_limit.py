"""How large a body may be: refused by its stated length or while it streams in, not read whole."""

import asyncio
import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clearway.engine.bundle import SMALLER
from clearway.engine.limits import mebibytes

MEBIBYTE = 1024 * 1024
# After a refusal so much of the rest is taken and thrown away, for so long, and no longer than it
# comes: a program that sends all before it reads would lose the answer with the connection.
_THROWN_AWAY = 256 * MEBIBYTE
_LINGERS_SECONDS = 30
_SILENT_SECONDS = 1
_HEAD = 16 * 1024
_FILE_NAME = re.compile(rb'filename="([^"\r\n]{1,200})"')


@dataclass(frozen=True)
class BodyLimit:
    """Paths that match `pattern` take at most `size` bytes; `remedy`: what to send instead."""

    pattern: re.Pattern[str]
    size: int
    remedy: str = "Send something smaller."


_LINK = "Make it smaller, or link it in a comment."
_PARTS = "Send it in parts: each with the first line, which names the columns."
_DRAFT = r"^/processes/[^/]+/drafts/[^/]+/"
# The first that matches counts. A form is sent with some overhead, so these lie above what the
# service accepts.
LIMITS: Sequence[BodyLimit] = (
    BodyLimit(re.compile(r"^(/api/v1)?/records/[^/]+/attachments$"), 21 * MEBIBYTE, _LINK),
    BodyLimit(re.compile(r"^(/api/v1)?/processes/[^/]+/(check|versions)$"), 6 * MEBIBYTE, SMALLER),
    # A drawing is sent as it was and as it is, as text within JSON.
    BodyLimit(
        re.compile(
            r"^/processes/[^/]+/drafts/[^/]+/(drawing/|(lint|layout|outline|table|decide)$)"
        ),
        16 * MEBIBYTE,
        SMALLER,
    ),
    BodyLimit(re.compile(r"^/processes/[^/]+/drafts/[^/]+/files/"), 6 * MEBIBYTE, SMALLER),
    BodyLimit(re.compile(r"^/registry/import$"), 6 * MEBIBYTE, _PARTS),
    BodyLimit(re.compile(r"^/api/v1/alerts/"), 4 * MEBIBYTE),
    BodyLimit(re.compile(r""), MEBIBYTE),
)


class BodyTooLarge(HTTPException):
    """The body is larger than this address takes; the text says what came, and how much may.

    `size`: in bytes, as stated by the sender, or 0 when it was not. `names`: of the files in it,
    as far as they are known.
    """

    def __init__(self, limit: BodyLimit, size: int = 0, names: Sequence[str] = ()) -> None:
        what = f"What was sent ({', '.join(names)})" if names else "What was sent"
        has = mebibytes(size) if size else f"more than {mebibytes(limit.size)}"
        text = f"{what} has {has}; this address takes at most {mebibytes(limit.size)}. "
        text += limit.remedy
        # What was not read is not wanted either: the connection ends after the answer.
        super().__init__(413, text, headers={"Connection": "close"})


class BodyLimits:
    """Counts what arrives, and stops with BodyTooLarge where an application would read on.

    The refusal goes out at once; the rest of the body is read past before the connection ends.
    """

    def __init__(self, app: ASGIApp, limits: Sequence[BodyLimit] = LIMITS) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit_for(scope["path"])
        stated = _stated_length(scope)
        expects = _header(scope, b"expect")
        arrived = 0
        is_refused = False
        names: list[str] = []

        async def receive_counted() -> Message:
            nonlocal arrived, is_refused
            is_form = _header(scope, b"content-type").startswith(b"multipart/")
            if stated > limit.size and (expects or not is_form):
                is_refused = not expects
                raise BodyTooLarge(limit, stated)
            message = await receive()
            body = message.get("body", b"")
            if is_form and not arrived:
                # A file's name stands before the file itself; this much of it has come anyway.
                names.extend(_names(body))
            arrived += len(body)
            if max(arrived, stated) > limit.size:
                is_refused = bool(message.get("more_body"))
                raise BodyTooLarge(limit, stated, names)
            return message

        async def send_whole(message: Message) -> None:
            is_last = message["type"] == "http.response.body" and not message.get("more_body")
            if not is_refused or not is_last:
                await send(message)
                return
            await send({**message, "more_body": True})
            await _throw_away(receive)
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        await self._app(scope, receive_counted, send_whole)

    def _limit_for(self, path: str) -> BodyLimit:
        return next(limit for limit in self._limits if limit.pattern.search(path))


async def _throw_away(receive: Receive) -> None:
    """Read what still comes of a body, within bounds."""
    left = _THROWN_AWAY
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LINGERS_SECONDS):
            while left > 0:
                message = await asyncio.wait_for(receive(), _SILENT_SECONDS)
                left -= len(message.get("body", b""))
                if not message.get("more_body"):
                    return


def _stated_length(scope: Scope) -> int:
    value = _header(scope, b"content-length")
    return int(value) if value.isdigit() else 0


def _header(scope: Scope, name: bytes) -> bytes:
    return next((value for found, value in scope["headers"] if found == name), b"")


def _names(body: bytes) -> list[str]:
    return [name.decode("utf-8", "replace") for name in _FILE_NAME.findall(body[:_HEAD])]
