"""Automated steps: leases, fences, attempts, and what answers and failures lead to."""

from datetime import timedelta

from clearway.service.complete import complete
from clearway.service.faults import open_faults, retried, retry
from clearway.service.history import history
from clearway.service.jobs import claim_jobs, extend_lease, fail_job, finish_job
from clearway.service.timers import fire_due
from clearway.service.values import Done
from clearway.service.verify import verify

LEASE = timedelta(minutes=1)


def test_a_step_is_leased_and_its_answer_moves_the_record_on(house, desk, rows):
    key = desk.ask()
    desk.sort()

    [job] = claim_jobs(house, "w1", 10, LEASE)
    done = finish_job(house, job.id, job.fence, {"place": "shelf 7", "more": 1.25})

    assert (job.key, job.step, job.inputs, job.attempt) == (key, "fetch", {"what": "a pen"}, 1)
    assert isinstance(done, Done), done
    assert done.state == "bringing"
    assert rows("SELECT record->>'place' FROM instance") == [("shelf 7",)]
    assert rows("SELECT status, result FROM job")[0][0] == "done"
    assert verify(house) == []


def test_a_leased_job_is_nobody_else_s(house, desk):
    desk.ask()
    desk.sort()

    assert len(claim_jobs(house, "w1", 10, LEASE)) == 1
    assert claim_jobs(house, "w2", 10, LEASE) == []


def test_a_worker_that_lost_its_lease_cannot_finish(house, desk, hand_clock, rows):
    desk.ask()
    desk.sort()
    [slow] = claim_jobs(house, "w1", 10, LEASE)
    hand_clock.move_to(hand_clock() + 2 * LEASE)
    [fast] = claim_jobs(house, "w2", 10, LEASE)

    assert finish_job(house, slow.id, slow.fence, {"place": "wrong"}).code == "stale"
    assert fail_job(house, slow.id, slow.fence, "late").code == "stale"
    assert not extend_lease(house, slow.id, slow.fence, LEASE)
    assert isinstance(finish_job(house, fast.id, fast.fence, {"place": "right"}), Done)
    assert finish_job(house, slow.id, slow.fence, {"place": "wrong"}).code == "stale"
    assert rows("SELECT record->>'place' FROM instance") == [("right",)]
    assert verify(house) == []


def test_a_lease_can_be_held_longer(house, desk, hand_clock):
    desk.ask()
    desk.sort()
    [job] = claim_jobs(house, "w1", 10, LEASE)

    assert extend_lease(house, job.id, job.fence, 3 * LEASE)
    hand_clock.move_to(hand_clock() + 2 * LEASE)

    assert claim_jobs(house, "w2", 10, LEASE) == []


def test_a_failing_step_is_tried_again_and_then_becomes_a_fault(
    house, desk, hand_clock, people, rows
):
    key = desk.ask()
    desk.sort()
    for pause in (10, 20):
        [job] = claim_jobs(house, "w1", 10, LEASE)
        again = fail_job(house, job.id, job.fence, "no connection")
        assert isinstance(again, Done)
        assert claim_jobs(house, "w1", 10, LEASE) == []
        hand_clock.move_to(hand_clock() + timedelta(seconds=pause))

    [job] = claim_jobs(house, "w1", 10, LEASE)
    refusal = fail_job(house, job.id, job.fence, "no connection")

    assert refusal.code == "faulted"
    [fault] = open_faults(house, people["grace"]).rows
    assert (fault.key, fault.element, fault.who_can_fix) == (key, "fetch", "process_owner")
    assert fault.cause == "The step fetch failed: no connection"
    assert claim_jobs(house, "w1", 10, LEASE) == []
    assert verify(house) == []

    assert isinstance(retry(house, people["grace"], fault.id, once="again"), Done)
    desk.fetch()
    assert open_faults(house, people["grace"]).rows == []
    assert rows("SELECT state FROM instance") == [("bringing",)]
    assert verify(house) == []


def test_a_retried_step_that_fails_again_says_so_and_why(house, desk, hand_clock, people):
    key = desk.ask()
    desk.sort()
    grace = people["grace"]

    def fail_for_good():
        while not (found := open_faults(house, grace).rows):
            for job in claim_jobs(house, "w1", 10, LEASE):
                fail_job(house, job.id, job.fence, "no connection")
            hand_clock.move_to(hand_clock() + timedelta(minutes=1))
        return found[0].id

    first = fail_for_good()
    retry(house, grace, first, once="again")
    untried = retried(house, grace, first)
    [job] = claim_jobs(house, "w1", 10, LEASE)
    taken = retried(house, grace, first)
    fail_job(house, job.id, job.fence, "still no connection")
    tried = retried(house, grace, first)
    hand_clock.move_to(hand_clock() + timedelta(minutes=1))
    second = fail_for_good()

    assert (untried, taken) == (None, None)
    assert tried.text == "It failed again: still no connection"
    told = retried(house, grace, first)
    assert told.text == "It failed again at fetch. The step fetch failed: no connection"
    lines = [it.sentence for it in history(house, grace, key).rows if it.kind == "fault"]
    assert lines == [
        "It could not go on at Fetch: The step fetch failed: no connection",
        "It failed again at Fetch: The step fetch failed: no connection",
    ]
    retry(house, grace, second, once="once more")
    desk.fetch()
    assert isinstance(retried(house, grace, second), Done)
    assert verify(house) == []


def test_a_job_that_kills_its_worker_becomes_a_fault_too(house, desk, hand_clock, people):
    desk.ask()
    desk.sort()
    for _ in range(3):
        assert len(claim_jobs(house, "w1", 10, LEASE)) == 1
        hand_clock.move_to(hand_clock() + 2 * LEASE)

    assert claim_jobs(house, "w1", 10, LEASE) == []
    [fault] = open_faults(house, people["grace"]).rows
    assert "did not come back" in fault.cause
    assert verify(house) == []


def test_the_diagram_catches_a_business_error(house, desk, rows):
    desk.ask()
    desk.sort()
    [job] = claim_jobs(house, "w1", 10, LEASE)

    done = fail_job(house, job.id, job.fence, "not there", code="not_found")

    assert isinstance(done, Done), done
    assert done.state == "bringing"
    assert rows("SELECT status, last_error FROM job") == [("done", "not there")]
    assert verify(house) == []


def test_an_error_that_nothing_catches_is_a_fault(house, desk, people):
    desk.ask()
    desk.sort()
    [job] = claim_jobs(house, "w1", 10, LEASE)

    assert fail_job(house, job.id, job.fence, "?", code="other").code == "faulted"
    assert len(open_faults(house, people["grace"]).rows) == 1
    assert verify(house) == []


def test_an_answer_that_the_record_cannot_hold_is_a_fault(house, desk, people):
    desk.ask()
    desk.sort()
    [job] = claim_jobs(house, "w1", 10, LEASE)

    assert finish_job(house, job.id, job.fence, {"place": 7}).code == "faulted"
    [fault] = open_faults(house, people["grace"]).rows
    assert (fault.element, "place" in fault.cause) == ("fetch", True)
    assert verify(house) == []


def test_a_notice_is_a_job_that_nothing_waits_for(house, desk, hand_clock, rows):
    desk.ask()
    desk.sort()
    desk.fetch()
    hand_clock.move_to(hand_clock() + timedelta(days=1))
    assert fire_due(house, 10) == 1

    [notice] = claim_jobs(house, "w1", 10, LEASE)

    assert notice.step == "notice"
    assert notice.inputs == {
        "template": "nag",
        "to": ["alice"],
        "values": {"what": "a pen"},
        "key": "ERR-1001",
        "title": "a pen",
        "process": "errand",
    }
    assert len(notice.template_hash) == 64
    assert isinstance(finish_job(house, notice.id, notice.fence, {"sent": 1}), Done)
    assert finish_job(house, notice.id, notice.fence, {"sent": 1}).code == "stale"
    assert rows("SELECT count(*) FROM timer") == [(0,)]
    assert verify(house) == []


def test_who_sorted_it_may_not_bring_it(house, desk, people, rows):
    desk.ask()
    desk.sort()
    desk.fetch()
    item = desk.open_item("bring")

    refusal = complete(house, people["bob"], item, {}, once="1")

    assert refusal.code == "not_allowed"
    assert "Sort" in refusal.text
    done = complete(house, people["carol"], item, {}, once="2")
    assert (done.state, done.ended) == ("closed", True)
    assert rows("SELECT count(*) FROM timer") == [(0,)]
    assert verify(house) == []


def test_nor_may_who_stands_in_for_them(house, desk, people, absent):
    desk.ask()
    desk.sort()
    desk.fetch()
    absent("bob", "carol")

    refusal = complete(house, people["carol"], desk.open_item("bring"), {}, once="1")

    assert refusal.code == "not_allowed"
    assert "stand in for bob" in refusal.text


def test_a_notice_that_only_was_written_down_is_told_as_that(house, desk, people, hand_clock, rows):
    key = desk.ask()
    desk.sort()
    desk.fetch()
    hand_clock.move_to(hand_clock() + timedelta(days=2))
    fire_due(house, 10)
    [notice] = claim_jobs(house, "w1", 10, LEASE)
    answer = {"sent": [], "only_noted": "no mail server is set"}

    done = finish_job(house, notice.id, notice.fence, answer)
    again = finish_job(house, notice.id, notice.fence, answer)

    assert isinstance(done, Done), done
    assert again.code == "stale"
    assert [line.sentence for line in history(house, people["bob"], key).rows][-2:] == [
        "A notice to alice was written: nag.",
        "The notice nag to alice was written down only: no mail server is set.",
    ]
    assert rows("SELECT status, result FROM job WHERE step = 'notice'") == [("done", answer)]
    assert verify(house) == []
