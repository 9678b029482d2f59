"""The editors of a draft's files: their page, and what their scripts ask meanwhile."""

import time
from typing import cast

import orjson
from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool

from clearway.feel.builtins.catalogue import BUILTINS
from clearway.service.permissions import refuse_unless
from clearway.service.values import Refusal
from clearway.service.workshop.asking import choices_for, laid_out, lint_of, outline_of, problem_in
from clearway.service.workshop.drafts import one_draft
from clearway.service.workshop.files import files_of
from clearway.service.workshop.kinds import kind_of
from clearway.web.addresses import RowId
from clearway.web.api.plain import answer
from clearway.web.pages.trouble import refusal_page
from clearway.web.rendering import page
from clearway.web.visit import Visit, Visiting
from clearway.web.workshop_calls import Calling, of_refusal, problem

router = APIRouter(prefix="/processes/{process}/drafts/{draft}")

_TEMPLATES = {"diagram": "editor.html", "table": "edit_table.html"}


@router.get("/edit")
def edit(visit: Visiting, process: str, draft: RowId, file: str = "") -> HTMLResponse:
    """The editor of the draft's diagram, or of another one of its files."""
    house, actor = visit.portal.house, visit.actor
    if (refusal := refuse_unless(actor, "edit_draft")) is not None:
        return refusal_page(visit, refusal)
    found = one_draft(house, actor, process, draft)
    files = files_of(house, actor, process, draft)
    if isinstance(found, Refusal) or isinstance(files, Refusal):
        return refusal_page(visit, found if isinstance(found, Refusal) else cast(Refusal, files))
    path = file or f"{process}/{process}.bpmn"
    paths = [it.path for it in files]
    if path not in paths:
        text = f"Draft {draft} has no file {path}."
        return refusal_page(visit, Refusal("not_found", text, "Look at the files of the draft."))
    kind = kind_of(path)
    drawings = [it for it in paths if kind_of(it) == "diagram"]
    template = _TEMPLATES.get(kind, "edit_file.html")
    return page(
        visit, template, has_diagram=True, draft=found, file=path, kind=kind, drawings=drawings
    )


@router.get("/choices")
def choices(visit: Visiting, process: str, draft: RowId) -> Response:
    """What there is to choose from."""
    found = choices_for(visit.portal.house, visit.actor, process, draft)
    if isinstance(found, Refusal):
        return of_refusal(found)
    return answer({**found, "built_in": sorted(BUILTINS)})


@router.post("/lint")
async def lint(visit: Calling, process: str, draft: RowId) -> Response:
    """What the gate finds in the draft with these unsaved files over it."""
    began = time.perf_counter()
    sent = await _sent(visit)
    files = cast(dict[str, object] | None, sent.get("files"))
    if not isinstance(files, dict) or not all(isinstance(it, str) for it in files.values()):
        return problem(422, "These are no files.", 'Send {"files": {"<path>": "<text>"}}.')
    tags = cast(dict[str, object] | None, sent.get("saved", {}))
    if not isinstance(tags, dict) or not all(isinstance(it, str) for it in tags.values()):
        return problem(422, "These are no tags.", 'Send {"saved": {"<path>": "<ETag>"}}.')
    saved = {path: str(tag).strip('"') for path, tag in tags.items()}
    unsaved = cast(dict[str, str], files)
    house, actor = visit.portal.house, visit.actor
    found = await run_in_threadpool(lint_of, house, actor, process, draft, unsaved, saved)
    if isinstance(found, Refusal):
        return of_refusal(found)
    return answer({**found, "milliseconds": round((time.perf_counter() - began) * 1000)})


@router.post("/feel")
async def feel(visit: Calling, process: str, draft: RowId) -> Response:
    """What is wrong with one expression, and where."""
    sent = await _sent(visit)
    text, place, known = sent.get("text"), sent.get("place"), sent.get("known", [])
    if not isinstance(text, str) or not isinstance(place, str) or not isinstance(known, list):
        return problem(422, "This is no expression.", 'Send {"text": "...", "place": "..."}.')
    names = [str(it) for it in cast(list[object], known)]
    house, actor = visit.portal.house, visit.actor
    found = await run_in_threadpool(problem_in, house, actor, process, draft, text, place, names)
    if isinstance(found, Refusal):
        return of_refusal(found)
    return answer({"wrong": found})


@router.post("/layout")
async def lay_out(visit: Calling, process: str, draft: RowId) -> Response:  # noqa: ARG001 - asked as the others
    """Draw what the file says and does not show; nothing is saved by this."""
    sent = await _sent(visit)
    xml = sent.get("xml")
    if not isinstance(xml, str):
        return problem(422, "This is no diagram.", 'Send {"xml": "<..."}.')
    found = await run_in_threadpool(laid_out, visit.actor, xml)
    return of_refusal(found) if isinstance(found, Refusal) else answer(found)


@router.post("/outline")
async def outlined(visit: Calling, process: str, draft: RowId) -> Response:  # noqa: ARG001 - asked as the others
    """The diagram as a list, equal to the drawing."""
    sent = await _sent(visit)
    xml = sent.get("xml")
    if not isinstance(xml, str):
        return problem(422, "This is no diagram.", 'Send {"xml": "<..."}.')
    found = await run_in_threadpool(outline_of, visit.actor, xml)
    return of_refusal(found) if isinstance(found, Refusal) else answer({"items": found})


async def _sent(visit: Visit) -> dict[str, object]:
    try:
        sent = cast(object, orjson.loads(await visit.request.body()))
    except orjson.JSONDecodeError:
        return {}
    return cast(dict[str, object], sent) if isinstance(sent, dict) else {}
