"""The calendar: by month, week and list, its feed for other programs, and the windows."""

import gzip
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from icalendar import Calendar
from works import open_works, plan

from clearway.service.values import SYSTEM
from clearway.service.windows import Window, save_window

WHEN = {"begins": "2026-03-31T20:00:00Z", "stops": "2026-03-31T23:30:00Z"}
FREEZE = Window("close", "freeze", "Closing", "hard", "2026-03-30T00:00", "2026-04-01T00:00", "UTC")


@pytest.fixture
def key(house, people) -> str:
    """Somebody works on db01 over midnight in Berlin, in a freeze."""
    open_works(house, people["grace"])
    save_window(house, SYSTEM, FREEZE, once="freeze")
    return plan(house, people["bob"], what="Disks", assets=["db01"], hand="carol", **WHEN)


def day(page, said: str) -> str:
    cells = page.html.xpath(f"//td[.//*[starts-with(normalize-space(.), '{said}')]]")
    return " ".join(cells[0].text_content().split())


def test_a_month_shows_each_day_by_the_clocks_of_the_reader(visitor, key: str):
    page = visitor("bob").get("/calendar?view=month&at=2026-03-15")

    assert "Times are those of Europe/Berlin (CET, CEST)." in page.text
    assert f"from 22:00 {key} Disks" in day(page, "Tuesday 31 March")
    assert f"until 01:30 {key} Disks" in day(page, "Wednesday 1 April")
    assert "from 02:00 Freeze, hard: Closing" in day(page, "Monday 30 March")
    assert "all day Freeze, hard: Closing" in day(page, "Tuesday 31 March")
    assert page.html.xpath("//a[@rel='next']/@href") == ["/calendar?view=month&at=2026-04-01"]


def test_who_may_not_read_a_record_sees_busy_in_every_view(visitor, key: str):
    olaf = visitor("olaf")

    for view in ("month", "week", "list"):
        page = olaf.get(f"/calendar?view={view}&at=2026-03-31")
        assert "Busy" in page.text
        assert key not in page.answer.text
        assert "Disks" not in page.answer.text


def test_a_list_can_be_narrowed_and_keeps_its_filter(visitor, key: str):
    bob = visitor("bob")

    about = bob.get("/calendar?view=list&at=2026-03-31&thing=db01")
    other = bob.get("/calendar?view=list&at=2026-03-31&person=dave")

    assert f"{key} Disks" in about.text
    assert "Nothing is planned here." in other.text
    assert "person=dave" in other.html.xpath("//a[@rel='prev']/@href")[0]


def test_a_full_month_stays_small(visitor, house, people, key: str):
    first = datetime(2026, 4, 1, 8, tzinfo=UTC)
    for number in range(60):
        begins = first + timedelta(hours=number * 11)
        times = {"begins": begins.isoformat(), "stops": (begins + timedelta(hours=3)).isoformat()}
        plan(house, people["bob"], what=f"Work {number}", hand="carol", **times)
    seen: list[str] = []
    bob = visitor("bob")
    bob.get("/calendar")

    with house.store.watched_by(seen.append):
        answer = bob.client.get("/calendar?at=2026-04-15", headers={"Accept-Encoding": "identity"})

    assert len(gzip.compress(answer.content)) < 20_000
    assert len([it for it in seen if it != "COMMIT"]) <= 12, seen


# --- other programs -------------------------------------------------------------------------------


def test_a_private_feed_is_made_read_without_signing_in_and_ended(visitor, stranger, key: str):
    bob = visitor("bob")
    made = bob.submit(bob.get("/me"), "/me/feed")
    [address] = made.html.xpath("//input[@id='feed-address']/@value")
    path = urlsplit(address).path

    answer = stranger.client.get(path)

    calendar = Calendar.from_ical(answer.content)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert [it.errors for it in calendar.walk()] == [[]] * 3
    events = {str(it["summary"]): it for it in calendar.walk("VEVENT")}
    work, freeze = events[f"{key} Disks"], events["Freeze: Closing"]
    assert str(work["uid"]) == f"{key}@testserver"
    assert work["dtstart"].dt == datetime(2026, 3, 31, 20, tzinfo=UTC)
    assert str(freeze["transp"]) == "TRANSPARENT"
    assert address not in bob.get("/me").answer.text

    bob.submit(bob.get("/me"), "/me/feed/revoke")
    assert stranger.client.get(path).status_code == 404
    assert stranger.client.get("/calendar/feed/guessed.ics").status_code == 404


def test_a_feed_has_only_what_its_person_may_read(visitor, stranger, rows, key: str):
    olaf = visitor("olaf")
    made = olaf.submit(olaf.get("/me"), "/me/feed")
    path = urlsplit(made.html.xpath("//input[@id='feed-address']/@value")[0]).path

    text = stranger.client.get(path).text

    assert "Closing" in text
    assert key not in text
    assert rows("SELECT token_hash FROM calendar_feed") != []
    token = path.removeprefix("/calendar/feed/").removesuffix(".ics")
    assert rows("SELECT 1 FROM calendar_feed WHERE token_hash = %s", token) == []


def test_one_record_goes_into_a_calendar(visitor, key: str):
    answer = visitor("bob").client.get(f"/records/{key}/planned.ics")

    [event] = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event["dtend"].dt == datetime(2026, 3, 31, 23, 30, tzinfo=UTC)
    assert str(event["url"]) == f"http://testserver/records/{key}"
    assert visitor("olaf").get(f"/records/{key}/planned.ics").status == 404


# --- windows --------------------------------------------------------------------------------------


def test_a_window_is_declared_on_its_page_and_a_wrong_one_is_told_at_its_field(visitor, key: str):
    trent = visitor("trent")
    parts = {"title": "Sundays", "name": "sundays", "kind": "maintenance", "things": "db01"}
    times = {"from": "2026-03-29T02:30", "until": "2026-03-29T04:30", "zone": "Europe/Berlin"}

    wrong = trent.submit(
        trent.get("/calendar/windows"), "/calendar/windows", **parts, **times, repeats=""
    )
    right = trent.submit(
        wrong, "/calendar/windows", **{"from": "2026-03-29T04:00", "repeats": "FREQ=WEEKLY"}
    )

    told = wrong.html.xpath("string(//*[@id='w-from-error'])")
    assert "2026-03-29T02:30 does not exist in Europe/Berlin" in told
    assert "Sundays sundays Maintenance 2026-03-29 04:00 Europe/Berlin" in right.text


def test_who_does_not_plan_only_reads_the_windows(visitor, key: str):
    page = visitor("bob").get("/calendar/windows")

    assert "Closing" in page.text
    assert not page.has_form("/calendar/windows")


def test_programs_ask_for_collisions_and_windows(api, key: str):
    bob, trent = api("bob"), api("trent")
    span = {"from": "2026-03-31T22:00Z", "until": "2026-03-31T23:00Z", "things": ["payroll"]}

    found = bob.get("/api/v1/collisions", params=span).json()
    shown = bob.get("/api/v1/calendar", params={"from": span["from"], "until": span["until"]})
    refused = bob.put("/api/v1/windows/x", json={"kind": "freeze", "title": "X"})
    gone = trent.delete("/api/v1/windows/close")

    assert found["freeze"] == "hard"
    assert [(it["kind"], it["with"]) for it in found["collisions"]] == [
        ("freeze", "close"),
        ("related_thing", key),
    ]
    assert {it["key"] for it in shown.json()} == {"close", key}
    assert refused.status_code == 422
    assert gone.json()["details"]["told"] == []
    assert bob.get("/api/v1/windows").json() == []
