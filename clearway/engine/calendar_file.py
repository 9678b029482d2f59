"""A calendar as a file: what it says, or what is wrong with it."""

import re
from dataclasses import dataclass
from functools import lru_cache

import yaml

from clearway.engine.yaml_problem import yaml_problem
from processes.calendar import Calendar, CalendarError

_PLACE = re.compile(
    r"(?:the field '(?P<missing>tz|week)'"
    r"|(?P<field>name|tz|week|holidays|until|extra|day)(?:[. ](?P<part>[^:]+))?:)"
)


@dataclass(frozen=True)
class CalendarProblem:
    """Why a file is no calendar, as a sentence that the gate says too.

    `reason`: its part about the cause alone. `field` and `part`: where, such as `week` and
    `friday`; empty when it is about no field. `line`: counted from 1, where it is known.
    """

    text: str
    reason: str
    field: str = ""
    part: str = ""
    line: int | None = None


def read_calendar(data: bytes, name: str) -> Calendar | CalendarProblem:
    """The calendar in these bytes of YAML, by the name that diagrams use for it."""
    try:
        return _read(data, name)
    except yaml.YAMLError as error:
        line, problem = yaml_problem(error)
        text = f"Line {line}: The calendar is no YAML: {problem}."
        return CalendarProblem(text, text, line=line)
    except CalendarError as error:
        reason = str(error).removeprefix(f"calendar {name!r}: ")
        place = _PLACE.match(reason)
        found = place.groupdict() if place else {}
        field = found.get("field") or found.get("missing") or ""
        text = f"The calendar cannot be read: {error}"
        return CalendarProblem(text, reason, field, found.get("part") or "")
    except (TypeError, AttributeError, ValueError, RecursionError) as error:
        text = f"The calendar cannot be read: {error}"
        return CalendarProblem(text, text)


@lru_cache(maxsize=64)
def _read(data: bytes, name: str) -> Calendar:
    return Calendar.from_data(yaml.safe_load(data), name)
