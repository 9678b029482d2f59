"""What a scheduled run does, and which runs are made up for; plain functions, free of Prefect."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from clearway.service import ledger
from clearway.service.heartbeats import PREFECT, STALE, heartbeats
from clearway.service.house import House
from clearway.service.start import start
from clearway.service.values import Refusal
from tasks.change_report import change_report
from tasks.compliance import CONTROLS, look_at_everything, open_exceptions
from tasks.follow_up import evidence_of, follow_up
from tasks.meeting_plan import plan_meeting
from tasks.reviews import REVIEW, REVIEWS, ReviewError
from tasks.schedules import (
    NIGHTLY_CONTROL_TEST,
    SCHEDULES,
    WEEKLY_CAB_MEETING,
    WEEKLY_CHANGE_FOLLOW_UP,
    WEEKLY_CHANGE_REPORT,
    WEEKLY_OPEN_WORK_REVIEW,
    CatchUp,
    Schedule,
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunResult:
    """What one run came to: outcome passed, failed (there are exceptions) or done."""

    outcome: str
    population: int | None = None
    exceptions: Sequence[Mapping[str, object]] = ()
    evidence_hash: str | None = None


@dataclass(frozen=True)
class Overdue:
    """A run that should be finished and is not; for the doctor."""

    schedule: str
    due_at: datetime


def perform(house: House, schedule: Schedule, due_at: datetime, runner: str) -> list[datetime]:
    """Do the run that was due at `due_at`, and before it those that are made up for.

    Answers the instants of the runs that were done here. `runner` names who does it (the flow
    run's id). A run that is done already, or that another process is at, is left alone. Raises
    what the run raises, after giving it back.
    """
    _note_missing(house, schedule, due_at)
    return [
        due
        for due in _worth_doing(house, schedule, due_at)
        if _perform_one(house, schedule, due, runner)
    ]


def begin_ledger(house: House) -> None:
    """Write down since when each schedule is watched, unless it is in the ledger already."""
    for schedule in SCHEDULES.values():
        if ledger.last_due(house, schedule.name) is None:
            now = house.now()
            ledger.begin_run(house, schedule.name, now, "ledger")
            ledger.finish_run(house, schedule.name, now, "ledger", outcome="begun")


def note_missed(house: House) -> list[Overdue]:
    """Write down what did not run at its time, so that the ledger has no hole while nobody runs it.

    Answers what was written here. Such a run may still come: it is late then.
    """
    return [
        Overdue(schedule.name, due)
        for schedule in SCHEDULES.values()
        for due in _note_missed_of(house, schedule)
    ]


def overdue(house: House) -> list[Overdue]:
    """Every run of every schedule that ever ran which is late by more than its grace."""
    found: list[Overdue] = []
    for schedule in SCHEDULES.values():
        until = house.now() - schedule.grace
        last = ledger.last_due(house, schedule.name)
        if last is None:
            continue
        late = ledger.unfinished_runs(house, schedule.name, until)
        late += schedule.due_between(last, until)
        found += [Overdue(schedule.name, due) for due in late]
    return found


def control_test(house: House, due_at: datetime) -> RunResult:
    """The nightly control: its whole population as of `due_at`."""
    control = CONTROLS["closed_with_notes"]
    result = look_at_everything(house, control, due_at)
    evidence = {"control": control.name, "statement": control.statement, "until": due_at}
    hashed = ledger.keep_evidence(house, {**evidence, "population": result.evidence})
    exceptions = open_exceptions(house, control, result, hashed)
    outcome = "passed" if result.passed else "failed"
    return RunResult(outcome, len(result.evidence), exceptions, hashed)


def open_work_review(house: House, due_at: datetime) -> RunResult:
    """The weekly review: people's part is the process, started here once for each due instant."""
    once = f"{WEEKLY_OPEN_WORK_REVIEW.name} {due_at.isoformat()}"
    done = start(house, REVIEWS, REVIEW, {}, once=once)
    if isinstance(done, Refusal):
        raise ReviewError(f"The review cannot be started: {done.text} {done.remedy}")
    return RunResult("done")


def cab_meeting(house: House, due_at: datetime) -> RunResult:
    """The weekly meeting of the board: people's part is the process, begun here once a week."""
    plan_meeting(house, due_at, once=f"{WEEKLY_CAB_MEETING.name} {due_at.isoformat()}")
    return RunResult("done")


def change_follow_up(house: House, due_at: datetime) -> RunResult:
    """The weekly report: reviews and actions that are late, templates that are suspended.

    It looks at how things stand as it runs: what was late last week is not known any more.
    """
    at = house.now()
    findings = follow_up(house, at)
    seen = [evidence_of(it) for it in findings]
    statement = "No review of a change and no action is late, and no template is suspended."
    evidence = {"statement": statement, "due_at": due_at, "at": at, "population": seen}
    hashed = ledger.keep_evidence(house, evidence)
    wrong = [{"subject": it.record.key, "finding": it.wrong} for it in findings if it.wrong]
    return RunResult("failed" if wrong else "passed", len(findings), wrong, hashed)


def weekly_change_report(house: House, due_at: datetime) -> RunResult:
    """The bands of risk held against outcomes; the report is kept as proof."""
    report = change_report(house, due_at)
    hashed = ledger.keep_evidence(house, report.evidence)
    return RunResult("passed" if report.holds else "failed", report.population, (), hashed)


_RUNS: Mapping[str, Callable[[House, datetime], RunResult]] = MappingProxyType(
    {
        NIGHTLY_CONTROL_TEST.name: control_test,
        WEEKLY_OPEN_WORK_REVIEW.name: open_work_review,
        WEEKLY_CAB_MEETING.name: cab_meeting,
        WEEKLY_CHANGE_FOLLOW_UP.name: change_follow_up,
        WEEKLY_CHANGE_REPORT.name: weekly_change_report,
    }
)


def _note_missing(house: House, schedule: Schedule, due_at: datetime) -> None:
    """Write down what was due since the ledger's last line; the first run has no past."""
    last = ledger.last_due(house, schedule.name)
    missing = [] if last is None else list(schedule.due_between(last, due_at))
    ledger.note_due(house, schedule.name, [*missing, due_at])
    _note_missed_of(house, schedule)


def _note_missed_of(house: House, schedule: Schedule) -> list[datetime]:
    last = ledger.last_due(house, schedule.name)
    if last is None:
        return []
    until = house.now() - schedule.begins_within
    ledger.note_due(house, schedule.name, list(schedule.due_between(last, until)))
    noted: list[datetime] = []
    for run in ledger.unpunctual_runs(house, schedule.name, until):
        seen = _prefect_seen_at(house)
        evidence = {
            "schedule": run.schedule,
            "due_at": run.due_at,
            "began_at": run.started_at,
            "runner": run.runner,
            "begins_within_minutes": schedule.begins_within // timedelta(minutes=1),
            "prefect_seen_at": seen,
        }
        because = f"It did not run at its time{_why_missed(house, run, seen)}"
        if ledger.note_missed(house, schedule.name, run.due_at, because, evidence):
            _log.warning("%s, due %s: %s", schedule.name, run.due_at.isoformat(), because)
            noted.append(run.due_at)
    return noted


def _why_missed(house: House, run: ledger.ScheduledRun, prefect_seen_at: datetime | None) -> str:
    if run.started_at is not None:
        return f": the run {run.runner} began at {_shown(run.started_at)} and did not end."
    if run.runner is not None:
        return f": the run {run.runner} began and failed."
    if prefect_seen_at is None:
        return ", because Prefect did not answer; it was never seen."
    if house.now() - prefect_seen_at > STALE:
        return f", because Prefect did not answer; it was last seen {_shown(prefect_seen_at)}."
    return ": Prefect answers, but no run of it began."


def _prefect_seen_at(house: House) -> datetime | None:
    return next((it.at for it in heartbeats(house) if it.name == PREFECT), None)


def _shown(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"


def _worth_doing(house: House, schedule: Schedule, due_at: datetime) -> list[datetime]:
    """This run, and of the unfinished ones before it those that the schedule makes up for."""
    before = [due for due in ledger.unfinished_runs(house, schedule.name, due_at) if due != due_at]
    if schedule.catch_up is CatchUp.ALL:
        return [*before, due_at]
    # "Latest" is this very run: whoever performs it is never earlier than what was missed.
    if missed := ledger.mark_missed(house, schedule.name, before):
        _log.warning("%s: %s earlier runs were missed", schedule.name, missed)
    return [due_at]


def _perform_one(house: House, schedule: Schedule, due_at: datetime, runner: str) -> bool:
    if not ledger.begin_run(house, schedule.name, due_at, runner):
        return False
    try:
        result = _RUNS[schedule.name](house, due_at)
    except BaseException:
        ledger.release_run(house, schedule.name, due_at, runner)
        raise
    return ledger.finish_run(
        house,
        schedule.name,
        due_at,
        runner,
        outcome=result.outcome,
        population=result.population,
        exceptions=result.exceptions,
        evidence_hash=result.evidence_hash,
    )
