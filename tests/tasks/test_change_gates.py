"""No form of a change lets in what is not its own, and its board votes at one instant, for real."""

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from boards import asked_change, open_item, planned_change, waiting_change
from handy import drain, person, seen
from starlette.testclient import TestClient

from clearway.now import HandClock
from clearway.service.complete import complete
from clearway.service.forms import Form
from clearway.service.house import House
from clearway.service.impact import AffectedService
from clearway.service.sign_in import IssuedToken, issue_token
from clearway.service.timers import fire_due
from clearway.service.values import Done, Refusal
from clearway.service.verify import verify
from clearway.service.vote import vote
from clearway.web.app import create_app
from tasks.change import find_owners
from tasks.dispatcher import Dispatcher

FOLDER = Path(__file__).resolve().parents[2] / "bpmn" / "change"
FIELDS: dict[str, Any] = json.loads((FOLDER / "record.json").read_text())["properties"]
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FORGED = {"string": "forged", "integer": 7, "boolean": True, "array": ["forged"]}
FORGERY = {name: FORGED[field["type"]] for name, field in FIELDS.items()}
CHECKED = ("people_present", "monitoring_up", "backup_verified")
LOOKED_AT = ("freeze_looked_at", "comms_sent", "collisions_known")
THINGS = {
    "payroll": AffectedService("payroll", "judy", "payroll", goes_on=False),
    "webshop": AffectedService("webshop", "mallory", "webshop depends on payroll", goes_on=False),
    "intranet": AffectedService("intranet", None, "intranet runs on app01", goes_on=False),
    "portal": AffectedService("portal", "carol", "portal runs on app01", goes_on=False),
    "backup": AffectedService("backup", "trent", "backup runs on app01", goes_on=True),
}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("forms/*.json")), ids=lambda it: it.stem)
def test_a_form_lets_in_no_field_but_those_that_it_asks_for(path: Path):
    schema = json.loads(path.read_text())
    asked = {name for name, it in schema["properties"].items() if not it.get("readOnly")}

    found = Form(path.stem, schema).read(FORGERY, {}, AT)

    assert isinstance(found, Refusal)
    assert set(found.fields) == set(FIELDS) - asked


@pytest.mark.database
def test_no_gate_writes_what_its_form_does_not_ask(
    house: House, worker: Dispatcher, hand_clock: HandClock
):
    app = create_app(house, _Settings())
    begins = house.now() + timedelta(days=40)
    ends = begins + timedelta(hours=2)
    steps = {
        "plan": ("alice", planned_change("Move it", begins, ends, low_risk=True)),
        "assess": ("frank", {"assessment": "ready", "group_lead": "erin"}),
        "go_no_go": ("carol", {"go": "go", **dict.fromkeys((*CHECKED, *LOOKED_AT), True)}),
        "implement": (
            "carol",
            {
                "actual_start": begins.isoformat(),
                "actual_end": (begins + timedelta(minutes=5)).isoformat(),
                "implementation_result": "done",
                "implementation_notes": "As planned",
            },
        ),
        "verify": ("dave", {"verified": True, "verification_notes": "Looked at it"}),
        "review": ("frank", {"outcome": "successful", "caused_incident": False}),
    }
    key = _asked(house, worker)

    for element, (name, values) in steps.items():
        if element == "go_no_go":
            item = open_item(house, "erin", key)
            erin = person(house, "erin")
            assert isinstance(vote(house, erin, item, "lead", "approve", once="yes"), Done)
            hand_clock.move_to(begins)
            fire_due(house, 10)
            drain(worker)
        if element == "implement":
            hand_clock.move_to(begins + timedelta(minutes=10))
        item, who = open_item(house, name, key), person(house, name)
        before = seen(house, who, key).values
        client = TestClient(app)
        token = issue_token(house, who, f"{name} at {element}", person=name)
        assert isinstance(token, IssuedToken)
        client.headers["Authorization"] = f"Bearer {token.token}"
        asked = _asks(element)

        for field in sorted(set(FIELDS) - asked):
            sent = {**values, field: _another(field, before.get(field))}
            refused = complete(house, who, item, sent, once=f"{element} {field}")
            assert isinstance(refused, Refusal), (element, field)
            assert field in refused.fields, (element, field, refused)
        forged = {"values": {**FORGERY, **values}}
        answer = client.post(f"/api/v1/tasks/{item}/complete", json=forged)

        assert answer.status_code == 422, answer.text
        assert seen(house, who, key).values == before
        assert isinstance(complete(house, who, item, values, once=element), Done)
        drain(worker)
    view = seen(house, person(house, "frank"), key)
    assert (view.state, view.values["approval"]) == ("closed", "approved")
    assert verify(house) == []


@pytest.mark.database
def test_two_members_vote_at_the_same_instant_and_the_board_decides_once(
    house: House, worker: Dispatcher, rows: Any
):
    begins = house.now() + timedelta(days=40)
    ends = begins + timedelta(hours=2)
    key = waiting_change(house, lambda: drain(worker), "Move it", "mail", begins, ends)
    item = open_item(house, "frank", key)
    owner = vote(house, person(house, "judy"), item, "owner", "approve", once="judy")
    ready = threading.Barrier(2)
    answers: dict[str, Done | Refusal] = {}

    def cast(name: str, seat: str) -> None:
        ready.wait()
        voter = person(house, name)
        answers[name] = vote(house, voter, item, seat, "approve", once=name)

    pairs = (("frank", "chair"), ("dave", "first_member"))
    threads = [threading.Thread(target=cast, args=pair) for pair in pairs]
    for it in threads:
        it.start()
    for it in threads:
        it.join()

    assert isinstance(owner, Done)
    assert all(isinstance(it, Done) for it in answers.values()), answers
    assert rows("SELECT outcome, count(*) FROM round GROUP BY 1") == [("approved", 1)]
    assert rows("SELECT count(*) FROM ballot WHERE NOT replaced") == [(3,)]
    assert seen(house, person(house, "alice"), key).values["approval"] == "approved"
    assert verify(house) == []


def test_the_owner_of_each_service_that_goes_down_decides():
    found = find_owners(
        service="payroll",
        assets=["app01"],
        concerned=["alice", "carol"],
        affected_services=lambda _: list(THINGS.values()),
    )

    assert found == {
        "services": [
            "webshop depends on payroll: mallory decides",
            "intranet runs on app01: nobody owns it",
            "portal runs on app01: carol owns it, and is concerned",
            "backup runs on app01: it goes on meanwhile, nobody is asked",
        ],
        "owners": ["mallory"],
        "undecided": ["intranet", "portal"],
        "problem": None,
    }


@pytest.mark.database
def test_the_registry_says_whose_services_a_change_reaches(house: House, calls: Any):
    asked = {"service": "payroll", "assets": ["app01"], "concerned": ["alice", "carol"]}

    found = calls["find_owners"](asked, "1")
    unknown = calls["find_owners"]({**asked, "assets": ["app99"]}, "2")

    assert found["owners"] == ["mallory"]
    assert found["services"] == [
        "webshop depends on payroll: mallory decides",
        "intranet runs on app01: mallory decides",
    ]
    assert unknown["owners"] == []
    assert "app99" in unknown["problem"]


class _Settings:
    """The part of the settings that the portal needs."""

    base_url = "http://testserver"


def _asks(element: str) -> set[str]:
    properties = json.loads((FOLDER / "forms" / f"{element}.json").read_text())["properties"]
    return {name for name, it in properties.items() if not it.get("readOnly")}


def _another(field: str, now: object) -> object:
    """A value of the field's type that the record does not have."""
    forged = FORGERY[field]
    return not now if isinstance(forged, bool) and forged == now else forged


def _asked(house: House, worker: Dispatcher) -> str:
    key = asked_change(house, "Move it", "mail")
    drain(worker)
    return key
