"""How a program answers over its pipe: one line of JSON for each order, with the time it took."""

import gc
import json
import os
import sys
import time
from collections.abc import Callable, Mapping

Work = Callable[..., object]
"""Does so many pieces of work; what else the order says follows by name."""


REST = "rest"
"""What is asked before each measure, so that nobody's garbage is collected in the middle of it."""


def _rest(_count: int) -> None:
    gc.collect()


class Pipe:
    """What this program says. Nothing else may write there: prints go to standard error."""

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(1), "w", buffering=1)
        os.dup2(2, 1)

    def answer(self, facts: Mapping[str, object], works: Mapping[str, Work]) -> None:
        """Say what was prepared, then do what each line asks for, until there are no more."""
        self._say({"facts": facts})
        for line in sys.stdin:
            asked = json.loads(line)
            name, count = asked.pop("work"), asked.pop("count")
            work = _rest if name == REST else works[name]
            cpu, wall = time.process_time(), time.perf_counter()
            answer = work(count, **asked)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            self._say({"wall": wall, "cpu": cpu, "answer": answer})

    def _say(self, what: Mapping[str, object]) -> None:
        print(json.dumps(what), file=self._out, flush=True)
