"""A part of a real year of incidents, lived through and counted again by other means."""

import os
import signal
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psycopg
import pytest

from clearway.engine import read_bundle
from clearway.replay.drive import ReplayError
from clearway.replay.run import Plan, replay
from clearway.store.embedded import EmbeddedPostgres

ROOT = Path(__file__).resolve().parents[2]
_CASE = "split_part(i.title, ':', 1)"
STOPS_BEFORE_ITS_TENTH_STEP = """CREATE SEQUENCE leases;
CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF nextval('leases') = 10 THEN PERFORM pg_advisory_xact_lock(1); END IF; RETURN NEW; END $$;
CREATE TRIGGER gate BEFORE UPDATE OF lease_owner ON job FOR EACH ROW
    WHEN (NEW.lease_owner IS NOT NULL AND NEW.step <> 'notice') EXECUTE FUNCTION stop()"""
STANDS_THERE = """SELECT pid FROM pg_locks JOIN pg_database d ON d.oid = database
WHERE locktype = 'advisory' AND NOT granted AND d.datname = current_database()"""
LEASED_BY_RUNS_THAT_WERE_KILLED_AT_ONCE = """UPDATE job SET lease_owner = 'gone',
lease_until = 'infinity', attempts = 9 WHERE status = 'ready'"""
_STATES = {
    "New": "new",
    "Active": "in_progress",
    "Awaiting User Info": "on_hold",
    "Awaiting Vendor": "on_hold",
    "Awaiting Problem": "on_hold",
    "Awaiting Evidence": "on_hold",
    "Resolved": "resolved",
    "Closed": "closed",
}

pytestmark = [pytest.mark.database, pytest.mark.xdist_group("replay")]


def last_rows(rows: Sequence[Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    """The row with the highest update of each incident."""
    last: dict[str, Mapping[str, str]] = {}
    for row in rows:
        before = last.get(row["number"])
        if before is None or int(row["sys_mod_count"]) >= int(before["sys_mod_count"]):
            last[row["number"]] = row
    return last


def test_a_count_straight_from_the_file_agrees(lived, rows_of_the_log):
    last = last_rows(rows_of_the_log)
    ends = Counter(_STATES[row["incident_state"]] for row in last.values())

    summary = lived.summary

    assert (summary.cases, summary.events) == (len(last), len(rows_of_the_log))
    assert summary.applied + sum(summary.refused.values()) == len(rows_of_the_log)
    assert Counter(summary.final_states) == ends
    assert summary.cases_astray == len(lived.astray) == 0


def test_nearly_all_events_are_applied(lived):
    summary = lived.summary

    assert summary.applied >= 0.95 * summary.events
    assert set(summary.refused) <= {
        "closed_by_time",
        "closed_is_final",
        "no_change_after_resolution",
        "checked_only_once",
        "unknown_state",
    }


def test_each_record_ends_as_the_last_row_of_its_incident_says(lived, rows_of_the_log):
    expected = {
        number: (_STATES[row["incident_state"]], int(row["priority"][0]))
        for number, row in last_rows(rows_of_the_log).items()
    }

    found = lived.ask(f"SELECT {_CASE}, i.state, (i.record->>'priority')::int FROM instance i")

    assert {number: (state, priority) for number, state, priority in found} == expected
    assert len(found) == len(expected)


def test_every_priority_of_the_log_is_ours(lived):
    assert lived.summary.priority_mismatches == 0
    assert lived.summary.priority_compared == lived.summary.events


def test_the_house_is_sound_afterwards(lived):
    assert lived.summary.broken_invariants == []
    assert lived.summary.faults == 0
    assert lived.ask("SELECT count(*) FROM job WHERE status <> 'done'") == [(0,)]
    assert lived.ask("SELECT count(*) FROM timer") == [(0,)]


def test_time_closes_what_nobody_closes_in_five_business_days(lived):
    fired = lived.ask("SELECT count(*) FROM entry WHERE command = 'timer'")

    assert fired[0][0] > 0


def test_no_mail_is_sent(lived):
    sent = lived.ask("SELECT DISTINCT result::text FROM job WHERE step = 'notice'")

    assert sent == [('{"sent": [], "replayed": true}',)]


def test_a_killed_run_goes_on_without_a_double(
    lived, sample: Path, fresh_database: Callable[[], str], tmp_path: Path, eventually
):
    url = fresh_database()
    arguments = ["replay", "servicenow", str(sample), "--database-url", url]
    command = [sys.executable, "-m", "clearway", *arguments, "--cases", str(tmp_path / "cases")]
    environment = {**os.environ, "CLEARWAY_HOME": str(tmp_path)}

    with psycopg.connect(url, autocommit=True) as gate:
        gate.execute(STOPS_BEFORE_ITS_TENTH_STEP)
        gate.execute("SELECT pg_advisory_lock(1)")
        running = subprocess.Popen(
            command, env=environment, cwd=ROOT, start_new_session=True, stderr=subprocess.DEVNULL
        )
        eventually(
            lambda: Look(url).ask(STANDS_THERE) or running.poll() is not None,
            "It does not come to a step.",
            120.0,
        )
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        # The server does not see by itself that nobody waits any more.
        gate.execute(f"SELECT pg_terminate_backend(s.pid) FROM ({STANDS_THERE}) s")
        gate.execute("DROP TRIGGER gate ON job")
    done = done_in(tmp_path)
    with psycopg.connect(url) as connection:
        connection.execute(LEASED_BY_RUNS_THAT_WERE_KILLED_AT_ONCE)
    again = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)

    assert again.returncode == 0, again.stderr
    assert 0 < done < lived.summary.events
    assert f'"events_before": {done}' in again.stdout
    assert history(lived.ask) == history(Look(url).ask)


def test_what_the_journal_holds_outlives_the_end_of_the_database(
    lived, sample: Path, tmp_path: Path, eventually
):
    command = [sys.executable, "-m", "clearway", "replay", "servicenow", str(sample)]
    environment = {**os.environ, "CLEARWAY_HOME": str(tmp_path)}

    def begun(rows: int) -> tuple[subprocess.Popen[str], int]:
        running = subprocess.Popen(
            command,
            env=environment,
            cwd=ROOT,
            start_new_session=True,
            stderr=subprocess.PIPE,
            text=True,
        )
        eventually(
            lambda: done_in(tmp_path) >= rows or running.poll() is not None, "It stands.", 120.0
        )
        [postmaster] = tmp_path.rglob("postmaster.pid")
        return running, int(postmaster.read_text().split()[0])

    running, postmaster = begun(40)
    # The server crashes, and is there again before anybody asks.
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    os.kill(int(children[-1]), signal.SIGKILL)
    _, told = running.communicate()
    assert running.returncode == 1
    assert "may have lost the last commands: run the same command again" in told
    running, postmaster = begun(done_in(tmp_path) + 40)
    os.kill(postmaster, signal.SIGKILL)
    os.killpg(running.pid, signal.SIGKILL)
    running.communicate()

    again = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)

    assert again.returncode == 0, again.stderr
    [settings] = tmp_path.rglob("postgresql.conf")
    with EmbeddedPostgres(settings.parent.parent) as server:
        assert history(lived.ask) == history(Look(server.conninfo()).ask)


def test_a_house_of_somebody_is_left_alone(lived, sample: Path, tmp_path: Path):
    plan = Plan(sample, lived.url, tmp_path, read_bundle(ROOT / "bpmn", "incident"))

    with pytest.raises(ReplayError, match="holds a house already"):
        replay(plan, begun=lambda *_: None, went_on=lambda _: None)


def test_another_file_is_not_taken_for_the_one_that_was_replayed(
    lived, sample: Path, tmp_path: Path
):
    other = tmp_path / "other.zip"
    # Another file with the same incidents: a word more at its end.
    other.write_bytes(sample.read_bytes())
    with zipfile.ZipFile(other, "a") as archive:
        archive.comment = b"another"
    plan = Plan(other, lived.url, lived.folder, read_bundle(ROOT / "bpmn", "incident"))

    with pytest.raises(ReplayError, match="other cases has begun here"):
        replay(plan, begun=lambda *_: None, went_on=lambda _: None)


class Look:
    """Asks a database."""

    def __init__(self, url: str) -> None:
        self._url = url

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        """All rows of this statement."""
        with psycopg.connect(self._url) as connection:
            return connection.execute(statement).fetchall()


def done_in(home: Path) -> int:
    """How many rows the journals hold."""
    texts = [path.read_text() for path in home.glob("replay/**/journal-*.tsv")]
    return sum(text.count("\n") for text in texts)


def history(ask: Callable[[str], list[tuple[object, ...]]]) -> Counter[tuple[object, ...]]:
    """Each line of each incident's history, by what it tells; the keys are drawn as they come."""
    return Counter(
        ask(
            f"SELECT {_CASE}, e.at, e.actor, e.command, e.kind, e.element, e.state_after "
            "FROM entry e JOIN instance i ON i.id = e.instance_id WHERE e.command <> 'step'"
        )
    ) + Counter(
        ask(
            f"SELECT {_CASE}, e.kind, e.element, e.state_after "
            "FROM entry e JOIN instance i ON i.id = e.instance_id WHERE e.command = 'step'"
        )
    )
