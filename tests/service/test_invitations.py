"""Invitations: what goes with a notice into the calendars of those who are told."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import psycopg
import pytest
from icalendar import Calendar
from works import plan, works

from clearway.engine.values import Bundle
from clearway.service.complete import complete
from clearway.service.deploy import deploy
from clearway.service.gate import examine
from clearway.service.jobs import claim_jobs, finish_job
from clearway.service.values import Done
from integrations.silent import Silent
from integrations.smtp import SilentMailer, as_message
from tasks.catalogue import STEPS, bind
from tasks.doors import doors_of

WHEN = {"begins": "2026-04-01T10:00:00Z", "stops": "2026-04-01T12:00:00Z"}


def inviting(how: str, **record: object) -> Bundle:
    """Work of which carol is told at once, with an invitation or with its end."""
    bundle = works(**record)
    drawn = bundle.files["works/works.bpmn"].decode()
    drawn = re.sub(r'(<bpmn:endEvent id="done")', rf"\1 {how}", drawn)
    message = b"The time of your work\n\nSee the calendar.\n"
    files = {"works/works.bpmn": drawn.encode(), "works/messages/asked.md.j2": message}
    return replace(bundle, files={**bundle.files, **files})


INVITES = 'clearway:notice="asked" clearway:to="record.hand" clearway:invitation="true"'
CANCELS = INVITES.replace('"true"', '"cancel"')


@pytest.mark.database
@pytest.mark.parametrize(
    ("how", "method", "status"),
    [(INVITES, "REQUEST", "CONFIRMED"), (CANCELS, "CANCEL", "CANCELLED")],
)
def test_a_notice_carries_the_time_into_calendars(
    empty_house, people, database_url, hand_clock, how: str, method: str, status: str
):
    house = empty_house
    house.steps = {**house.steps, "find_collisions": lambda _inputs: {}}
    bundle = inviting(how)
    done = deploy(house, people["grace"], bundle, parent=None, reason="first", once="deploy")
    assert isinstance(done, Done), done
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE person SET mail = name || '@example.org'")
    key = plan(house, people["bob"], what="Disks", hand="carol", **WHEN)
    mailer = SilentMailer()

    mail = _finish(house, people["bob"], mailer, database_url)

    sent = message_from_bytes(as_message(mail, "desk@example.org").as_bytes(), policy=policy.SMTP)
    [part] = [it for it in sent.walk() if it.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_content())
    [event] = calendar.walk("VEVENT")
    assert part.get_param("method") == str(calendar["method"]) == method
    assert (str(event["uid"]), str(event["status"])) == (f"{key}@desk.example.org", status)
    assert event["dtstart"].dt == datetime(2026, 4, 1, 10, tzinfo=UTC)
    assert str(event["attendee"]) == "mailto:carol@example.org"
    assert int(event["sequence"]) > 1
    assert [it.get_filename() for it in sent.iter_attachments()] == ["invitation.ics"]


def _finish(house, bob, mailer: SilentMailer, database_url: str):
    """Answer the step, complete the task, and let the notice be told; the mail that went out."""
    doors = doors_of(house, base_url="https://desk.example.org")
    calls = bind(STEPS, {**Silent().by_name(), "mailer": mailer}, doors)

    def work() -> None:
        for job in claim_jobs(house, "worker", 9, timedelta(minutes=1)):
            hashed = {"template_hash": job.template_hash} if job.template_hash else {}
            answer = calls[job.step]({**job.inputs, **hashed}, str(job.id))
            assert isinstance(finish_job(house, job.id, job.fence, answer), Done)

    work()
    with psycopg.connect(database_url) as connection:
        [item] = connection.execute("SELECT id FROM work_item WHERE closed_at IS NULL").fetchall()
    assert isinstance(complete(house, bob, item[0], {}, once="done"), Done)
    work()
    [mail] = mailer.mails
    return mail


@pytest.mark.parametrize(
    ("bundle", "said"),
    [
        (inviting(INVITES.replace('"true"', '"yes"')), "clearway:invitation is `yes`"),
        (inviting('clearway:invitation="true"'), "it is no notice to people"),
    ],
)
def test_the_gate_refuses_an_invitation_that_reaches_nobody(bundle: Bundle, said: str):
    assert any(said in it.message for it in examine(bundle))


def test_the_gate_refuses_an_invitation_to_no_time():
    bundle = inviting(INVITES)
    path = "works/record.json"
    said = bundle.files[path].replace(b'"x-planned"', b'"x-plan"')

    found = examine(replace(bundle, files={**bundle.files, path: said}))

    assert any("no field of the record says when" in it.message for it in found)
