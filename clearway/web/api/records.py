"""Records by the API: find, read, open, act on."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from clearway.service.attach import attach, attachment
from clearway.service.cancel import cancel
from clearway.service.comment import comment
from clearway.service.deliver import send
from clearway.service.history import Order, history
from clearway.service.instance_view import instance_view
from clearway.service.link import link
from clearway.service.record import record
from clearway.service.search import search
from clearway.service.values import Done, EntryView, InstanceView, Page, RecordRow, RecordView
from clearway.web.addresses import RowId
from clearway.web.api.bodies import ActionBody, CommentBody, LinkBody, ReasonBody, StartBody
from clearway.web.api.caller import Calling, Once, accepted, keepable
from clearway.web.api.description import BINARY, errors, file_answer, raw_body
from clearway.web.api.plain import answer
from clearway.web.pages.record import saved_as

router = APIRouter(prefix="/records", tags=["records"])

_COMMAND = errors(400, 403, 404, 409, 413)

Limit = Annotated[int, Query(ge=1, le=200)]
HistoryOrder = Annotated[
    Order, Query(description="Which line comes first; a cursor goes on in its own order only.")
]


RecordsOrder = Annotated[
    Literal["changed", "opened"],
    Query(
        description="The last changed first, or the first opened first. Who reads all of them by "
        "pages takes `opened`: a record that changes meanwhile is not missed."
    ),
]


@router.get("", response_model=Page[RecordRow], responses=errors())
def find(
    calling: Calling,
    q: str = "",
    process: str | None = None,
    open_only: bool = False,
    order: RecordsOrder = "changed",
    after: str | None = None,
    limit: Limit = 50,
) -> Response:
    """Find records. `after` of the answer is the cursor of the next page."""
    found = search(
        calling.house,
        calling.actor,
        q,
        process=process,
        open_only=open_only,
        order=order,
        after=after,
        limit=limit,
    )
    return answer(accepted(found))


@router.post("", response_model=Done, status_code=201, responses=_COMMAND)
def open_record(calling: Calling, body: StartBody, once: Once) -> Response:
    """Open a record."""
    done = calling.portal.open_record(
        calling.house,
        calling.actor,
        body.process,
        keepable(body.values),
        once=once,
        event=body.event,
        follows=body.follows,
    )
    return answer(accepted(done), 201)


@router.get("/{key}", response_model=RecordView, responses=errors(404))
def get(calling: Calling, key: str) -> Response:
    """The record with its open tasks and what can be done."""
    return answer(accepted(record(calling.house, calling.actor, key)))


@router.get("/{key}/history", response_model=Page[EntryView], responses=errors(404))
def get_history(
    calling: Calling,
    key: str,
    after: str | None = None,
    limit: Limit = 100,
    order: HistoryOrder = "oldest",
) -> Response:
    """What happened to the record. `after` of the answer is the cursor of the next page."""
    found = history(calling.house, calling.actor, key, after=after, limit=limit, order=order)
    return answer(accepted(found))


@router.get("/{key}/instance", response_model=InstanceView, responses=errors(404))
def get_instance(calling: Calling, key: str) -> Response:
    """The diagram of the record with its tokens."""
    return answer(accepted(instance_view(calling.house, calling.actor, key)))


@router.post("/{key}/actions", response_model=Done, responses=_COMMAND)
def act(calling: Calling, key: str, body: ActionBody, once: Once) -> Response:
    """Send an action of the record."""
    done = send(calling.house, calling.actor, key, body.action, keepable(body.values), once=once)
    return answer(accepted(done))


@router.post("/{key}/comments", response_model=Done, status_code=201, responses=_COMMAND)
def add_comment(calling: Calling, key: str, body: CommentBody, once: Once) -> Response:
    """Comment on the record."""
    done = comment(calling.house, calling.actor, key, body.text, public=body.public, once=once)
    return answer(accepted(done), 201)


@router.post("/{key}/links", response_model=Done, status_code=201, responses=_COMMAND)
def add_link(calling: Calling, key: str, body: LinkBody, once: Once) -> Response:
    """Link the record with another."""
    done = link(calling.house, calling.actor, key, body.kind, body.to, once=once)
    return answer(accepted(done), 201)


@router.post("/{key}/cancel", response_model=Done, responses=_COMMAND)
def cancel_record(calling: Calling, key: str, body: ReasonBody, once: Once) -> Response:
    """Cancel the record, for process owners and administrators: everything in it stops."""
    done = cancel(calling.house, calling.actor, key, body.reason, once=once)
    return answer(accepted(done))


@router.post(
    "/{key}/attachments",
    response_model=Done,
    status_code=201,
    responses=errors(400, 403, 404, 409, 413),
    openapi_extra=raw_body("*/*", BINARY, "The file, at most 20 MB."),
)
async def add_attachment(
    request: Request,
    calling: Calling,
    key: str,
    name: Annotated[str, Query(min_length=1, max_length=200)],
    once: Once,
) -> Response:
    """Attach the body of the request as a file, with the media type it states."""
    content = await request.body()
    media_type = request.headers.get("content-type", "application/octet-stream")
    done = await run_in_threadpool(
        attach, calling.house, calling.actor, key, name, media_type, content, once=once
    )
    return answer(accepted(done), 201)


@router.get(
    "/{key}/attachments/{attachment_id}",
    response_class=Response,
    responses={**file_answer("The file."), **errors(404)},
)
def get_attachment(calling: Calling, key: str, attachment_id: RowId) -> Response:
    """A file as it was attached."""
    found = accepted(attachment(calling.house, calling.actor, key, attachment_id))
    return saved_as(found.content, found.name)
