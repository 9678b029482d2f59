"""Where a trial stands: what waits and for whom, and what each waiting thing asks for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from clearway.engine.asked_for import answer_names, error_codes, payload_names
from clearway.service.deployed import Deployed
from clearway.service.entitled import refuse_claim, refuse_completion, refuse_giving
from clearway.service.forms import Schema
from clearway.service.instance_view import tokens_of
from clearway.service.plan_events import refuse_send
from clearway.service.task import round_view
from clearway.service.values import Actor, Refusal, RoundView
from clearway.service.workshop.trying import Trial
from clearway.store.rows import Job, Subscription, WorkItem

_FIELD_FOR_PEOPLE_ONLY = frozenset({"readOnly", "x-link", "x-new", "x-material"})


@dataclass(frozen=True)
class TaskHere:
    """A task that waits. `may` are the people who can complete it now, `may_not` why others not;
    `takers` who can claim it, `givers` who can give it to somebody else."""

    element: str
    name: str
    role: str | None
    group: str | None
    holder: str | None
    due: datetime | None
    documentation: str
    schema: Schema | None
    values: Mapping[str, object]
    may: Sequence[str]
    may_not: Mapping[str, str]
    takers: Sequence[str]
    givers: Sequence[str]


@dataclass(frozen=True)
class VoteHere:
    """An approval that waits: its seats, and for each the people who may cast for it."""

    element: str
    name: str
    documentation: str
    round: RoundView
    may: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class JobHere:
    """A step that waits for its answer. `schema` has what the diagram reads of it; `codes` are
    the failures that the diagram catches; `is_next` False: another call of it comes first."""

    element: str
    name: str
    step: str
    inputs: Mapping[str, object]
    schema: Schema
    codes: Sequence[str]
    is_next: bool
    has_failed: bool


@dataclass(frozen=True)
class TimerHere:
    """Something that is due at an instant of the virtual time."""

    element: str
    name: str
    due: datetime
    is_stopped: bool


@dataclass(frozen=True)
class EventHere:
    """A message that is waited for. `label` None: it comes from a channel or another record."""

    element: str
    name: str
    message: str
    label: str | None
    schema: Schema | None
    may: Sequence[str]
    may_not: Mapping[str, str]


@dataclass(frozen=True)
class Standing:
    """All that waits now, and where the tokens are."""

    tasks: Sequence[TaskHere]
    votes: Sequence[VoteHere]
    jobs: Sequence[JobHere]
    timers: Sequence[TimerHere]
    events: Sequence[EventHere]
    signals: Sequence[str]
    tokens: Mapping[str, int]
    people: Sequence[str]


def standing_of(trial: Trial) -> Standing:
    """What waits in the trial after its last doing."""
    snapshot, deployed = trial.now(), trial.deployed
    people = people_of(trial)
    items = snapshot.open_items()
    events = [it for it in snapshot.subscriptions if it.kind == "message"]
    jobs = list(trial.memory.jobs)
    timers = sorted(trial.memory.timers.values(), key=lambda it: (it.due_at, it.id))
    waiting = [
        *(("work_item", it.element) for it in items),
        *(("job", it.element) for it in jobs),
        *(("timer", it.element) for it in timers),
        *(("event", it.element) for it in snapshot.subscriptions),
    ]
    return Standing(
        tasks=[_task(trial, people, it) for it in items if it.round is None],
        votes=[_vote(trial, people, it) for it in items if it.round is not None],
        jobs=[_job(trial, it) for it in jobs],
        timers=[
            TimerHere(it.element, _name(deployed, it.element), it.due_at, it.parked)
            for it in timers
        ],
        events=[_event(trial, people, it) for it in events],
        signals=[it.name for it in snapshot.subscriptions if it.kind == "signal"],
        tokens=tokens_of(deployed, waiting),
        people=[it.name for it in people],
    )


def people_of(trial: Trial) -> list[Actor]:
    """Who takes part; where nobody is named, one person who has every role stands for all."""
    names = list(trial.scenario.people) or [trial.scenario.person or "anybody"]
    return [trial.actor(name, 1) for name in names]


def _task(trial: Trial, people: Sequence[Actor], item: WorkItem) -> TaskHere:
    deployed, record = trial.deployed, trial.now().record
    form = deployed.form(item.form)
    info = deployed.elements.get(item.element)
    why = {
        it.name: refuse_completion(it, trial.seen_by(it), item, deployed.name_of) for it in people
    }
    takers = (it.name for it in people if refuse_claim(it, trial.seen_by(it), item) is None)
    givers = (it.name for it in people if refuse_giving(it, trial.seen_by(it), item) is None)
    return TaskHere(
        element=item.element,
        name=item.name,
        role=item.role,
        group=item.group,
        holder=item.assignee,
        due=item.due_at,
        documentation=info.documentation if info else "",
        schema=form.schema if form else None,
        values={name: record[name] for name in form.fields if name in record} if form else {},
        may=_may(why),
        may_not=_may_not(why),
        takers=[name for name in takers if name != item.assignee],
        givers=list(givers),
    )


def _vote(trial: Trial, people: Sequence[Actor], item: WorkItem) -> VoteHere:
    info = trial.deployed.elements.get(item.element)
    may: dict[str, list[str]] = {}
    seen: RoundView | None = None
    for person in people:
        snapshot = trial.seen_by(person)
        seen = round_view(trial.rules, trial.deployed, snapshot, item, person, trial.clock())
        seats = seen.seats if seen else ()
        for seat, drawn in zip(seats, item.round.seats if item.round else (), strict=True):
            found = may.setdefault(drawn.name, [])
            if seat.open_to_you:
                found.append(person.name)
    assert seen is not None  # noqa: S101 - an approval has a round, and somebody takes part
    documentation = info.documentation if info else ""
    return VoteHere(item.element, item.name, documentation, seen, may)


def _job(trial: Trial, job: Job) -> JobHere:
    deployed = trial.deployed
    first = trial.first_job(job.step)
    return JobHere(
        element=job.element,
        name=_name(deployed, job.element),
        step=job.step,
        inputs=job.inputs,
        schema=_asked(deployed, answer_names(deployed.blueprint, job.element)),
        codes=error_codes(deployed.blueprint, job.element),
        is_next=first is not None and first.id == job.id,
        has_failed=job.status == "faulted",
    )


def _event(trial: Trial, people: Sequence[Actor], event: Subscription) -> EventHere:
    deployed = trial.deployed
    form = deployed.form(event.form)
    schema = form.schema if form else None
    if event.action is None and form is None:
        schema = _asked(deployed, payload_names(deployed.blueprint, event.element))
    why: dict[str, Refusal | None] = {}
    if event.action is not None:
        why = {it.name: refuse_send(deployed, trial.seen_by(it), it, event) for it in people}
    return EventHere(
        element=event.element,
        name=_name(deployed, event.element),
        message=event.name,
        label=event.action,
        schema=schema,
        may=_may(why),
        may_not=_may_not(why),
    )


def asked_by_start(deployed: Deployed, element: str) -> Schema | None:
    """The form of a start event, or what its message is read for; None when nothing is asked."""
    form = deployed.form_of(element)
    if form is not None:
        return form.schema
    names = payload_names(deployed.blueprint, element)
    return _asked(deployed, names) if names else None


def _asked(deployed: Deployed, names: Mapping[str, str | None]) -> Schema:
    """A form for what the diagram reads: each value like the field of the record it goes to."""
    return {"type": "object", "properties": dict(_shapes(deployed, names))}


def _shapes(deployed: Deployed, names: Mapping[str, str | None]) -> Iterator[tuple[str, Schema]]:
    fields = deployed.record_schema.fields
    for name, field in names.items():
        shape: Schema = fields.get(field or "", fields.get(name, {}))
        kept = {key: it for key, it in shape.items() if key not in _FIELD_FOR_PEOPLE_ONLY}
        yield name, kept


def _may(why: Mapping[str, Refusal | None]) -> list[str]:
    return [name for name, refusal in why.items() if refusal is None]


def _may_not(why: Mapping[str, Refusal | None]) -> dict[str, str]:
    return {name: refusal.text for name, refusal in why.items() if refusal is not None}


def _name(deployed: Deployed, element: str) -> str:
    return deployed.name_of(element) or element
