"""The automated steps of a standard change: what proves its kind, and what a template says."""

from collections.abc import Mapping, Sequence

from clearway.now import TimeSource
from clearway.service.other_records import OtherRecord
from processes.proven import PERIOD, Made, Proof, proof_of
from tasks.doors import CHANGE, EndedBetween, LeadingTo, OneRecord
from tasks.major_incidents import changes_that_caused_major

TEMPLATE = "standard_change"
IN_USE = "active"
"""The state in which a template may be used."""
LOCKED = (
    "title",
    "description",
    "plan",
    "backout_plan",
    "test_plan",
    "service",
    "affected_assets",
    "outage_minutes",
    "backout_minutes",
    "conditions",
)
"""What whoever uses a template cannot change."""


def find_proof(
    *,
    service: str,
    kind: str,
    ended_between: EndedBetween,
    leading_to: LeadingTo,
    now: TimeSource,
) -> Mapping[str, object]:
    """What the changes of a service in the last twelve months say about a kind of change.

    `kind` are the words that their titles have in common. Answers `proven`, `not_proven` (why not,
    a text, or null), `proof` (keys of the successful changes) and `proof_summary`, which names
    each change that was looked at, also the failures of the service under other titles.
    """
    until = now()
    ended = ended_between(CHANGE, {"service": service}, until - PERIOD, until)
    caused = changes_that_caused_major([it.key for it in ended], leading_to)
    proof = proof_of(kind, [made for it in ended if (made := _made(it, it.key in caused))])
    return {
        "proven": proof.missing is None,
        "not_proven": proof.missing,
        "proof": [it.key for it in proof.successes],
        "proof_summary": _summary(proof),
    }


def read_template(*, template: str, one_record: OneRecord) -> Mapping[str, object]:
    """What a template says, as long as it may be used.

    Answers `usable`, `why_not` (a text, or null), `version` (counts what was approved) and the
    locked fields; these are null when it may not be used, so that nobody copies them.
    """
    found = one_record(template)
    why_not = _why_not(template, found)
    if found is None or why_not is not None:
        return {"usable": False, "why_not": why_not, "version": None, **dict.fromkeys(LOCKED)}
    locked = {name: found.record.get(name) for name in LOCKED}
    # A template that was approved on an earlier version of its process has them as one text.
    if isinstance(said := locked["conditions"], str):
        locked["conditions"] = [said]
    return {"usable": True, "why_not": None, "version": found.record.get("version"), **locked}


def _why_not(key: str, found: OtherRecord | None) -> str | None:
    if found is None or found.process != TEMPLATE:
        return f"{key} is no template. Name a standard change, or plan a normal change."
    if found.state == IN_USE:
        return None
    because = found.record.get("suspended_because") if found.state == "suspended" else None
    told = f"{key} is {found.state or 'not approved'}" + (f": {because}" if because else "")
    return f"{told.removesuffix('.')}. Plan a normal change, or choose another template."


def _made(found: OtherRecord, caused_major: bool) -> Made | None:
    """None for a change that was never made: nobody says how it went."""
    outcome, ended_at = found.record.get("outcome"), found.ended_at
    if not isinstance(outcome, str) or ended_at is None:
        return None
    return Made(found.key, found.title, ended_at, outcome, caused_major)


def _summary(proof: Proof) -> str:
    lines = [f"Successful in twelve months: {_keys(proof.successes)}", "The last ones:"]
    lines += [_line(it) for it in proof.last] or ["none"]
    if proof.failed_beside:
        lines += ["Failed at the same service, under other titles:"]
        lines += [_line(it) for it in proof.failed_beside]
    return "\n".join(lines)


def _line(made: Made) -> str:
    words = made.outcome.replace("_", " ")
    caused = ", caused an incident of priority 1 or 2" if made.caused_major else ""
    return f"{made.ended_at:%Y-%m-%d} {made.key} {made.title}: {words}{caused}"


def _keys(all_made: Sequence[Made]) -> str:
    return ", ".join(it.key for it in all_made) or "none"
