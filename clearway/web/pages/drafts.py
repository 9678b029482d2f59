"""Drafts: made, shown with what changed and what the gate says, taken back and discarded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from clearway.engine.values import Bundle
from clearway.service.deploy import pull
from clearway.service.values import Refusal
from clearway.service.workshop.compare import changes_view
from clearway.service.workshop.drafts import bring_back_draft, discard_draft, held, make_draft
from clearway.service.workshop.files import restore_save, save_file, saves_of
from clearway.service.workshop.kinds import Kind, by_kind
from clearway.service.workshop.merging import bring_in, coming
from clearway.service.workshop.new_files import new_file
from clearway.service.workshop.releases import checked, releases_of
from clearway.service.workshop.reviews import possible_reviewers, refuse_deciding, reviews_of
from clearway.service.workshop.views import Outdated
from clearway.web.addresses import RowId
from clearway.web.bundles import zipped
from clearway.web.pages.compare import MOST_SHOWN, SHOWS
from clearway.web.pages.record import saved_as
from clearway.web.pages.trouble import refusal_page
from clearway.web.rendering import go, page, status_of
from clearway.web.visit import Form, Posting, Sent, Visit, Visiting

router = APIRouter(prefix="/processes/{process}/drafts")

_TITLES: Mapping[Kind, str] = {
    "diagram": "Diagrams",
    "table": "Decision tables",
    "form": "Forms",
    "message": "Messages",
    "calendar": "Calendars",
    "scenario": "Scenarios",
    "text": "Other files",
}
_FIRST_SAVES = 10
_SAVES = 50
_LONGEST_NUMBER = 9


@dataclass(frozen=True)
class ChangedFile:
    """A file that is not as in the version that the draft builds on: new, changed or gone."""

    path: str
    what: str


@dataclass(frozen=True)
class NewFile:
    """A file that somebody began, with why it could not be."""

    kind: str = "form"
    name: str = ""
    refusal: Refusal | None = None
    kinds: Sequence[tuple[str, str]] = (
        ("form", "Form"),
        ("table", "Decision table"),
        ("message", "Message"),
        ("calendar", "Calendar"),
    )


@router.post("")
def make(visit: Posting, sent: Form, process: str) -> Response:
    """Make a draft from the newest version and go to the editor."""
    done = make_draft(visit.portal.house, visit.actor, process, once=sent.once)
    if isinstance(done, Refusal):
        return refusal_page(visit, done)
    return go(f"/processes/{process}/drafts/{done.details['draft']}/edit")


@router.get("/{draft}")
def show(visit: Visiting, process: str, draft: RowId) -> HTMLResponse:
    """The draft: what changed, what the gate finds, its review and its history."""
    return draft_page(visit, process, draft)


@router.get("/{draft}/check")
def check_it(visit: Visiting, process: str, draft: RowId) -> HTMLResponse:
    """What the gate finds and how the scenarios end, as a part of the page or as one of its own."""
    found = held(visit.portal.house, visit.actor, process, draft)
    if isinstance(found, Refusal):
        return refusal_page(visit, found)
    report = checked(visit.portal.house, found.bundle)
    template = "draft_check.html" if visit.wants_fragment else "draft_check_page.html"
    return page(visit, template, draft=found.draft, report=report)


@router.get("/{draft}/files.zip")
def download(visit: Visiting, process: str, draft: RowId) -> Response:
    """All files of a draft."""
    found = held(visit.portal.house, visit.actor, process, draft)
    if isinstance(found, Refusal):
        return refusal_page(visit, found)
    return saved_as(zipped(found.bundle), f"{process}-draft-{draft}.zip")


@router.get("/{draft}/history")
def history(
    visit: Visiting, process: str, draft: RowId, before: RowId | None = None
) -> HTMLResponse:
    """Every save of a draft, the newest first."""
    house, actor = visit.portal.house, visit.actor
    found = held(house, actor, process, draft)
    if isinstance(found, Refusal):
        return refusal_page(visit, found)
    saves = saves_of(house, actor, process, draft, before=before, limit=_SAVES + 1)
    if isinstance(saves, Refusal):
        return refusal_page(visit, saves)
    more = f"before={saves[_SAVES - 1].revision}" if len(saves) > _SAVES else ""
    return page(
        visit,
        "draft_history.html",
        draft=found.draft,
        saves=saves[:_SAVES],
        more=more,
        paged=before is not None,
    )


@router.get("/{draft}/history/{revision}.zip")
def download_save(visit: Visiting, process: str, draft: RowId, revision: RowId) -> Response:
    """All files as they were after a save."""
    found = held(visit.portal.house, visit.actor, process, draft, revision)
    if isinstance(found, Refusal):
        return refusal_page(visit, found)
    return saved_as(zipped(found.bundle), f"{process}-draft-{draft}-save-{revision}.zip")


@router.post("/{draft}/restore")
def restore(visit: Posting, sent: Form, process: str, draft: RowId) -> Response:
    """Let the draft hold again what it held after an earlier save."""
    revision = number_in(sent, "revision")
    done = restore_save(visit.portal.house, visit.actor, process, draft, revision)
    if isinstance(done, Outdated):
        done = done.refusal
    if isinstance(done, Refusal):
        return draft_page(visit, process, draft, done)
    return go(f"/processes/{process}/drafts/{draft}", "restored")


@router.post("/{draft}/new-file")
def begin_file(visit: Posting, sent: Form, process: str, draft: RowId) -> Response:
    """Begin a file of the draft and go to its editor."""
    kind, name = sent.text("kind"), sent.text("name").strip()
    made = new_file(process, kind, name)
    if isinstance(made, Refusal):
        return draft_page(visit, process, draft, made, NewFile(kind, name, made))
    path, content = made
    house, actor = visit.portal.house, visit.actor
    done = save_file(house, actor, process, draft, path, content, expected=None)
    if isinstance(done, Outdated):
        done = Refusal("stale", f"{path} is there already.", "Open it, or choose another name.")
    if isinstance(done, Refusal):
        return draft_page(visit, process, draft, done, NewFile(kind, name, done))
    return go(f"/processes/{process}/drafts/{draft}/edit?file={quote(path)}")


@router.post("/{draft}/bring-in")
def bring_newest_in(visit: Posting, sent: Form, process: str, draft: RowId) -> Response:
    """Bring the newest version into the draft; of what both changed the form says whose stays."""
    chosen = {name.removeprefix("of."): text for name, text in sent.pairs if name[:3] == "of."}
    done = bring_in(
        visit.portal.house,
        visit.actor,
        process,
        draft,
        newest=number_in(sent, "newest"),
        revision=number_in(sent, "revision"),
        chosen=chosen,
    )
    if isinstance(done, Outdated):
        done = done.refusal
    if isinstance(done, Refusal):
        return draft_page(visit, process, draft, done)
    return go(f"/processes/{process}/drafts/{draft}", "brought-in")


@router.post("/{draft}/discard")
def discard(visit: Posting, sent: Form, process: str, draft: RowId) -> Response:
    """Put the draft away."""
    done = discard_draft(visit.portal.house, visit.actor, process, draft, once=sent.once)
    if isinstance(done, Refusal):
        return draft_page(visit, process, draft, done)
    return go(f"/processes/{process}/drafts/{draft}", "discarded")


@router.post("/{draft}/bring-back")
def bring_back(visit: Posting, sent: Form, process: str, draft: RowId) -> Response:
    """Take back that it was discarded."""
    done = bring_back_draft(visit.portal.house, visit.actor, process, draft, once=sent.once)
    if isinstance(done, Refusal):
        return draft_page(visit, process, draft, done)
    return go(f"/processes/{process}/drafts/{draft}", "brought-back")


def draft_page(
    visit: Visit,
    process: str,
    draft: int,
    refusal: Refusal | None = None,
    begun: NewFile | None = None,
) -> HTMLResponse:
    """The page of a draft, with what could not be done."""
    house, actor = visit.portal.house, visit.actor
    found = held(house, actor, process, draft)
    if isinstance(found, Refusal):
        return refusal_page(visit, found)
    base = pull(house, actor, process, found.draft.base)
    before = base if isinstance(base, Bundle) else Bundle(process, {})
    reviewers = possible_reviewers(house, actor, draft) if found.draft.state == "open" else {}
    reviews = reviews_of(house, actor, process, draft)
    releases = releases_of(house, actor, process, draft)
    not_deciding = None
    if found.draft.state == "in_review" and not isinstance(reviews, Refusal) and reviews:
        not_deciding = refuse_deciding(house, actor, draft, reviews[0])
    return page(
        visit,
        "draft.html",
        status=status_of(refusal) if refusal else 200,
        refusal=None if begun else refusal,
        draft=found.draft,
        files=listed_files(found.bundle),
        new_file=begun or NewFile(),
        changed=changed_files(before, found.bundle),
        changes=changes_view(before, found.bundle),
        shows=SHOWS,
        most=MOST_SHOWN,
        pick=False,
        coming=coming(house, actor, process, draft) if found.draft.is_behind else None,
        reviewers=reviewers,
        reviews=reviews,
        not_deciding=not_deciding,
        releases=releases,
        saves=saves_of(house, actor, process, draft, limit=_FIRST_SAVES),
    )


def listed_files(bundle: Bundle) -> Sequence[tuple[str, Sequence[str]]]:
    """The files of a draft by what they are, ready for the page."""
    groups = by_kind(sorted(bundle.files))
    return [(_TITLES[kind], paths) for kind, paths in groups.items()]


def changed_files(before: Bundle, after: Bundle) -> Sequence[ChangedFile]:
    """The files that differ, by path."""
    old, new = before.files, after.files
    paths = sorted(it for it in {*old, *new} if old.get(it) != new.get(it))
    return [
        ChangedFile(it, "new" if it not in old else "gone" if it not in new else "changed")
        for it in paths
    ]


def number_in(sent: Sent, name: str) -> int:
    """A whole number that one of our forms carries; 0, which nothing has, when it is none."""
    text = sent.text(name)
    return int(text) if text.isdecimal() and len(text) <= _LONGEST_NUMBER else 0
