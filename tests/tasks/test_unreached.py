"""A mail server that refuses some of a notice's recipients: history says whom, and why."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from handy import drain
from postbox import Postbox

from clearway.service.history import history
from clearway.service.house import House
from clearway.service.jobs import claim_jobs, finish_job
from clearway.service.registry import actor_of
from clearway.service.start import start
from clearway.service.verify import verify
from integrations.silent import Silent
from integrations.smtp import SmtpMailer
from tasks.catalogue import STEPS, bind
from tasks.dispatcher import Dispatcher, WorkerSettings
from tasks.doors import doors_of


@pytest.fixture
def picky() -> Iterator[Postbox]:
    with Postbox({"bob@": "550 5.1.1 mailbox full of bob"}) as box:
        yield box


def told_of(house: House, key: str) -> list[str]:
    actor = actor_of(house, "alice")
    assert actor is not None
    return [line.sentence for line in history(house, actor, key).rows]


def test_whom_the_mail_server_refused_stands_in_history_with_its_words(
    house: House, picky: Postbox, rows: Callable[..., list]
):
    mailer = SmtpMailer("127.0.0.1", picky.port, "desk@example.org", timeout=5)
    house_and_mail = {**Silent().by_name(), "mailer": mailer}
    calls = bind(STEPS, house_and_mail, doors_of(house, base_url="https://desk.example.org"))
    worker = Dispatcher(house, calls, "w", WorkerSettings(hands=1))
    key = _incident(house)
    rows(
        'UPDATE job SET inputs = jsonb_set(inputs, \'{to}\', \'["alice", "bob", "nobody_x"]\') '
        "WHERE step = 'notice' RETURNING id"
    )

    drain(worker)

    [taken] = picky.envelopes
    assert not [it for it in taken.rcpt_tos if it.startswith("bob@")]
    [line] = [it for it in told_of(house, key) if "did not reach everybody" in it]
    assert line == (
        "The notice opened did not reach everybody: the mail server refused bob@example.org "
        "(550 5.1.1 mailbox full of bob); there is no person or group nobody_x."
    )
    assert rows("SELECT status FROM job WHERE step = 'notice'") == [("done",)]
    assert verify(house) == []


def test_a_notice_that_is_refused_for_good_is_a_fault_at_once(
    house: House, rows: Callable[..., list]
):
    with Postbox({"alice@": "550 5.1.1 no such mailbox"}) as box:
        mailer = SmtpMailer("127.0.0.1", box.port, "desk@example.org", timeout=5)
        house_and_mail = {**Silent().by_name(), "mailer": mailer}
        calls = bind(STEPS, house_and_mail, doors_of(house, base_url="https://desk.example.org"))
        worker = Dispatcher(house, calls, "w", WorkerSettings(hands=1))
        key = _incident(house)

        drain(worker)

    assert rows("SELECT status, attempts FROM job WHERE step = 'notice'") == [("faulted", 1)]
    [(cause,)] = rows("SELECT cause FROM fault WHERE settled_at IS NULL")
    assert cause.startswith("The notice opened was not sent: The mail server refused everybody: ")
    assert "550 5.1.1 no such mailbox" in cause
    assert [it for it in told_of(house, key) if cause in it]
    assert verify(house) == []


def test_a_notice_that_is_refused_for_now_is_tried_again(house: House, rows: Callable[..., list]):
    with Postbox({"alice@": "450 4.2.0 greylisted"}) as box:
        mailer = SmtpMailer("127.0.0.1", box.port, "desk@example.org", timeout=5)
        house_and_mail = {**Silent().by_name(), "mailer": mailer}
        calls = bind(STEPS, house_and_mail, doors_of(house, base_url="https://desk.example.org"))
        worker = Dispatcher(house, calls, "w", WorkerSettings(hands=1))
        _incident(house)

        drain(worker)

    assert rows("SELECT status, attempts FROM job WHERE step = 'notice'") == [("ready", 1)]
    assert rows("SELECT * FROM fault") == []


def test_it_is_told_once_and_only_by_who_holds_the_lease(house: House, rows: Callable[..., list]):
    _incident(house)
    job = next(it for it in claim_jobs(house, "w", 10, timedelta(minutes=1)) if it.step == "notice")
    result = {"sent": ["a@example.org"], "unreached": ["no mail address of bob is known"]}

    stale = finish_job(house, job.id, job.fence + 1, result)
    finish_job(house, job.id, job.fence, result)
    again = finish_job(house, job.id, job.fence, result)

    assert rows("SELECT count(*) FROM entry WHERE kind = 'unreached'") == [(1,)]
    assert (stale.code, again.code) == ("stale", "stale")


def _incident(house: House) -> str:
    alice = actor_of(house, "alice")
    assert alice is not None
    values = {
        "short_description": "Mail does not arrive",
        "description": "Nothing since Friday.",
        "since_when": "2026-03-01T08:00:00Z",
        "how_many": "my_team",
        "can_work": "with_workaround",
        "service": "mail",
        "channel": "portal",
    }
    return start(house, alice, "incident", values, once="ask").key
