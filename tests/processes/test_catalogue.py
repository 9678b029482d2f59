"""A rule is found by the name that a diagram gives it."""

from datetime import UTC, datetime

import pytest

from processes.approval import Ballot, Choice, Outcome, Round, Seat
from processes.catalogue import RULES, UnknownRule, approval_rule

NINE = datetime(2026, 6, 1, 9, tzinfo=UTC)


def outcome(rule_name: str, *choices: Choice, seats: int) -> Outcome:
    """What the rule says when the first seats, the chair's before all, cast these choices."""
    rule = approval_rule(rule_name)
    held = tuple(Seat(f"s{i}", holder=f"p{i}", chair=i == 0) for i in range(seats))
    ballots = [Ballot(f"s{i}", f"p{i}", choice, 1, NINE) for i, choice in enumerate(choices)]
    return rule.decide(Round(1, held, rule.quorum, NINE), ballots).outcome


def test_every_rule_is_listed_under_its_own_name_and_explains_itself():
    for name, rule in RULES.items():
        assert rule.name == name
        assert rule.description


def test_the_board_needs_more_than_half_of_its_seats():
    yes = Choice.APPROVE

    assert outcome("cab_majority", yes, yes, seats=4) is Outcome.OPEN
    assert outcome("cab_majority", yes, yes, yes, seats=4) is Outcome.APPROVED


def test_the_emergency_board_acts_on_two_of_three():
    yes = Choice.APPROVE

    assert outcome("emergency_board", yes, seats=3) is Outcome.OPEN
    assert outcome("emergency_board", yes, yes, seats=3) is Outcome.APPROVED


@pytest.mark.parametrize("rule", ["group_lead_approves", "line_manager_approves"])
def test_a_single_seat_decides_alone_and_only_by_its_word(rule: str):
    assert outcome(rule, seats=1) is Outcome.OPEN
    assert outcome(rule, Choice.APPROVE, seats=1) is Outcome.APPROVED
    assert outcome(rule, Choice.REJECT, seats=1) is Outcome.REJECTED
    assert outcome(rule, Choice.ABSTAIN, seats=1) is Outcome.REJECTED


def test_an_unknown_rule_is_refused_with_those_that_exist():
    with pytest.raises(UnknownRule, match=r"'cab_majorty'.*cab_majority, emergency_board"):
        approval_rule("cab_majorty")
