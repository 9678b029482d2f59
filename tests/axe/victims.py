"""Starts processes of the program `victim`, to be killed or frozen in the middle of a command."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import scene
from day import Day, Told
from living import Living
from step import Step
from struck import Blow
from wire import Axe, Wire

PROGRAM = Path(__file__).with_name("victim.py")


@contextmanager
def victims() -> Iterator["Victim"]:
    """The program, until the end."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, str(PROGRAM)], stdin=pipe, stdout=pipe, text=True, cwd=scene.ROOT
    ) as program:
        try:
            yield Victim(program)
        finally:
            program.kill()


class Victim:
    """The next process of the program, with the product whole or broken in one way."""

    def __init__(self, program: "subprocess.Popen[str]", variant: str = "") -> None:
        self._program, self._variant = program, variant

    def broken(self, variant: str) -> "Victim":
        """The same with this variant of the product."""
        return Victim(self._program, variant)

    def killed_at(
        self, wire: Wire, day: Day, step: Step, given: Sequence[object], blow: Blow
    ) -> Told | None:
        """What it answered, or None when it was killed."""
        pid = self._ready(wire, day, step, given)
        wire.lift(Axe(blow.at, blow.after, partial(os.kill, pid, signal.SIGKILL)))
        self._say("go")
        word, rest = self._hear()
        answer = json.loads(rest) if word == "told" else None
        if word == "told":
            word, rest = self._hear()
        wire.lift(None)
        if rest != ("0" if answer else str(int(signal.SIGKILL))):
            raise AssertionError(f"{step.name} ended by itself: {rest}")
        return answer

    @contextmanager
    def frozen_at(
        self, wire: Wire, day: Day, step: Step, given: Sequence[object], at: int
    ) -> Iterator[Callable[[], Told]]:
        """It stands still as soon as its `at`-th statement is answered.

        Gives what lets it go on and answers what the command answered. Whoever is not let go on
        is killed at the end.
        """
        pid = self._ready(wire, day, step, given)
        process, stands_still = Living(pid), threading.Event()

        def freeze() -> None:
            process.freeze()
            stands_still.set()

        wire.lift(Axe(at, True, freeze, cuts=False))
        self._say("go")
        if not stands_still.wait(60):
            raise AssertionError(f"{step.name} has no {at} statements")

        def thawed() -> Told:
            process.thaw()
            word, answer = self._hear()
            if word != "told":
                raise AssertionError(f"it ended by itself: {word} {answer}")
            self._hear()
            return json.loads(answer)

        try:
            yield thawed
        finally:
            if process.is_alive():
                process.kill()
                self._hear()

    def _ready(self, wire: Wire, day: Day, step: Step, given: Sequence[object]) -> int:
        """A process that has everything loaded, and waits for the word."""
        order = {
            "url": wire.url,
            "now": day.clock().isoformat(),
            "step": step.name,
            "once": step.name,
            "given": given,
            "variant": self._variant,
        }
        self._say(json.dumps(order))
        ready, pid = self._hear()
        if ready != "ready":
            raise AssertionError(f"{step.name} does not begin: {ready} {pid}")
        return int(pid)

    def _say(self, line: str) -> None:
        assert self._program.stdin
        self._program.stdin.write(f"{line}\n")
        self._program.stdin.flush()

    def _hear(self) -> tuple[str, str]:
        assert self._program.stdout
        word, _, rest = self._program.stdout.readline().strip().partition(" ")
        return word, rest
