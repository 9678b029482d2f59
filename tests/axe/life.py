"""Every command there is, in the order of two days, ready to be struck at any statement."""

from collections.abc import Sequence

from life_around import ALERT, FEED, HEARTBEATS, REGISTRY, SCHEDULES, SIGN_IN
from life_decisions import DECISIONS
from life_records import ERRAND, FAULTS, MESSAGES, SIGNALS, STOOL
from life_workshop import WORKSHOP
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
    *FEED,
)
"""The whole day."""

DAYS = {"life": LIFE, "workshop": WORKSHOP}

STEPS = {step.name: step for day in DAYS.values() for step in day}


def up_to(last: str) -> Sequence[Step]:
    """The day of this step up to it, and with it."""
    for day in DAYS.values():
        names = [step.name for step in day]
        if last in names:
            return day[: names.index(last) + 1]
    raise KeyError(last)
