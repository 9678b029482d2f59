"""A program of its own that does a product's share of the work when it is told to."""

import contextlib
import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from types import TracebackType
from typing import IO, Any, Self

from benchmarks.meter import Slice, database_cpu
from benchmarks.peers.install import ROOT, NotInstalled
from benchmarks.peers.programs.answering import REST
from benchmarks.stage import Stage

_END_SECONDS = 20
_TOLD = 2000


Commands = Mapping[str, Callable[[], Sequence[str]]]
"""The commands of programs by name; each raises NotInstalled where its product is not here."""


@contextlib.contextmanager
def started(commands: Commands) -> Generator[tuple[dict[str, "Program"], dict[str, str]]]:
    """The programs that can be started, and of the others why not."""
    programs: dict[str, Program] = {}
    missing: dict[str, str] = {}
    with contextlib.ExitStack() as running:
        for name, command in commands.items():
            try:
                programs[name] = running.enter_context(Program(command()))
            except NotInstalled as reason:
                missing[name] = str(reason)
        yield programs, missing


class Program:
    """Started with a command, asked over a pipe; ended when it is left. Its clock is its own.

    `facts` is what it says once it is ready; RuntimeError with its own words when it fails.
    """

    def __init__(self, command: Sequence[str], **settings: str) -> None:
        # Closed when the program is left.
        self._said: IO[str] = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), **settings},
        )
        self.facts: Mapping[str, Any] = self._answer()["facts"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._said.close()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def order(self, work: str, count: int, **more: object) -> None:
        """Tell it to do so many pieces of this work, and go on at once."""
        if self._process.stdin is None:
            raise RuntimeError("the program has no pipe")
        print(
            json.dumps({"work": work, "count": count, **more}), file=self._process.stdin, flush=True
        )

    def done(self) -> Mapping[str, Any]:
        """Wait for what it says about the last order: seconds in all, by its own clock."""
        return self._answer()

    def rest(self) -> None:
        """Let it tidy up, so that it need not do so while it is measured."""
        self.order(REST, 0)
        self.done()

    def measured(self, stage: Stage, work: str, count: int, per: int = 1) -> Slice:
        """Seconds for each piece, of which there are `per` in one count."""
        self.rest()
        before = database_cpu(stage)
        self.order(work, count)
        spent = self.done()
        database = database_cpu(stage) - before
        pieces = count * per
        return Slice(spent["wall"] / pieces, spent["cpu"] / pieces, database / pieces)

    def _answer(self) -> Mapping[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if line:
            return json.loads(line)
        self._process.wait()
        self._said.seek(0)
        raise RuntimeError(f"a program of the benchmark ended: {self._said.read()[-_TOLD:]}")
