"""What the figures were measured on."""

import os
import platform
import time
from collections.abc import Mapping
from pathlib import Path

import psycopg

from benchmarks.stage import Stage


def machine(stage: Stage) -> Mapping[str, object]:
    """Facts about this machine, in words; load is the mean of the last minute."""
    settings = ", ".join(f"{name}={value}" for name, value in stage.settings.items())
    return {
        "processor": f"{os.cpu_count()} x {_processor()}",
        "system": f"{platform.system()} {platform.release()}",
        "load at the start": round(os.getloadavg()[0], 2),
        "speed": f"{_yardstick():.1f} ms of CPU for a fixed piece of Python",
        "python": platform.python_version(),
        "psycopg": f"{psycopg.__version__} ({psycopg.pq.__impl__})",
        "postgresql": settings,
    }


def _yardstick() -> float:
    """How fast this machine is just now, to compare runs: the best of some tries, in ms."""

    def once() -> float:
        before = time.process_time()
        sum(number * number % 7 for number in range(200_000))
        return time.process_time() - before

    return 1000 * min(once() for _ in range(10))


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()
