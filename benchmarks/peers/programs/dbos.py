"""DBOS: a workflow of durable steps, each of them kept before the next one begins."""

import sys

import sqlalchemy
from dbos import DBOS
from psycopg.conninfo import conninfo_to_dict

from benchmarks.peers.programs.answering import Pipe


@DBOS.step()
def step(number: int) -> dict[str, object]:
    """Does nothing but answer what a form would have had."""
    return {"impact": 3, "urgency": 3, "assignment_group": "workplace", "number": number}


@DBOS.workflow()
def workflow(count: int) -> int:
    """So many steps, one after the other."""
    return sum(len(step(number)) for number in range(count))


def main(conninfo: str) -> None:
    """Make its tables, run a first workflow, then wait for orders."""
    pipe = Pipe()
    found = conninfo_to_dict(conninfo)
    url = sqlalchemy.URL.create(
        "postgresql+psycopg",
        username=str(found["user"]),
        database=str(found["dbname"]),
        query={"host": str(found["host"])},
    )
    DBOS(
        config={
            "name": "steps",
            "system_database_url": url.render_as_string(),
            "log_level": "WARNING",
            "enable_otlp": False,
        }
    )
    DBOS.launch()
    workflow(5)
    pipe.answer({"kept": len(DBOS.list_workflows())}, {"steps": workflow})
    DBOS.destroy()


if __name__ == "__main__":
    main(sys.argv[1])
