"""The registry: people, groups, services and assets, their import from CSV, and what goes."""

from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from clearway.service import registry
from clearway.service.house import House
from clearway.service.impact import impact_of
from clearway.service.permissions import refuse_unless
from clearway.service.values import Actor, Done, Refusal
from clearway.web.pages.trouble import refusal_page
from clearway.web.rendering import page, status_of
from clearway.web.visit import Form, Posting, Visit, Visiting
from clearway.web.words import spoken

router = APIRouter(prefix="/registry")

_Question = Callable[[House, Actor], Sequence[object] | Refusal]

QUESTIONS: dict[str, _Question] = {
    "people": registry.people,
    "groups": registry.groups,
    "services": registry.services,
    "assets": registry.assets,
    "absences": registry.absences,
}
_NOTHING: list[str] = []
IMPORTS = {
    "people": "name,full_name,mail,manager,zone,active",
    "groups": "name,title,lead,mail",
    "memberships": "group,person",
    "group_roles": "group,role",
    "absences": "person,from,until,delegate,note",
    "services": "name,title,criticality,owner,support_group",
    "assets": "name,kind,title,criticality,owner,support_group",
    "relations": "from,kind,to",
    "windows": "name,kind,title,strength,from,until,zone,things,repeats",
}
SEEN_AT = {"memberships": "groups", "group_roles": "groups", "relations": "services"}
"""The tables whose rows can be taken out here, and the page that is shown after it."""


@router.get("")
def show(visit: Visiting, table: str = "people") -> HTMLResponse:
    """One table of the registry."""
    return _page(visit, table)


@router.get("/impact")
def show_impact(visit: Visiting, of: Annotated[list[str], Query()] = _NOTHING) -> HTMLResponse:
    """What a change of some services and assets reaches."""
    house, actor = visit.portal.house, visit.actor
    found = impact_of(house, actor, [name for text in of for name in text.split(",")])
    names = [QUESTIONS[table](house, actor) for table in ("services", "assets")]
    refusal = next((it for it in (found, *names) if isinstance(it, Refusal)), None)
    return page(
        visit,
        "impact.html",
        status=status_of(refusal) if refusal else 200,
        of=", ".join(of),
        found=None if isinstance(found, Refusal) else found,
        names=[row for rows in names if not isinstance(rows, Refusal) for row in rows],
        refusal=refusal,
    )


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


@router.post("/remove")
def remove_it(visit: Posting, sent: Form) -> Response:
    """Take one row out of a table, written as in its CSV."""
    house, actor = visit.portal.house, visit.actor
    table, row = sent.text("table"), sent.text("row")
    answer = refuse_unless(actor, "remove_from_registry") or _misread(table, row)
    answer = answer or registry.remove(house, actor, table, _parts(row), once=sent.once)
    if isinstance(answer, Refusal):
        return _page(visit, table, answer, row=row, taking_out=True)
    return _page(visit, table, gone=",".join(_parts(row)), taking_out=True)


def _parts(row: str) -> list[str]:
    return [part.strip() for part in row.replace(";", ",").split(",")]


def _misread(table: str, row: str) -> Refusal | None:
    """None when the row has the parts of this table's key, else at which place it has not."""
    if table not in SEEN_AT:
        remedy = "Choose memberships, group roles or relations."
        return Refusal("invalid", "Nothing is taken out of this table.", remedy)
    names, parts = IMPORTS[table].split(","), _parts(row)
    remedy = f"A row of {spoken(table).lower()} is {IMPORTS[table]}."
    for place, (name, part) in enumerate(zip_longest(names, parts, fillvalue=""), 1):
        if not name:
            return Refusal("invalid", f"Part {place} is one too many.", remedy)
        if not part:
            return Refusal("invalid", f"Part {place}, {name}, is missing.", remedy)
        if not part.isprintable():
            hidden = f"Part {place}, {name}, has a character that cannot be seen."
            return Refusal("invalid", hidden, "Type it by hand.")
    return None


def _page(
    visit: Visit,
    table: str,
    refusal: Refusal | None = None,
    *,
    done: Done | None = None,
    text: str = "",
    row: str = "",
    gone: str = "",
    taking_out: bool = False,
) -> HTMLResponse:
    shown = SEEN_AT.get(table, table) if taking_out else table
    shown = shown if shown in QUESTIONS else "people"
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
        removable=list(SEEN_AT),
        chosen=table if table in IMPORTS else shown,
        rows=rows,
        refusal=refusal,
        done=done,
        text=text,
        row=row,
        gone=gone,
        taking_out=taking_out,
    )
