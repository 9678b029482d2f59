"""What `clearway schedule` says of the runs that were due."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

from click.testing import Result

from clearway.service import ledger
from clearway.service.house import House

Run = Callable[..., Result]
NIGHT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
NAME = "nightly_control_test"


def test_nothing_due_yet_is_said_in_words(run_in_house: Run):
    result = run_in_house("schedule", "list")

    assert (result.exit_code, result.stdout) == (0, "No run was due yet.\n")


def test_runs_are_listed_with_their_outcome_and_proof(house: House, run_in_house: Run):
    hashed = ledger.keep_evidence(house, {"population": []})
    ledger.begin_run(house, NAME, NIGHT, "run-1")
    ledger.finish_run(
        house, NAME, NIGHT, "run-1", outcome="passed", population=0, evidence_hash=hashed
    )

    listed = json.loads(run_in_house("schedule", "list", "-o", "json").stdout)
    shown = run_in_house("schedule", "list").stdout
    proven = json.loads(run_in_house("schedule", "proof", hashed[:12], "-o", "json").stdout)

    assert listed == [
        {
            "schedule": NAME,
            "due": "2026-03-02T01:30:00+00:00",
            "began": "2026-03-02T09:00:00+00:00",
            "ended": "2026-03-02T09:00:00+00:00",
            "outcome": "kept",
            "late": False,
            "note": "0 records looked at, no exception.",
            "proofs": {"result": hashed},
        }
    ]
    assert "kept" in shown
    assert f"result {hashed[:12]}" in shown
    assert proven == {"hash": hashed, "proof": {"population": []}}


def test_a_proof_that_is_none_is_said_in_one_sentence(run_in_house: Run):
    result = run_in_house("schedule", "proof", "ffffffffffff")

    assert result.exit_code == 1
    assert result.stderr.startswith("There is no such proof of a scheduled run.")
