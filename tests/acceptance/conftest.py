"""The running house as its users have it: a real `clearway up`, a mail server and Chromium."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, Page
from postbox import Postbox, free_port

from clearway.leash import exec_command
from clearway.store.embedded import EmbeddedPostgres

ROOT = Path(__file__).resolve().parents[2]
CLEARWAY = (sys.executable, "-m", "clearway")
PASSWORD = re.compile(r"^ {2}(\w+) +((?:[a-z0-9]{5}-){3}[a-z0-9]{5})$", re.MULTILINE)
START_SECONDS = 300.0

Eventually = Callable[..., None]


class RunningHouse:
    """One `clearway up` with a home of its own, which can be killed and started again."""

    def __init__(self, home: Path, postbox: Postbox, eventually: Eventually) -> None:
        self.home = home
        self.port, self.prefect_port = free_port(), free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.prefect = f"http://127.0.0.1:{self.prefect_port}/api"
        self.postgres = EmbeddedPostgres(home)
        self.environment = {
            **{name: text for name, text in os.environ.items() if "CLEARWAY" not in name},
            "CLEARWAY_HOME": str(home),
            "CLEARWAY_PORT": str(self.port),
            "CLEARWAY_PREFECT_PORT": str(self.prefect_port),
            "CLEARWAY_SMTP_HOST": "127.0.0.1",
            "CLEARWAY_SMTP_PORT": str(postbox.port),
            # A killed worker's jobs wait for the end of its lease, which is a minute otherwise.
            "CLEARWAY_WORKER_LEASE_SECONDS": "10",
        }
        self.passwords: Mapping[str, str] = {}
        self.program: subprocess.Popen[bytes] | None = None
        self.logs: list[Path] = []
        self._eventually = eventually
        self._tokens: dict[str, str] = {}

    def up(self) -> str:
        """Start it unless it runs; answers what it wrote until all was ready."""
        if self.program is not None and self.program.poll() is None:
            return self.output()
        log = self.home.parent / f"up-{len(self.logs)}.log"
        self.logs.append(log)
        # Should the tests themselves be killed, the house ends with them.
        command = exec_command([*CLEARWAY, "up"], ending=signal.SIGTERM)
        with log.open("wb") as output:
            self.program = subprocess.Popen(
                command,
                env=self.environment,
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._eventually(self._has_told_where, "`clearway up` did not get ready", START_SECONDS)
        said = self.output()
        assert self.program.poll() is None, said
        self.passwords = self.passwords or dict(PASSWORD.findall(said))
        return said

    def output(self) -> str:
        """What the present `clearway up` has written so far."""
        return self.logs[-1].read_text(encoding="utf-8", errors="replace")

    def interrupt(self) -> int:
        """Ctrl-C as a terminal sends it: SIGINT to the whole foreground group; the exit code."""
        assert self.program is not None
        os.killpg(self.program.pid, signal.SIGINT)
        return self.program.wait(120)

    def processes(self) -> dict[int, str]:
        """Every living process of this house, however it was started: its id and command line."""
        found: dict[int, str] = {}
        for name in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                proc = Path("/proc", name)
                command = proc.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode()
                # PostgreSQL writes its title over its environment: it is known by its title.
                traces = (proc / "environ").read_bytes() + os.fsencode(command)
                state = (proc / "stat").read_bytes().rpartition(b")")[2].split()[0]
                ours = os.fsencode(self.home) in traces or self.postgres.cluster in command
                if ours and state != b"Z" and int(name) != os.getpid():
                    found[int(name)] = command
        return found

    def pids(self, words: str) -> list[int]:
        """The processes whose command line holds these words, guards aside."""
        own = self.processes().items()
        return [pid for pid, command in own if words in command and "leash.py" not in command]

    def run(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """A `clearway` command with the settings of this house."""
        return subprocess.run(
            [*CLEARWAY, *arguments],
            env={**self.environment, **settings},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    def started(self, *arguments: str, **settings: str) -> subprocess.Popen[str]:
        """The same, running; what it writes comes as lines of its standard output."""
        return subprocess.Popen(
            exec_command([*CLEARWAY, *arguments], ending=signal.SIGTERM),
            env={**self.environment, **settings},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def api(self, person: str) -> httpx.Client:
        """The JSON API as this person, with a token made on the command line."""
        return httpx.Client(
            base_url=f"{self.address}/api/v1",
            headers={"Authorization": f"Bearer {self.token(person)}"},
            timeout=60,
        )

    def token(self, person: str) -> str:
        """A bearer token of this person or channel, made once."""
        if person not in self._tokens:
            made = self.run("token", person)
            assert made.returncode == 0, made.stderr
            self._tokens[person] = made.stdout.strip()
        return self._tokens[person]

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a statement on its database."""
        with psycopg.connect(self.postgres.conninfo()) as connection:
            cursor = connection.execute(statement, values)  # pyright: ignore[reportArgumentType] - ours
            return cursor.fetchall() if cursor.description else []

    def kill(self) -> None:
        """SIGKILL for everything; answers when nothing of it is left."""
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        # A dying process loses its memory, and with it what we know it by, before it is dead.
        if self.program is not None:
            self.program.wait(30)
        self._eventually(lambda: not self.processes(), "something outlived SIGKILL", 30)

    def _has_told_where(self) -> bool:
        assert self.program is not None
        return "Stop it with Ctrl-C." in self.output() or self.program.poll() is not None


@pytest.fixture(scope="session")
def postbox() -> Iterator[Postbox]:
    """The mail server of the running house."""
    with Postbox() as postbox:
        yield postbox


@pytest.fixture(scope="session")
def running_house(postbox: Postbox, eventually: Eventually) -> Iterator[RunningHouse]:
    """One house for all tests of this folder: its first start is the slowest thing here."""
    # Not below pytest's own folder, which is closed to the user that PostgreSQL runs as.
    with tempfile.TemporaryDirectory(prefix="clearway-acceptance-") as folder:
        Path(folder).chmod(0o755)
        house = RunningHouse(Path(folder) / "home", postbox, eventually)
        try:
            yield house
        finally:
            house.kill()


@pytest.fixture
def house(running_house: RunningHouse) -> RunningHouse:
    """The house, running: started again when an earlier test has ended it."""
    running_house.up()
    return running_house


@pytest.fixture
def signed_in(house: RunningHouse, chromium: Browser) -> Iterator[Callable[[str], Page]]:
    """A page of this person, who signed in by name and with the password that `up` printed."""
    with contextlib.ExitStack() as contexts:

        def enter(name: str) -> Page:
            context = chromium.new_context(
                base_url=house.address, viewport={"width": 1300, "height": 900}
            )
            contexts.callback(context.close)
            context.set_default_timeout(60_000)
            page = context.new_page()
            page.goto("/login")
            page.get_by_label("Name").fill(name)
            page.get_by_label("Password").fill(house.passwords[name])
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url(lambda address: "/login" not in address)
            return page

        yield enter
