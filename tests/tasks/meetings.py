"""How the tests plan a meeting of the board, and read what comes of it."""

from datetime import UTC, datetime

from boards import do_task, open_item
from handy import drain, person, seen
from icalendar import Calendar, Event

from clearway.service.attach import attachment
from clearway.service.deliver import send
from clearway.service.house import House
from clearway.service.start import start
from clearway.service.values import Done, Refusal
from clearway.service.vote import vote
from integrations.silent import Silent
from tasks.dispatcher import Dispatcher

THURSDAY = datetime(2026, 3, 5, 13, 0, tzinfo=UTC)


def planned(house: House, worker: Dispatcher, **values: object) -> str:
    frank = person(house, "frank")
    what = {"title": "Board", "starts": THURSDAY.isoformat(), **values}
    done = start(house, frank, "cab_meeting", what, once="plan the meeting")
    assert isinstance(done, Done), done
    built = send(house, frank, done.key, "build_now", {}, once="build it now")
    assert isinstance(built, Done), built
    drain(worker)
    return done.key


def checked(house: House, worker: Dispatcher, key: str, **values: object) -> None:
    do_task(house, "frank", key, values)
    drain(worker)


def invited(house: House, worker: Dispatcher, *agenda: str) -> str:
    """The key of a meeting to which everybody is invited, with this agenda."""
    key = planned(house, worker)
    checked(house, worker, key, agenda=[*agenda])
    return key


def cast(house: House, name: str, key: str, seat: str, choice: str, **said: str) -> Done | Refusal:
    item = open_item(house, "frank", key)
    once = f"{name} {key} {seat}"
    return vote(house, person(house, name), item, seat, choice, once=once, **said)


def pages_of(house: House, key: str, ending: str) -> str:
    files = seen(house, person(house, "frank"), key).attachments
    found = [it for it in files if str(it["name"]).endswith(ending)][-1]
    file = attachment(house, person(house, "frank"), key, int(str(found["id"])))
    assert not isinstance(file, Refusal)
    assert found["hash"]
    return file.content.decode()


def event_of(silent: Silent) -> Event:
    """What the last mail puts into a calendar."""
    part = silent.mailer.mails[-1].calendar
    assert part is not None
    [event] = Calendar.from_ical(part.text).walk("VEVENT")
    return event
