"""The steps of a meeting that decides: its agenda, the pack for its members, its minutes."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from clearway.errors import StepError
from clearway.now import TimeSource
from clearway.service.item_facts import as_instant
from processes.agenda import Terms, Waiting, agenda, changes
from processes.calendar import Calendar
from tasks.doors import CalendarOf
from tasks.meeting_doors import (
    FactsOf,
    Forecasts,
    ImpactOf,
    KeepFile,
    LookForCollisions,
    MovesOf,
    OutcomesOf,
    RoundsOf,
    WaitingRounds,
)
from tasks.meeting_papers import ADDED, Minutes, Pack, Subjects, minutes_paper, pack_paper
from tasks.paper import Paper, as_html
from tasks.pdf import as_pdf

Answer = Mapping[str, object]


def build_agenda(
    *,
    key: str,
    starts: str,
    minutes: int,
    minutes_each: int,
    horizon_days: int,
    lead_days: Mapping[str, int | Decimal],
    risks: Sequence[str],
    begins: str,
    risk: str,
    calendar: str | None = None,
    waiting_rounds: WaitingRounds,
    calendar_of: CalendarOf,
) -> Answer:
    """What waits for the board of the meeting `key`, in the order in which it must be decided.

    `begins` and `risk` are the fields of the records that say when it begins and how risky it is;
    `lead_days` has the working days that a risk needs, by the `calendar` of this name or, without
    one, from Monday to Friday; `risks` has the highest first. Raises StepError `unknown_calendar`.
    """
    terms = Terms(
        _instant(starts),
        int(minutes),
        int(minutes_each),
        timedelta(days=int(horizon_days)),
        {name: int(days) for name, days in lead_days.items()},
        list(risks),
        _calendar(calendar, calendar_of),
    )
    waiting = [
        Waiting(
            it.key,
            it.title,
            as_instant(it.record.get(begins)),
            None if it.record.get(risk) is None else str(it.record[risk]),
            it.opened_at,
        )
        for it in waiting_rounds(key)
    ]
    titles = {it.key: it.title for it in waiting}
    found = agenda(waiting, terms)
    return {
        "agenda": [it.key for it in found.places],
        "places": [f"{it.key} {titles[it.key]}: {it.why}" for it in found.places],
        "left_out": [f"{it.key} {titles[it.key]}: {it.why}" for it in found.left_out],
    }


def check_agenda(
    *,
    key: str,
    agenda: Sequence[str] | None = None,
    built: Sequence[str] | None = None,
    note: str | None = None,
    places: Sequence[str] | None = None,
    left_out: Sequence[str] | None = None,
    waiting_rounds: WaitingRounds,
) -> Answer:
    """The chair's agenda without blanks and repetitions, what is another than it was built, and
    what is wrong with it: a record that does not wait, one that was added or dropped without why.

    `places` and `left_out` are the lines as it was built; the answer has those of the chair's.
    """
    chosen = list(dict.fromkeys(it.strip().upper() for it in agenda or () if it.strip()))
    waits = {it.key: it.title for it in waiting_rounds(key)}
    # What has been decided meanwhile needs no reason to go.
    before = [it for it in built or () if it in waits]
    differs = changes(before, chosen)
    problems = [
        f"{it} does not wait for a decision of this board: take it off the agenda."
        for it in chosen
        if it not in waits
    ]
    if any("order" not in it for it in differs) and not (note or "").strip():
        problems.append(f"Say why: {' '.join(differs)}")
    said = {line.partition(" ")[0]: line for line in places or ()}
    why = f"Taken off by the chair. {(note or '').strip()}".rstrip()
    off = [f"{it} {waits[it]}: {why}" for it in before if it not in chosen]
    kept = [it for it in left_out or () if it.partition(" ")[0] not in chosen]
    return {
        "agenda": chosen,
        "lines": [said.get(it) or f"{it} {waits.get(it, '')}: {ADDED}" for it in chosen],
        "left_out": [*off, *kept],
        "changes": differs,
        "problem": "\n".join(problems) or None,
    }


def build_pack(
    *,
    key: str,
    title: str,
    starts: str,
    agenda: Sequence[str],
    things: Sequence[str],
    team: str,
    outcome: str,
    until: str,
    backout: str,
    written: Sequence[str] | None = None,
    collisions: str | None = None,
    places: Sequence[str] | None = None,
    left_out: Sequence[str] | None = None,
    job_id: str,
    facts_of: FactsOf,
    rounds_of: RoundsOf,
    forecasts: Forecasts,
    impact_of: ImpactOf,
    outcomes_of: OutcomesOf,
    look_for_collisions: LookForCollisions,
    keep_file: KeepFile,
    now: TimeSource,
) -> Answer:
    """The pack, kept as a page and as a PDF with their hashes, and who can vote in the meeting.

    Of each record: `things` are the fields with services and assets, `team` the one with its group,
    `outcome` how it ended, `until` when it must be over, `backout` the minutes to take it back,
    `written` are shown whole, `collisions` is left out: they are looked for anew.
    """
    at, begins = _now(now), _instant(starts)
    expected = forecasts(key, list(agenda), begins)
    subjects = Subjects(things, team, outcome, until, backout, written or (), collisions)
    pack = Pack(key, title, begins, at, list(agenda), list(places or ()), list(left_out or ()))
    asked = rounds_of(key, list(agenda))
    doors = (impact_of, outcomes_of, look_for_collisions)
    paper = pack_paper(pack, subjects, facts_of, asked, expected, *doors)
    kept = _keep(key, "pack", paper, job_id, at, keep_file)
    gaps = [f"{one}: {gap}" for one in agenda if one in expected for gap in expected[one].gaps]
    quiet = [one for one in agenda if one in expected and expected[one].can_decide]
    told = [f"Those who are expected can decide {', '.join(quiet)}."] if quiet else []
    invited = {name for one in expected.values() for name in one.invited}
    return {**kept, "kept_at": at, "forecast": [*gaps, *told], "invited": sorted(invited)}


def write_minutes(
    *,
    key: str,
    title: str,
    agenda: Sequence[str],
    began: str,
    ended: str,
    current: str,
    present: Sequence[str] | None = None,
    left: Sequence[str] | None = None,
    job_id: str,
    rounds_of: RoundsOf,
    moves_of: MovesOf,
    keep_file: KeepFile,
    now: TimeSource,
) -> Answer:
    """The minutes from what history and the rounds say, kept as a page and as a PDF.

    A record is decided when its round says so, and else it is not. `current` is the field of the
    meeting with what is discussed; `present` are those who were marked, and who voted is added.
    """
    asked = rounds_of(key, list(agenda))
    held = Minutes(
        key,
        title,
        _instant(began),
        _instant(ended),
        list(agenda),
        list(present or ()),
        list(left or ()),
        asked,
        moves_of(key, current),
    )
    paper = minutes_paper(held)
    kept = _keep(key, "minutes", paper, job_id, _now(now), keep_file)
    open_still = [one for one in agenda if one not in asked or not asked[one].is_decided]
    return {
        **kept,
        "minutes": held.text,
        "present": held.everybody,
        "undecided": open_still,
        "discussed": list(agenda),
    }


def _keep(
    key: str,
    what: str,
    paper: Paper,
    job_id: str,
    at: datetime,
    keep_file: KeepFile,
) -> Mapping[str, str]:
    pdf, page = as_pdf(paper, at), as_html(paper)
    name = f"{key} {what}"
    return {
        "pdf": keep_file(key, f"{name}.pdf", "application/pdf", pdf, f"{job_id} {what} pdf"),
        "page": keep_file(key, f"{name}.html", "text/html", page, f"{job_id} {what} page"),
    }


def _calendar(name: str | None, calendar_of: CalendarOf) -> Calendar | None:
    found = calendar_of(name) if name else None
    if name and found is None:
        raise StepError("unknown_calendar", f"There is no calendar {name}.")
    return found


def _instant(text: object) -> datetime:
    found = as_instant(text)
    if found is None:
        raise ValueError(f"{text} is no instant with its zone; give one as 2026-03-02T09:00:00Z.")
    return found


def _now(now: TimeSource) -> datetime:
    return now().astimezone(UTC)
