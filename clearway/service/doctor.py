"""Whether the house is well: one sign for each thing that can be wrong, with what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from clearway.service.heartbeats import PREFECT, WORKER, heartbeats, is_stale, silent_since
from clearway.service.house import House
from clearway.service.left_work import left_events, left_tasks
from clearway.service.permissions import REQUESTER
from clearway.service.vacancies import chair_rules, vacancies
from clearway.store import draft_releases, health
from clearway.store.candidates import NeededSeat, needed_seats
from clearway.store.database import Connection
from clearway.store.errors import StoreError
from clearway.store.health import Backlog, Server
from clearway.store.heartbeats import Heartbeat
from clearway.store.leavers import LeftWork
from clearway.store.schedule_ledger import ABANDONED

LATE = timedelta(seconds=60)
"""What has been due for longer is overdue: a living worker looks far more often."""
RECENT = timedelta(days=7)
"""Messages that were given up longer ago are history."""
OLDEST_POSTGRES = 150_000
NEARLY_FULL = 1 << 30
"""Free bytes on the database's own disk below which it is nearly full."""
_MOST_ROUNDS = 1000
_MOST_LISTED = 5


@dataclass(frozen=True)
class Sign:
    """What was looked at, whether it is well, what was found and, if not well, what to do."""

    subject: str
    well: bool
    text: str
    remedy: str = ""


@dataclass(frozen=True)
class Disk:
    """The disk with the database's folder: bytes in all, free, and what a start needs."""

    folder: str
    size: int
    free: int
    needed: int


@dataclass(frozen=True)
class Portal:
    """Where the portal was looked for, and whether it answered there in time."""

    address: str
    answers: bool


def examine(
    house: House,
    *,
    late_runs: Sequence[tuple[str, datetime]] | None = None,
    silent: Sequence[str] | None = None,
    disk: Disk | None = None,
    portal: Portal | None = None,
) -> list[Sign]:
    """Look at everything that can be seen from the database; what is wrong is told, not raised.

    `late_runs` are the schedule and due instant of each run that is late by the schedules, as
    `tasks.runs.overdue` knows them; None: what the ledger has and nobody finished. `silent` has a
    sentence for each system that the settings do not name; None: they are not known. `disk` is
    the database's; None: it is elsewhere. `portal` is what was seen of it; None: nobody looked.
    Without a database, or with one of another release, only that is told: the rest is not known.
    """
    try:
        found, present = house.store.ask(lambda it: (health.server(it), health.schema_revision(it)))
    except StoreError as error:
        return [_no_database(error)]
    signs = [_server(found), _schema(present, health.newest_revision())]
    if not all(sign.well for sign in signs):
        return signs
    alive = heartbeats(house)
    return [
        *signs,
        _workers(house, [beat for beat in alive if beat.name.startswith(WORKER)]),
        _prefect(house, next((beat for beat in alive if beat.name == PREFECT), None)),
        *house.store.ask(lambda it: _backlogs(it, house.now(), late_runs)),
        house.store.ask(lambda it: _releases(it, house.now())),
        _approvals(house),
        _left_work(house),
        *([] if portal is None else [_portal(portal)]),
        *([] if disk is None else [_disk(disk)]),
        *([] if silent is None else [_connections(silent)]),
    ]


def _no_database(error: StoreError) -> Sign:
    return Sign(
        "database",
        False,
        f"The database does not answer: {error.__cause__ or error}".strip(),
        "Look whether PostgreSQL runs and CLEARWAY_DATABASE_URL names it.",
    )


def _server(found: Server) -> Sign:
    text = f"PostgreSQL {found.version} answers."
    if found.number < OLDEST_POSTGRES:
        return Sign("database", False, text, "Move to PostgreSQL 15 or newer.")
    if found.is_standby:
        return Sign(
            "database",
            False,
            f"{text} It is a standby, which takes no changes.",
            "Let CLEARWAY_DATABASE_URL name the primary server.",
        )
    return Sign("database", True, text)


def _schema(present: str | None, newest: str | None) -> Sign:
    if present == newest:
        return Sign("schema", True, f"The schema is the newest, {present}.")
    return Sign(
        "schema",
        False,
        f"The schema is {present or 'not there'}; this Clearway expects {newest}.",
        "Restart Clearway, which migrates at its start; or install the release of this schema.",
    )


def _workers(house: House, beats: Sequence[Heartbeat]) -> Sign:
    silent = [beat for beat in beats if is_stale(house, beat)]
    alive = len(beats) - len(silent)
    names = ", ".join(f"{it.name.removeprefix(WORKER)} since {_shown(it.at)}" for it in silent)
    told = f" Silent: {names}." if silent else ""
    if not alive:
        return Sign(
            "workers",
            False,
            f"No worker is alive: automated steps, timers, messages and notices wait.{told}",
            "Start one with `clearway worker`.",
        )
    return Sign("workers", True, f"{_counted(alive, 'worker is', 'workers are')} alive.{told}")


def _prefect(house: House, beat: Heartbeat | None) -> Sign:
    if beat is not None and not is_stale(house, beat):
        return Sign("Prefect", True, f"Prefect answers (seen {_shown(beat.at)}).")
    last = f" It was last seen {_shown(beat.at)}." if beat is not None else ""
    silent = silent_since(beat) if beat is not None else None
    since = f" since {_shown(silent)}" if silent is not None else ""
    return Sign(
        "Prefect",
        False,
        f"Prefect does not answer{since}. "
        f"The work goes on without it; only scheduled runs wait.{last}",
        "`clearway up` starts it; look whether PREFECT_API_URL names a server of your own.",
    )


def _portal(portal: Portal) -> Sign:
    if portal.answers:
        return Sign("portal", True, f"The portal answers at {portal.address}.")
    return Sign(
        "portal",
        False,
        f"The portal does not answer at {portal.address}: nobody can reach it.",
        "Start it with `clearway serve`; `clearway up` starts it again by itself. If it runs, look "
        "whether CLEARWAY_HOST, CLEARWAY_PORT and CLEARWAY_BASE_URL name it.",
    )


def _connections(silent: Sequence[str]) -> Sign:
    """A house without a mail server is no sick one, but nobody shall believe in its mails."""
    told = " ".join(silent) or "Every system that steps talk to is named in the settings."
    return Sign("connections", True, told)


def _disk(disk: Disk) -> Sign:
    """Told while the house still runs: a full disk keeps nothing, and ends PostgreSQL."""
    room = f"{disk.free >> 20} MB of {disk.size >> 20} MB are free on the disk with {disk.folder}."
    if disk.free >= NEARLY_FULL:
        return Sign("disk", True, room)
    return Sign(
        "disk",
        False,
        f"The disk is nearly full: {room} "
        f"With less than {disk.needed >> 20} MB the database does not start again.",
        f"Make room on it: {NEARLY_FULL >> 20} MB or more.",
    )


def _approvals(house: House) -> Sign:
    """Rounds that wait for a seat that nobody may take: nothing would ever decide them."""
    needing = chair_rules(house.rules)
    seats = house.store.look(
        lambda it: needed_seats(it, house.now(), needing, _MOST_ROUNDS),
    )
    rounds: dict[int, list[NeededSeat]] = {}
    for seat in seats:
        rounds.setdefault(seat.round_id, []).append(seat)
    stuck = [
        f"{of[0].key} {of[0].approval}, since {_shown(of[0].opened_at)}: {' '.join(told)}"
        for of in rounds.values()
        if (told := vacancies(of))
    ]
    looked = (
        f" Only the {_MOST_ROUNDS} oldest were looked at." if len(rounds) >= _MOST_ROUNDS else ""
    )
    if not stuck:
        text = f"Somebody can take each seat that an open approval needs.{looked}"
        return Sign("approvals", True, text)
    listed = " ".join(stuck[:_MOST_LISTED])
    more = f" And {len(stuck) - _MOST_LISTED} more." if len(stuck) > _MOST_LISTED else ""
    waits = _counted(len(stuck), "approval waits", "approvals wait")
    return Sign(
        "approvals",
        False,
        f"{waits} for a seat that nobody can take. {listed}{more}{looked}",
        "Do what each line says: until then nothing decides it.",
    )


def _left_work(house: House) -> Sign:
    try:
        return _leavers(left_tasks(house), left_events(house))
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 - a damaged version must not hide all other signs
        return Sign(
            "leavers",
            False,
            f"Who has left what behind cannot be told: {error}",
            "Run `clearway verify`: it names what is missing or damaged.",
        )


def _leavers(tasks: Sequence[LeftWork], events: Sequence[LeftWork]) -> Sign:
    """What those had who have left: their colleagues may go on with it, if they know of it."""
    told = [
        f"{_counted(len(found), *words)} somebody who has left: {_examples(found)}."
        for found, words in (
            (tasks, ("open task hangs on", "open tasks hang on")),
            (events, ("hold or the like is for", "holds or the like are for")),
        )
        if found
    ]
    if not told:
        return Sign("leavers", True, "No open work hangs on somebody who has left.")
    return Sign(
        "leavers",
        False,
        " ".join(told),
        "Tell their group: it finds the tasks under Unclaimed in the inbox, and the button that "
        "ends a hold on the record; or assign the tasks.",
    )


def _examples(found: Sequence[LeftWork]) -> str:
    shown = [f"{it.key} {it.name} ({it.person})" for it in found[:_MOST_LISTED]]
    more = len(found) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _backlogs(
    connection: Connection, now: datetime, late_runs: Sequence[tuple[str, datetime]] | None
) -> list[Sign]:
    late = now - LATE
    faults = health.open_faults(connection)
    if late_runs is None:
        runs = health.unfinished_runs(connection, late, now - ABANDONED)
    else:
        runs = _late(late_runs)
    return [
        _sign(
            "faults",
            faults,
            ("No fault is open.", "fault is open", "faults are open"),
            f"{faults.remedy} The portal's page of faults tries it again.".strip(),
        ),
        _sign(
            "jobs",
            health.overdue_jobs(connection, late),
            ("No job is overdue.", "job is overdue", "jobs are overdue"),
            "Start a worker, or more of them, with `clearway worker`.",
        ),
        _sign(
            "timers",
            health.overdue_timers(connection, late),
            ("No timer is overdue.", "timer is overdue", "timers are overdue"),
            "Start a worker, or more of them, with `clearway worker`.",
        ),
        _sign(
            "messages",
            health.dead_messages(connection, now - RECENT),
            (
                f"Every message of the last {RECENT.days} days has a receiver.",
                f"message of the last {RECENT.days} days reached nobody",
                f"messages of the last {RECENT.days} days reached nobody",
            ),
            "The record had ended or never was: tell the people of the sending record.",
        ),
        _sign(
            "scheduled runs",
            runs,
            (
                "No scheduled run is overdue.",
                "scheduled run is due and not done",
                "scheduled runs are due and not done",
            ),
            "Look into the flow runs of this schedule in Prefect; the next one makes up for it.",
        ),
        _sign(
            "tasks",
            health.untakeable_tasks(connection, REQUESTER),
            (
                "Somebody can take each open task.",
                "open task is for nobody",
                "open tasks are for nobody",
            ),
            "Give somebody in its group the role, or assign it to somebody who has the role.",
        ),
    ]


def _releases(connection: Connection, now: datetime) -> Sign:
    """Releases that did not happen at their time: nobody sat before the screen then."""
    count, oldest = draft_releases.unsettled(connection, now - LATE)
    if oldest is None:
        return Sign("releases", True, "No planned release is overdue or has failed.")
    _, process, draft, due, state, failure, remedy = oldest
    told = f"draft {draft} of {process}, planned for {_shown(due)}"
    if state == "planned":
        text = f"{_counted(count, 'release', 'releases')} did not happen: {told}, is overdue."
        return Sign("releases", False, text, "Start a worker with `clearway worker`.")
    text = f"{_counted(count, 'release', 'releases')} did not happen: {told}: {failure}"
    return Sign("releases", False, text, f"{remedy or ''} See the page of the draft.".strip())


def _late(runs: Sequence[tuple[str, datetime]]) -> Backlog:
    if not runs:
        return Backlog(0)
    schedule, due = min(runs, key=lambda run: run[1])
    return Backlog(len(runs), due, schedule)


def _sign(subject: str, backlog: Backlog, words: tuple[str, str, str], remedy: str) -> Sign:
    """`words` are what is said of none, of one and of many."""
    none, one, many = words
    if backlog.count == 0 or backlog.since is None:
        return Sign(subject, True, none)
    text = (
        f"{_counted(backlog.count, one, many)}, "
        f"the oldest since {_shown(backlog.since)}: {backlog.oldest}"
    )
    return Sign(subject, False, text if text.endswith(".") else f"{text}.", remedy)


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _shown(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"
