"""The live page of a meeting: its agenda, the vote on one item, and what the chair does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from clearway.service.deliver import send
from clearway.service.item_facts import BRIEF
from clearway.service.meeting import AgendaItem, MeetingView, meeting
from clearway.service.record import record
from clearway.service.values import ActionView, RecordView, Refusal
from clearway.web.forms import Form as ShownForm
from clearway.web.forms import form_of, properties_of
from clearway.web.pages.task import vote_parts
from clearway.web.pages.trouble import refusal_page
from clearway.web.rendering import go, page, status_of
from clearway.web.showing import Fact, facts
from clearway.web.suggestions import suggestions
from clearway.web.typed import read_typed
from clearway.web.visit import Form, Posting, Visit, Visiting

router = APIRouter(prefix="/meeting")


@dataclass(frozen=True)
class Lead:
    """What the reader may do to lead the meeting: buttons, buttons with a form, and `call`.

    `call` is the action that asks for the item that is to be discussed, and for nothing else: it is
    offered beside each item.
    """

    plain: Sequence[ActionView]
    asking: Sequence[tuple[ActionView, ShownForm]]
    call: ActionView | None


@router.get("/{key}")
def show(visit: Visiting, key: str, item: str = "") -> HTMLResponse:
    """The meeting as it stands; `item` looks at another record than the one that is discussed."""
    return _page(visit, key, item)


@router.get("/{key}/news")
def news(visit: Visiting, key: str, seen: str = "", item: str = "") -> HTMLResponse:
    """For a page that is open: whether anything that it shows is another now."""
    view = meeting(visit.portal.house, visit.actor, key)
    if isinstance(view, Refusal):
        return refusal_page(visit, view)
    return page(
        visit, "meeting_news.html", view=view, changed=view.stamp != seen, address=_at(key, item)
    )


@router.post("/{key}/actions/{element}")
def lead(visit: Posting, sent: Form, key: str, element: str) -> Response:
    """Do what the diagram of the meeting lets the reader do, then show the page again."""
    house, actor = visit.portal.house, visit.actor
    view = record(house, actor, key)
    if isinstance(view, Refusal):
        return refusal_page(visit, view)
    action = next((one for one in view.actions if one.element == element), None)
    if action is None:
        refusal = Refusal(
            "not_waiting", "This can no longer be done.", "Look at how the meeting stands now."
        )
        return _page(visit, key, refusal=refusal)
    typed = read_typed(action.schema, sent.pairs, visit.zone, view.values)
    if typed.errors:
        refusal = Refusal(
            "invalid", "Some fields could not be understood.", "Correct them.", typed.errors
        )
        return _page(visit, key, refusal=refusal, typed=(element, typed.texts))
    answer = send(house, actor, key, element, typed.values, once=sent.once)
    if isinstance(answer, Refusal):
        return _page(visit, key, refusal=answer, typed=(element, typed.texts))
    return go(f"/meeting/{key}")


def _page(
    visit: Visit,
    key: str,
    wanted: str = "",
    *,
    refusal: Refusal | None = None,
    typed: tuple[str, Mapping[str, Sequence[str]]] | None = None,
) -> HTMLResponse:
    view = meeting(visit.portal.house, visit.actor, key)
    if isinstance(view, Refusal):
        return refusal_page(visit, view)
    chosen = next((it for it in view.items if it.key == wanted.upper()), view.current)
    chosen = chosen or (view.items[0] if view.items else None)
    lead = _lead(visit, view, typed, refusal)
    return page(
        visit,
        "meeting.html",
        status=status_of(refusal) if refusal else 200,
        meeting=view,
        watched=" ".join([key, *(it.key for it in view.items)]),
        asked_for=wanted,
        chosen=chosen,
        lead=lead,
        lead_refusal=refusal,
        open_form=typed[0] if typed else "",
        suggestions=suggestions(visit.portal.house, visit.actor, [form for _, form in lead.asking]),
        facts_of_meeting=_facts_of_meeting(view),
        shown_item=_chosen(visit, key, chosen),
    )


def _chosen(visit: Visit, key: str, chosen: AgendaItem | None) -> Mapping[str, object]:
    """The vote as on its own page, while the round is open; else what was decided."""
    nothing: dict[str, object] = {"voting": False, "about": None, "brief": ()}
    if chosen is None or chosen.asked is None:
        return nothing
    if chosen.asked.is_open:
        parts = vote_parts(visit, chosen.asked.last.work_item_id)
        if parts is not None:
            return {**nothing, **parts, "voting": True, "back": _at(key, chosen.key)}
    about = record(visit.portal.house, visit.actor, chosen.key)
    if isinstance(about, Refusal):
        return nothing
    return {**nothing, "about": about, "brief": _brief(about)}


def _brief(about: RecordView) -> Sequence[Fact]:
    every = facts(about.schema, about.values)
    named = cast("Sequence[str] | None", about.schema.get(BRIEF))
    by_name = {it.name: it for it in every}
    return every if named is None else [by_name[name] for name in named if name in by_name]


def _lead(
    visit: Visit,
    view: MeetingView,
    typed: tuple[str, Mapping[str, Sequence[str]]] | None,
    refusal: Refusal | None,
) -> Lead:
    plain: list[ActionView] = []
    asking: list[tuple[ActionView, ShownForm]] = []
    call: ActionView | None = None
    for action in view.record.actions:
        names = list(properties_of(action.schema))
        if view.current_field is not None and names == [view.current_field]:
            call = action
        elif not names:
            plain.append(action)
        else:
            again = typed is not None and typed[0] == action.element
            texts = typed[1] if typed is not None and again else None
            errors = refusal.fields if refusal is not None and again else None
            form = form_of(
                action.schema, view.record.values, visit.zone, typed=texts, errors=errors
            )
            asking.append((action, form))
    return Lead(plain, asking, call)


def _facts_of_meeting(view: MeetingView) -> Sequence[Fact]:
    hidden = {view.agenda_field, view.current_field}
    return [it for it in facts(view.record.schema, view.record.values) if it.name not in hidden]


def _at(key: str, item: str) -> str:
    return f"/meeting/{key}?item={quote(item)}" if item else f"/meeting/{key}"
