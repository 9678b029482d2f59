"""PostgreSQL as a part of Clearway: one server per home folder, for laptops, trials and tests."""

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from clearway import lock_file
from clearway.leash import RunAs, exec_command
from clearway.store.postgres_binaries import MAJOR_VERSION, PostgresError, postgres_binaries
from clearway.store.postgres_owner import choose_owner
from clearway.store.postgres_processes import end_orphans

USER = "clearway"
DATABASE = "clearway"
ROOM_NEEDED = 200 * 1024 * 1024
"""Free bytes on the disk of the home folder without which the server is not started."""
_SOCKET_PATH_LIMIT = 107
_SOCKET_NAME = ".s.PGSQL.5432"
_START_SECONDS = 180.0
_LOG_LIMIT = 10 * 1024 * 1024


class EmbeddedPostgres:
    """A PostgreSQL server in `home`/postgres that lives no longer than the process that starts it.

    It listens on a Unix socket only, in a folder that only its user (and root) may enter. `room`
    is the free space in bytes without which it does not start. Use it as a context manager, or
    call `start` and `stop`. It must be started from the main thread: the kernel ends it together
    with the thread that started it.
    """

    def __init__(self, home: Path, *, room: int = ROOM_NEEDED) -> None:
        self._home = home.resolve()
        self._room = room
        self._folder = self._home / "postgres"
        self._log = self._home / "postgres.log"
        self._log_begin = 0
        self._lock_file = self._home / "postgres.lock"
        digest = hashlib.sha256(os.fsencode(self._folder)).hexdigest()[:12]
        self.cluster = f"clearway-{digest}"
        self._socket = _socket_folder(self._home, self.cluster)
        self._lock: IO[str] | None = None
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> str:
        """Start the server, building it on the first run; answers the `conninfo` of DATABASE.

        Ends what a killed earlier run left behind. Raises PostgresError when the folder has
        another live owner, the disk is full, the programs are missing or the server refuses.
        """
        _refuse_other_systems()
        self._home.mkdir(parents=True, exist_ok=True)
        # Before the lock: a full disk could not even hold our number in it.
        self._refuse_full_disk()
        self._take_lock()
        try:
            self._start_owned()
        except BaseException:
            self.stop()
            raise
        return self.conninfo()

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, data is safe. May be called twice."""
        if self._server is not None:
            _end(self._server)
            self._server = None
        if self._lock is not None:
            shutil.rmtree(self._socket, ignore_errors=True)
            self._lock.close()
            self._lock = None

    def is_alive(self) -> bool:
        """Whether the server that `start` started still runs."""
        return self._server is not None and self._server.poll() is None

    def revive(self) -> None:
        """Start the server again when it has died; raises PostgresError as `start` does.

        While the disk is full the folder stays ours, so that others hear who waits for room.
        """
        if self._lock is None or not self.is_alive():
            self._refuse_full_disk()
            self.stop()
            self.start()

    def conninfo(self, dbname: str = DATABASE) -> str:
        """A libpq address; for SQLAlchemy put `postgresql+psycopg` in place of `postgresql`.

        It is known before the start, and to other processes that know the home folder.
        """
        return f"postgresql://{USER}@/{quote(dbname)}?host={quote(str(self._socket))}"

    def _start_owned(self) -> None:
        programs = postgres_binaries()
        run_as = choose_owner(self._folder, passes=[self._folder, programs / "postgres"])
        end_orphans(self.cluster, self._folder)
        self._forget_last_run()
        self._build(programs, run_as)
        self._check_version()
        self._make_socket_folder(run_as)
        self._server = self._launch(programs, run_as)
        self._wait_until_ready()
        try:
            self._create_database()
        except psycopg.Error as error:
            raise PostgresError(
                f"PostgreSQL started and then failed ({str(error).strip().splitlines()[-1]}): read "
                f"{self._log}, then start again; no data is lost."
            ) from error

    def _take_lock(self) -> None:
        if self._lock is not None:
            raise PostgresError("This PostgreSQL has been started already.")
        self._lock = lock_file.take(self._lock_file)
        if self._lock is None:
            owner = lock_file.holder(self._lock_file) or "unknown"
            raise PostgresError(
                f"The data folder {self._folder} is in use by process {owner}: "
                "stop that one first, or choose another folder with CLEARWAY_HOME."
            )

    def _refuse_full_disk(self) -> None:
        free = shutil.disk_usage(self._home).free
        if free >= self._room:
            return
        full = f"The disk with {self._home} is full ({free >> 20} MB free)"
        room = f"make room for {self._room >> 20} MB"
        if (owner := lock_file.holder(self._lock_file)) is not None:
            raise PostgresError(
                f"{full}, and the PostgreSQL of process {owner} does not answer: {room}. "
                "That process then goes on by itself; no data is lost."
            )
        raise PostgresError(f"{full}: {room}, or choose another folder with CLEARWAY_HOME.")

    def _forget_last_run(self) -> None:
        """Remove lock files: their process id may be alive again, as somebody else's or a zombie's.

        PostgreSQL would refuse to start; our own lock has proved that no other server runs here.
        """
        socket = self._socket / _SOCKET_NAME
        for file in (self._folder / "postmaster.pid", socket, socket.with_suffix(".5432.lock")):
            file.unlink(missing_ok=True)

    def _build(self, programs: Path, run_as: RunAs | None) -> None:
        """Build beside and rename, so that a half-built folder is never taken for a whole one."""
        if self._folder.exists():
            return
        beside = self._home / "postgres.building"
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(mode=0o700)
        if run_as is not None:
            os.chown(beside, run_as.uid, run_as.gid)
        self._run_initdb(programs, beside, run_as)
        beside.rename(self._folder)
        _flush_folder(self._home)

    def _run_initdb(self, programs: Path, target: Path, run_as: RunAs | None) -> None:
        argv = [str(programs / "initdb"), "--pgdata", str(target), "--username", USER]
        argv += ["--auth=trust", "--encoding=UTF8", "--no-instructions", "--locale=C"]
        argv += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command = exec_command(argv, ending=signal.SIGTERM, run_as=run_as)
        done = subprocess.run(  # noqa: S603 - all its words are ours
            command, cwd="/", env=_environment(), capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise self._refusal(done.stderr)

    def _check_version(self) -> None:
        try:
            version = (self._folder / "PG_VERSION").read_text().strip()
        except OSError:
            version = "of no known version"
        if version != MAJOR_VERSION:
            raise PostgresError(
                f"The data in {self._folder} is of PostgreSQL {version} and this is PostgreSQL "
                f"{MAJOR_VERSION}: dump it with the version that wrote it, or choose another "
                "folder with CLEARWAY_HOME."
            )

    def _make_socket_folder(self, run_as: RunAs | None) -> None:
        uid = run_as.uid if run_as else os.geteuid()
        with contextlib.suppress(FileExistsError):
            self._socket.mkdir(mode=0o700)
            os.chown(self._socket, uid, run_as.gid if run_as else -1)
        found = self._socket.lstat()
        if self._socket.is_symlink() or found.st_uid != uid or found.st_mode & 0o077:
            raise PostgresError(
                f"The folder {self._socket} is not private to user {uid}: remove it, start again."
            )

    def _launch(self, programs: Path, run_as: RunAs | None) -> subprocess.Popen[bytes]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._socket),
            "unix_socket_permissions": "0700",
            "cluster_name": self.cluster,
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        argv = [str(programs / "postgres"), "-D", str(self._folder)]
        for name, value in settings.items():
            argv += ["-c", f"{name}={value}"]
        if self._log.exists() and self._log.stat().st_size > _LOG_LIMIT:
            self._log.replace(self._log.with_suffix(".log.1"))
        with self._log.open("ab") as log:
            self._log_begin = log.tell()
            # A session of its own: Ctrl-C is for us, and we stop the server last.
            return subprocess.Popen(  # noqa: S603 - all its words are ours
                exec_command(argv, ending=signal.SIGINT, run_as=run_as),
                cwd="/",
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if not self.is_alive():
                raise self._refusal(_tail(self._log, self._log_begin))
            if time.monotonic() > deadline:
                raise PostgresError(
                    f"PostgreSQL was not ready after {_START_SECONDS:.0f} seconds: read {self._log}"
                    ", then start again."
                )
            time.sleep(0.03)

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.conninfo("postgres"), connect_timeout=5):
                return True
        except psycopg.OperationalError:
            return False

    def _create_database(self) -> None:
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if known.fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    def _refusal(self, output: str) -> PostgresError:
        if "No space left on device" in output:
            return PostgresError(
                f"The disk with {self._home} is full: make room, then start again; no data is lost."
            )
        said = [line for line in output.splitlines() if _is_grave(line)]
        if not said:
            return PostgresError(
                f"PostgreSQL was ended from outside while it started: see {self._log}, then start "
                "again; no data is lost."
            )
        return PostgresError(f"PostgreSQL refuses to start ({said[-1].strip()}): see {self._log}.")


def _refuse_other_systems() -> None:
    if sys.platform != "linux":
        raise PostgresError(
            "The embedded PostgreSQL runs on Linux only: name a server in CLEARWAY_DATABASE_URL."
        )
    if threading.current_thread() is not threading.main_thread():
        raise PostgresError(
            "The embedded PostgreSQL must be started from the main thread, "
            "because it ends with the thread that started it."
        )


def _socket_folder(home: Path, cluster: str) -> Path:
    """In the home folder where the path is short enough for a socket."""
    wished = home / "socket"
    if len(os.fsencode(wished / _SOCKET_NAME)) + len(".lock") <= _SOCKET_PATH_LIMIT:
        return wished
    return Path("/tmp", cluster)  # noqa: S108 - checked to be private before use


def _environment() -> dict[str, str]:
    """Without PG* variables, which would lead PostgreSQL and its tools elsewhere."""
    path = os.environ.get("PATH", "/usr/bin:/bin")
    return {"PATH": path, "LC_ALL": "C", "TZ": "UTC", "TMPDIR": tempfile.gettempdir()}


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _tail(log: Path, begin: int) -> str:
    return log.read_bytes()[begin:].decode(errors="replace")[-4000:]


def _is_grave(line: str) -> bool:
    if "FATAL:  the database system is" in line:
        return False  # said to our own question whether it is ready
    return any(word in line for word in ("FATAL:", "PANIC:", "error:", "Error"))


def _end(server: subprocess.Popen[bytes]) -> None:
    for number, seconds in ((signal.SIGINT, 60), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
        if server.poll() is None:
            server.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(seconds)
            return
