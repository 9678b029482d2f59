"""The rules a diagram may name, each with the pure function behind the name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from clearway.errors import ClearwayError
from processes.approval import Ballot, Quorum, Round, Verdict, decide


class UnknownRule(ClearwayError):
    """A diagram names a rule that does not exist; the text lists those that do."""


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """How a round of seats decides, for `clearway:rule` on an approval's user task.

    `quorum` goes into the `Round`. `decide` is asked after each ballot: silence decides nothing.
    """

    name: str
    description: str
    quorum: Quorum
    decide: Callable[[Round, Sequence[Ballot]], Verdict] = decide


Rule = ApprovalRule

_RULES = (
    ApprovalRule(
        "cab_majority",
        "The change advisory board: its chair and more than half of the seats have cast, more say "
        "yes than no, and at least two say yes; the chair decides a tie.",
        Quorum(more_than=Fraction(1, 2), chair=True, yes=2),
    ),
    ApprovalRule(
        "emergency_board",
        "The emergency board: at least two say yes, and more say yes than no.",
        Quorum(at_least=2, yes=2),
    ),
    ApprovalRule(
        "both_approve",
        "Two say yes: a round of two seats needs both.",
        Quorum(at_least=2, yes=2),
    ),
    ApprovalRule(
        "group_lead_approves",
        "One seat decides, that of the group's lead; its silence decides nothing.",
        Quorum(),
    ),
    ApprovalRule(
        "line_manager_approves",
        "One seat decides, that of the line manager; its silence decides nothing.",
        Quorum(),
    ),
)

RULES: Mapping[str, Rule] = MappingProxyType({rule.name: rule for rule in _RULES})


def approval_rule(name: str) -> ApprovalRule:
    """The rule a diagram names; raises UnknownRule."""
    rule = RULES.get(name)
    if rule is None:
        raise UnknownRule(f"there is no approval rule {name!r}; use one of {', '.join(RULES)}")
    return rule
