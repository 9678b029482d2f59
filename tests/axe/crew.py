"""A program that forks off workers, to be killed and frozen.

An order has the database's `url`, the worker's `name`, the `lease` in
seconds, the `remote` that its step calls, the file `log` that its answers are written to, and the
`variant` of the product it runs with.
"""

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import remote
import scene
import variants
from program import serve

from clearway import engine
from clearway.now import system_time
from clearway.service.house import House
from clearway.service.values import Done, Refusal
from tasks import dispatcher
from tasks.dispatcher import Dispatcher, WorkerSettings


def work(order: dict[str, Any]) -> None:
    """Be a worker until somebody says stop."""
    variants.apply(order["variant"])
    _keep_a_log(os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT))
    settings = WorkerSettings(batch=20, lease=order["lease"], poll=0.05, heartbeat=3600)

    def charge(_inputs: Mapping[str, object], job: str) -> Mapping[str, object]:
        return {"receipt": remote.ask(order["remote"], job)}

    with scene.opened(order["url"], system_time) as house:
        worker = Dispatcher(house, {"charge": charge}, order["name"], settings)
        signal.signal(signal.SIGTERM, lambda *_: worker.stop())
        worker.run()


def _keep_a_log(log: int) -> None:
    """Write down what becomes of each answer: job, the worker's fence, and what it was told."""
    finish = dispatcher.finish_job

    def logged(house: House, job: int, fence: int, result: Mapping[str, object]) -> Done | Refusal:
        told = finish(house, job, fence, result)
        word = "accepted" if isinstance(told, Done) else told.code
        os.write(log, f"{job} {fence} {word}\n".encode())
        return told

    dispatcher.finish_job = logged


def main() -> None:
    """Fork off one worker for each line."""
    engine.build(scene.bundle("convoy"))
    serve(work)


if __name__ == "__main__":
    main()
