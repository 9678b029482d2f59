"""What was done in a run, in the words of whoever looks on."""

import re
from collections.abc import Mapping
from typing import cast

from clearway.service.deployed import Deployed
from clearway.service.history import entry_view
from clearway.service.scenario_file import Scenario, Step
from clearway.service.values import EntryView
from clearway.service.wording import Say, in_words, listed
from clearway.service.workshop.trying import Doing

_UNITS = (("D", "day"), ("H", "hour"), ("M", "minute"))
_SIMPLE = re.compile(r"P(?:(\d+)D|T(\d+)H|T(\d+)M)")
_CHOICES = {
    "approve": "approves",
    "reject": "rejects",
    "abstain": "abstains from",
    "approve_with_conditions": "approves with conditions",
}


def said(deployed: Deployed, run: Scenario, step: Step | None) -> str:
    """One doing as a short sentence. None: the start."""
    who = step.text("as") if step else run.person
    if step is None:
        found = deployed.start_event(run.event)
        where = found.label if found else deployed.title
        return f"{who} starts it: {where}" if who else f"It starts: {where}"
    what = str(step.what)
    name = deployed.name_of(what) or what
    words: Mapping[str, str] = {
        "complete": f"{who} completes {name}",
        "claim": f"{who} claims {name}",
        "unclaim": f"{who} gives {name} back",
        "assign": f"{who} gives {name} to {step.text('to')}",
        "send": f"{who} sends: {name}" if who else f"A message arrives: {name}",
        "comment": f"{who} comments: {what}",
        "cancel": f"{who} cancels it: {what}",
        "linked": f"Linked with it: {_linked(step)}",
        "pass": f"{_span(what)} pass{'' if _is_several(what) else 'es'}",
    }
    if step.kind == "vote":
        return _vote(deployed, step, who)
    if step.kind == "step":
        fails = step.text("fails")
        spoken = in_words(what)
        return f"The step {spoken} fails: {fails}" if fails else f"The step {spoken} answers"
    calendar = step.text("calendar")
    return words[step.kind] + (f", by the calendar {calendar}" if calendar else "")


def entry_views(deployed: Deployed, doing: Doing, say: Say | None) -> list[EntryView]:
    """The history of one doing, each line with its sentence."""
    return [entry_view(deployed, entry, say) for entry in doing.entries]


def _vote(deployed: Deployed, step: Step, who: str | None) -> str:
    [(element, choice)] = cast(Mapping[str, str], step.what).items()
    verb = _CHOICES.get(choice, in_words(choice))
    return f"{who} {verb} {deployed.name_of(element)}, on the seat {in_words(step.text('seat'))}"


def _linked(step: Step) -> str:
    if step.kind != "linked":
        return ""
    kinds = cast("Mapping[str, list[object]]", step.what)
    return "; ".join(f"{in_words(kind)} {listed(keys)}" for kind, keys in kinds.items())


def _span(duration: str) -> str:
    found = _SIMPLE.fullmatch(duration)
    for number, (_, unit) in zip(found.groups() if found else (), _UNITS, strict=False):
        if number is not None:
            return f"{number} {unit}{'' if number == '1' else 's'}"
    return "Time" if duration == "PT0S" else duration


def _is_several(duration: str) -> bool:
    return _span(duration).endswith("s")
