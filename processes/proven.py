"""A kind of change that is proven: done often enough, and well enough, to be done from a template.

The bar is the common one of the practice: at least five successful changes of the kind in twelve
months, and none of the last five unsuccessful. A change that went well with issues, or that was
called off in its window, proves nothing either way.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from processes.change_outcome import has_failed, has_succeeded

PERIOD = timedelta(days=365)
"""How far back a change still says something."""
SUCCESSES_NEEDED = 5
LAST_LOOKED_AT = 5

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Made:
    """A change that was made: its key and title, when it was over (UTC), and how it went.

    `caused_major`: it caused an incident of priority 1 or 2, so it failed, whatever its outcome.
    """

    key: str
    title: str
    ended_at: datetime
    outcome: str
    caused_major: bool = False

    @property
    def failed(self) -> bool:
        """Whether it was unsuccessful, was taken back or caused a major incident."""
        return has_failed(self.outcome, caused_major=self.caused_major)

    @property
    def succeeded(self) -> bool:
        """Whether it did what it was to do, and nothing else."""
        return has_succeeded(self.outcome, caused_major=self.caused_major)


@dataclass(frozen=True, slots=True)
class Proof:
    """What the changes of a kind say. `missing` is None when the kind is proven."""

    successes: Sequence[Made]
    last: Sequence[Made]
    """The last ones of the kind, the newest first."""
    failed_beside: Sequence[Made]
    """Failures under other titles: whoever decides sees whether they are of the kind after all."""
    missing: str | None


def is_of_kind(made: Made, kind: str) -> bool:
    """Whether the title has every word of the kind, in any case; a kind without words has none."""
    words = _words(kind)
    return bool(words) and words <= _words(made.title)


def proof_of(kind: str, all_made: Collection[Made]) -> Proof:
    """What the changes of one service say about this kind."""
    newest = sorted(all_made, key=lambda it: (it.ended_at, it.key), reverse=True)
    ours = [it for it in newest if is_of_kind(it, kind)]
    successes = [it for it in ours if it.succeeded]
    last = ours[:LAST_LOOKED_AT]
    beside = [it for it in newest if it.failed and it not in ours]
    return Proof(successes, last, beside, _missing(successes, last))


def _missing(successes: Sequence[Made], last: Sequence[Made]) -> str | None:
    wanting: list[str] = []
    if len(successes) < SUCCESSES_NEEDED:
        wanting.append(
            f"{SUCCESSES_NEEDED} successful changes of this kind in twelve months are needed, "
            f"and there are {len(successes)}."
        )
    if failed := [it.key for it in last if it.failed]:
        wanting.append(f"Of the last {len(last)}, these were unsuccessful: {', '.join(failed)}.")
    return " ".join(wanting) or None


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}
