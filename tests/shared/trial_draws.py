"""Draws what somebody might do next in a run: any of what waits, with values that may fit."""

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any, cast

from clearway.service.scenario_file import Scenario
from clearway.service.workshop.cast import starters, usual_cast
from clearway.service.workshop.run import run_of
from clearway.service.workshop.standing import Standing, asked_by_start, standing_of
from clearway.service.workshop.trying import Sandbox, Tried
from processes.links import NAMES

WORDS = (
    "a pen",
    "It's broken",
    "no",
    "2026-01-01",
    "- odd: [text]",
    "two\nlines",
    "ünïcode ✓",
    "7",
)
THINGS = ("mail", "network", "printer-7", "INC-8")
NAMES_OF_RECORDS = ("INC-8", "CHG-4", "PRB-7")


def start(draw: Random, sandbox: Sandbox) -> Scenario | None:
    """A run that is to be started somewhere by somebody."""
    deployed = sandbox.deployed
    cast_ = usual_cast(deployed)
    if not deployed.start_events:
        return None
    event = draw.choice(deployed.start_events)
    people = starters(sandbox, cast_, event)
    top: dict[str, object] = {"registry": cast_}
    if event.message:
        top["event"] = event.element
    if people and (event.message is None or event.action):
        top["as"] = draw.choice(people)
    everybody = list(cast("Mapping[str, object]", cast_.get("people", {})))
    top["start"] = values(draw, asked_by_start(deployed, event.element), everybody)
    return run_of(top)


def doing(draw: Random, tried: Tried) -> dict[str, object] | None:
    """One of all that could be done next; None when there is nothing."""
    assert tried.trial is not None
    standing = standing_of(tried.trial)
    choices = list(_choices(draw, standing))
    return draw.choice(choices) if choices else None


def _choices(draw: Random, it: Standing) -> Iterator[dict[str, object]]:
    for task in it.tasks:
        for person in task.may:
            given = values(draw, task.schema, it.people, task.values)
            yield {"complete": task.element, "as": person, **({"with": given} if given else {})}
        if task.takers:
            yield {"claim": task.element, "as": draw.choice(task.takers)}
        if task.holder:
            yield {"unclaim": task.element, "as": task.holder}
        if task.givers:
            giver, taker = draw.choice(task.givers), draw.choice(it.people)
            yield {"assign": task.element, "as": giver, "to": taker}
    for vote in it.votes:
        for seat, may in vote.may.items():
            for person in may:
                choice = draw.choice(("approve", "approve", "reject", "abstain"))
                said = {"vote": {vote.element: choice}, "as": person, "seat": seat}
                yield {**said, "reason": draw.choice(WORDS)}
    for job in it.jobs:
        if job.is_next:
            yield {"step": job.step, "answers": values(draw, job.schema, it.people)}
            if job.codes:
                yield {"step": job.step, "fails": draw.choice([*job.codes, "unheard_of"])}
    for event in it.events:
        given = values(draw, event.schema, it.people)
        words = {"send": event.element, **({"with": given} if given else {})}
        if event.label is None:
            yield {"send": event.message, **({"with": given} if given else {})}
        elif event.may:
            yield {**words, "as": draw.choice(event.may)}
    if it.tasks or it.timers or it.jobs or it.events or it.votes:
        yield {"pass": draw.choice(("PT1H", "P1D", "P5D", "P30D"))}
        yield {"comment": draw.choice(WORDS), "as": draw.choice(it.people)}
    if draw.random() < 0.05:
        yield {"linked": {draw.choice(list(NAMES)): [draw.choice(NAMES_OF_RECORDS)]}}
    if draw.random() < 0.02:
        yield {"cancel": "It is not needed", "as": draw.choice(it.people)}


def values(
    draw: Random,
    schema: Mapping[str, Any] | None,
    people: Sequence[str],
    known: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """Values for a form; what it needs is always there."""
    found: dict[str, object] = {}
    required = (schema or {}).get("required", ())
    for name, shape in (schema or {}).get("properties", {}).items():
        if shape.get("readOnly") or (name not in required and draw.random() < 0.5):
            continue
        if known and known.get(name) is not None and draw.random() < 0.7:
            found[name] = known[name]
            continue
        found[name] = _value(draw, shape, people)
    return found


def _value(draw: Random, shape: Mapping[str, Any], people: Sequence[str]) -> object:
    several = [it for it in shape.get("enum", ()) if it is not None]
    if several:
        return draw.choice(several)
    kind = shape.get("type", "string")
    kind = kind if isinstance(kind, str) else next(it for it in kind if it != "null")
    if kind == "boolean":
        return draw.random() < 0.5
    if kind in ("integer", "number"):
        return draw.randint(int(shape.get("minimum", 0)), int(shape.get("maximum", 5)))
    if kind == "array":
        return [_value(draw, shape.get("items", {}), people)]
    if kind == "object":
        return {}
    match shape.get("format"):
        case "date-time":
            return draw.choice(
                ("2026-03-01T08:00:00Z", "2026-03-09T09:00:00Z", "2027-01-04T09:00:00Z")
            )
        case "date":
            return draw.choice(("2026-03-01", "2026-04-01", "2026-06-01"))
        case "email":
            return "somebody@example.org"
        case _:
            return draw.choice((*people, *THINGS, *WORDS))
