"""Every command there is, in the order of one long day, ready to be struck at any statement."""

from collections.abc import Sequence

from life_around import ALERT, HEARTBEATS, REGISTRY, SCHEDULES, SIGN_IN
from life_decisions import DECISIONS
from life_records import ERRAND, FAULTS, MESSAGES, SIGNALS, STOOL
from step import Step

LIFE = (
    *SIGN_IN,
    *REGISTRY,
    *ERRAND,
    *STOOL,
    *FAULTS,
    *MESSAGES,
    *SIGNALS,
    *DECISIONS,
    *SCHEDULES,
    *ALERT,
    *HEARTBEATS,
)
"""The whole day."""

STEPS = {step.name: step for step in LIFE}


def up_to(last: str) -> Sequence[Step]:
    """The day up to this step, and with it."""
    names = [step.name for step in LIFE]
    return LIFE[: names.index(last) + 1]
