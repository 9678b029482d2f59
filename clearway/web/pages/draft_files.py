"""The files of a draft as the editor reads and saves them: bytes and JSON, with entity tags."""

import hashlib
from typing import cast
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from clearway.service.values import Refusal
from clearway.service.workshop.files import (
    Answer,
    files_of,
    read_file,
    remove_file,
    save_drawing,
    save_file,
)
from clearway.service.workshop.views import Outdated
from clearway.web.addresses import RowId
from clearway.web.api.plain import answer
from clearway.web.visit import Visiting
from clearway.web.workshop_calls import (
    CSRF_HEADER,
    SIGNED_IN_HEADER,
    Calling,
    etag,
    expected,
    of_refusal,
    problem,
)

router = APIRouter(prefix="/processes/{process}/drafts/{draft}")


@router.get("/files")
def list_files(visit: Visiting, process: str, draft: RowId) -> Response:
    """Every file with its entity tag; the header has the token that saving asks for."""
    found = files_of(visit.portal.house, visit.actor, process, draft)
    if isinstance(found, Refusal):
        return of_refusal(found)
    listed = [
        {
            "path": it.path,
            "etag": etag(it.hash),
            "size": it.size,
            "changed_at": it.changed_at,
            "changed_by": it.changed_by,
        }
        for it in found
    ]
    response = answer(listed)
    response.headers[CSRF_HEADER] = visit.signed_in.csrf
    # A script that goes on after somebody signed in again must know whether it is the same person.
    response.headers[SIGNED_IN_HEADER] = quote(visit.actor.name)
    return response


@router.get("/files/{path:path}")
def one_file(visit: Visiting, process: str, draft: RowId, path: str) -> Response:
    """The bytes of a file, as they are now."""
    found = read_file(visit.portal.house, visit.actor, process, draft, path)
    if isinstance(found, Refusal):
        return of_refusal(found)
    # Never as a page: whatever a file holds, a browser only downloads it.
    headers = {"ETag": etag(_hash(found)) or "", "Content-Disposition": "attachment"}
    return Response(found, headers=headers, media_type="application/octet-stream")


@router.put("/files/{path:path}")
async def put_file(visit: Calling, process: str, draft: RowId, path: str) -> Response:
    """Save the body as this file, if it is still as it was opened."""
    wanted = expected(visit.request)
    if isinstance(wanted, Response):
        return wanted
    content = await visit.request.body()

    def save() -> Answer:
        house, actor = visit.portal.house, visit.actor
        return save_file(house, actor, process, draft, path, content, expected=wanted)

    return _told(path, await run_in_threadpool(save))


@router.delete("/files/{path:path}")
def delete_file(visit: Calling, process: str, draft: RowId, path: str) -> Response:
    """Take a file out of the draft, if it is still as it was opened."""
    wanted = expected(visit.request)
    if isinstance(wanted, Response):
        return wanted
    house, actor = visit.portal.house, visit.actor
    return _told(path, remove_file(house, actor, process, draft, path, expected=wanted or set()))


@router.put("/drawing/{path:path}")
async def put_drawing(visit: Calling, process: str, draft: RowId, path: str) -> Response:
    """Save what an editor changed of a drawing: what it wrote after opening, and writes now."""
    wanted = expected(visit.request)
    if isinstance(wanted, Response):
        return wanted
    drawn = await _drawn(visit.request)
    if drawn is None:
        remedy = 'Send {"before": "<...", "after": "<..."}.'
        return problem(422, "This is no drawing before and after.", remedy, code="invalid")
    before, after = drawn

    def save() -> Answer:
        house, actor = visit.portal.house, visit.actor
        if wanted is None:
            return save_file(house, actor, process, draft, path, after, expected=None)
        return save_drawing(house, actor, process, draft, path, before, after, expected=wanted)

    return _told(path, await run_in_threadpool(save))


async def _drawn(request: Request) -> tuple[bytes, bytes] | None:
    try:
        sent = cast(object, orjson.loads(await request.body()))
    except orjson.JSONDecodeError:
        return None
    if not isinstance(sent, dict):
        return None
    texts = [cast(dict[str, object], sent).get(name) for name in ("before", "after")]
    before, after = (it.encode() if isinstance(it, str) else None for it in texts)
    return None if before is None or after is None else (before, after)


def _told(path: str, done: Answer) -> Response:
    if isinstance(done, Outdated):
        return problem(
            412,
            done.refusal.text,
            done.refusal.remedy,
            code=done.refusal.code,
            etag=etag(done.hash),
            changed_at=done.changed_at,
            changed_by=done.changed_by,
        )
    if isinstance(done, Refusal):
        return of_refusal(done)
    said: dict[str, object] = {
        "path": path,
        "etag": etag(done.hash),
        "revision": done.revision,
        "saved_at": done.saved_at,
        "saved_by": done.saved_by,
    }
    if done.voided:
        said["notice"] = f"The approval by {done.voided} is void: this was changed after it."
    response = answer(said)
    if done.hash:
        response.headers["ETag"] = etag(done.hash) or ""
    return response


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
