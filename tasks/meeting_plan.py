"""When the board meets by itself, and how its meeting is planned."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clearway.errors import ClearwayError
from clearway.service.house import House
from clearway.service.start import start
from clearway.service.values import Actor, Refusal

MEETING = "cab_meeting"
PLANNER = Actor("meetings", roles=frozenset({"change_manager"}), is_person=False)
"""The schedule plans a meeting as the role whose lane begins that process."""

_THURSDAY, _AT, _ZONE = 3, time(14, 0), ZoneInfo("Europe/Berlin")


class MeetingError(ClearwayError):
    """A meeting cannot be planned; the text says why."""


def plan_meeting(house: House, due_at: datetime, once: str) -> str:
    """Plan the meeting that follows this instant, once; answers the key of its record.

    A run that comes late plans the next one that is still ahead. Raises MeetingError.
    """
    starts = next_meeting(max(due_at, house.now()))
    values = {
        "title": f"Change advisory board, {starts.astimezone(_ZONE):%Y-%m-%d}",
        "starts": starts.isoformat(),
    }
    done = start(house, PLANNER, MEETING, values, once=once)
    if isinstance(done, Refusal):
        raise MeetingError(f"The meeting cannot be planned: {done.text} {done.remedy}")
    return done.key


def next_meeting(after: datetime) -> datetime:
    """The first Thursday 14:00 in Berlin later than this instant, in UTC."""
    day = after.astimezone(_ZONE).date()
    while True:
        starts = datetime.combine(day, _AT, tzinfo=_ZONE).astimezone(UTC)
        if day.weekday() == _THURSDAY and starts > after:
            return starts
        day += timedelta(days=1)
