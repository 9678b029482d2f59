"""The preview of a message while somebody writes it, and the records it can be shown with."""

from typing import cast

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from clearway.service.values import Refusal
from clearway.service.workshop.preview_message import (
    ENDING,
    MessageAsked,
    preview_message,
    records_for_preview,
)
from clearway.web.addresses import RowId
from clearway.web.api.plain import answer
from clearway.web.workshop_calls import Calling, of_refusal, problem, sent_object

router = APIRouter(prefix="/processes/{process}/drafts/{draft}")


@router.post("/message")
async def message(visit: Calling, process: str, draft: RowId) -> Response:
    """What this text would be as a mail, and what it may say."""
    sent = await sent_object(visit)
    path, text, values = sent.get("path"), sent.get("text"), sent.get("values", {})
    is_message = isinstance(path, str) and path.endswith(ENDING) and isinstance(text, str)
    if not is_message or not isinstance(values, dict):
        remedy = 'Send {"path": "<process>/messages/<name>.md.j2", "text": "..."}.'
        return problem(422, "This is no message.", remedy)
    asked = MessageAsked(
        str(path),
        str(text),
        str(sent.get("sender") or ""),
        str(sent.get("record") or "").strip(),
        cast(dict[str, object], values),
    )
    house, actor, base = visit.portal.house, visit.actor, visit.portal.base_url
    found = await run_in_threadpool(preview_message, house, actor, process, draft, asked, base)
    return of_refusal(found) if isinstance(found, Refusal) else answer(found)


@router.post("/message/records")
async def records(visit: Calling, process: str, draft: RowId) -> Response:  # noqa: ARG001 - asked as the others
    """Records that the message can be shown with."""
    sent = await sent_object(visit)
    house, actor, words = visit.portal.house, visit.actor, str(sent.get("words") or "")
    found = await run_in_threadpool(records_for_preview, house, actor, process, words)
    return of_refusal(found) if isinstance(found, Refusal) else answer({"records": found})
