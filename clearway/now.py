"""The one source of time: aware UTC instants, moved by hand in tests."""

from collections.abc import Callable
from datetime import UTC, datetime

TimeSource = Callable[[], datetime]


def system_time() -> datetime:
    """The machine's time as an aware UTC instant."""
    return datetime.now(UTC)


class HandClock:
    """A time source that stands still until it is moved; for tests and scenario runs."""

    def __init__(self, start: datetime) -> None:
        self._now = _utc(start)

    def __call__(self) -> datetime:
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Move forward to `instant`; raises ValueError when that lies in the past."""
        instant = _utc(instant)
        if instant < self._now:
            raise ValueError(f"time cannot go back from {self._now} to {instant}")
        self._now = instant


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(UTC)
