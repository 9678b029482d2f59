"""The DMN Technology Compatibility Kit: what comes out, and what does not for a stated reason."""

from collections.abc import Callable
from pathlib import Path

import pytest

from clearway.decisions.tck import Outcome, run_folder

# Programs outside are never called; time is kept to the microsecond in the years 1 to 9999.
REASONS = ("of kind Java", "not called", "to the microsecond", "from year 1 to year 9999")


@pytest.fixture(scope="session")
def outcomes(test_data: Path) -> Callable[[int], list[Outcome]]:
    """All outcomes of one level."""
    return lambda level: list(run_folder(test_data / "dmn-tck" / f"compliance-level-{level}"))


def test_level_two_comes_out_whole(outcomes: Callable[[int], list[Outcome]]):
    found = outcomes(2)

    assert len(found) == 126
    assert [outcome for outcome in found if outcome.why] == []


def test_level_three_fails_only_for_stated_reasons(outcomes: Callable[[int], list[Outcome]]):
    found = outcomes(3)
    failed = [outcome for outcome in found if outcome.why]

    assert len(found) == 1319
    assert [each for each in failed if not any(reason in each.why for reason in REASONS)] == []
    assert len(found) - len(failed) >= 1280
