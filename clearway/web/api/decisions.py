"""Decisions by the API: asking one, and what is recorded of it."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from clearway.service.evaluate import Question, evaluate
from clearway.service.recorded import recorded
from clearway.service.values import EvaluationView, Page, RecordedEvaluation
from clearway.web.api.bodies import EvaluationBody
from clearway.web.api.caller import Calling, Once, accepted, keepable
from clearway.web.api.description import errors
from clearway.web.api.plain import answer

router = APIRouter(prefix="/processes/{process}/decisions/{decision}", tags=["decisions"])


@router.post(
    "/evaluations", response_model=EvaluationView, responses=errors(400, 403, 404, 409, 413)
)
def ask(
    calling: Calling, process: str, decision: str, body: EvaluationBody, once: Once
) -> Response:
    """Make a decision, and keep that it was made.

    With `record` it decides by that record's fields, and the record's history tells of it; nothing
    else of the record changes. Without one it is for those who may read the files of the process.
    Where it gives no answer, `detail` has the place, and `errors` the inputs and rules.
    """
    question = Question(process, decision, keepable(body.context or {}), body.record, body.version)
    done = accepted(evaluate(calling.house, calling.actor, question, once=once))
    return answer(done.details)


@router.get("/evaluations", response_model=Page[RecordedEvaluation], responses=errors(404))
def get_recorded(
    calling: Calling,
    process: str,
    decision: str,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """What is recorded of a decision, the newest first: by business rule tasks and by the API.

    Only of records that the caller may read; without a record, only for those who may ask without
    one. `after` of the answer is the cursor of the next page.
    """
    found = recorded(calling.house, calling.actor, process, decision, after=after, limit=limit)
    return answer(accepted(found))
