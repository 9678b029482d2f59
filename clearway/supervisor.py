"""Keeps the processes of one machine running, and leaves none behind when it ends."""

import contextlib
import errno
import http.client
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Protocol

from clearway.errors import ClearwayError
from clearway.leash import guard_command
from clearway.line_log import LineLog
from clearway.pulse import Pulse

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_STEADY_SECONDS = 30.0
_FALSE_STARTS = 3


class SupervisorError(ClearwayError):
    """The processes cannot be started; the text says what to do."""


@dataclass(frozen=True)
class Child:
    """One process to keep running.

    `argv` begins with the program; `env` is added to the supervisor's own environment. The next
    child starts once `ready` answers true. When a `required` child does not get ready, all of them
    are stopped; the others are tried again for ever. A child whose `pulse` says that it hangs is
    ended and started again. What a child with a `log` says goes there, not to the output.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    ready: Callable[[], bool] | None = None
    required: bool = True
    ready_seconds: float = 120.0
    grace_seconds: float = 10.0
    pulse: Pulse | None = None
    log: LineLog | None = None


class Tended(Protocol):
    """Something that the supervisor's own process started, such as the embedded PostgreSQL."""

    def is_alive(self) -> bool: ...

    def revive(self) -> None: ...


class Supervisor:
    """Runs children in their order, and again when they end, until SIGINT, SIGTERM or SIGHUP.

    Each child runs below a guard, in a session of its own: it is asked to end with SIGTERM and
    killed after its grace together with all that it started, also when the supervisor itself is
    killed. To be used from the main thread.
    """

    def __init__(
        self,
        children: Sequence[Child],
        *,
        tended: Sequence[Tended] = (),
        output: IO[str] | None = None,
    ) -> None:
        self._output = output or sys.stdout
        self._width = max((len(child.name) for child in children), default=0)
        self._runs = [_Run(child, self._tell) for child in children]
        self._tended = [_Care(thing, self._tell) for thing in tended]
        self._stops = 0

    def run(self, on_ready: Callable[[], None] = lambda: None) -> None:
        """Block until a signal asks to end; `on_ready` is called once when all have started.

        Raises SupervisorError when a required child does not get ready. No child is left either
        way. A second signal ends the grace of those that have not ended yet.
        """
        with self._listening():
            try:
                for run in self._runs:
                    self._bring_up(run)
                if not self._stops:
                    on_ready()
                while not self._stops:
                    self._turn(0.5)
            finally:
                self._stop_all()

    def _bring_up(self, run: "_Run") -> None:
        run.start()
        deadline = time.monotonic() + run.child.ready_seconds
        while not self._stops and not run.is_ready():
            late = time.monotonic() > deadline
            if late or run.false_starts >= _FALSE_STARTS:
                if run.child.required:
                    log = run.child.log
                    lines = "its lines above" if log is None else str(log.file)
                    raise SupervisorError(
                        f"{run.child.name} does not start: read {lines}, "
                        "mend what they name, then start again."
                    )
                self._tell("clearway", f"{run.child.name} is not ready; the rest goes on")
                return
            self._turn(0.1)

    def _turn(self, seconds: float) -> None:
        """One look at everything: output, ends, restarts."""
        self._read(seconds)
        for care in self._tended:
            care.tend()
        for run in self._runs:
            run.look_after()

    def _read(self, seconds: float) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._woken, selectors.EVENT_READ)
            for run in self._runs:
                if run.output is not None:
                    selector.register(run.output, selectors.EVENT_READ, run)
            for key, _ in selector.select(seconds):
                if key.data is None:
                    self._woken.recv(64)
                else:
                    key.data.read()

    def _stop_all(self) -> None:
        pressed = 0
        self._tell("clearway", "stopping; a second Ctrl-C ends everything at once")
        for run in self._runs:
            run.ask_to_end()
        while any(run.is_running() for run in self._runs):
            self._read(0.1)
            for run in self._runs:
                if self._stops > max(pressed, 1):
                    run.end_grace()
                run.insist()
            pressed = self._stops
        for run in self._runs:
            run.read_rest()

    @contextlib.contextmanager
    def _listening(self) -> Generator[None]:
        """Signals are only counted; a socket wakes the loop, so that none is slept over."""
        self._woken, waker = socket.socketpair()
        self._woken.setblocking(False)
        waker.setblocking(False)
        previous = {number: signal.signal(number, self._count) for number in _ENDING}
        previous_waker = signal.set_wakeup_fd(waker.fileno())
        try:
            yield
        finally:
            signal.set_wakeup_fd(previous_waker)
            for number, handler in previous.items():
                signal.signal(number, handler)
            self._woken.close()
            waker.close()

    def _count(self, number: int, frame: object) -> None:
        del number, frame
        self._stops += 1

    def _tell(self, name: str, line: str) -> None:
        # A reader that has gone away must not take the children with it.
        with contextlib.suppress(OSError, ValueError):
            self._output.write(f"{name:<{self._width}} | {line}\n")
            self._output.flush()


class _Run:
    """One child's present process, and when the next one is due."""

    def __init__(self, child: Child, tell: Callable[[str, str], None]) -> None:
        self.child = child
        self.output: IO[bytes] | None = None
        self.false_starts = 0
        self._tell = tell
        self._pass_on = tell if child.log is None else child.log.write
        self._process: subprocess.Popen[bytes] | None = None
        self._buffer = b""
        self._pause = _FIRST_PAUSE
        self._started = 0.0
        self._due: float | None = None
        self._last_call: float | None = None

    def start(self) -> None:
        self._due = None
        if self.child.pulse is not None:
            self.child.pulse.begin()
        self._started = time.monotonic()
        self._process = subprocess.Popen(  # noqa: S603 - the words come from our own table
            guard_command(self.child.argv, grace=self.child.grace_seconds),
            env={**os.environ, "PYTHONUNBUFFERED": "1", **self.child.env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # Ctrl-C is for the supervisor alone.
            start_new_session=True,
        )
        self.output = self._process.stdout
        if self.output is not None:
            os.set_blocking(self.output.fileno(), False)

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def is_ready(self) -> bool:
        if not self.is_running():
            return False
        is_ready = self.child.ready is None or self.child.ready()
        if is_ready and self.child.pulse is not None:
            self.child.pulse.note_answer()
        return is_ready

    def look_after(self) -> None:
        """Note an end or that it hangs, plan the next start, and start when it is due."""
        if self._process is not None and not self.is_running():
            self._note_end(self._process.returncode)
        pulse = self.child.pulse
        if pulse is not None and self.is_running() and pulse.found_hung():
            self._tell(self.child.name, "does not answer any more; it is ended and starts again")
            self._signal(signal.SIGTERM)
        if self._due is not None and time.monotonic() >= self._due:
            self.start()

    def read(self) -> None:
        if self.output is None:
            return
        # None: nothing to read just now; empty: the end.
        chunk = self.output.read(65536)
        if chunk == b"":
            self.output.close()
            self.output = None
        lines = (self._buffer + (chunk or b"")).split(b"\n")
        self._buffer = lines.pop()
        for line in lines:
            self._pass_on(self.child.name, line.decode("utf-8", "replace").rstrip())

    def read_rest(self) -> None:
        self.read()
        if self._buffer:
            self._pass_on(self.child.name, self._buffer.decode("utf-8", "replace"))
            self._buffer = b""

    def ask_to_end(self) -> None:
        self._due = None
        self._signal(signal.SIGTERM)
        self._last_call = time.monotonic() + self.child.grace_seconds + 10

    def end_grace(self) -> None:
        self._signal(signal.SIGINT)

    def insist(self) -> None:
        """The guard itself hangs: its end takes the child along."""
        if self._last_call is not None and time.monotonic() > self._last_call:
            self._signal(signal.SIGKILL)

    def _note_end(self, code: int) -> None:
        self.read_rest()
        self._process = None
        if time.monotonic() - self._started >= _STEADY_SECONDS:
            self._pause, self.false_starts = _FIRST_PAUSE, 0
        self.false_starts += 1
        self._due = time.monotonic() + self._pause
        log = self.child.log
        lines = "" if log is None else f"; its lines are in {log.file}"
        again = f"starts again in {self._pause:.1f} s"
        self._tell(self.child.name, f"ended with code {code}; {again}{lines}")
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)


class _Care:
    """Revives a tended thing, and is patient when that does not work."""

    def __init__(self, thing: Tended, tell: Callable[[str, str], None]) -> None:
        self._thing = thing
        self._tell = tell
        self._pause = _FIRST_PAUSE
        self._due = 0.0

    def tend(self) -> None:
        if self._thing.is_alive() or time.monotonic() < self._due:
            return
        name = type(self._thing).__name__
        self._tell("clearway", f"{name} has ended and is started again")
        try:
            self._thing.revive()
            self._pause = _FIRST_PAUSE
        except ClearwayError as error:
            self._tell("clearway", str(error))
            self._pause = min(self._pause * 2, _LONGEST_PAUSE)
        self._due = time.monotonic() + self._pause


def require_free_port(host: str, port: int, *, setting: str) -> None:
    """Raises SupervisorError, which names the `setting` to change, when nobody could listen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SupervisorError(_port_refusal(host, port, setting, error)) from error


def answers_http(
    host: str, port: int, path: str, *, seconds: float = 2.0, tls: bool = False, says: str = ""
) -> Callable[[], bool]:
    """A check: whether GET `path` is answered with 200, each time within so many seconds.

    The answer has to begin with what it `says`, so that no other program's is taken for it.
    """
    expected = says.encode()

    def ready() -> bool:
        kind = http.client.HTTPSConnection if tls else http.client.HTTPConnection
        connection = kind(host, port, timeout=seconds)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            if answer.status != http.HTTPStatus.OK:
                return False
            return not expected or answer.read(len(expected)) == expected
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return ready


def _port_refusal(host: str, port: int, setting: str, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use: stop what uses it, or choose another with {setting}."
    if error.errno == errno.EACCES:
        return f"Port {port} is for root only: choose one above 1023 with {setting}."
    return f"{host} port {port} cannot be listened on ({error.strerror}): check {setting}."
