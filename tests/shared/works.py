"""A process whose records occupy a time, and a registry to plan in; it exists in tests only."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from clearway import engine
from clearway.engine.values import Bundle
from clearway.service.deliver import deliver_waiting
from clearway.service.deploy import deploy
from clearway.service.house import House
from clearway.service.jobs import claim_jobs, finish_job
from clearway.service.registry import import_csv
from clearway.service.start import start
from clearway.service.values import SYSTEM, Actor, Done
from integrations.silent import Silent
from tasks.catalogue import STEPS, Call, bind
from tasks.doors import doors_of

_PROCESSES = Path(__file__).resolve().parent.parent / "data" / "processes"


def works(**record: object) -> Bundle:
    """The process; `record` says what its record.json has otherwise."""
    bundle = engine.read_bundle(_PROCESSES, "works")
    path = "works/record.json"
    said = {**json.loads(bundle.files[path]), **record}
    return replace(bundle, files={**bundle.files, path: json.dumps(said).encode()})


REGISTRY: Mapping[str, str] = {
    "services": "name,title,criticality\npayroll,Payroll,1\nweb,Web site,2\n",
    "assets": "name,kind,title,criticality\ndb01,server,Database,1\nswitch,switch,Switch,1\n",
    "relations": "from,kind,to\npayroll,runs_on,db01\ndb01,depends_on,switch\n",
}


def furnish(house: House, admin: Actor) -> None:
    """Enter services and assets, one on the other: payroll on db01 on switch; web alone."""
    for table, text in REGISTRY.items():
        done = import_csv(house, admin, table, text, once=f"furnish {table}")
        assert isinstance(done, Done), done


def open_works(house: House, owner: Actor) -> House:
    """Deploy the process and furnish the registry."""
    house.steps = {**house.steps, "find_collisions": lambda _inputs: {}}
    furnish(house, SYSTEM)
    done = deploy(house, owner, works(), parent=None, reason="first", once="deploy works")
    assert isinstance(done, Done), done
    return house


def plan(house: House, actor: Actor, **values: object) -> str:
    """Open a record with this plan; answers its key. Its step is not yet answered."""
    done = start(house, actor, "works", values, once=secrets.token_hex(8))
    assert isinstance(done, Done), done
    return done.key


def answer_steps(house: House) -> None:
    """Let a worker run what waits: steps, and messages between records."""
    steps = bind(STEPS, Silent().by_name(), doors_of(house, base_url="https://clearway.example"))
    while deliver_waiting(house, 50) or _run_jobs(house, steps):
        pass


def _run_jobs(house: House, steps: Mapping[str, Call]) -> int:
    leased = claim_jobs(house, "worker", 50, timedelta(hours=1))
    for job in leased:
        answer = steps[job.step](job.inputs, str(job.id))
        done = finish_job(house, job.id, job.fence, answer)
        assert isinstance(done, Done), done
    return len(leased)
