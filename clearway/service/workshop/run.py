"""A run as it is carried from page to page: a scenario in the making, bounded and checked."""

import base64
import binascii
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import cast

from clearway.errors import ClearwayError
from clearway.service.scenario_file import Scenario, ScenarioError, Step, scenario_of, step_of
from clearway.service.scenario_text import as_plain
from clearway.store import jsonb

MOST_DOINGS = 200
"""So much may be done in one run: whoever needs more wants several scenarios."""
LONGEST = 128 * 1024
"""Bytes of a run before it is packed."""
_DONE = frozenset(
    ("complete", "claim", "unclaim", "assign", "send", "comment", "vote", "cancel", "step")
) | {"pass", "linked"}
_TEXTS = ("as", "to", "seat", "reason", "conditions", "calendar", "fails")
_MAPPINGS = ("with", "answers")
_NAME = "A run"


class UnusableRun(ClearwayError):
    """What was carried is no run, or it is longer than a run may be; the text says what to do."""


def run_of(top: Mapping[str, object]) -> Scenario:
    """The run of plain values; raises UnusableRun for whatever this page never wrote."""
    given = cast("list[object]", top.get("steps") or [])
    if not isinstance(given, list):  # pyright: ignore[reportUnnecessaryIsInstance] it came from outside
        raise UnusableRun("The list of what was done is no list. Begin again.")
    if len(given) > MOST_DOINGS:
        raise UnusableRun(
            f"A run has at most {MOST_DOINGS} doings. Keep this one as a scenario, go back to an "
            "earlier doing, or begin again."
        )
    problem = _problem_at_top(top) or next(filter(None, map(_problem_in, given)), None)
    if problem is not None:
        raise UnusableRun(f"{problem} Begin again.")
    try:
        steps = [
            step_of(cast(Mapping[str, object], it), number)
            for number, it in enumerate(given, start=1)
        ]
        return scenario_of({name: it for name, it in top.items() if name != "steps"}, steps)
    except ScenarioError as error:
        raise UnusableRun(f"This run cannot be read: {error.text}") from error


def run_from(scenario: Scenario) -> Scenario:
    """What a scenario does, as a run: without what it expects, and what it sees refused."""
    done: list[Step] = []
    is_refused = False
    for step in scenario.steps:
        is_done = step.kind in _DONE and "waits" not in step.words
        if is_done and not is_refused:
            done.append(step)
        is_refused = step.kind == "refused"
    return run_of(as_plain(replace(scenario, steps=done)))


def with_doing(run: Scenario, words: Mapping[str, object]) -> Scenario:
    """The run with one more doing; raises UnusableRun."""
    plain = as_plain(run)
    steps = [*cast("list[object]", plain["steps"]), jsonb.exact(dict(words))]
    return run_of({**plain, "steps": steps})


def back_to(run: Scenario, doings: int) -> Scenario:
    """The run as it was after so many doings; 0: just started."""
    return replace(run, steps=run.steps[: max(0, doings)])


def packed(run: Scenario) -> str:
    """The run as text for a form; raises UnusableRun when it is too long."""
    content = jsonb.dumps(as_plain(run)).encode()
    if len(content) > LONGEST:
        raise UnusableRun(
            f"A run has at most {LONGEST // 1024} KiB. Keep it as a scenario, or go back to an "
            "earlier doing."
        )
    return base64.urlsafe_b64encode(zlib.compress(content, 9)).decode()


def unpacked(text: str) -> Scenario:
    """The run that a form carried; raises UnusableRun, whatever was put in its place."""
    try:
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(base64.urlsafe_b64decode(text.encode()), LONGEST + 1)
        if len(content) > LONGEST or not unpacking.eof:
            raise UnusableRun("This run is too long, or was cut short. Begin again.")
        top = jsonb.loads(content)
    except (ValueError, binascii.Error, zlib.error, RecursionError) as error:
        raise UnusableRun("The run that came with this form is none of ours. Begin again.") from (
            error
        )
    if not isinstance(top, dict):
        raise UnusableRun("The run that came with this form is none of ours. Begin again.")
    return run_of(cast("dict[str, object]", top))


def registry_problem(registry: object) -> str | None:
    """Why these are no people who could take part; None when they are."""
    if not isinstance(registry, Mapping):
        return "Who takes part is a mapping with `people`, `groups` and `absences`."
    tables = cast(Mapping[str, object], registry)
    shapes: Mapping[str, tuple[Callable[[object], bool], str]] = {
        "people": (_are_names, "each person with a list of roles"),
        "groups": (_are_names, "each group with a list of people"),
        "absences": (_is_text, "each person with who stands in for them"),
    }
    for name, table in tables.items():
        if name not in shapes:
            return f"Who takes part knows no {name}; it knows people, groups and absences."
        fits, words = shapes[name]
        if not isinstance(table, Mapping):
            return f"`{name}` names {words}."
        if not all(
            _is_text(key) and fits(value)
            for key, value in cast(Mapping[object, object], table).items()
        ):
            return f"`{name}` names {words}."
    return None


def _problem_at_top(top: Mapping[str, object]) -> str | None:
    for name in ("as", "event", "at", "scenario"):
        if name in top and not _is_text(top[name]):
            return f"`{name}` is no text."
    if not isinstance(top.get("start", {}), Mapping):
        return "`start` names no values."
    return registry_problem(top.get("registry", {}))


def _problem_in(step: object) -> str | None:
    if not isinstance(step, Mapping):
        return "A doing names what is done."
    words = cast(Mapping[str, object], step)
    kinds = [name for name in words if name in _DONE]
    if len(kinds) != 1:
        return "A doing names one thing that is done."
    what = words[kinds[0]]
    if kinds[0] == "vote":
        good = isinstance(what, Mapping) and all(
            _is_text(it) for it in cast(Mapping[object, object], what).values()
        )
    else:
        # YAML reads the comment `No` as false.
        is_one = what is not None and not isinstance(what, Mapping | list)
        good = isinstance(what, Mapping) if kinds[0] == "linked" else is_one
    if not good:
        return f"`{kinds[0]}` does not say what."
    for name, value in words.items():
        if name in _TEXTS and not _is_text(value):
            return f"`{name}` is no text."
        if name in _MAPPINGS and not isinstance(value, Mapping):
            return f"`{name}` names no values."
    if kinds[0] == "step" and len(words.keys() & {"answers", "fails"}) != 1:
        return "A step answers or fails."
    return None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _are_names(value: object) -> bool:
    if isinstance(value, str) or not isinstance(value, Sequence):
        return False
    return all(_is_text(it) for it in cast(Sequence[object], value))
