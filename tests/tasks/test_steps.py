"""The steps and their catalogue: safe to run twice, plain in what they take and answer."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clearway.errors import ClearwayError, StepError
from clearway.service.collisions import CollisionsView
from clearway.service.open_work import OpenWork
from clearway.service.registry import ServiceContext
from integrations.accounts import ScimAccounts
from integrations.equipment import MailedOrders, Order
from integrations.silent import NotConnected, Silent
from integrations.smtp import SilentMailer, SmtpMailer
from tasks.catalogue import STEPS, Call, StepInputError, bind

BPMN = Path(__file__).resolve().parent.parent.parent / "bpmn"
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def silent() -> Silent:
    return Silent()


@pytest.fixture
def calls(silent: Silent) -> Mapping[str, Call]:
    links: set[tuple[str, str, str]] = set()

    def link(from_key: str, kind: str, to_key: str, once: str) -> bool:
        links.add((from_key, kind, to_key))
        return from_key != "INC-404"

    doors = {
        "find_service": lambda service, asset: ServiceContext("network", "judy", 1, True),
        "has_role": lambda person, role: (person, role) == ("erin", "vip"),
        "line_of": lambda _: ["mallory", "grace"],
        "ended_changes": lambda _: [],
        "calendar_of": lambda _: None,
        "link": link,
        "ended_between": lambda *_: [],
        "leading_to": lambda *_: {},
        "one_record": lambda _: None,
        "open_work": lambda: OpenWork(AT, {"incident": 2, "weekly_review": 1}, 3, 1, 2, 0, []),
        "addresses_of": lambda names: {
            name: [f"{name}@example.org"] if name != "frank" else []
            for name in names
            if name != "nobody"
        },
        "template_of": lambda hashed: "{{ key }} is done\n\nSee {{ base_url }}/{{ key }}.",
        "look_for_collisions": lambda planned: CollisionsView(f"{planned.key} does not fit."),
        "base_url": "https://desk.example.org",
        "sent_from": "clearway@desk.example.org",
        "now": lambda: AT,
    }
    here = {*silent.by_name(), *doors}
    known = {name: step for name, step in STEPS.items() if set(step.needs) <= here}
    return bind(known, silent.by_name(), doors)


def twice(call: Call, inputs: Mapping[str, object]) -> Mapping[str, object]:
    first = call(inputs, "7")
    assert call(inputs, "7") == first
    return first


def test_an_account_is_made_and_undone(calls: Mapping[str, Call], silent: Silent):
    person = {"key": "ONB-1", "user_name": "zoe", "full_name": "Zoe Example", "mail": None}

    made = twice(calls["create_account"], person)
    access = {"key": "ONB-1", "user_name": "zoe", "groups": ["mail", "payroll"]}
    granted = twice(calls["grant_access"], access)

    silence = {"only_noted": "no directory is connected"}
    assert made == {"account_id": "account-zoe", "user_name": "zoe", **silence}
    assert granted == {"granted": ["mail", "payroll"], **silence}
    assert silent.accounts.accounts == {"zoe": {"mail", "payroll"}}
    calls["revoke_access"](access, "8")
    calls["remove_account"]({"key": "ONB-1", "user_name": "zoe"}, "9")
    assert silent.accounts.accounts == {}


def test_access_for_nobody_is_a_business_error(calls: Mapping[str, Call]):
    with pytest.raises(StepError) as error:
        calls["grant_access"]({"key": "ONB-1", "user_name": "zoe", "groups": ["mail"]}, "7")

    assert error.value.code == "unknown_access"


def test_a_laptop_is_ordered_once_and_called_off(calls: Mapping[str, Call], silent: Silent):
    order = {"key": "ONB-1", "for_person": "Zoe Example", "item": "light", "deliver_to": "Berlin"}

    ordered = twice(calls["order_laptop"], order)

    assert ordered == {
        "order_number": "ONB-1-laptop",
        "only_noted": "no supplier is connected",
    }
    assert list(silent.equipment.orders) == ["ONB-1-laptop"]
    twice(calls["cancel_laptop"], {"key": "ONB-1"})
    assert silent.equipment.orders == {}


def test_incidents_are_linked_and_the_unknown_named(calls: Mapping[str, Call]):
    linked = twice(calls["link_incidents"], {"key": "PRB-1", "incidents": ["INC-1", "INC-1", " "]})

    assert linked == {"linked": ["INC-1"]}
    with pytest.raises(StepError, match="INC-404") as error:
        calls["link_incidents"]({"key": "PRB-1", "incidents": ["INC-404", "INC-1"]}, "7")
    assert error.value.code == "unknown_record"


def test_open_work_is_counted_without_the_review_itself(calls: Mapping[str, Call]):
    found = calls["collect_open_work"]({}, "7")

    assert (found["open_count"], found["overdue_count"]) == (2, 1)
    assert "incident 2" in str(found["summary"])
    assert "weekly_review" not in str(found["summary"])


def test_a_notice_is_one_mail_and_tells_whom_it_did_not_reach(
    calls: Mapping[str, Call], silent: Silent
):
    told = {
        "template": "done",
        "template_hash": "abc",
        "to": ["alice", "frank", "nobody", "alice"],
        "values": {},
        "key": "INC-1",
    }

    answer = twice(calls["notice"], told)

    [mail] = silent.mailer.mails
    assert (mail.to, mail.subject) == (("alice@example.org",), "INC-1 is done")
    assert mail.message_id == "clearway-job-7"
    assert mail.text.endswith("\nhttps://desk.example.org/records/INC-1\n")
    assert '<a href="https://desk.example.org/records/INC-1">INC-1</a>' in mail.html
    assert (answer["unknown"], answer["without_address"]) == (["nobody"], ["frank"])


@pytest.mark.parametrize(
    ("to", "why"),
    [(["frank"], "no mail address of frank is known"), ([], "nobody is named")],
)
def test_a_notice_that_went_to_nobody_says_why(to: list[str], why: str):
    doors = {
        "addresses_of": lambda names: {name: [] for name in names},
        "template_of": lambda hashed: "{{ key }} is done\n\nIt is.",
        "base_url": "https://desk.example.org",
        "sent_from": "clearway@desk.example.org",
        "now": lambda: AT,
    }
    server = SmtpMailer("127.0.0.1", 1, "desk@example.org")
    call = bind({"notice": STEPS["notice"]}, {"mailer": server}, doors)["notice"]

    answer = call({"template": "done", "template_hash": "abc", "to": to, "key": "INC-1"}, "7")

    assert (answer["sent"], answer["only_noted"]) == ([], why)


def test_without_a_mail_server_a_notice_is_only_noted(calls: Mapping[str, Call]):
    told = {"template": "done", "template_hash": "abc", "to": ["alice"], "key": "INC-1"}

    assert calls["notice"](told, "7")["only_noted"] == "no mail server is set"


def test_a_notice_to_nobody_known_is_an_error(calls: Mapping[str, Call]):
    with pytest.raises(StepError, match="nobody"):
        calls["notice"]({"template": "done", "template_hash": "abc", "to": ["nobody"]}, "7")


@pytest.mark.parametrize(
    ("inputs", "named"),
    [({"service": "x", "colour": "red"}, "colour"), ({"asset": None, "x": 1}, "x")],
)
def test_inputs_that_a_step_does_not_take_are_named(
    calls: Mapping[str, Call], inputs: Mapping[str, object], named: str
):
    with pytest.raises(StepInputError, match=named):
        calls["find_context"](inputs, "7")


@pytest.mark.parametrize(("caller", "important"), [("erin", True), ("alice", False), (None, False)])
def test_a_caller_with_the_role_vip_is_important(
    calls: Mapping[str, Call], caller: str | None, important: bool
):
    found = calls["find_context"]({"service": "mail", "caller": caller}, "7")

    assert found["important_caller"] is important


def test_inputs_that_are_missing_are_named(calls: Mapping[str, Call]):
    with pytest.raises(StepInputError, match="full_name"):
        calls["create_account"]({"key": "ONB-1", "user_name": "zoe", "full_name": None}, "7")


def test_what_nobody_provides_is_named():
    with pytest.raises(ClearwayError, match="mailer"):
        bind(STEPS, {}, {})


def test_every_step_of_every_diagram_exists_and_is_given_what_it_takes():
    drawn = 0
    for file in sorted(BPMN.glob("*/*.bpmn")):
        for task in re.findall(r"<bpmn:serviceTask .*?</bpmn:serviceTask>", file.read_text(), re.S):
            step = STEPS[re.search(r'clearway:step="([^"]+)"', task).group(1)]
            given = set(re.findall(r'<clearway:input name="([^"]+)"', task))
            must = {name for name, required in step.inputs.items() if required}
            assert must <= given <= set(step.inputs), (file.name, task[:80])
            drawn += 1
    assert drawn >= 8


class Desk:
    """Another system that does what it is asked for."""

    def order(self, order: Order) -> None:
        self.last = order


def test_what_a_connected_system_did_is_not_called_only_noted():
    steps = {"order_laptop": STEPS["order_laptop"]}
    calls = bind(steps, {"equipment": Desk()}, {"now": lambda: AT})

    answer = calls["order_laptop"]({"key": "ONB-1", "for_person": "Zoe Example"}, "7")

    assert answer == {"order_number": "ONB-1-laptop"}
    real = (ScimAccounts("http://127.0.0.1:1", None), MailedOrders(SilentMailer(), "desk"))
    assert not any(isinstance(it, NotConnected) for it in real)


def test_collisions_without_a_time_are_no_collisions(calls: Mapping[str, Call]):
    times = {"starts": "2026-04-01T10:00:00Z", "ends": "2026-04-01T11:00:00Z"}

    untimed = twice(calls["find_collisions"], {"key": "WRK-1", "starts": None, "things": ["db01"]})
    wrong = twice(calls["find_collisions"], {"key": "WRK-1", **times, "people": "alice"})

    assert untimed["problem"] == "It does not say when it begins and ends: give both times."
    assert (untimed["collisions"], untimed["freeze"], untimed["slots"]) == ([], None, [])
    assert wrong["problem"] == "WRK-1 does not fit."
