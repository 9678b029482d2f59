"""Tasks by the API: what waits, taking it, completing it, voting."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response

from clearway.service.assign import assign
from clearway.service.claim import claim, unclaim
from clearway.service.complete import complete
from clearway.service.inbox import inbox
from clearway.service.task import task
from clearway.service.values import Done, Page, TaskView, WorkItemView
from clearway.service.vote import vote
from clearway.web.addresses import RowId
from clearway.web.api.bodies import AssignBody, CompleteBody, VoteBody
from clearway.web.api.caller import Calling, Once, accepted, keepable
from clearway.web.api.description import errors
from clearway.web.api.plain import answer

router = APIRouter(prefix="/tasks", tags=["tasks"])

_COMMAND = errors(400, 403, 404, 409)
_COMMAND_WITH_BODY = errors(400, 403, 404, 409, 413)


@router.get("", response_model=Page[WorkItemView], responses=errors())
def find(
    calling: Calling,
    view: Literal["mine", "unclaimed", "all"] = "mine",
    process: str | None = None,
    q: str = "",
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """The inbox. `after` of the answer is the cursor of the next page."""
    found = inbox(
        calling.house,
        calling.actor,
        view=view,
        process=process,
        q=q,
        after=after,
        limit=limit,
    )
    return answer(found)


@router.get("/{task_id}", response_model=TaskView, responses=errors(404))
def get(calling: Calling, task_id: RowId) -> Response:
    """The task with its form, or its approval round."""
    return answer(accepted(task(calling.house, calling.actor, task_id)))


@router.post("/{task_id}/claim", response_model=Done, responses=_COMMAND)
def claim_it(calling: Calling, task_id: RowId, once: Once) -> Response:
    """Take the task."""
    done = claim(calling.house, calling.actor, task_id, once=once)
    return answer(accepted(done))


@router.post("/{task_id}/unclaim", response_model=Done, responses=_COMMAND)
def unclaim_it(calling: Calling, task_id: RowId, once: Once) -> Response:
    """Give the task back."""
    done = unclaim(calling.house, calling.actor, task_id, once=once)
    return answer(accepted(done))


@router.post("/{task_id}/assign", response_model=Done, responses=_COMMAND_WITH_BODY)
def assign_it(calling: Calling, task_id: RowId, body: AssignBody, once: Once) -> Response:
    """Give the task to somebody."""
    done = assign(calling.house, calling.actor, task_id, body.person, once=once)
    return answer(accepted(done))


@router.post("/{task_id}/complete", response_model=Done, responses=_COMMAND_WITH_BODY)
def complete_it(calling: Calling, task_id: RowId, body: CompleteBody, once: Once) -> Response:
    """Complete the task with the values of its form."""
    done = complete(calling.house, calling.actor, task_id, keepable(body.values), once=once)
    return answer(accepted(done))


@router.post("/{task_id}/vote", response_model=Done, responses=_COMMAND_WITH_BODY)
def vote_on_it(calling: Calling, task_id: RowId, body: VoteBody, once: Once) -> Response:
    """Cast the ballot of a seat."""
    done = vote(
        calling.house,
        calling.actor,
        task_id,
        body.seat,
        body.choice,
        reason=body.reason,
        conditions=body.conditions,
        # Who does not say that they are independent has not said it.
        independent=bool(body.independent),
        read=body.round,
        once=once,
    )
    return answer(accepted(done))
