"""django-viewflow: a user task completed in one transaction, under the lock of its process."""

import sys
from collections.abc import Callable
from typing import Any

import django
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict

from benchmarks.peers.programs.answering import Pipe

ROUND = ("work", "check", "review")
_HERE = "benchmarks.peers.programs"


def main(conninfo: str, processes: int) -> None:
    """Make its tables, open so many processes, then wait for orders."""
    pipe = Pipe()
    _set_up(conninfo)

    # What follows can be imported only now.
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection

    from benchmarks.peers.programs.viewflow_flow import SOMEBODY, RoundsFlow

    call_command("migrate", verbosity=0)
    somebody = User.objects.create_superuser("somebody")
    SOMEBODY.append(somebody)
    data = {"what": "A long story", "found": "nothing", "enough": False}
    for _ in range(processes):
        RoundsFlow.opened.run(_process_data=dict(data))
    desk = _Desk(RoundsFlow, somebody)

    statements: list[str] = []

    def count(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        statements.append(sql)
        return execute(sql, *rest)

    for element in ROUND:
        desk.look(element)
        with connection.execute_wrapper(count):
            desk.complete_some(1)
        desk.complete_some(processes - 1)
    desk.look("work")
    open_again = len(desk.waiting)
    facts = {"statements a task": len(statements) / len(ROUND), "open again": open_again}
    pipe.answer(
        facts,
        {f"look at {element}": lambda _, element=element: desk.look(element) for element in ROUND}
        | {"complete": desk.complete_some},
    )


class _Desk:
    """Somebody who completes what waits, through viewflow's own activations."""

    def __init__(self, flow: Any, somebody: Any) -> None:
        self._flow, self._somebody = flow, somebody
        self.waiting: list[tuple[int, int]] = []

    def look(self, element: str) -> None:
        """Which tasks of this element wait: their process and their own number."""
        task = getattr(self._flow, element)
        found = self._flow.task_class.objects.filter(flow_task=task, status="ASSIGNED")
        self.waiting = list(found.order_by("pk").values_list("process_id", "pk"))

    def complete_some(self, count: int) -> None:
        """Complete so many of those that were seen last."""
        for _ in range(count):
            self._complete(*self.waiting.pop())

    def _complete(self, process_pk: int, task_pk: int) -> None:
        """What viewflow's own view does with a form that was sent, without the web around it."""
        from django.db import transaction

        with self._flow.lock(process_pk), transaction.atomic():
            task = self._flow.task_class.objects.get(pk=task_pk)
            if task.process.flow_class != self._flow:
                raise RuntimeError("a task of another flow")
            activation = task.flow_task.activation_class(task)
            if not task.flow_task.can_execute(self._somebody, task):
                raise RuntimeError("somebody else's task")
            activation.start(None)
            activation.process.data["found"] = "nothing"
            activation.process.save()
            activation.execute()


def _set_up(conninfo: str) -> None:
    found = conninfo_to_dict(conninfo)
    settings.configure(
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "viewflow",
            "viewflow.workflow",
            _HERE,
        ],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": found["dbname"],
                "USER": found.get("user", ""),
                "HOST": found.get("host", ""),
                "PORT": found.get("port", ""),
                "CONN_MAX_AGE": None,
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        DEBUG=False,
    )
    django.setup()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
