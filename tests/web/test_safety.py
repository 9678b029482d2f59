"""What every answer carries, and what hostile input meets."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import Message, Scope

from clearway.web.body_limit import BodyLimits, BodyTooLarge

PAGES = ("/inbox", "/search", "/new", "/new/errand", "/processes", "/processes/errand", "/me")
XSS = "<script>alert(1)</script><img src=x onerror=alert(2)>'\"&"


@pytest.mark.parametrize("path", ["/login", "/healthz", "/nothing", "/static/nothing.js", *PAGES])
def test_every_answer_is_strict_about_what_a_browser_may_do(
    visitor: Callable[[str], Any], path: str
):
    answer = visitor("grace").client.get(path)

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("path", PAGES)
def test_no_page_carries_a_script_or_a_style_of_its_own(visitor: Callable[[str], Any], path: str):
    page = visitor("grace").get(path)

    assert not page.html.xpath("//script[not(@src)] | //style | //*[@style] | //@onclick")
    for address in page.html.xpath(
        "//script/@src | //link[@rel='stylesheet']/@href | //form/@action"
    ):
        assert address.startswith("/"), address


@pytest.mark.parametrize("path", PAGES)
def test_pages_of_a_person_are_kept_by_nobody(visitor: Callable[[str], Any], path: str):
    assert visitor("grace").client.get(path).headers["cache-control"] == "no-store"


def test_what_people_type_is_shown_as_text(visitor: Callable[[str], Any]):
    alice = visitor("alice")

    record = alice.submit(alice.get("/new/errand"), "/new/errand", f_what=XSS)
    path = record.answer.url.path
    commented = alice.submit(record, f"{path}/comments", text=XSS)
    found = alice.get("/search?q=script")

    for page in (record, commented, found):
        assert "<script>alert" not in page.answer.text
        assert "<img src=x" not in page.answer.text
    assert XSS in commented.text


def test_a_search_shows_its_words_as_text(visitor: Callable[[str], Any]):
    answer = visitor("alice").client.get("/search", params={"q": XSS})

    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


def test_a_body_that_streams_in_is_cut_off_at_the_limit():
    read = 0

    async def app(scope: Scope, receive: Any, send: Any) -> None:
        nonlocal read
        while True:
            message = await receive()
            read += len(message["body"])

    async def receive() -> Message:
        return {"type": "http.request", "body": b"x" * 65536, "more_body": True}

    async def send(message: Message) -> None:
        raise AssertionError("nothing is answered by the counter itself")

    scope = {"type": "http", "path": "/tasks/1/complete", "headers": []}
    with pytest.raises(BodyTooLarge):
        asyncio.run(BodyLimits(app)(scope, receive, send))

    assert read <= 1024 * 1024


@pytest.mark.parametrize(
    ("size", "told"),
    [
        # More than the address takes, and a little more than an attachment may have.
        (22 * 1024 * 1024, "at most 21 MiB"),
        (41 * 512 * 1024, "The file has 20.5 MiB; an attachment has at most 20 MiB."),
    ],
)
def test_an_upload_that_is_too_large_is_refused_with_a_page(
    visitor: Callable[[str], Any], size: int, told: str
):
    alice = visitor("alice")
    page = alice.submit(alice.get("/new/errand"), "/new/errand", f_what="tea")
    path = page.answer.url.path

    refused = alice.upload(page, f"{path}/attachments", "file", "a.txt", b"x" * size, "text/plain")

    assert refused.status == 413
    assert told in refused.text
    assert "link it in a comment" in refused.text


def test_an_unknown_page_says_what_to_do(app: FastAPI, visitor: Callable[[str], Any]):
    page = visitor("alice").get("/no/such/page")

    assert page.status == 404
    assert "Check the address" in page.text


def test_a_mistake_of_ours_says_a_number_and_no_detail(visitor: Callable[[str], Any], house: Any):
    alice = visitor("alice")
    alice.client = TestClient(
        alice.client.app, raise_server_exceptions=False, cookies=alice.client.cookies
    )
    house.store.close()
    del house.store

    page = alice.get("/inbox")

    assert page.status == 500
    assert "tell an administrator this number" in page.text
    assert page.html.xpath("string(//main//code)")
    assert "AttributeError" not in page.answer.text
