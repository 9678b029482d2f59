"""The registry: people, groups, services and assets, and their import from CSV."""

from collections.abc import Callable, Sequence

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from clearway.service import registry
from clearway.service.house import House
from clearway.service.values import Actor, Done, Refusal
from clearway.web.pages.trouble import refusal_page
from clearway.web.rendering import page, status_of
from clearway.web.visit import Form, Posting, Visit, Visiting

router = APIRouter(prefix="/registry")

_Question = Callable[[House, Actor], Sequence[object] | Refusal]

QUESTIONS: dict[str, _Question] = {
    "people": registry.people,
    "groups": registry.groups,
    "services": registry.services,
    "assets": registry.assets,
    "absences": registry.absences,
}
IMPORTS = {
    "people": "name,full_name,mail,manager,zone,active",
    "groups": "name,title,lead,mail",
    "memberships": "group,person",
    "group_roles": "group,role",
    "absences": "person,from,until,delegate,note",
    "services": "name,title,criticality,owner,support_group",
    "assets": "name,kind,title,criticality,owner,support_group",
    "relations": "from,kind,to",
}


@router.get("")
def show(visit: Visiting, table: str = "people") -> HTMLResponse:
    """One table of the registry."""
    return _page(visit, table)


@router.post("/import")
def import_it(visit: Posting, sent: Form) -> Response:
    """Import a CSV file, all of it or nothing; a dry run only says what would change."""
    table, text = sent.text("table"), sent.text("text")
    files = sent.files.get("file", ())
    if files:
        try:
            text = files[0].file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            wrong = "The file is not UTF-8 text."
            refusal = Refusal("invalid", wrong, "Save it as CSV UTF-8 and import it again.")
            return _page(visit, table, refusal)
    dry_run = sent.text("dry_run") == "yes"
    house, actor = visit.portal.house, visit.actor
    answer = registry.import_csv(house, actor, table, text, once=sent.once, dry_run=dry_run)
    if isinstance(answer, Refusal):
        return _page(visit, table, answer, text=text)
    return _page(visit, table, done=answer, text=text if dry_run else "")


def _page(
    visit: Visit,
    table: str,
    refusal: Refusal | None = None,
    *,
    done: Done | None = None,
    text: str = "",
) -> HTMLResponse:
    shown = table if table in QUESTIONS else "people"
    rows = QUESTIONS[shown](visit.portal.house, visit.actor)
    if isinstance(rows, Refusal):
        return refusal_page(visit, rows)
    return page(
        visit,
        "registry.html",
        status=status_of(refusal) if refusal else 200,
        table=shown,
        tables=list(QUESTIONS),
        imports=IMPORTS,
        chosen=table if table in IMPORTS else shown,
        rows=rows,
        refusal=refusal,
        done=done,
        text=text,
    )
