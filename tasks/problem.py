"""The automated steps of a problem."""

from collections.abc import Mapping, Sequence

from clearway.errors import StepError
from tasks.doors import Link


def link_incidents(
    *, key: str, incidents: Sequence[str] | str | None = None, job_id: str, link: Link
) -> Mapping[str, object]:
    """Link the incidents that this problem `key` causes; `incidents` are keys.

    Answers them as `linked`. Raises StepError `unknown_record`, naming those that do not exist;
    the others are linked then.
    """
    given = incidents.split(",") if isinstance(incidents, str) else list(incidents or ())
    linked: list[str] = []
    unknown: list[str] = []
    for incident in dict.fromkeys(each.strip() for each in given if each.strip()):
        done = link(incident, "caused_by", key, f"job {job_id} {incident}")
        (linked if done else unknown).append(incident)
    if unknown:
        raise StepError("unknown_record", f"There is no record {', '.join(unknown)}.")
    return {"linked": linked}
