"""Commands that run until they are stopped: up, serve, worker."""

import contextlib
import errno
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Generator, Mapping
from pathlib import Path

import typer

from clearway import lock_file
from clearway.at_hand import open_database
from clearway.cli.first_start import first_deployments
from clearway.cli.output import stop
from clearway.errors import ClearwayError
from clearway.line_log import LineLog
from clearway.prefect_env import prefect_environment
from clearway.pulse import Pulse
from clearway.settings import Settings
from clearway.store.embedded import EmbeddedPostgres
from clearway.store.migrate import upgrade
from clearway.supervisor import Child, Supervisor, SupervisorError, answers_http, require_free_port
from clearway.wiring import make_dispatcher, not_connected, open_house
from tasks.prefect_watch import PrefectWatch, is_alive

_POOL = "clearway"
_LOCK = "up.lock"
_PREFECT_LOG = "prefect.log"


def up() -> None:
    """Run everything on this machine, until Ctrl-C."""
    try:
        _up(Settings.from_environment())
    except ClearwayError as error:
        stop(str(error))
    except OSError as error:
        stop(_cannot_go_on(error))


def serve() -> None:
    """Run the portal and the HTTP API."""
    # A program of its own: the portal and the command line do not know each other.
    os.execv(sys.executable, [sys.executable, "-m", "clearway.web"])  # noqa: S606 - our own words


def worker(
    name: str = typer.Option("", help="How it is called; the host and process when absent"),
) -> None:
    """Run one worker: timers, messages and jobs. Any number may run side by side."""
    try:
        settings = Settings.from_environment()
        settings.make_home()
        _work(settings, name or f"{socket.gethostname()}-{os.getpid()}")
    except ClearwayError as error:
        stop(str(error))


def _up(settings: Settings) -> None:
    if settings.port == settings.prefect_port:
        raise SupervisorError(
            f"Port {settings.port} is asked for twice: choose another for one of "
            "CLEARWAY_PORT and CLEARWAY_PREFECT_PORT."
        )
    # Before the ports: when it runs already, it is the one that uses them.
    if (runs := lock_file.holder(settings.home / _LOCK)) is not None:
        raise _runs_already(settings.home, runs)
    require_free_port(settings.host, settings.port, setting="CLEARWAY_PORT")
    require_free_port("127.0.0.1", settings.prefect_port, setting="CLEARWAY_PREFECT_PORT")
    # Its lock and Prefect's log are there, wherever the database is.
    settings.make_home(also_without_database=True)
    with _having(settings.home):
        if settings.database_url is not None:
            _run_all(settings, settings.database_url, None)
            return
        _say("starting PostgreSQL")
        with EmbeddedPostgres(settings.home) as embedded:
            _run_all(settings, embedded.conninfo(), embedded)


@contextlib.contextmanager
def _having(home: Path) -> Generator[None]:
    """So that a second one can say that this one runs; it ends with this process."""
    lock = lock_file.take(home / _LOCK)
    if lock is None:
        raise _runs_already(home, lock_file.holder(home / _LOCK) or "unknown")
    with lock:
        yield


def _runs_already(home: Path, process: str) -> SupervisorError:
    return SupervisorError(
        f"Clearway already runs here (process {process}, with its data in {home}): "
        "stop it with Ctrl-C there, or name another folder with CLEARWAY_HOME."
    )


def _run_all(settings: Settings, url: str, embedded: EmbeddedPostgres | None) -> None:
    _say("bringing the database up to date")
    upgrade(url)
    with open_house(url) as house:
        _say("deploying the processes that have no version yet")
        passwords = first_deployments(house, settings, _tell_passwords, _tell_skipped)
    _say("starting the portal, a worker and Prefect; the first time this takes a minute")
    supervisor = Supervisor(_children(settings, url), tended=[embedded] if embedded else [])
    supervisor.run(on_ready=lambda: _tell_where(settings, first=bool(passwords)))


def _children(settings: Settings, url: str) -> list[Child]:
    ours = {"CLEARWAY_DATABASE_URL": url, "CLEARWAY_HOME": str(settings.home)}
    prefect = {**prefect_environment(settings), **ours}
    port = str(settings.prefect_port)
    clearway = [sys.executable, "-m", "clearway"]
    program = [sys.executable, "-m", "prefect"]
    pool = [*program, "worker", "start", "--pool", _POOL, "--type", "process"]
    log = LineLog(settings.home / _PREFECT_LOG)
    return [
        Child(
            "portal",
            [sys.executable, "-m", "clearway.web"],
            ours,
            ready=_portal_answers(settings, seconds=2.0),
            # Patient: one that is only slow under load answers one question in three.
            pulse=Pulse(_portal_answers(settings, seconds=10.0)),
        ),
        Child("worker", [*clearway, "worker"], prefect),
        Child(
            "prefect",
            [*program, "server", "start", "--host", "127.0.0.1", "--port", port],
            prefect,
            ready=lambda: _prefect_answers(settings),
            required=False,
            log=log,
        ),
        Child(
            "schedules",
            [sys.executable, "-m", "tasks.flows", "deploy-and-work", *pool],
            prefect,
            log=log,
        ),
    ]


def _portal_answers(settings: Settings, *, seconds: float) -> Callable[[], bool]:
    """The portal of this house: another program may have taken its port in the meantime."""
    host, port, mark = settings.host, settings.port, settings.mark()
    return answers_http(host, port, "/healthz", seconds=seconds, says=mark)


def _prefect_answers(settings: Settings) -> bool:
    address = f"http://127.0.0.1:{settings.prefect_port}/api"
    return is_alive(address, settings.secrets().prefect_auth)


def _cannot_go_on(error: OSError) -> str:
    place = f" at {error.filename}" if error.filename else ""
    if error.errno == errno.ENOSPC:
        return f"The disk is full{place}: make room, then start again; no data is lost."
    return f"Clearway cannot go on{place} ({error.strerror or error}): mend it, then start again."


def _say(stage: str) -> None:
    sys.stdout.write(f"clearway: {stage} ...\n")
    sys.stdout.flush()


def _tell_passwords(passwords: Mapping[str, str]) -> None:
    """At once: whatever ends the start from here on, somebody can sign in."""
    lines = ["", "The demo organisation's passwords, shown this once:"]
    lines += [f"  {name:<10} {password}" for name, password in sorted(passwords.items())]
    sys.stdout.write("\n".join(lines) + "\n\n")
    sys.stdout.flush()


def _tell_skipped(line: str) -> None:
    sys.stdout.write(f"clearway: {line}\n")
    sys.stdout.flush()


def _tell_where(settings: Settings, *, first: bool) -> None:
    lines = ["", f"Clearway is at {settings.base_url}", *_where_prefect_is(settings)]
    if first:
        lines.append("The demo organisation's passwords stand above, where they were made.")
    lines.append("A lost password: `clearway password NAME` makes a new one.")
    lines += [*not_connected(settings), "Stop it with Ctrl-C.", ""]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _where_prefect_is(settings: Settings) -> list[str]:
    log = f"  what it says is in {settings.home / _PREFECT_LOG}"
    if _prefect_answers(settings):
        return [
            f"Prefect is at http://127.0.0.1:{settings.prefect_port} (user and password:",
            f"  prefect_auth in {settings.home / 'secrets.json'})",
            log,
        ]
    why = "It is tried again and again."
    try:
        require_free_port("127.0.0.1", settings.prefect_port, setting="CLEARWAY_PREFECT_PORT")
    except SupervisorError as error:
        why = str(error)
    return [f"Prefect does not answer; the work goes on without it. {why}", log]


def _work(settings: Settings, name: str) -> None:
    # Prefect is imported by workers only: the portal must start without it.
    from tasks.flows import PrefectBursts

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    with open_database(settings) as url, open_house(url) as house:
        bursts = PrefectBursts(name)
        dispatcher = make_dispatcher(house, settings, url, name)
        dispatcher.around = bursts
        address = os.environ.get("PREFECT_API_URL", "")
        watch = PrefectWatch(house, address, os.environ.get("PREFECT_API_AUTH_STRING", ""))
        _on_end(dispatcher.stop)
        watch.start()
        try:
            dispatcher.run()
        finally:
            watch.close()
            bursts.close()


def _on_end(action: Callable[[], None]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: action())
