"""Processes: what is drawn, which versions run, and how a changed drawing is deployed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from clearway.engine.values import Bundle, Finding, Severity
from clearway.service.deploy import DESPITE, check, deploy, file_of, pull
from clearway.service.permissions import refuse_unless
from clearway.service.processes import diagram, process_outline, versions
from clearway.service.processes import process as one_process
from clearway.service.processes import processes as all_processes
from clearway.service.values import GateReport, Refusal
from clearway.service.workshop.drafts import drafts_of
from clearway.service.workshop.evidence import evidence_of
from clearway.service.workshop.moves import moves_of
from clearway.service.workshop.reviews import waiting_for
from clearway.web.addresses import AskedVersion, VersionNumber
from clearway.web.bundles import UnusableUpload, merged, packed, unpacked, zipped
from clearway.web.pages.record import saved_as
from clearway.web.pages.trouble import refusal_page
from clearway.web.rendering import go, page, status_of
from clearway.web.visit import Form, Posting, Sent, Visit, Visiting

router = APIRouter(prefix="/processes")

_LONGEST_NUMBER = 9


@dataclass(frozen=True)
class Checked:
    """What the gate said of an upload, and the upload itself, to be deployed as it is."""

    report: GateReport
    bundle: str
    changed: Sequence[str]
    parent: int
    reason: str = ""

    @property
    def errors(self) -> Sequence[Finding]:
        """What stops the deployment."""
        return [one for one in self.report.findings if one.severity is Severity.ERROR]

    @property
    def warnings(self) -> Sequence[Finding]:
        """What is worth a look."""
        return [one for one in self.report.findings if one.severity is not Severity.ERROR]


@router.get("")
def show_all(visit: Visiting) -> HTMLResponse:
    """Every process with its newest version."""
    found = all_processes(visit.portal.house, visit.actor)
    reviews = waiting_for(visit.portal.house, visit.actor)
    return page(visit, "processes.html", rows=found, reviews=reviews)


@router.get("/{process}")
def show(visit: Visiting, process: str, show: str = "") -> HTMLResponse:
    """One process: its diagram or its outline, its versions, and where a new one is uploaded."""
    return _page(visit, process, as_outline=show == "outline")


@router.get("/{process}/diagram.bpmn")
def diagram_file(visit: Visiting, process: str, number: AskedVersion = None) -> Response:
    """The drawing of a version, for the viewer."""
    found = diagram(visit.portal.house, visit.actor, process, number)
    if isinstance(found, Refusal):
        return refusal_page(visit, found)
    return Response(found, media_type="application/xml")


@router.get("/{process}/versions/{number}.zip")
def download(visit: Visiting, process: str, number: VersionNumber) -> Response:
    """All files of a version."""
    found = pull(visit.portal.house, visit.actor, process, number)
    if isinstance(found, Refusal):
        return refusal_page(visit, found)
    return saved_as(zipped(found), f"{process}-{number}.zip")


@router.get("/{process}/versions/{number}/files/{path:path}")
def one_file(visit: Visiting, process: str, number: VersionNumber, path: str) -> Response:
    """A file of a version, such as the table that decided something."""
    found = file_of(visit.portal.house, visit.actor, process, number, path)
    if isinstance(found, Refusal):
        return refusal_page(visit, found)
    return saved_as(found, path.rpartition("/")[2])


@router.post("/{process}/check")
def check_it(visit: Posting, sent: Form, process: str) -> Response:
    """Put an upload before the gate; nothing is deployed by this."""
    house, actor = visit.portal.house, visit.actor
    view = one_process(house, actor, process)
    if isinstance(view, Refusal):
        return refusal_page(visit, view)
    if (refusal := refuse_unless(actor, "deploy")) is not None:
        return refusal_page(visit, refusal)
    current = pull(house, actor, process, view.current)
    if isinstance(current, Refusal):
        return refusal_page(visit, current)
    try:
        bundle = merged(current, _uploaded(sent))
    except UnusableUpload as error:
        return _page(visit, process, Refusal("invalid", str(error)))
    changed = _changes(current, bundle)
    if not changed:
        text = "These files are the ones that run now."
        return _page(visit, process, Refusal("invalid", text, "Upload the changed ones."))
    report = check(house, bundle)
    return _page(visit, process, checked=Checked(report, packed(bundle), changed, view.current))


@router.post("/{process}/versions")
def deploy_it(visit: Posting, sent: Form, process: str) -> Response:
    """Deploy what was checked; the gate looks at it again."""
    house, actor = visit.portal.house, visit.actor
    typed, parent = sent.text("reason"), sent.text("parent")
    reason = typed
    if sent.text("despite") == "yes":
        reason = f"{DESPITE} {typed.removeprefix(DESPITE).strip()}"
    try:
        bundle = unpacked(process, sent.text("bundle"))
    except UnusableUpload as error:
        return _page(visit, process, Refusal("invalid", str(error)))
    if not parent.isdecimal() or len(parent) > _LONGEST_NUMBER:
        return _page(visit, process, Refusal("invalid", "The version it builds on is missing."))
    answer = refuse_unless(actor, "deploy") or deploy(
        house, actor, bundle, parent=int(parent), reason=reason, once=sent.once
    )
    if not isinstance(answer, Refusal):
        return go(f"/processes/{process}", "deployed")
    current = pull(house, actor, process, int(parent))
    changed = [] if isinstance(current, Refusal) else _changes(current, bundle)
    again = Checked(check(house, bundle), packed(bundle), changed, int(parent), typed)
    return _page(visit, process, answer, again)


def _on_the_page(refusal: Refusal, newest: int) -> Refusal:
    """The same refusal, with a remedy in what this page offers instead of in commands."""
    if refusal.code == "stale":
        remedy = f"Download the files of version {newest}, make the change there, and upload them."
        return replace(refusal, remedy=remedy)
    if DESPITE in refusal.remedy:
        remedy = (
            "Correct the diagram or the scenarios. To deploy all the same, say why and "
            "tick the box below."
        )
        return replace(refusal, remedy=remedy)
    return refusal


def _uploaded(sent: Sent) -> list[tuple[str, bytes]]:
    files = sent.files.get("files", ())
    if not files:
        raise UnusableUpload("No file was chosen. Choose a diagram, or a zip of the folder.")
    return [(file.filename or "", file.file.read()) for file in files]


def _changes(current: Bundle, bundle: Bundle) -> list[str]:
    """What differs, as sentences."""
    before, after = current.files, bundle.files
    changed = [f"{path} changed" for path in sorted(after) if before.get(path, b"") != after[path]]
    said = [line if line[:-8] in before else line[:-8] + " is new" for line in changed]
    return said + [f"{path} is gone" for path in sorted(before) if path not in after]


def _page(
    visit: Visit,
    process: str,
    refusal: Refusal | None = None,
    checked: Checked | None = None,
    *,
    as_outline: bool = False,
) -> HTMLResponse:
    house, actor = visit.portal.house, visit.actor
    view = one_process(house, actor, process)
    if isinstance(view, Refusal):
        return refusal_page(visit, view)
    known = versions(house, actor, process)
    drafts = drafts_of(house, actor, process)
    status = status_of(refusal) if refusal else 200
    if checked and not checked.report.deployable:
        status = 422
    return page(
        visit,
        "process.html",
        status=status,
        has_diagram=True,
        view=view,
        versions=[] if isinstance(known, Refusal) else known,
        refusal=refusal and _on_the_page(refusal, view.current),
        checked=checked,
        despite=DESPITE,
        drafts=[] if isinstance(drafts, Refusal) else drafts,
        evidence=evidence_of(house, actor, process),
        moves=moves_of(house, actor, process),
        outline_rows=process_outline(house, process) if as_outline else [],
    )
