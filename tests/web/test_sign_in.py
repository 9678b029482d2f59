"""Signing in: who gets in, what a stranger sees, and what survives the end of a session."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from clearway.service.house import House
from clearway.web.api.problems import PROBLEM_TYPE
from clearway.web.app import PAGES, create_app

OPEN_TO_STRANGERS = {"/login", "/healthz", "/calendar/feed/{token}.ics"}
"""A calendar program signs in by the token in the address."""


def test_every_page_sends_a_stranger_to_sign_in(app: FastAPI):
    client = TestClient(app, follow_redirects=False)
    pages = _routes()
    assert len(pages) > 20

    for method, path in pages:
        if path in OPEN_TO_STRANGERS:
            continue
        address = path.replace("{work_item_id}", "1").replace("{fault_id}", "1")
        for name in ("key", "process", "element", "number", "attachment_id"):
            address = address.replace("{" + name + "}", "1")
        answer = client.request(method, address)

        assert answer.status_code in (303, 401), f"{method} {path}: {answer.status_code}"
        if answer.headers.get("content-type") == PROBLEM_TYPE:
            # A script of the workshop keeps what is on the screen, and says so.
            assert answer.json()["sign_in"] == "/login"
        elif method == "GET":
            assert answer.headers["location"].startswith("/login"), path


def test_a_wrong_name_reads_like_a_wrong_password(stranger: Any):
    unknown = stranger.sign_in("nobody", "something else")
    known = stranger.sign_in("bob", "something else")

    assert unknown.status == known.status == 403
    assert _alert(unknown) == _alert(known) != ""


def test_too_many_attempts_are_refused_even_with_the_right_password(stranger: Any):
    for _ in range(5):
        stranger.sign_in("bob", "guess")

    page = stranger.sign_in("bob")

    assert page.status == 403
    assert "too many attempts" in page.text


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(stranger: Any):
    page = stranger.get("/login")
    fields = dict(page.form("/login").form_values()) | {
        "name": "bob",
        "password": "a long enough password",
    }

    answer = stranger.client.post("/login", data=fields, follow_redirects=False)

    cookies = [it for it in answer.headers.get_list("set-cookie") if it.startswith("clearway=")]
    assert len(cookies) == 1
    assert "HttpOnly" in cookies[0]
    assert "SameSite=lax" in cookies[0]


def test_over_https_the_session_cookie_belongs_to_this_host_alone(house: House):
    class Settings:
        base_url = "https://clearway.example"

    client = TestClient(create_app(house, Settings()), base_url="https://clearway.example")
    client.get("/login")
    guest = client.cookies["clearway_guest"]
    fields = {"csrf": guest, "name": "bob", "password": "a long enough password"}

    answer = client.post("/login", data=fields, follow_redirects=False)

    cookie = next(it for it in answer.headers.get_list("set-cookie") if "__Host-" in it)
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert "max-age=" in answer.headers["strict-transport-security"]


def test_signing_out_ends_the_session_for_everybody_who_has_its_cookie(
    visitor: Callable[[str], Any], app: FastAPI
):
    bob = visitor("bob")
    thief = TestClient(app, follow_redirects=False, cookies=dict(bob.client.cookies))
    assert thief.get("/inbox").status_code == 200

    bob.submit(bob.get("/inbox"), "/logout")

    assert thief.get("/inbox").status_code == 303


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "/login", "%09/x"]
)
def test_after_sign_in_nobody_is_led_away_from_the_portal(stranger: Any, target: str):
    page = stranger.get(f"/login?next={target}")

    answer = stranger.submit(page, "/login", name="bob", password="a long enough password").answer

    assert answer.url.host == "testserver"
    assert answer.url.path == "/inbox"


def test_a_form_of_another_session_is_shown_again_and_not_carried_out(
    visitor: Callable[[str], Any], rows: Callable[..., Any]
):
    alice = visitor("alice")
    page = alice.get("/new/errand")

    answer = alice.submit(page, "/new/errand", csrf="of another session", f_what="a book")

    assert answer.status == 403
    assert "Nothing was changed" in answer.text
    assert rows("SELECT count(*) FROM instance") == [(0,)]
    again = alice.submit(answer, "/new/errand")
    assert again.form("/new/errand").fields["f.what"] == "a book"
    assert rows("SELECT count(*) FROM instance") == [(0,)]


def test_a_form_from_another_site_is_refused(
    visitor: Callable[[str], Any], rows: Callable[..., Any]
):
    alice = visitor("alice")
    fields = dict(alice.get("/new/errand").form("/new/errand").form_values()) | {"f.what": "a book"}

    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = alice.client.post("/new/errand", data=fields, headers=headers)
        assert answer.status_code == 403

    assert rows("SELECT count(*) FROM instance") == [(0,)]


def test_what_was_typed_survives_the_end_of_the_session(
    visitor: Callable[[str], Any], rows: Callable[..., Any]
):
    alice = visitor("alice")
    page = alice.get("/new/errand")
    alice.client.cookies.delete("clearway")

    ended = alice.submit(page, "/new/errand", f_what="a book\nand a pen", f_weight="many")
    back = alice.submit(ended, "/login", name="alice", password="a long enough password")
    form = alice.submit(back, "/new/errand")

    assert ended.status == 401
    assert "what you typed is kept" in ended.text
    assert form.form("/new/errand").fields["f.what"] == "a book\nand a pen"
    assert form.form("/new/errand").fields["f.weight"] == "many"
    assert rows("SELECT count(*) FROM instance") == [(0,)]


def _alert(page: Any) -> str:
    return page.html.xpath("string(//*[@role='alert'])").strip()


def _routes() -> list[tuple[str, str]]:
    return [
        (method, route.path)
        for room in PAGES
        for route in room.router.routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods)
    ]
