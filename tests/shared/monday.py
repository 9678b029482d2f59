"""Where the clocks of the tests stand until somebody moves them: a Monday morning."""

from datetime import UTC, datetime

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
