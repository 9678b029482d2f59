"""The form editor's question: the form as its page will show it, and what it says of values."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import cast

import orjson
from fastapi import APIRouter
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from clearway.service.values import Refusal
from clearway.service.workshop.preview_form import FormPreview, answer_to, preview_form
from clearway.web.addresses import RowId
from clearway.web.api.plain import answer
from clearway.web.forms import form_of
from clearway.web.rendering import page
from clearway.web.suggestions import suggestions
from clearway.web.typed import PREFIX, Typed, read_typed
from clearway.web.visit import Visit
from clearway.web.workshop_calls import Calling, of_refusal, problem

router = APIRouter(prefix="/processes/{process}/drafts/{draft}")
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class _Asked:
    """The form's path and unsaved text; what stands in its fields; whether that is to be checked.

    `typed` is None when nobody has filled in anything yet: then the defaults stand there.
    """

    path: str
    text: str
    typed: Pairs | None
    check: bool


@router.post("/form")
async def preview(visit: Calling, process: str, draft: RowId) -> Response:
    """The form as a page of its own, for a frame in which nothing can be sent."""
    asked = _asked(await visit.request.body())
    if asked is None:
        return problem(
            422, "This is no form to look at.", 'Send {"path": "...", "text": "...", "typed": []}.'
        )
    house, actor = visit.portal.house, visit.actor
    found = await run_in_threadpool(
        preview_form, house, actor, process, draft, asked.path, asked.text
    )
    if isinstance(found, Refusal):
        return of_refusal(found)
    return answer(await run_in_threadpool(_told, visit, asked, found))


def _told(visit: Visit, asked: _Asked, found: FormPreview) -> dict[str, object]:
    uses = [asdict(it) for it in found.uses]
    if found.problem is not None:
        said = {"text": found.problem.text, "remedy": found.problem.remedy}
        return {"uses": uses, "wrong": said, "html": None, "errors": None}
    typed, errors = None, None
    if asked.typed is not None:
        typed = read_typed(found.schema, asked.typed, visit.zone, found.shown)
        errors = _errors(visit, asked, found, typed) if asked.check else None
    form = form_of(
        found.schema,
        found.shown,
        visit.zone,
        typed=typed.texts if typed else None,
        errors=errors,
    )
    shown = page(
        visit,
        "preview_form.html",
        form=form,
        kind=found.uses[0].kind if found.uses else "task",
        label=found.uses[0].name if found.uses else "",
        schema=found.schema,
        values=found.shown,
        suggestions=suggestions(visit.portal.house, visit.actor, [form]),
    )
    html = bytes(shown.body).decode()
    return {"uses": uses, "wrong": None, "html": html, "errors": errors}


def _errors(visit: Visit, asked: _Asked, found: FormPreview, typed: Typed) -> Mapping[str, str]:
    if typed.errors:
        return typed.errors
    refusal = answer_to(
        asked.path, found.schema, typed.values, found.shown, visit.portal.house.now()
    )
    if refusal is None:
        return {}
    return refusal.fields or {"": refusal.text}


def _asked(body: bytes) -> _Asked | None:
    try:
        sent = cast(object, orjson.loads(body))
    except orjson.JSONDecodeError:
        return None
    if not isinstance(sent, dict):
        return None
    known = cast(dict[str, object], sent)
    path, text = known.get("path"), known.get("text")
    if not isinstance(path, str) or not isinstance(text, str):
        return None
    return _Asked(path, text, _pairs(known.get("typed")), known.get("check") is True)


def _pairs(sent: object) -> Pairs | None:
    """The fields of the frame; what is none of them is left out."""
    if not isinstance(sent, list):
        return None
    return [
        (name, text)
        for one in cast(list[object], sent)
        if isinstance(one, list) and len(pair := cast(list[object], one)) == 2
        for name, text in [(pair[0], pair[1])]
        if isinstance(name, str) and isinstance(text, str) and name.startswith(PREFIX)
    ]
