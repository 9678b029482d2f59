"""The stream of changes that open pages listen to."""

import json
from collections.abc import AsyncIterator
from typing import cast

from fastapi import APIRouter
from fastapi.responses import Response, StreamingResponse

from clearway.web.live import Live
from clearway.web.visit import Visiting

router = APIRouter()


@router.get("/events")
def listen(visit: Visiting) -> Response:
    """Server-sent events named `changed`, each with the keys of the records that changed.

    Only keys are told, never what a record holds: a page asks for that itself, with the
    reader's own rights. 204 tells the browser not to try again where nothing can be heard.
    """
    live = cast(Live | None, visit.request.app.state.live)
    if live is None:
        return Response(status_code=204)
    headers = {"X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(live), media_type="text/event-stream", headers=headers)


async def _stream(live: Live) -> AsyncIterator[str]:
    yield "retry: 5000\n\n"
    async for keys in live.changes():
        yield f"event: changed\ndata: {json.dumps(keys)}\n\n" if keys else ": still here\n\n"
