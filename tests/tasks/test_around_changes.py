"""What stands around changes, for real: templates, exceptions, reviews and their actions."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from handy import drain, person, seen

from clearway import engine
from clearway.now import HandClock
from clearway.service.complete import complete
from clearway.service.deliver import send
from clearway.service.deploy import deploy
from clearway.service.house import House
from clearway.service.inbox import inbox
from clearway.service.search import search
from clearway.service.start import start
from clearway.service.values import SYSTEM, Done
from clearway.service.verify import verify
from clearway.service.vote import vote
from tasks.catalogue import Call
from tasks.dispatcher import Dispatcher

pytestmark = pytest.mark.database

BPMN = Path(__file__).resolve().parents[2] / "bpmn"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Rows = Callable[..., list[tuple[object, ...]]]
PAST = """INSERT INTO instance (key, process, version_id, revision, engine_state, record, state,
    title, started_at, changed_at, ended_at)
SELECT 'CHG-' || n, 'change', (SELECT max(id) FROM version WHERE process = 'change'), 1, '',
    '{"service": "mail", "outcome": "successful"}', 'closed', 'Renew the certificate of mail',
    '2026-01-01Z', '2026-01-01Z', '2026-01-02Z'
FROM generate_series(901, 905) n"""


@pytest.fixture
def ground(house: House, rows: Rows, hand_clock: HandClock) -> Callable[..., None]:
    """Deploy these processes; five changes of the mail service were successful."""
    hand_clock.move_to(NOW)
    rows(PAST)

    def make(*processes: str) -> None:
        for process in processes:
            bundle = engine.read_bundle(BPMN, process)
            reason = "despite scenarios: only a test"
            done = deploy(house, SYSTEM, bundle, parent=None, reason=reason, once=process)
            assert isinstance(done, Done), done

    return make


def task_of(house: House, name: str, element: str) -> int:
    """The open task at this element that the person sees."""
    found = inbox(house, person(house, name), view="all").rows
    return next(it.id for it in found if it.element == element)


def broken(house: House) -> list[str]:
    """The invariants that are broken, but for the changes that these tests made up."""
    return [it for it in verify(house) if not it.startswith("CHG-90") and " CHG-90" not in it]


def test_a_template_is_used_until_a_change_from_it_fails(
    house: House, worker: Dispatcher, calls: Mapping[str, Call], ground: Callable[..., None]
):
    ground("standard_change")
    alice = person(house, "alice")
    proposal = {
        "title": "Renew the certificate",
        "service": "mail",
        "kind": "certificate",
        "justification": "Each quarter",
    }
    key = start(house, alice, "standard_change", proposal, once="1").key
    drain(worker)
    draft = {
        "proposed_description": "The certificate is replaced",
        "proposed_plan": "1. Copy it",
        "proposed_backout_plan": "1. Copy the old one",
        "proposed_test_plan": "Send a mail",
        "proposed_affected_assets": ["mx01"],
        "proposed_outage_minutes": 0,
        "proposed_backout_minutes": 5,
        "next_step": "approve",
    }
    complete(house, alice, task_of(house, "alice", "draft"), draft, once="2")
    item = task_of(house, "frank", "approve")

    vote(house, person(house, "frank"), item, "change_manager", "approve", once="3")
    before = calls["read_template"]({"template": key}, "7")
    vote(house, person(house, "judy"), item, "owner", "approve", once="4")
    approved = calls["read_template"]({"template": key}, "7")
    failed = {"change": "CHG-906", "outcome": "backed_out", "caused_major": False}
    send(house, SYSTEM, key, "template.used", failed, once="5")
    after = calls["read_template"]({"template": key}, "7")

    assert (before["usable"], before["plan"]) == (False, None)
    assert (approved["usable"], approved["version"], approved["plan"]) == (True, 1, "1. Copy it")
    assert (after["usable"], after["plan"]) == (False, None)
    assert after["why_not"] == (
        f"{key} is suspended: CHG-906 ended as: backed_out. "
        "Plan a normal change, or choose another template."
    )
    assert broken(house) == []


def test_what_a_review_agrees_on_becomes_actions_that_are_linked_with_it(
    house: House, worker: Dispatcher, ground: Callable[..., None]
):
    ground("review_action", "post_implementation_review")
    asked = {
        "change": "CHG-901",
        "title": "Renew the certificate",
        "why": ["It was taken back"],
        "service": "mail",
        "author": "alice",
        "implementer": "carol",
        "outcome": "backed_out",
        "ended": "2026-03-01T20:00:00Z",
    }
    review = start(house, SYSTEM, "post_implementation_review", asked, once="1", event="needed").key
    answers = {
        "as_scheduled": "yes",
        "successful": "no",
        "impacts": "Nothing",
        "plan_changed": False,
        "backed_out": True,
        "why_backed_out": "A step was missing",
        "business_told": "yes",
        "result": "backed_out",
        "action_1": "Write the step into the plan",
        "owner_1": "alice",
        "due_1": "2026-03-20T16:00:00Z",
    }
    item = task_of(house, "dave", "review")

    own = complete(house, person(house, "carol"), item, answers, once="2")
    complete(house, person(house, "dave"), item, answers, once="3")
    drain(worker)

    assert own.text == "You are kept out of this by the process: somebody else must do it."
    [action] = search(house, SYSTEM, "", process="review_action").rows
    view = seen(house, person(house, "alice"), action.key)
    assert (view.values["owner"], view.values["asked_by"]) == ("alice", "dave")
    assert {view.values["review"], view.values["about"]} == {review, "CHG-901"}
    assert task_of(house, "alice", "act")
    assert broken(house) == []


def test_a_change_that_restores_a_service_is_exempt_from_the_freeze(
    house: House, worker: Dispatcher, rows: Rows, ground: Callable[..., None]
):
    ground("freeze_exception")
    rows(PAST.replace("CHG", "INC").replace("905", "901").replace("'2026-01-02Z'\n", "null\n"))
    rows("""UPDATE instance SET process = 'incident', state = 'in_progress',
        record = '{"priority": 1}' WHERE key = 'INC-901'""")
    rows("""INSERT INTO link (from_key, kind, to_key, made_at, made_by)
        VALUES ('INC-901', 'resolved_by', 'CHG-901', '2026-01-01Z', 'alice')""")
    asked = {
        "title": "Restart the mail server",
        "service": "mail",
        "author": "alice",
        "justification": "Mail is down",
        "starts": NOW.isoformat(),
        "ends": (NOW + timedelta(hours=1)).isoformat(),
        "freezes": ["Christmas trade"],
    }

    for change in ("CHG-901", "CHG-902"):
        values = {**asked, "change": change}
        start(house, SYSTEM, "freeze_exception", values, once=change, event="needed")
    drain(worker)

    found = search(house, SYSTEM, "", process="freeze_exception", order="opened").rows
    told = [(it.state, seen(house, SYSTEM, it.key).values["reasons"]) for it in found]
    assert told == [
        ("granted", "It restores INC-901, which is exempt."),
        ("refused", "Nobody had decided when the change was to begin. No decision is no yes."),
    ]


def test_a_grave_incident_opens_the_review_of_a_change_that_is_over_once(
    house: House, worker: Dispatcher, rows: Rows, ground: Callable[..., None]
):
    ground("post_implementation_review")
    asked = {
        "short_description": "No mail",
        "description": "Nobody can send",
        "since_when": "2026-03-02T08:00:00Z",
        "how_many": "everyone",
        "can_work": "not_at_all",
        "channel": "portal",
        "service": "mail",
    }
    key = start(house, person(house, "alice"), "incident", asked, once="1").key
    drain(worker)
    sorted_out = {"note": "N", "impact": 1, "urgency": 1, "assignment_group": "network"}
    bob, carol = person(house, "bob"), person(house, "carol")
    complete(house, bob, task_of(house, "bob", "triage"), sorted_out, once="2")
    drain(worker)
    helped = {
        "resolution_code": "fixed",
        "resolution_notes": "The old one is back",
        "caused_by_change": "yes",
        "causing_change": "CHG-901",
    }

    done = complete(house, carol, task_of(house, "carol", "resolve"), helped, once="3")
    assert isinstance(done, Done), done
    drain(worker)

    frank = person(house, "frank")
    [review] = search(house, frank, "", process="post_implementation_review").rows
    why = seen(house, frank, review.key).values["why"]
    assert why == [f"it caused {key}, of priority 1, which nobody knew when it ended"]
    assert seen(house, frank, key).values["causes_told"] == ["CHG-901"]
    assert broken(house) == []
