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


def times_of(opened: OpenedRound, info: ElementInfo, now: datetime) -> list[SetTimer]:
    """The reminders and the end of a round that opens now, as far as the diagram asks for them."""
    if opened.deadline is None or opened.deadline <= now:
        return []
    whole = opened.deadline - now
    found = [
        (f"remind{number}", now + whole * part.numerator / part.denominator)
        for number, part in enumerate(info.remind, 1)
    ]
    found += [(END, opened.deadline)] if info.concludes else []
    return [SetTimer(_token(it, opened.token), info.id, due, None, "once") for it, due in found]


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
