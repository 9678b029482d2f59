"""The review of a draft: asked for, taken back, approved and given back."""

from fastapi import APIRouter
from fastapi.responses import Response

from clearway.service.values import Done, Refusal
from clearway.service.workshop.reviews import ask_review, decide_review, withdraw_review
from clearway.web.addresses import RowId
from clearway.web.pages.drafts import draft_page, number_in
from clearway.web.rendering import go
from clearway.web.visit import Form, Posting, Visit

router = APIRouter(prefix="/processes/{process}/drafts/{draft}/review")


@router.post("")
def ask(visit: Posting, sent: Form, process: str, draft: RowId) -> Response:
    """Ask somebody to review the draft as it is."""
    done = ask_review(
        visit.portal.house,
        visit.actor,
        process,
        draft,
        reviewer=sent.text("reviewer"),
        note=sent.text("note"),
        once=sent.once,
    )
    return _after(visit, process, draft, done, "review-asked")


@router.post("/withdraw")
def withdraw(visit: Posting, sent: Form, process: str, draft: RowId) -> Response:
    """Take back that somebody was asked."""
    done = withdraw_review(visit.portal.house, visit.actor, process, draft, once=sent.once)
    return _after(visit, process, draft, done, "review-withdrawn")


@router.post("/decide")
def decide(visit: Posting, sent: Form, process: str, draft: RowId) -> Response:
    """Approve it, or give it back."""
    decision = sent.text("decision")
    if decision not in ("approve", "give_back"):
        text = "It was not said whether it is approved or given back."
        return draft_page(visit, process, draft, Refusal("invalid", text, "Press one of both."))
    approve = decision == "approve"
    done = decide_review(
        visit.portal.house,
        visit.actor,
        process,
        draft,
        review_id=number_in(sent, "review"),
        approve=approve,
        comment=sent.text("comment"),
        once=sent.once,
    )
    return _after(visit, process, draft, done, "approved" if approve else "given-back")


def _after(visit: Visit, process: str, draft: int, done: Done | Refusal, said: str) -> Response:
    if isinstance(done, Refusal):
        return draft_page(visit, process, draft, done)
    return go(f"/processes/{process}/drafts/{draft}", said)
