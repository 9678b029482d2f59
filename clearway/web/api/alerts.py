"""Where a monitoring system delivers its alerts."""

from threading import BoundedSemaphore

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from clearway.service.values import Refusal
from clearway.web.api.alert_description import DELIVERY, RESULTS
from clearway.web.api.caller import Calling
from clearway.web.api.description import errors, json_answer, raw_body
from clearway.web.api.plain import answer
from clearway.web.api.problems import ApiRefusal, busy

router = APIRouter(prefix="/alerts", tags=["alerts"])

# A flood of alerts may not take every connection to the database from the people at their tasks.
_AT_ONCE = BoundedSemaphore(4)

_TAKEN = "What became of each alert: all were taken, or some of them and the others are refused."
_UNUSABLE = {
    **errors(422)[422],
    "description": "The body is no delivery, or none of its alerts can be understood; `errors` "
    "names each place.",
}


@router.post(
    "/alertmanager",
    status_code=202,
    response_class=Response,
    responses={**json_answer(202, _TAKEN, RESULTS), **errors(403, 404, 413), 422: _UNUSABLE},
    openapi_extra=raw_body("application/json", DELIVERY, "A delivery."),
)
async def from_alertmanager(request: Request, calling: Calling) -> Response:
    """A delivery of Prometheus Alertmanager (webhook version 4); answers one result per alert.

    An alert that cannot be understood is refused alone: its result names each place.
    """
    receive = calling.portal.receive_alerts
    if receive is None:
        raise ApiRefusal(Refusal("not_found", "Alerts are not received here."))
    body = await request.body()
    if not _AT_ONCE.acquire(blocking=False):
        return busy("Too many deliveries of alerts at once.")
    try:
        found = await run_in_threadpool(receive, calling.house, calling.actor, body)
    finally:
        _AT_ONCE.release()
    if isinstance(found, Refusal):
        raise ApiRefusal(found)
    return answer(found, 202)
