"""A circle of people who stand in for each other leaves nobody to act."""

from datetime import UTC, datetime, timedelta

import pytest

from processes.absences import Away, circle

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def away(person: str, delegate: str, first: int = 0, last: int = 5) -> Away:
    """Away from one day until another, counted from a Monday."""
    return Away(person, delegate, MONDAY + timedelta(days=first), MONDAY + timedelta(days=last))


@pytest.mark.parametrize(
    ("others", "names"),
    [
        ([], ()),
        ([away("bob", "carol")], ()),
        ([away("bob", "alice")], ("alice", "bob")),
        ([away("bob", "carol"), away("carol", "alice")], ("alice", "bob", "carol")),
        ([away("bob", "carol"), away("carol", "bob")], ()),
        ([away("bob", "alice", 5, 9)], ()),
        ([away("bob", "carol", 0, 3), away("carol", "alice", 3, 5)], ()),
    ],
)
def test_a_delegation_that_comes_back_at_one_time_is_a_circle(
    others: list[Away], names: tuple[str, ...]
):
    assert circle(away("alice", "bob"), others) == names
