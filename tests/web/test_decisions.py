"""Decisions by the API and on the page of a record: what was asked, what fired, who may know."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from parcel import parcel
from starlette.testclient import TestClient

from clearway.service.deploy import deploy
from clearway.service.house import House
from clearway.service.start import start
from clearway.service.values import Actor, Done

WithToken = Callable[[str], TestClient]
Enter = Callable[[str], Any]
DECISIONS = "/api/v1/processes/parcel/decisions"
PROBLEM = "application/problem+json"
LIGHT = {"context": {"record": {"weight": 1, "care": "none"}}}


@pytest.fixture
def key(house: House, people: Mapping[str, Actor]) -> str:
    """A vase that alice sends."""
    done = deploy(house, people["grace"], parcel(), parent=None, reason="first", once="p")
    assert isinstance(done, Done), done
    values = {"what": "a vase", "weight": 3, "care": "glass"}
    sent = start(house, people["alice"], "parcel", values, once="send")
    assert isinstance(sent, Done), sent
    return sent.key


def test_a_program_asks_with_a_context(api: WithToken, key: str):
    answer = api("grace").post(f"{DECISIONS}/carrier/evaluations", json=LIGHT)

    assert answer.status_code == 200
    assert answer.json() == {
        "process": "parcel",
        "decision": "carrier",
        "version": 1,
        "hit_policy": "UNIQUE",
        "inputs": {"Size of it": "small", "How to handle it": "none"},
        "rules": [1],
        "outputs": {"carrier": "bike"},
        "notes": ["It fits on a rack"],
        "needed": [
            {
                "decision": "size",
                "hit_policy": "UNIQUE",
                "inputs": {"Weight": 1},
                "rules": [1],
                "outputs": {"size": "small"},
                "notes": [],
            }
        ],
        "explanation": [
            "Weight is 1.",
            "Rule 1 of Size (UNIQUE) fits and answers size = small.",
            "Size of it is small.",
            "How to handle it is as anything.",
            "Rule 1 of Carrier (UNIQUE) fits and answers Carrier = a bicycle.",
            "Note: It fits on a rack",
        ],
        "record": None,
    }


def test_a_program_asks_about_a_record_and_both_are_listed(api: WithToken, key: str):
    bob = api("bob")

    asked = bob.post(f"{DECISIONS}/carrier/evaluations", json={"record": key})
    listed = bob.get(f"{DECISIONS}/carrier/evaluations").json()

    assert asked.status_code == 200
    assert asked.json()["outputs"] == {"carrier": "van"}
    assert listed["after"] is None
    assert [(it["record"], it["by"], it["element"], it["version"]) for it in listed["rows"]] == [
        (key, "bob", None, 1),
        (key, "alice", "choose", 1),
    ]
    assert {json.dumps(it["outputs"]) for it in listed["rows"]} == {'{"carrier": "van"}'}


def test_the_same_key_answers_the_same(api: WithToken, key: str, rows: Callable[..., Any]):
    grace, once = api("grace"), {"Idempotency-Key": "k"}
    body = {"context": {"distance": 0.1, "day": "2026-03-02"}}

    first = grace.post(f"{DECISIONS}/postage/evaluations", json=body, headers=once)
    again = grace.post(f"{DECISIONS}/postage/evaluations", json=body, headers=once)
    other = grace.post(f"{DECISIONS}/carrier/evaluations", json=LIGHT, headers=once)

    assert first.json()["inputs"] == {"Kilometres": 0.1, "Day": "2026-03-02"}
    assert (again.status_code, again.json()) == (200, first.json())
    assert other.status_code == 409
    assert rows("SELECT count(*) FROM evaluation") == [(1,)]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body"),
        ({"context": {}, "more": 1}, "body.more"),
        ({"context": []}, "body.context"),
        ({"context": {}, "version": "1"}, "body.version"),
        ({"context": {}, "version": 0}, "body.version"),
        ({"record": 7}, "body.record"),
        ({"record": "P\0"}, "body.record"),
        ({"context": {"a": "\0"}}, "a"),
        ({"context": {"a": 2**70}}, "a"),
    ],
)
def test_a_body_that_does_not_fit_is_refused_with_the_field(
    api: WithToken, key: str, body: object, field: str
):
    answer = api("grace").post(f"{DECISIONS}/carrier/evaluations", json=body)

    assert answer.status_code == 422
    assert field in [one["field"] for one in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("address", "body", "status", "code", "fields"),
    [
        ("no/decisions/size", LIGHT, 404, "not_found", None),
        ("parcel/decisions/no", LIGHT, 404, "not_found", ["decision"]),
        ("parcel/decisions/size", {**LIGHT, "version": 7}, 404, "not_found", ["version"]),
        ("parcel/decisions/size", {"record": "PAR-7"}, 404, "not_found", None),
        ("parcel/decisions/size", {"context": {}}, 422, "invalid", ["context.record"]),
        (
            "parcel/decisions/size",
            {"context": {"record": {"weight": "3"}}},
            422,
            "invalid",
            ["inputs.Weight"],
        ),
        (
            "parcel/decisions/odd",
            {"context": {"word": "x" * 50}},
            422,
            "undecided",
            ["inputs.Word"],
        ),
        (
            "parcel/decisions/odd",
            {"context": {"word": "x" * 33}},
            422,
            "undecided",
            ["inputs.Word", "rules"],
        ),
    ],
)
def test_what_gives_no_answer_is_a_problem_with_its_place(
    api: WithToken, key: str, address: str, body: object, status: int, code: str, fields: Any
):
    answer = api("grace").post(f"/api/v1/processes/{address}/evaluations", json=body)

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert answer.headers["content-type"] == PROBLEM
    assert [one["field"] for one in problem.get("errors", [])] == (fields or [])
    if status == 422:
        assert problem["detail"].startswith("parcel/rules.dmn, decision ")


@pytest.mark.parametrize("who", ["alice", "bob", "dave"])
def test_who_may_not_read_the_files_is_refused(api: WithToken, key: str, who: str):
    answer = api(who).post(f"{DECISIONS}/carrier/evaluations", json=LIGHT)

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_what_somebody_may_not_see_is_neither_decided_nor_listed(api: WithToken, key: str):
    erin = api("erin")

    asked = erin.post(f"{DECISIONS}/carrier/evaluations", json={"record": key})

    assert asked.status_code == 404
    assert erin.get(f"{DECISIONS}/carrier/evaluations").json() == {"rows": [], "after": None}


def test_the_list_has_pages(api: WithToken, key: str):
    grace = api("grace")
    for _ in range(4):
        grace.post(f"{DECISIONS}/carrier/evaluations", json=LIGHT)

    first = grace.get(f"{DECISIONS}/carrier/evaluations?limit=3").json()
    rest = grace.get(f"{DECISIONS}/carrier/evaluations?limit=3&after={first['after']}").json()

    assert len({it["id"] for it in [*first["rows"], *rest["rows"]]}) == 5
    assert rest["after"] is None
    assert grace.get(f"{DECISIONS}/carrier/evaluations?after=nonsense").status_code == 422


# --- the page of a record -------------------------------------------------------------------------


def test_the_sentence_shows_and_the_reasons_are_below_it(visitor: Enter, key: str):
    page = visitor("bob").get(f"/records/{key}")

    sentence = "Carrier was decided by rule 2 of Carrier: the yellow van."
    (line,) = page.html.xpath(f"//li[div[text()='{sentence}']]")
    (why,) = line.xpath("./details")
    assert why.get("open") is None
    assert why.xpath("string(summary)") == "How it was decided"
    assert [it.text for it in why.xpath("ul/li")] == [
        "Weight is 3.",
        "Rule 1 of Size (UNIQUE) fits and answers size = small.",
        "Size of it is small.",
        "How to handle it is it may break.",
        "Rule 2 of Carrier (UNIQUE) fits and answers Carrier = the yellow van.",
        "Note: Cobbles break glass",
    ]
    # It is not folded away with what only followed.
    assert not line.xpath("ancestor::details")


def test_the_table_that_decided_is_a_link_for_who_may_read_it(
    visitor: Enter, house: House, people: Mapping[str, Actor], key: str
):
    changed = parcel("Cobbles break glass", "It rattles")
    deploy(house, people["grace"], changed, parent=1, reason="words", once="2")
    grace, bob = visitor("grace"), visitor("bob")
    address = "/processes/parcel/versions/1/files/parcel/rules.dmn"

    shown, hidden = (it.get(f"/records/{key}") for it in (grace, bob))
    file = grace.client.get(address)

    assert shown.html.xpath(f"//a[@href='{address}']")
    assert not hidden.html.xpath(f"//a[@href='{address}']")
    assert "The table is parcel/rules.dmn of version 1." in hidden.text
    assert b"Cobbles break glass" in file.content
    assert file.headers["content-disposition"].startswith('attachment; filename="rules.dmn"')
    assert bob.client.get(address).status_code == 403
    assert grace.client.get(f"{address}x").status_code == 404


def test_what_was_asked_by_api_is_a_line_of_its_own(visitor: Enter, api: WithToken, key: str):
    api("bob").post(f"{DECISIONS}/size/evaluations", json={"record": key})

    page = visitor("alice").get(f"/records/{key}")

    (moment,) = page.html.xpath("//li[@class='moment'][contains(., 'by API')]")
    text = " ".join(moment.text_content().split())
    assert "bob asked Size of version 1 by API: size small by rule 1." in text
    assert "Nothing of the record was changed." in text
    assert "Weight is 3." in text
    assert text.count("by API") == 1
