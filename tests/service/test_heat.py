"""The figures of a heat map: of the history alone, the same by SQL as worked out by hand."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

import psycopg
import pytest

from clearway.engine.values import Bundle
from clearway.now import HandClock
from clearway.service.assign import assign
from clearway.service.claim import claim, unclaim
from clearway.service.complete import complete
from clearway.service.deliver import send
from clearway.service.deploy import deploy
from clearway.service.heat import Asked, HeatMap, heat, heat_records
from clearway.service.heat_keeping import keep_up
from clearway.service.heat_ways import beginnings
from clearway.service.house import House
from clearway.service.jobs import claim_jobs, finish_job
from clearway.service.migrate import migrate
from clearway.service.start import start
from clearway.service.timers import fire_due
from clearway.service.values import Actor, Done, Refusal
from clearway.service.vote import vote

Rows = Callable[..., list[tuple[Any, ...]]]
People = Mapping[str, Actor]


class Life:
    """Errands that go their ways by chance, while time passes."""

    def __init__(self, house: House, people: People, rows: Rows, clock: HandClock) -> None:
        self.house, self.people, self.rows, self.clock = house, people, rows, clock
        self.random, self.turn = Random(11), 0

    def once(self) -> str:
        self.turn += 1
        return f"turn {self.turn}"

    def wait(self, minutes: float | None = None) -> None:
        passed = minutes or self.random.lognormvariate(3, 1.5)
        self.clock.move_to(self.clock() + timedelta(minutes=passed))

    def live(self, turns: int) -> None:
        """So many things happen, each to whatever waits for it."""
        for _ in range(turns):
            self.wait()
            chance = self.random.random()
            if chance < 0.25:
                what = {"what": f"thing {self.turn}"}
                _done(start(self.house, self.people["alice"], "errand", what, once=self.once()))
            elif chance < 0.85:
                self.work()
            elif chance < 0.93:
                self.hold()
            else:
                fire_due(self.house, 5)
            for job in claim_jobs(self.house, "w", 3, timedelta(hours=9)):
                self.wait(0.5)
                _done(finish_job(self.house, job.id, job.fence, {"place": "shelf"}))

    def work(self) -> None:
        found = self.rows(
            "SELECT id, element, assignee FROM work_item WHERE closed_at IS NULL AND rule IS NULL"
        )
        if not found:
            return
        item, element, assignee = self.random.choice(found)
        person = self.people[assignee or self.random.choice(("bob", "carol"))]
        chance = self.random.random()
        if assignee is None and chance < 0.5:
            claim(self.house, person, item, once=self.once())
        elif assignee and chance < 0.1:
            unclaim(self.house, person, item, once=self.once())
        elif assignee and chance < 0.2:
            assign(self.house, person, item, "carol", once=self.once())
        else:
            values = {"weight": 1} if element == "sort" else {}
            complete(self.house, person, item, values, once=self.once())

    def hold(self) -> None:
        found = self.rows(
            "SELECT i.key, s.element FROM subscription s JOIN instance i ON i.id = s.instance_id"
            " WHERE s.element IN ('hold', 'reply')"
        )
        if found:
            key, element = self.random.choice(found)
            values = {"question": "?"} if element == "hold" else {}
            send(self.house, self.people["bob"], key, element, values, once=self.once())


def _done(result: Done | Refusal) -> Done:
    assert isinstance(result, Done), result
    return result


def _map(house: House, people: People, **asked: Any) -> HeatMap:
    made = heat(house, people["grace"], Asked("errand", **{"version": 1, **asked}))
    assert isinstance(made, HeatMap), made
    return made


@pytest.fixture
def life(house: House, people: People, rows: Rows, hand_clock: HandClock) -> Life:
    return Life(house, people, rows, hand_clock)


def test_the_figures_are_those_that_plain_python_finds_in_history(life: Life, house, people, rows):
    life.live(900)
    instants = [row[0] for row in rows("SELECT at FROM entry ORDER BY id")]
    since, until = instants[len(instants) // 4], instants[3 * len(instants) // 4]

    for period in ({}, {"since": since, "until": until}):
        made = _map(house, people, **period)

        told = {it.element: it for it in made.elements}
        expected = _by_hand(rows, house, **period)
        assert made.population.records > 50
        for element, figures in expected.items():
            it = told[element]
            assert (it.entered, it.done, it.cancelled, it.open) == figures["counts"], element
            _same(it.waited, figures["waited"])
            _same(it.worked, figures["worked"])
            _same(it.overrun, figures["overrun"])
        passed = _passed_by_hand(rows, **period)
        assert passed == {it.element: it.done for it in made.elements if it.done}


def _same(spread: Any, seconds: list[float]) -> None:
    if spread is None:
        assert not seconds
        return
    assert spread.known == len(seconds)
    if not seconds:
        return
    assert spread.median == pytest.approx(statistics.median(seconds), abs=1e-6)
    assert spread.mean == pytest.approx(statistics.fmean(seconds), abs=1e-6)
    assert spread.total == pytest.approx(sum(seconds), abs=1e-6)
    place = 0.9 * (len(seconds) - 1)
    low, high = sorted(seconds)[int(place)], sorted(seconds)[min(int(place) + 1, len(seconds) - 1)]
    assert spread.p90 == pytest.approx(low + (high - low) * (place - int(place)), abs=1e-6)


def _within(at: datetime | None, since: datetime | None, until: datetime | None) -> bool:
    return at is not None and (since is None or at >= since) and (until is None or at < until)


def _by_hand(rows: Rows, house: House, since=None, until=None) -> dict[str, dict[str, Any]]:
    """Each task, step and awaited event, from the rows and the lines of history, one by one."""
    found: dict[str, dict[str, Any]] = {}
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])

    def of(element: str) -> dict[str, Any]:
        return found.setdefault(
            element, {"counts": (0, 0, 0, 0), "waited": [], "worked": [], "overrun": []}
        )

    lines = rows(
        "SELECT instance_id, revision, kind, element, at, details FROM entry"
        " WHERE instance_id IS NOT NULL ORDER BY id"
    )
    for item, instance, element, assignee, opened, due, closed, outcome in rows(
        "SELECT id, instance_id, element, assignee, opened_at, due_at, closed_at, outcome"
        " FROM work_item WHERE rule IS NULL"
    ):
        given = [
            (line[4], line[5])
            for line in lines
            if line[2] == "given" and line[0] == instance and line[5]["work_item"] == item
        ]
        began = next((at for at, details in given if details["after"]), None)
        if (given and given[0][1]["before"]) or (not given and assignee):
            began = opened
        _count(counts[element], opened, closed, outcome == "completed", since, until)
        figures = of(element)
        if outcome == "completed" and _within(closed, since, until):
            figures["waited"].append(((began or closed) - opened).total_seconds())
            if began:
                figures["worked"].append((closed - began).total_seconds())
            if due and closed > due:
                figures["overrun"].append((closed - due).total_seconds())
    for element, created, began, finished, status in rows(
        "SELECT element, created_at, began_at, finished_at, status FROM job WHERE token IS NOT NULL"
    ):
        _count(counts[element], created, finished, status == "done", since, until)
        if status == "done" and _within(finished, since, until):
            of(element)["waited"].append((began - created).total_seconds())
            of(element)["worked"].append((finished - began).total_seconds())
    for element, it in counts.items():
        of(element)["counts"] = tuple(it)
    _events_by_hand(lines, of, since, until)
    return found


def _count(counts: list[int], opened, closed, is_done: bool, since, until) -> None:
    counts[0] += _within(opened, since, until)
    counts[1] += is_done and _within(closed, since, until)
    counts[2] += not is_done and _within(closed, since, until)
    counts[3] += closed is None and (until is None or opened < until)


def _events_by_hand(lines, of, since, until) -> None:
    """`reply` and `silence` wait from when the record was put on hold: one of them happens."""
    held: dict[int, datetime] = {}
    arrived: dict[str, int] = Counter()
    for instance, _revision, kind, element, at, details in lines:
        came = kind in ("message", "caught", "timer") and element in ("reply", "silence")
        if came and _within(at, since, until):
            of(element)["waited"].append((at - held[instance]).total_seconds())
            arrived[element] += 1
        if "hold" in details.get("passed", ()):
            held[instance] = at
    for element, count in arrived.items():
        of(element)["counts"] = (count, count, None, None)


def _passed_by_hand(rows: Rows, since=None, until=None) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for at, details in rows("SELECT at, details FROM entry WHERE instance_id IS NOT NULL"):
        if _within(at, since, until):
            counted.update(details.get("passed", ()))
    return dict(counted)


def test_what_was_taken_by_nobody_is_told_apart(house, people, desk, hand_clock):
    desk.ask("a pen")
    hand_clock.move_to(hand_clock() + timedelta(hours=5))
    desk.sort()

    [sort] = [it for it in _map(house, people).elements if it.element == "sort"]

    assert (sort.untaken, sort.worked.known, sort.waited.median) == (1, 0, 5 * 3600)
    assert (sort.late, sort.with_due, sort.overrun.median) == (1, 1, 3600)


def test_a_vote_is_worked_on_from_its_first_ballot(house, people, desk, item, hand_clock):
    hand_clock.move_to(hand_clock() + timedelta(minutes=20))
    _done(vote(house, people["dave"], item, "chair", "approve", once="v1"))
    hand_clock.move_to(hand_clock() + timedelta(minutes=10))
    _done(vote(house, people["erin"], item, "one", "approve", once="v2"))

    [approve] = [it for it in _map(house, people).elements if it.element == "approve"]

    assert (approve.waited.total, approve.worked.total) == (1200, 600)


def test_flows_are_counted_where_history_knows_them(house, people, desk):
    desk.ask("a pen")
    desk.sort()
    desk.ask("a piano")
    desk.sort(weight=200)

    taken = {it.flow: it.taken for it in _map(house, people).flows}

    assert (taken["f3"], taken["f4"], taken["f5"], taken["f9"]) == (2, 1, 1, 1)


def test_what_was_done_before_a_move_counts_for_the_version_it_was_done_on(
    house: House, people: People, desk, errand: Bundle, hand_clock
):
    key = desk.ask("a pen")
    desk.sort()
    hand_clock.move_to(hand_clock() + timedelta(minutes=1))
    path = "errand/errand.bpmn"
    again = Bundle("errand", {**errand.files, path: errand.files[path] + b"\n"})
    _done(deploy(house, people["grace"], again, parent=1, reason="again", once="second"))
    _done(migrate(house, people["grace"], key, 2, {}, "newer", once="move"))
    desk.fetch()

    first, second = _map(house, people), _map(house, people, version=2)
    both = _map(house, people, version=None)

    def done(made: HeatMap) -> tuple[int, ...]:
        return tuple(it.done for it in made.elements if it.element in ("sort", "fetch"))

    assert (done(first), done(second), done(both)) == ((1, 0), (0, 1), (1, 1))
    assert first.population.moved == 1
    assert {it.flow for it in both.flows if it.taken is None} > {"f1", "f10"}


def test_a_job_that_an_older_release_leased_has_no_known_beginning(
    house, people, desk, database_url, rows
):
    desk.ask("a pen")
    desk.sort()
    desk.fetch()
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE job SET began_at = NULL")

    [fetch] = [it for it in _map(house, people).elements if it.element == "fetch"]

    assert (fetch.done, fetch.unknown, fetch.waited.known) == (1, 1, 0)


@pytest.mark.parametrize(("late", "known"), [("began_at", 0), ("created_at", 0), (None, 1)])
def test_instants_that_contradict_each_other_give_no_duration(
    house, people, desk, database_url, hand_clock, late: str | None, known: int
):
    desk.ask("a pen")
    desk.sort()
    hand_clock.move_to(hand_clock() + timedelta(minutes=5))
    desk.fetch()
    if late is not None:
        with psycopg.connect(database_url) as connection:
            connection.execute(f"UPDATE job SET {late} = finished_at + interval '19 hours'")

    [fetch] = [it for it in _map(house, people).elements if it.element == "fetch"]

    assert (fetch.done, fetch.unknown) == (1, 1 - known)
    assert (fetch.waited.known, fetch.worked.known) == (known, known)


def test_a_task_that_was_closed_before_it_opened_has_no_duration(house, people, desk, database_url):
    desk.ask("a pen")
    desk.sort()
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE work_item SET opened_at = closed_at + interval '1 second'")

    [sort] = [it for it in _map(house, people).elements if it.element == "sort"]

    assert (sort.done, sort.unknown, sort.untaken) == (1, 1, 0)
    assert (sort.waited.known, sort.worked.known) == (0, 0)


def test_only_those_who_may_see_figures_and_of_records_only_what_they_may_read(
    house: House, people: People, desk
):
    desk.ask("a pen")
    desk.sort()
    manager = Actor("judy", roles=frozenset({"service_manager"}))
    asked = Asked("errand", 1)

    refused = heat(house, people["bob"], asked)
    seen = heat(house, manager, asked)
    opened = heat_records(house, manager, asked, "sort")
    opened_by_owner = heat_records(house, people["grace"], asked, "sort")

    assert isinstance(refused, Refusal)
    assert refused.code == "not_allowed"
    assert isinstance(seen, HeatMap)
    assert (opened.rows, opened.count, opened.sees_all) == ([], 0, False)
    assert [row.key for row in opened_by_owner.rows] == ["ERR-1001"]


def test_a_map_takes_few_statements_however_many_records_there_are(life: Life, house, people):
    def statements() -> int:
        seen: list[str] = []
        with house.store.watched_by(seen.append):
            _map(house, people)
        return len([it for it in seen if it != "COMMIT"])

    life.live(40)
    _map(house, people)
    few = statements()
    life.live(100)
    keep_up(house)

    assert statements() == few == 6


def test_what_is_written_down_stays_the_same_however_often_it_is_done(
    life: Life, house, rows, database_url
):
    life.live(150)
    keep_up(house, batch=7)
    stays = "SELECT * FROM stay ORDER BY instance_id, element, opened_at, ended_at"
    before = rows(stays), rows("SELECT count(*) FROM way")

    again = keep_up(house)
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE told SET revision = 0")
    keep_up(house, batch=50)

    assert again == 0
    assert (rows(stays), rows("SELECT count(*) FROM way")) == before


def test_an_event_waits_from_what_led_to_it_and_a_boundary_event_from_its_host(house):
    found = beginnings(1, house.current("errand").elements)

    assert [(it.how, it.source) for it in found if it.element == "reply"] == [("passed", "hold")]
    assert [(it.how, it.source) for it in found if it.element == "late"] == [("started", "bring")]
