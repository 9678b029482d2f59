"""What the figures were measured on."""

import os
import platform
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
        "python": platform.python_version(),
        "psycopg": f"{psycopg.__version__} ({psycopg.pq.__impl__})",
        "postgresql": settings,
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()
