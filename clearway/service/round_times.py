"""The times of a round: when whoever has not voted is reminded, and when it ends; rows of `timer`.

The engine does not know them: their tokens begin with `round:`.
"""

from collections.abc import Sequence
from datetime import datetime

from clearway.engine.blueprint import ElementInfo
from clearway.engine.reminders import MOST_REMINDERS
from clearway.store.effect import OpenedRound, SetTimer
from clearway.store.wanted_votes import TIMES

END = "end"
ENDS = f"{TIMES}{END}:"
"""How the token of the timer begins that ends a round."""


def times_of(opened: OpenedRound, info: ElementInfo, now: datetime) -> list[SetTimer]:
    """The reminders and the end of a round that opens now, as far as the diagram asks for them."""
    found = instants(opened.token, opened.deadline, info, now)
    return [SetTimer(token, info.id, due, None, "once") for token, due in found.items()]


def instants(
    item: str, deadline: datetime | None, info: ElementInfo, opened_at: datetime
) -> dict[str, datetime]:
    """When the times of a round are due, by the tokens of their timers."""
    if deadline is None or deadline <= opened_at:
        return {}
    whole = deadline - opened_at
    found = {
        f"remind{number}": opened_at + whole * part.numerator / part.denominator
        for number, part in enumerate(info.remind, 1)
    }
    if info.concludes:
        found[END] = deadline
    return {_token(name, item): due for name, due in found.items()}


def tokens_of(token: str) -> Sequence[str]:
    """Under which a round of the work item with this token may have times."""
    names = [END, *(f"remind{number}" for number in range(1, MOST_REMINDERS + 1))]
    return [_token(name, token) for name in names]


def time_of(token: str) -> tuple[str, str] | None:
    """What a timer's token stands for, and the token of the work item; None: a timer as drawn."""
    if not token.startswith(TIMES):
        return None
    what, _, item = token.removeprefix(TIMES).partition(":")
    return what, item


def _token(what: str, item: str) -> str:
    return f"{TIMES}{what}:{item}"
