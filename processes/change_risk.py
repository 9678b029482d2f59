"""How often changes like this one failed, as points of risk, and whether the bands hold."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

BANDS = ("low", "moderate", "high", "very_high")
"""The bands of risk, the least first."""

_WEIGHT: Mapping[int, Fraction] = {
    1: Fraction(1),
    2: Fraction(3, 4),
    3: Fraction(1, 2),
    4: Fraction(1, 4),
}
_FAILED_BEFORE, _ALL_BEFORE = 1, 10


def failure_rate(failed: int, of: int) -> Fraction:
    """The share of failures, smoothed: as if one of ten more changes had failed (Beta 1, 9).

    One failure of one change is no proof that all will fail, and no failure of two none that none
    will. Raises ValueError when more failed than there were.
    """
    if not 0 <= failed <= of:
        raise ValueError(f"{failed} of {of} changes cannot have failed; count them anew")
    return Fraction(failed + _FAILED_BEFORE, of + _ALL_BEFORE)


def history_points(criticality: int | None, failed: int, of: int) -> int:
    """From 0 to 100: the smoothed rate times how critical the service is (1 highest to 4).

    A service whose criticality nobody entered counts as the most critical.
    """
    weight = _WEIGHT.get(criticality or 1, Fraction(1))
    return round(100 * weight * failure_rate(failed, of))


@dataclass(frozen=True, slots=True)
class BandResult:
    """What came of the changes of one band."""

    band: str
    changes: int
    failed: int

    @property
    def share(self) -> Fraction | None:
        """The share that did not succeed; None when there was no change."""
        return Fraction(self.failed, self.changes) if self.changes else None


@dataclass(frozen=True, slots=True)
class BackTest:
    """How the bands held against what came of the changes."""

    results: Sequence[BandResult]
    violations: Sequence[str]
    """A sentence for each band that failed less often than a lower one."""
    unbanded: int
    """Changes that ended without a band, and say nothing about the bands."""


def back_test(ended: Iterable[tuple[str | None, bool | None]]) -> BackTest:
    """Hold the bands against what came of it; `ended` has (band, whether it failed) of each change.

    None instead of a band, or of whether it failed, is a change of which nobody knows that.
    """
    counts = {band: [0, 0] for band in BANDS}
    unbanded = 0
    for band, failed in ended:
        if band not in counts or failed is None:
            unbanded += 1
            continue
        counts[band][0] += 1
        counts[band][1] += failed
    results = [BandResult(band, every, failed) for band, (every, failed) in counts.items()]
    return BackTest(results, _violations(results), unbanded)


def _violations(results: Sequence[BandResult]) -> list[str]:
    known = [(it, Fraction(it.failed, it.changes)) for it in results if it.changes]
    return [
        f"{higher.band}: {higher.failed} of {higher.changes} did not succeed, "
        f"{lower.band}: {lower.failed} of {lower.changes}"
        for (lower, low), (higher, high) in pairwise(known)
        if high < low
    ]
