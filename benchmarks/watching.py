"""What a machine and its PostgreSQL do meanwhile: who uses the processors, what is waited for."""

import collections
import contextlib
import os
import threading
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

_EVERY = 0.02  # seconds
_CLIENTS = """SELECT CASE WHEN state <> 'active' OR wait_event = 'ClientRead' THEN 'the client'
    WHEN wait_event_type IS NULL THEN 'a processor'
    WHEN wait_event IN ('WalSync', 'WALSync', 'WALWrite', 'WalWrite') THEN 'the commit on disk'
    WHEN wait_event_type IN ('Lock', 'LWLock') THEN 'a lock: ' || wait_event
    ELSE wait_event_type || ' ' || wait_event END, count(*)
FROM pg_stat_activity WHERE application_name = %s AND backend_type = 'client backend' GROUP BY 1"""
_SERVER = "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
_FULL = 0.9  # of the processors: more cannot be had
_ONE_AT_A_TIME = 0.8  # of a processor for each process: its threads wait for each other


@dataclass
class Seen:
    """Shares of what was seen: processors in use, connections by what they wait for."""

    processes: int
    cores: Mapping[str, float] = field(default_factory=dict[str, float])
    waits: Mapping[str, float] = field(default_factory=dict[str, float])

    def limit(self) -> str:
        """Which resource was the limit, in words."""
        used = ", ".join(f"{name} {value:.2f}" for name, value in self.cores.items())
        count = os.cpu_count() or 1
        if self.cores["idle"] < (1 - _FULL) * count:
            busiest = max(("clients", "PostgreSQL", "others"), key=lambda it: self.cores[it])
            return f"the processors, most of all {busiest} ({used} of {count})"
        if self.cores["clients"] > _ONE_AT_A_TIME * self.processes:
            running = "the one process" if self.processes == 1 else "each process"
            return f"Python, which runs one thread at a time in {running} ({used} of {count})"
        waited = {name: it for name, it in self.waits.items() if name not in _NO_LIMIT}
        first = max(waited, key=lambda it: waited[it]) if waited else "nothing that was seen"
        return f"{first} (processors: {used} of {count})"

    def told_waits(self) -> str:
        """Connections by what they waited for, on average."""
        ordered = sorted(self.waits.items(), key=lambda it: -it[1])
        return ", ".join(f"{value:.1f} for {name}" for name, value in ordered if value >= 0.05)


_NO_LIMIT = ("the client", "a processor")


@contextlib.contextmanager
def watching(url: str, application: str, clients: Sequence[int]) -> Generator[Seen]:
    """Look every 20 ms at the connections of `application`; `clients` are its processes."""
    seen, stop = Seen(len(clients)), threading.Event()
    counts: collections.Counter[str] = collections.Counter()
    with psycopg.connect(url, autocommit=True, application_name="watching") as connection:
        server = [row[0] for row in connection.execute(_SERVER)]

        def look() -> int:
            looks = 0
            while not stop.wait(_EVERY):
                looks += 1
                for name, number in connection.execute(_CLIENTS, (application,)):
                    counts[name] += number
            return looks

        results: list[int] = []
        thread = threading.Thread(target=lambda: results.append(look()))
        before, began = _spent(clients, server), time.perf_counter()
        thread.start()
        try:
            yield seen
        finally:
            took, after = time.perf_counter() - began, _spent(clients, server)
            stop.set()
            thread.join()
        cores = {name: (after[name] - before[name]) / took for name in after}
        ours = cores["clients"] + cores["PostgreSQL"]
        seen.cores = {
            "clients": cores["clients"],
            "PostgreSQL": cores["PostgreSQL"],
            "others": max(0.0, cores["busy"] - ours),
            "idle": max(0.0, (os.cpu_count() or 1) - cores["busy"]),
        }
        seen.waits = {name: number / max(1, results[0]) for name, number in counts.items()}


def _spent(clients: Sequence[int], server: Sequence[int]) -> dict[str, float]:
    ticks = [int(it) for it in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    # user nice system idle iowait irq softirq steal; what the hypervisor takes is gone for us too.
    idle = ticks[3] + ticks[4]
    return {
        "clients": sum(map(_cpu, clients)),
        "PostgreSQL": sum(map(_cpu, server)),
        "busy": (sum(ticks) - idle) / os.sysconf("SC_CLK_TCK"),
    }


def _cpu(pid: int) -> float:
    """Seconds of a process with all its threads, also those that ended; 0 when it is gone."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")
