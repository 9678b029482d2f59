"""Nothing is half done, wherever a command is stopped, and asking again has one effect."""

from datetime import timedelta

import psycopg

from clearway.service.comment import comment
from clearway.service.complete import complete
from clearway.service.deliver import send
from clearway.service.jobs import claim_jobs, finish_job
from clearway.service.start import start
from clearway.service.timers import fire_due
from clearway.service.values import Done
from clearway.service.verify import verify
from clearway.service.vote import vote

ROWS = """SELECT (SELECT count(*) FROM instance), (SELECT sum(revision) FROM instance),
    (SELECT count(*) FROM work_item), (SELECT count(*) FROM work_item WHERE closed_at IS NULL),
    (SELECT count(*) FROM entry), (SELECT count(*) FROM job), (SELECT count(*) FROM timer),
    (SELECT count(*) FROM subscription), (SELECT count(*) FROM answer),
    (SELECT count(*) FROM ballot)"""


def commands(house, people, desk, hand_clock):
    """Each command of a whole life, ready to be called again and again with one key."""
    yield lambda: start(house, people["alice"], "errand", {"what": "a piano"}, once="1")
    [(key,)] = desk.rows("SELECT key FROM instance")
    sort = desk.open_item("sort")
    yield lambda: complete(house, people["bob"], sort, {"weight": 99}, once="2")
    approve = desk.open_item("approve")
    yield lambda: vote(house, people["dave"], approve, "chair", "approve", once="3")
    yield lambda: vote(house, people["erin"], approve, "one", "approve", once="4")
    [job] = claim_jobs(house, "w", 1, timedelta(minutes=1))
    yield lambda: finish_job(house, job.id, job.fence, {"place": "here"})
    yield lambda: send(house, people["bob"], key, "hold", {"question": "?"}, once="5")
    yield lambda: comment(house, people["alice"], key, "!", public=True, once="6")
    hand_clock.move_to(hand_clock() + timedelta(days=2))
    yield lambda: fire_due(house, 10)
    bring = desk.open_item("bring")
    yield lambda: complete(house, people["carol"], bring, {}, once="7")


def test_stopped_at_every_statement(house, people, desk, rows, hand_clock, ends_before):
    stops = 0
    for command in commands(house, people, desk, hand_clock):
        before = rows(ROWS)
        for k in range(1, 20):
            result = ends_before(house.store, k, command)
            if result is not None:
                assert not hasattr(result, "code"), result
                break
            stops += 1
            assert rows(ROWS) == before
            assert verify(house) == []
        assert rows(ROWS) != before
    assert stops > 25


def test_a_lost_acknowledgement_is_answered_again(house, people, desk, rows):
    desk.ask()
    item = desk.open_item("sort")
    complete(house, people["bob"], item, {"weight": 1}, once="same")

    again = complete(house, people["bob"], item, {"weight": 1}, once="same")

    assert again.repeated
    assert rows("SELECT count(*) FROM job") == [(1,)]


def test_a_killed_connection_is_replaced_inside(house, people, desk, database_url, rows):
    desk.ask()
    item = desk.open_item("sort")

    class Kill:
        """Ends all connections of the house once, just before the write."""

        done = False

        def __call__(self, statement: str) -> None:
            if self.done or "WITH" not in statement:
                return
            self.done = True
            with psycopg.connect(database_url) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'clearway' AND datname = current_database()"
                )

    kill = Kill()
    with house.store.watched_by(kill):
        done = complete(house, people["bob"], item, {"weight": 1}, once="1")

    assert kill.done
    assert isinstance(done, Done), done
    assert rows("SELECT count(*) FROM job") == [(1,)]
    assert verify(house) == []
