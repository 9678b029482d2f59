"""When what runs by itself is due: the schedules of prefect.yaml, as rules we can count with."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

_EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


class CatchUp(StrEnum):
    """What becomes of runs that nobody did in time."""

    ALL = "all"
    """Each is done, the oldest first: every one of them is evidence."""
    LATEST = "latest"
    """Only the newest is done; the others are noted as missed."""


@dataclass(frozen=True)
class Schedule:
    """Due at `at` (wall time of `zone`) on `weekdays` (0 Monday to 6 Sunday)."""

    name: str
    at: time
    zone: str
    catch_up: CatchUp
    weekdays: tuple[int, ...] = _EVERY_DAY
    grace: timedelta = timedelta(hours=1)
    """How long after it was due a run may take until the doctor misses it."""
    begins_within: timedelta = timedelta(minutes=15)
    """Within this time a run begins, or the ledger has that it was missed.

    Longer than a start of Prefect and the three tries of a flow, a minute apart, take together.
    """

    @property
    def cron(self) -> str:
        """The same, as prefect.yaml has it."""
        names = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
        days = "*" if self.weekdays == _EVERY_DAY else ",".join(names[day] for day in self.weekdays)
        return f"{self.at.minute} {self.at.hour} * * {days}"

    def due_between(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """The instants (UTC) when it was due, later than `after` and not later than `until`.

        A wall time that a change to summer time leaves out is due when it would have been; one
        that comes twice is due the first time.
        """
        zone = ZoneInfo(self.zone)
        day: date = after.astimezone(zone).date()
        last = until.astimezone(zone).date()
        while day <= last:
            if day.weekday() in self.weekdays:
                due = datetime.combine(day, self.at, tzinfo=zone).astimezone(UTC)
                if after < due <= until:
                    yield due
            day += timedelta(days=1)


NIGHTLY_CONTROL_TEST = Schedule("nightly_control_test", time(2, 30), "Europe/Berlin", CatchUp.ALL)
WEEKLY_OPEN_WORK_REVIEW = Schedule(
    "weekly_open_work_review", time(8, 0), "Europe/Berlin", CatchUp.LATEST, weekdays=(0,)
)
WEEKLY_CHANGE_REPORT = Schedule(
    "weekly_change_report", time(7, 0), "Europe/Berlin", CatchUp.LATEST, weekdays=(0,)
)

WEEKLY_CAB_MEETING = Schedule(
    "weekly_cab_meeting", time(8, 0), "Europe/Berlin", CatchUp.LATEST, weekdays=(0,)
)

WEEKLY_CHANGE_FOLLOW_UP = Schedule(
    "weekly_change_follow_up", time(7, 30), "Europe/Berlin", CatchUp.LATEST, weekdays=(0,)
)

SCHEDULES: Mapping[str, Schedule] = MappingProxyType(
    {
        schedule.name: schedule
        for schedule in (
            NIGHTLY_CONTROL_TEST,
            WEEKLY_OPEN_WORK_REVIEW,
            WEEKLY_CAB_MEETING,
            WEEKLY_CHANGE_FOLLOW_UP,
            WEEKLY_CHANGE_REPORT,
        )
    }
)
"""Every schedule, by its name: the deployment of prefect.yaml has the same name."""
