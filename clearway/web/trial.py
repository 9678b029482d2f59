"""What the page of a trial shows: its forms, what was done, what was told, and where it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from clearway.messages.render import MessageError, Rendered
from clearway.service.scenario_messages import write
from clearway.service.workshop.doing_words import entry_views, said
from clearway.service.workshop.standing import (
    EventHere,
    JobHere,
    Standing,
    TaskHere,
    standing_of,
)
from clearway.service.workshop.trying import Trial, Tried
from clearway.web import times
from clearway.web.forms import Form, form_of
from clearway.web.moments import Moment, moments
from clearway.web.typed import Typed
from clearway.web.visit import Visit
from clearway.web.words import spoken


@dataclass(frozen=True)
class Answered:
    """What came of a form of this page: on which form, and what was typed into it."""

    tried: Tried
    where: str = ""
    typed: Typed | None = None
    name: str = ""


@dataclass(frozen=True)
class ShownDoing:
    """One line of what was done. `number` 0 is the start."""

    number: int
    words: str
    at: datetime
    state: str | None
    moments: Sequence[Moment]
    faults: int


@dataclass(frozen=True)
class ShownNotice:
    """What people would have been told; `problem` when it cannot be written."""

    template: str
    to: Sequence[str]
    message: Rendered | None


@dataclass(frozen=True)
class ShownTrial:
    """A trial as it is shown after its last doing."""

    standing: Standing
    tasks: Sequence[tuple[TaskHere, Form]]
    jobs: Sequence[tuple[JobHere, Form]]
    events: Sequence[tuple[EventHere, Form]]
    doings: Sequence[ShownDoing]
    notices: Sequence[ShownNotice]
    completed: Mapping[str, int]
    trial: Trial

    @property
    def changed(self) -> Mapping[str, tuple[object, object]]:
        """The fields that the last doing changed."""
        return self.trial.doings[-1].changed

    @property
    def forms(self) -> Sequence[Form]:
        """All forms of the page, for their suggestions."""
        return [form for _, form in (*self.tasks, *self.jobs, *self.events)]


def shown(visit: Visit, answered: Answered, trial: Trial) -> ShownTrial:
    """The trial with its forms; the one that was refused shows what was typed."""
    standing = standing_of(trial)

    def form(where: str, schema: Mapping[str, object] | None, values: Mapping[str, object]) -> Form:
        is_here = answered.where == where and answered.tried.refusal is not None
        typed = answered.typed if is_here else None
        errors = answered.tried.refusal.fields if is_here and answered.tried.refusal else None
        return form_of(
            schema, values, visit.zone, typed=typed.texts if typed else None, errors=errors
        )

    return ShownTrial(
        standing=standing,
        tasks=[(it, form(f"complete:{it.element}", it.schema, it.values)) for it in standing.tasks],
        jobs=[(it, form(f"answer:{it.step}", it.schema, {})) for it in standing.jobs],
        events=[(it, form(f"send:{it.element}", it.schema, {})) for it in standing.events],
        doings=_doings(visit, trial),
        notices=_notices(trial),
        completed=_completed(trial),
        trial=trial,
    )


def _doings(visit: Visit, trial: Trial) -> list[ShownDoing]:
    def say(instant: datetime) -> str:
        return times.absolute(instant, visit.zone, trial.clock())

    deployed, run = trial.deployed, trial.scenario
    return [
        ShownDoing(
            number=number,
            words=said(deployed, run, it.step),
            at=it.at,
            state=it.state,
            moments=moments(entry_views(deployed, it, say), newest_first=False),
            faults=it.faults,
        )
        for number, it in enumerate(trial.doings)
    ]


def _notices(trial: Trial) -> list[ShownNotice]:
    found: list[ShownNotice] = []
    for it in trial.doings[-1].notices:
        try:
            message = write(trial.deployed.blueprint.templates, it)
        except MessageError:  # The doing would have been refused: nothing comes here.
            message = None
        found.append(ShownNotice(spoken(it.template), it.to, message))
    return found


def _completed(trial: Trial) -> Mapping[str, int]:
    """What was passed: nodes and flows."""
    return dict.fromkeys((it for it in trial.visited if it in trial.deployed.elements), 1)
