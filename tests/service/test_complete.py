"""A record is opened and its tasks are completed."""

import threading

import pytest

from clearway.service.assign import assign
from clearway.service.claim import claim, unclaim
from clearway.service.complete import complete
from clearway.service.start import start
from clearway.service.values import Done, Refusal
from clearway.service.verify import verify


@pytest.fixture
def item(house, people, rows):
    """The open task `sort` of ERR-1001, which alice asked for."""
    start(house, people["alice"], "errand", {"what": "a pen", "price": 1.10}, once="start")
    [(number,)] = rows("SELECT id FROM work_item WHERE closed_at IS NULL")
    return number


def test_a_record_is_opened_with_the_next_key(house, people):
    first = start(house, people["alice"], "errand", {"what": "a pen"}, once="1")
    start(house, people["alice"], "errand", {}, once="refused")
    second = start(house, people["bob"], "errand", {"what": "a cup"}, once="2")

    assert isinstance(first, Done), first
    assert (first.key, first.state, first.revision) == ("ERR-1001", "new", 1)
    assert second.key == "ERR-1002"
    assert verify(house) == []


def test_completing_a_task_moves_the_record_on(house, people, rows, item):
    values = {"weight": 2, "remark": "light", "minutes": 3}

    done = complete(house, people["bob"], item, values, once="2")

    assert isinstance(done, Done), done
    assert (done.key, done.state, done.revision) == ("ERR-1001", "fetching", 2)
    assert rows("SELECT element, outcome, closed_by FROM work_item") == [
        ("sort", "completed", "bob")
    ]
    assert rows("SELECT step, inputs FROM job") == [("fetch", {"what": "a pen"})]
    assert rows("SELECT record::text FROM instance") == [
        ('{"who": "alice", "what": "a pen", "price": 1.1, "weight": 2}',)
    ]
    assert rows("SELECT details FROM entry WHERE kind IN ('comment', 'noted')") == [
        ({"text": "light", "public": False},),
        ({"values": {"minutes": 3}},),
    ]
    assert verify(house) == []


def test_the_same_key_gives_the_first_answer_and_no_second_effect(house, people, rows, item):
    first = complete(house, people["bob"], item, {"weight": 2}, once="same")
    again = complete(house, people["bob"], item, {"weight": 2}, once="same")
    other = complete(house, people["bob"], item, {"weight": 3}, once="same")

    assert again.repeated
    assert (again.key, again.revision, again.state) == (first.key, first.revision, first.state)
    assert other.code == "conflict"
    assert rows("SELECT revision FROM instance") == [(2,)]


def test_a_repeated_start_opens_one_record(house, people, rows):
    first = start(house, people["alice"], "errand", {"what": "a pen"}, once="same")
    again = start(house, people["alice"], "errand", {"what": "a pen"}, once="same")

    assert (again.key, again.instance_id, again.repeated) == (first.key, first.instance_id, True)
    assert rows("SELECT count(*) FROM instance") == [(1,)]


def test_of_two_people_the_second_reads_who_was_first(house, people, item):
    complete(house, people["bob"], item, {"weight": 2}, once="bob")

    refusal = complete(house, people["carol"], item, {"weight": 3}, once="carol")

    assert refusal.code == "already_done"
    assert refusal.text == "bob completed it at 2026-03-02 09:00 UTC."


def test_at_the_same_moment_one_wins_and_the_other_is_told(house, people, rows, item):
    results = []
    ready = threading.Barrier(2)

    def work(name):
        ready.wait()
        results.append(complete(house, people[name], item, {"weight": 2}, once=name))

    threads = [threading.Thread(target=work, args=(name,)) for name in ("bob", "carol")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(type(result) is Refusal for result in results) == [False, True]
    [refusal] = [result for result in results if isinstance(result, Refusal)]
    assert refusal.code == "already_done"
    assert rows("SELECT count(*) FROM job") == [(1,)]
    assert verify(house) == []


def test_one_command_delivered_twice_at_once_has_one_effect(house, people, rows):
    results = []
    ready = threading.Barrier(4)

    def work():
        ready.wait()
        results.append(start(house, people["alice"], "errand", {"what": "a pen"}, once="same"))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {result.key for result in results} == {rows("SELECT key FROM instance")[0][0]}
    assert sum(result.repeated for result in results) == 3


@pytest.mark.parametrize(
    ("values", "field", "word"),
    [
        ({"weight": 2, "decision": "approved"}, "decision", "no such field"),
        ({"weight": -1}, "weight", "at least 0"),
        ({"weight": "heavy"}, "weight", "a number"),
        ({}, "weight", "needed"),
        ({"weight": 2, "what": "a gun"}, "what", "not changed"),
        ({"weight": 2, "minutes": 1.5}, "minutes", "a whole number"),
        ({"weight": float("inf")}, None, "no number"),
        ({"weight": 2, "remark": "a\0b"}, None, "NUL"),
    ],
)
def test_what_the_form_does_not_let_in_is_refused_by_name(
    house, people, rows, item, values, field, word
):
    refusal = complete(house, people["bob"], item, values, once="1")

    assert refusal.code == "invalid"
    assert word in (refusal.fields[field] if field else refusal.text)
    assert rows("SELECT revision FROM instance") == [(1,)]


def test_only_the_lane_s_role_may_claim_and_complete(house, people, item):
    assert claim(house, people["alice"], item, once="1").code == "not_allowed"
    assert complete(house, people["alice"], item, {"weight": 1}, once="2").code == "not_allowed"


def test_a_claimed_task_is_one_person_s(house, people, item):
    assert isinstance(claim(house, people["bob"], item, once="1"), Done)

    assert claim(house, people["carol"], item, once="2").text == "bob has it."
    assert complete(house, people["carol"], item, {"weight": 1}, once="3").code == "not_yours"
    assert isinstance(unclaim(house, people["bob"], item, once="4"), Done)
    assert isinstance(claim(house, people["carol"], item, once="5"), Done)


def test_a_task_is_assigned_to_somebody_who_may_do_it(house, people, item, rows):
    assert assign(house, people["bob"], item, "alice", once="1").code == "invalid"
    assert assign(house, people["bob"], item, "nobody", once="2").code == "invalid"
    assert assign(house, people["alice"], item, "bob", once="3").code == "not_allowed"

    assert isinstance(assign(house, people["bob"], item, "carol", once="4"), Done)
    assert rows("SELECT assignee FROM work_item") == [("carol",)]
    assert verify(house) == []


def test_a_delegate_completes_what_an_absent_colleague_has(house, people, item, rows, absent):
    claim(house, people["bob"], item, once="1")
    absent("bob", "carol")

    done = complete(house, people["carol"], item, {"weight": 1}, once="2")

    assert isinstance(done, Done), done
    assert rows("SELECT done_by FROM instance") == [({"sort": ["carol", "bob"]},)]


def test_an_unknown_task_is_not_found(house, people):
    assert complete(house, people["bob"], 4711, {}, once="1").code == "not_found"


def test_an_unknown_process_is_not_found(house, people):
    assert start(house, people["bob"], "nothing", {}, once="1").code == "not_found"
