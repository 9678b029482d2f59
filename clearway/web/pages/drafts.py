"""Drafts: made, shown with what changed and what the gate says, taken back and discarded."""

from fastapi import APIRouter
from fastapi.responses import Response

from clearway.service.values import Refusal
from clearway.service.workshop.drafts import make_draft
from clearway.web.pages.trouble import refusal_page
from clearway.web.rendering import go
from clearway.web.visit import Form, Posting

router = APIRouter(prefix="/processes/{process}/drafts")


@router.post("")
def make(visit: Posting, sent: Form, process: str) -> Response:
    """Make a draft from the newest version and go to the editor."""
    done = make_draft(visit.portal.house, visit.actor, process, once=sent.once)
    if isinstance(done, Refusal):
        return refusal_page(visit, done)
    return go(f"/processes/{process}/drafts/{done.details['draft']}/edit")
