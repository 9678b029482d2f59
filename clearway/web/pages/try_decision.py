"""What the script of the table editor asks: what decisions ask for, and what they answer."""

from collections.abc import Mapping
from typing import cast

import orjson
from fastapi import APIRouter
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from clearway.service.values import Refusal
from clearway.service.workshop.try_decision import looked_at, tried
from clearway.web.addresses import RowId
from clearway.web.api.plain import answer
from clearway.web.visit import Visit
from clearway.web.workshop_calls import Calling, of_refusal, problem

router = APIRouter(prefix="/processes/{process}/drafts/{draft}")


@router.post("/table")
async def table(visit: Calling, process: str, draft: RowId) -> Response:
    """What the decisions of an unsaved file ask for, and where its findings are."""
    sent = await _sent(visit)
    path, text = sent.get("path"), sent.get("text")
    if not isinstance(path, str) or not isinstance(text, str):
        return problem(422, "This is no table.", 'Send {"path": "...", "text": "<..."}.')
    house, actor = visit.portal.house, visit.actor
    found = await run_in_threadpool(looked_at, house, actor, process, draft, path, text)
    return of_refusal(found) if isinstance(found, Refusal) else answer(found)


@router.post("/decide")
async def decide(visit: Calling, process: str, draft: RowId) -> Response:
    """What a decision of an unsaved file answers; nothing is kept of it."""
    sent = await _sent(visit)
    path, text, decision, given = (sent.get(it) for it in ("path", "text", "decision", "given"))
    if (
        not isinstance(path, str)
        or not isinstance(text, str)
        or not isinstance(decision, str)
        or not isinstance(given, dict)
        or not all(isinstance(it, str) for it in cast(dict[str, object], given).values())
    ):
        remedy = 'Send {"path": "...", "text": "<...", "decision": "...", "given": {"name": "5"}}.'
        return problem(422, "This is nothing to decide.", remedy)
    values = cast(Mapping[str, str], given)

    def ask() -> Mapping[str, object] | Refusal:
        house, actor = visit.portal.house, visit.actor
        return tried(house, actor, process, draft, path, text, decision, values)

    found = await run_in_threadpool(ask)
    return of_refusal(found) if isinstance(found, Refusal) else answer(found)


async def _sent(visit: Visit) -> dict[str, object]:
    try:
        sent = cast(object, orjson.loads(await visit.request.body()))
    except orjson.JSONDecodeError:
        return {}
    return cast(dict[str, object], sent) if isinstance(sent, dict) else {}
