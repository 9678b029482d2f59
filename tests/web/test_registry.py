"""The registry's pages: reading its tables, importing them, and what belongs to oneself."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

Enter = Callable[[str], Any]
SERVICES = "name,title,criticality,owner,support_group\nmail,Mail,2,bob,desk\n"


@pytest.mark.parametrize("table", ["people", "groups", "services", "assets", "absences"])
def test_everybody_reads_the_registry(visitor: Enter, table: str):
    page = visitor("alice").get(f"/registry?table={table}")

    assert page.status == 200
    assert not page.has_form("/registry/import")


def test_an_import_is_checked_first_and_then_done(visitor: Enter, rows: Callable[..., Any]):
    trent = visitor("trent")

    checked = trent.submit(
        trent.get("/registry?table=services"),
        "/registry/import",
        table="services",
        text=SERVICES,
        button=("dry_run", "yes"),
    )
    assert "Nothing was changed yet." in checked.text
    assert rows("SELECT count(*) FROM service") == [(0,)]
    done = trent.submit(checked, "/registry/import")

    assert "1 added, 0 changed, 0 as they were" in done.text
    assert rows("SELECT name, criticality FROM service") == [("mail", 2)]


def test_each_problem_is_named_with_its_line_and_nothing_is_imported(
    visitor: Enter, rows: Callable[..., Any]
):
    trent = visitor("trent")
    text = f"{SERVICES}web,Web,9,bob,desk\nshop,Shop,1,nobody,desk\n"

    wrong = trent.submit(trent.get("/registry"), "/registry/import", table="services", text=text)

    assert wrong.status == 422
    assert "Line 3, column criticality" in wrong.text
    assert rows("SELECT count(*) FROM service") == [(0,)]
    assert wrong.form("/registry/import").fields["text"].startswith("name,title")


def test_a_file_that_is_no_text_is_refused(visitor: Enter):
    trent = visitor("trent")

    wrong = trent.upload(
        trent.get("/registry"), "/registry/import", "file", "x.csv", b"\xff\xfe\x00", "text/csv"
    )

    assert wrong.status == 422
    assert "not UTF-8" in wrong.text


def test_who_is_no_administrator_imports_nothing(visitor: Enter, rows: Callable[..., Any]):
    bob = visitor("bob")
    csrf = bob.get("/me").html.xpath("string(//input[@name='csrf']/@value)")

    answer = bob.client.post(
        "/registry/import", data={"csrf": csrf, "table": "services", "text": SERVICES}
    )

    assert answer.status_code == 403
    assert rows("SELECT count(*) FROM service") == [(0,)]


def test_a_member_is_taken_out_of_a_group(visitor: Enter, rows: Callable[..., Any]):
    trent = visitor("trent")
    page = trent.get("/registry")

    done = trent.submit(page, "/registry/remove", table="memberships", row=" desk , bob ")
    again = trent.submit(page, "/registry/remove", table="memberships", row=" desk , bob ")

    assert "history names them" in page.text
    assert done.status == again.status == 200
    assert "Taken out of memberships: desk,bob." in done.text
    assert "Taken out of memberships: desk,bob." in again.text
    assert done.form("/registry/remove").fields["row"] == ""
    assert rows("SELECT person FROM membership WHERE group_name = 'desk'") == [("carol",)]
    assert visitor("bob").get("/me").html.xpath("//dd[text()='requester']")


def test_a_role_and_a_relation_are_taken_out(visitor: Enter, rows: Callable[..., Any]):
    trent = visitor("trent")
    for table, text in (
        ("services", f"{SERVICES}web,Web,2,bob,desk\n"),
        ("relations", "from,kind,to\nweb,depends_on,mail\n"),
    ):
        trent.submit(trent.get("/registry"), "/registry/import", table=table, text=text)

    page = trent.submit(
        trent.get("/registry"), "/registry/remove", table="group_roles", row="desk,desk"
    )
    trent.submit(page, "/registry/remove", table="relations", row="web;depends_on;mail")

    assert "Taken out of group roles: desk,desk." in page.text
    assert rows("SELECT count(*) FROM group_role WHERE group_name = 'desk'") == [(0,)]
    assert rows("SELECT count(*) FROM relation") == [(0,)]


@pytest.mark.parametrize(
    ("table", "row", "told"),
    [
        ("memberships", "desk", "Part 2, person, is missing. A row of memberships is group,person"),
        ("memberships", " ,bob", "Part 1, group, is missing."),
        ("memberships", "", "Part 1, group, is missing."),
        ("memberships", "desk,bob,carol", "Part 3 is one too many. A row of memberships is"),
        ("memberships", "desk,bob,", "Part 3 is one too many."),
        ("relations", "web,mail", "Part 3, to, is missing. A row of relations is from,kind,to"),
        ("memberships", "desk,dave", "There is no such row."),
        ("memberships", "desk,bob\u200b", "Part 2, person, has a character that cannot be seen."),
        ("group_roles", "admin,admin", "Give the role to somebody else first."),
        ("memberships", "admin,trent", "Give the role to somebody else first."),
    ],
)
def test_what_cannot_be_taken_out_is_told_at_its_field_and_kept(
    visitor: Enter, rows: Callable[..., Any], table: str, row: str, told: str
):
    everything = "SELECT (SELECT count(*) FROM membership), (SELECT count(*) FROM group_role)"
    before, trent = rows(everything), visitor("trent")

    wrong = trent.submit(trent.get("/registry"), "/registry/remove", table=table, row=row)

    form = wrong.form("/registry/remove")
    (field,) = form.xpath(".//input[@name='row' and @aria-invalid='true' and @autofocus]")
    (error,) = form.xpath(".//*[@class='field-error']")
    assert wrong.status in (404, 422)
    assert told in error.text_content()
    assert error.get("id") in field.get("aria-describedby").split()
    assert field.get("value") == row.strip()
    assert form.fields["table"] == table
    assert form.xpath("ancestor::details[@open]")
    assert not wrong.form("/registry/import").xpath("ancestor::details[@open]")
    assert rows(everything) == before


def test_people_and_groups_are_not_taken_out(visitor: Enter, rows: Callable[..., Any]):
    trent = visitor("trent")
    page = trent.get("/registry")

    for table in ("people", "groups", "absences", "nothing"):
        wrong = trent.submit(page, "/registry/remove", table=table, row="trent,2026-07-01T09:00")
        assert wrong.status == 422
        assert "Choose memberships, group roles or relations" in wrong.text

    assert rows("SELECT count(*) FROM person WHERE name = 'trent'") == [(1,)]


def test_who_is_no_administrator_takes_nobody_out(visitor: Enter, rows: Callable[..., Any]):
    bob = visitor("bob")
    csrf = bob.get("/me").html.xpath("string(//input[@name='csrf']/@value)")
    sent = {"csrf": csrf, "table": "memberships", "row": "desk,carol"}

    answers = [
        bob.client.post("/registry/remove", data={**sent, "row": row}).status_code
        for row in ("desk,carol", "desk", "")
    ]

    assert not bob.get("/registry").has_form("/registry/remove")
    assert answers == [403, 403, 403]
    assert rows("SELECT count(*) FROM membership WHERE group_name = 'desk'") == [(2,)]


@pytest.mark.parametrize("width", [390, 1280])
def test_a_row_that_is_not_there_is_in_sight(browser_of: Callable[..., Page], width: int):
    page = browser_of("trent", {"width": width, "height": 844})
    page.goto(page.url.partition("/inbox")[0] + "/registry")
    page.get_by_text("Take out", exact=True).first.click()

    page.get_by_label("Row", exact=True).fill("desk,nobody")
    page.get_by_role("button", name="Take out").click()

    expect(page.locator(".field-error")).to_be_in_viewport(ratio=1)
    expect(page.get_by_label("Row", exact=True)).to_be_focused()


def test_an_absence_is_told_in_ones_own_zone_and_taken_back(
    visitor: Enter, rows: Callable[..., Any]
):
    bob = visitor("bob")
    away = {"from": "2026-07-01T09:00", "until": "2026-07-08T09:00", "delegate": "carol"}

    saved = bob.submit(bob.get("/me"), "/me/absence", **away)

    assert "1 Jul, 09:00 CEST" in saved.text
    assert rows("SELECT from_at AT TIME ZONE 'UTC' FROM absence")[0][0].hour == 7
    gone = bob.submit(saved, "/me/absence/remove")
    assert "You are not away." in gone.text
    assert rows("SELECT count(*) FROM absence") == [(0,)]


@pytest.mark.parametrize(
    ("away", "told"),
    [
        ({"from": "tomorrow", "until": "2026-07-08T09:00"}, "Give a date and a time"),
        ({"from": "2026-07-08T09:00", "until": "2026-07-01T09:00"}, "ends before it begins"),
        (
            {"from": "2026-07-01T09:00", "until": "2026-07-08T09:00", "delegate": "bob"},
            "stand in for themselves",
        ),
    ],
)
def test_an_absence_that_cannot_be_is_refused_and_kept(
    visitor: Enter, away: dict[str, str], told: str
):
    bob = visitor("bob")

    wrong = bob.submit(bob.get("/me"), "/me/absence", note="Hills", **away)

    assert wrong.status == 422
    assert told in wrong.text
    assert wrong.form("/me/absence").fields["note"] == "Hills"


def test_a_new_password_ends_every_session(visitor: Enter, stranger: Any):
    bob, elsewhere = visitor("bob"), visitor("bob")
    typed = {
        "old_password": "a long enough password",
        "password": "another long password",
        "password_again": "another long password",
    }

    bob.submit(bob.get("/me"), "/me/password", **typed)

    assert elsewhere.get("/inbox").answer.url.path == "/login"
    assert stranger.sign_in("bob", "another long password").status == 200


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("old_password", "a guess of mine", "not your present password"),
        ("password_again", "something else entirely", "do not match"),
        ("password", "short", "12 to 256 characters"),
    ],
)
def test_a_password_is_not_changed_by_mistake(visitor: Enter, name: str, text: str, told: str):
    bob = visitor("bob")
    typed = {
        "old_password": "a long enough password",
        "password": "another long password",
        "password_again": "another long password",
        name: text,
    }
    if name == "password":
        typed["password_again"] = text

    wrong = bob.submit(bob.get("/me"), "/me/password", **typed)

    assert wrong.status == 422
    assert told in wrong.text
    assert text not in wrong.answer.text


def test_a_theme_is_kept_by_the_browser(visitor: Enter):
    bob = visitor("bob")

    page = bob.submit(bob.get("/inbox"), "/me/theme", button=("theme", "dark"))
    odd = bob.submit(page, "/me/theme", button=("theme", "javascript:"))

    assert page.answer.url.path == "/inbox"
    assert page.html.get("data-bs-theme") == odd.html.get("data-bs-theme") == "dark"


@pytest.fixture
def landscape(visitor: Enter) -> None:
    """A shop on a database with a spare, both on a switch."""
    trent = visitor("trent")
    sheets = {
        "services": "name,title,criticality,owner,support_group\nshop,Shop,1,bob,desk\n",
        "assets": "name,kind,title,criticality,owner,support_group\n"
        "db,server,Database,2,bob,desk\nspare,server,Spare,3,bob,desk\nhub,switch,Hub,2,,desk\n",
        "relations": "from,kind,to\nshop,runs_on,db\nspare,backs_up,db\ndb,depends_on,hub\n",
    }
    for table, text in sheets.items():
        done = trent.submit(trent.get("/registry"), "/registry/import", table=table, text=text)
        assert done.status == 200, done.text


@pytest.mark.usefixtures("landscape")
def test_every_way_of_a_change_is_listed(visitor: Enter):
    alice = visitor("alice")

    hub = alice.get("/registry/impact?of=hub")
    spare = alice.get("/registry/impact?of=spare")
    both = alice.get("/registry/impact?of=db, spare")

    assert "shop runs on db, which depends on hub; covered: db by spare" in hub.text
    assert "db depends on hub" in hub.text
    assert "loses its backup" in spare.text
    assert "No service stands on it." in spare.text
    assert "shop runs on db" in both.text
    assert "covered:" not in both.text
    assert "/registry/impact?of=shop" in alice.client.get("/registry?table=services").text


@pytest.mark.usefixtures("landscape")
def test_a_name_that_nobody_knows_is_refused_and_can_be_corrected(visitor: Enter):
    page = visitor("alice").get("/registry/impact?of=hub,nothing&of=<b>")

    assert page.status == 404
    assert "There is no service or asset nothing and no <b>." in page.text
    assert page.form("/registry/impact").fields["of"] == "hub,nothing, <b>"
    assert visitor("alice").get("/registry/impact").status == 200


def test_who_is_away_already_hands_nothing_back_in_a_circle(
    visitor: Enter, rows: Callable[..., Any]
):
    bob, dave = visitor("bob"), visitor("dave")
    span = {"from": "2026-03-03T08:00", "until": "2026-03-06T08:00"}
    bob.submit(bob.get("/me"), "/me/absence", **span, delegate="dave")

    refused = dave.submit(dave.get("/me"), "/me/absence", **span, delegate="bob")

    assert refused.status == 422
    assert "in a circle: bob for dave, dave for bob" in refused.text
    assert rows("SELECT person FROM absence") == [("bob",)]


def test_an_absence_that_is_over_is_refused(visitor: Enter, rows: Callable[..., Any]):
    bob = visitor("bob")
    span = {"from": "2026-02-03T08:00", "until": "2026-02-06T08:00"}

    refused = bob.submit(bob.get("/me"), "/me/absence", **span, delegate="dave")

    assert "This is over already" in refused.text
    assert rows("SELECT person FROM absence") == []


def test_roles_that_the_one_who_stands_in_lacks_are_told(visitor: Enter):
    dave = visitor("dave")
    span = {"from": "2026-03-03T08:00", "until": "2026-03-06T08:00"}

    page = dave.submit(dave.get("/me"), "/me/absence", **span, delegate="carol")

    assert "has not your roles" in page.text
