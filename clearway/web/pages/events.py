"""The stream of changes that open pages listen to."""

import json
from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.responses import Response, StreamingResponse

from clearway.web.live import Live
from clearway.web.visit import Visiting

router = APIRouter()


@router.get("/events")
def listen(visit: Visiting, after: str = "") -> Response:
    """Server-sent events named `changed`, each with the keys of the records that changed.

    `after` is up to where the page has heard; a browser that comes back says it in a header. Only
    keys are told, never what a record holds: a page asks for that itself, with the reader's own
    rights. 204 tells the browser not to try again where nothing can be heard.
    """
    if visit.portal.live is None:
        return Response(status_code=204)
    position = visit.request.headers.get("Last-Event-ID", after)
    headers = {"X-Accel-Buffering": "no"}
    stream = _stream(visit.portal.live, position)
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def _stream(live: Live, position: str) -> AsyncIterator[str]:
    yield "retry: 5000\n\n"
    async for news in live.changes(position):
        if news is None:
            yield ": still here\n\n"
        else:
            data = json.dumps(news.keys)
            yield f"id: {news.position}\nevent: changed\ndata: {data}\n\n"
