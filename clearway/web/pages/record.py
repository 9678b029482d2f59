"""The page of one record: what it is, what can be done, what happened, where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from clearway.service.attach import attach, attachment
from clearway.service.cancel import cancel
from clearway.service.comment import comment
from clearway.service.deliver import send
from clearway.service.history import Order, history
from clearway.service.instance_view import instance_view, order_of
from clearway.service.link import link
from clearway.service.record import record
from clearway.service.values import ActionView, EntryView, Page, RecordView, Refusal
from clearway.service.wording import Say
from clearway.web import times
from clearway.web.addresses import RowId
from clearway.web.forms import Form as ShownForm
from clearway.web.forms import form_of
from clearway.web.moments import moments, whole
from clearway.web.pages.trouble import refusal_page
from clearway.web.planning import Planning, planning_of_form, planning_of_record, with_slot
from clearway.web.rendering import go, page, status_of
from clearway.web.suggestions import suggestions
from clearway.web.typed import Typed, read_typed
from clearway.web.visit import Form, Posting, Visit, Visiting
from clearway.web.words import spoken
from processes.links import KINDS

router = APIRouter(prefix="/records")

_MOST_LINES = 500


@dataclass(frozen=True)
class Answered:
    """What is shown again when a form on this page was refused, and on which form."""

    where: str
    refusal: Refusal | None = None
    typed: Typed | None = None
    texts: Mapping[str, str] | None = None


@dataclass(frozen=True)
class ShownAction:
    """A button of the record, with its form."""

    action: ActionView
    form: ShownForm
    is_open: bool
    planning: Planning | None = None
    """What collides, where the form holds both times."""


@router.get("/{key}")
def show(visit: Visiting, key: str, after: str = "", order: str = "") -> HTMLResponse:
    """What the record holds, and what can be done with it; `order=oldest` turns its history."""
    return _page(visit, key, after=after, order=_order(order))


@router.get("/{key}/news")
def news(visit: Visiting, key: str, seen: str = "", order: str = "") -> HTMLResponse:
    """For a page that is open: whether the record changed since the page was made."""
    view = record(visit.portal.house, visit.actor, key)
    if isinstance(view, Refusal):
        return refusal_page(visit, view)
    changed = view.changed_at.isoformat() != seen
    return page(visit, "record_news.html", view=view, changed=changed, order=_order(order))


@router.get("/{key}/diagram")
def show_diagram(visit: Visiting, key: str) -> HTMLResponse:
    """Where the record stands in its diagram, as a picture and as a list that says the same."""
    return _standing(visit, key, "diagram")


@router.get("/{key}/outline")
def show_outline(visit: Visiting, key: str) -> HTMLResponse:
    """The same without the picture, for keyboards and screen readers."""
    return _standing(visit, key, "outline")


@router.get("/{key}/diagram.bpmn")
def diagram_file(visit: Visiting, key: str) -> Response:
    """The diagram of the version that this record runs on."""
    standing = instance_view(visit.portal.house, visit.actor, key)
    if isinstance(standing, Refusal):
        return refusal_page(visit, standing)
    return Response(standing.xml, media_type="application/xml")


@router.post("/{key}/comments")
def comment_on_it(visit: Posting, sent: Form, key: str) -> Response:
    """Add a comment, for everybody who may see the record or for those who work on it."""
    text, public = sent.text("text"), sent.text("public") == "yes"
    texts = {"text": text, "public": "yes" if public else "no"}
    if sent.is_draft:
        return _page(visit, key, Answered("comment", texts=texts))
    answer = comment(visit.portal.house, visit.actor, key, text, public=public, once=sent.once)
    return _answer(visit, key, "comment", answer, "commented", texts)


@router.post("/{key}/attachments")
def attach_to_it(visit: Posting, sent: Form, key: str) -> Response:
    """Attach a file."""
    files = sent.files.get("file", ())
    if not files:
        refusal = Refusal("invalid", "No file was chosen.", "Choose a file, then press Attach.")
        return _page(visit, key, Answered("attachment", refusal))
    file = files[0]
    answer = attach(
        visit.portal.house,
        visit.actor,
        key,
        file.filename or "file",
        file.content_type or "application/octet-stream",
        file.file.read(),
        once=sent.once,
    )
    return _answer(visit, key, "attachment", answer, "attached")


@router.get("/{key}/attachments/{attachment_id}")
def download(visit: Visiting, key: str, attachment_id: RowId) -> Response:
    """A file as it was attached: saved, never shown in the portal's own pages."""
    found = attachment(visit.portal.house, visit.actor, key, attachment_id)
    if isinstance(found, Refusal):
        return refusal_page(visit, found)
    return saved_as(found.content, found.name)


@router.post("/{key}/links")
def link_it(visit: Posting, sent: Form, key: str) -> Response:
    """Link the record with another one."""
    texts = {"kind": sent.text("kind"), "to": sent.text("to").upper()}
    house, actor = visit.portal.house, visit.actor
    answer = link(house, actor, key, texts["kind"], texts["to"], once=sent.once)
    return _answer(visit, key, "link", answer, "linked", texts)


@router.post("/{key}/cancel")
def cancel_it(visit: Posting, sent: Form, key: str) -> Response:
    """Cancel the record, when its key was typed to confirm it."""
    texts = {"reason": sent.text("reason")}
    if sent.text("confirm").upper() != key.upper():
        refusal = Refusal(
            "invalid",
            "The record was not cancelled.",
            f"Type {key} to confirm.",
            {"confirm": f"Type {key} to confirm."},
        )
        return _page(visit, key, Answered("cancel", refusal, texts=texts))
    answer = cancel(visit.portal.house, visit.actor, key, texts["reason"], once=sent.once)
    return _answer(visit, key, "cancel", answer, "cancelled", texts)


@router.post("/{key}/actions/{element}")
def act_on_it(visit: Posting, sent: Form, key: str, element: str) -> Response:
    """Send a message of the diagram to the record, with its form."""
    house, actor = visit.portal.house, visit.actor
    view = record(house, actor, key)
    if isinstance(view, Refusal):
        return refusal_page(visit, view)
    action = next((one for one in view.actions if one.element == element), None)
    if action is None:
        refusal = Refusal(
            "not_waiting",
            "This can no longer be done: the record has moved on.",
            "Look at what the record offers now.",
        )
        return _page(visit, key, Answered("action", refusal))
    typed = read_typed(action.schema, sent.pairs, visit.zone, view.values)
    if sent.is_draft:
        typed = with_slot(visit, view.process, sent, typed)
        return _page(visit, key, Answered(f"action:{element}", typed=typed))
    if typed.errors:
        refusal = Refusal(
            "invalid", "Some fields could not be understood.", "Correct them.", typed.errors
        )
        return _page(visit, key, Answered(f"action:{element}", refusal, typed))
    answer = send(house, actor, key, element, typed.values, once=sent.once)
    if isinstance(answer, Refusal):
        return _page(visit, key, Answered(f"action:{element}", answer, typed))
    return go(f"/records/{key}", "sent")


def saved_as(content: bytes, name: str) -> Response:
    """A file to be saved under its name, which no browser runs or shows."""
    plain = "".join(letter if letter.isalnum() or letter in "._-" else "_" for letter in name)
    ascii_name = plain.encode("ascii", "replace").decode().replace("?", "_") or "file"
    disposition = f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(
        content,
        media_type="application/octet-stream",
        headers={"Content-Disposition": disposition, "Content-Security-Policy": "sandbox"},
    )


def _answer(
    visit: Visit,
    key: str,
    where: str,
    answer: object,
    said: str,
    texts: Mapping[str, str] | None = None,
) -> Response:
    if isinstance(answer, Refusal):
        return _page(visit, key, Answered(where, answer, texts=texts))
    return go(f"/records/{key}", said)


def _standing(visit: Visit, key: str, part: str) -> HTMLResponse:
    house, actor = visit.portal.house, visit.actor
    view = record(house, actor, key)
    if isinstance(view, Refusal):
        return refusal_page(visit, view)
    standing = instance_view(house, actor, key)
    if isinstance(standing, Refusal):
        return refusal_page(visit, standing)
    return page(
        visit,
        "record_diagram.html",
        has_diagram=part == "diagram",
        view=view,
        part=part,
        standing=standing,
        numbers=order_of(standing.path),
        names={str(it["id"]): it["name"] for it in standing.outline},
    )


def _page(
    visit: Visit,
    key: str,
    answered: Answered | None = None,
    *,
    after: str = "",
    order: Order = "newest",
) -> HTMLResponse:
    house, actor = visit.portal.house, visit.actor
    view = record(house, actor, key)
    if isinstance(view, Refusal):
        return refusal_page(visit, view)
    told = history(
        house, actor, key, after=after or None, limit=_MOST_LINES, order=order, say=_say(visit)
    )
    lines = Page[EntryView]([], None) if isinstance(told, Refusal) else whole(told)
    refusal = answered.refusal if answered else None
    actions = _shown_actions(visit, view, answered)
    return page(
        visit,
        "record.html",
        status=status_of(refusal) if refusal else 200,
        view=view,
        moments=moments(lines.rows, newest_first=order == "newest"),
        more=lines.after or "",
        paged=bool(after),
        order=order,
        where=answered.where if answered else "",
        refusal=refusal,
        texts=(answered.texts if answered else None) or {},
        actions=actions,
        planning=None
        if view.ended_at
        else planning_of_record(visit, view.process, key, view.values),
        suggestions=suggestions(house, actor, [one.form for one in actions]),
        link_kinds=list(KINDS),
        links=[_link_from_here(key, *one) for one in view.links],
    )


def _say(visit: Visit) -> Say:
    """Instants inside the sentences of history read like the ones beside them."""
    now = visit.portal.house.now()
    return lambda instant: times.absolute(instant, visit.zone, now)


def _order(asked: str) -> Order:
    """Whoever works on a record looks for what happened last; auditors read from the beginning."""
    return "oldest" if asked == "oldest" else "newest"


def _link_from_here(key: str, from_key: str, kind: str, to_key: str) -> tuple[str, str]:
    """How a link reads on this record's page, and the record at its other end."""
    if from_key == key:
        return spoken(kind), to_key
    return spoken(KINDS.get(kind, kind)), from_key


def _shown_actions(visit: Visit, view: RecordView, answered: Answered | None) -> list[ShownAction]:
    shown: list[ShownAction] = []
    for action in view.actions:
        mine = answered if answered and answered.where == f"action:{action.element}" else None
        typed = mine.typed if mine else None
        form = form_of(
            action.schema,
            view.values,
            visit.zone,
            typed=typed.texts if typed else None,
            errors=mine.refusal.fields if mine and mine.refusal else None,
        )
        planning = planning_of_form(
            visit,
            form,
            view.process,
            form_id=f"action-{action.element}",
            prefix=f"{action.element}-",
            key=view.key,
            values=view.values,
            typed=typed,
            is_asked=typed is not None,
        )
        shown.append(ShownAction(action, form, mine is not None, planning))
    return shown
