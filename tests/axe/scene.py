"""Where the axe falls: people, processes in two versions, and a house on a database of its own."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from clearway import engine
from clearway.engine.values import Bundle
from clearway.now import HandClock, TimeSource
from clearway.service.deploy import deploy
from clearway.service.house import House
from clearway.service.values import SYSTEM, Actor, Done, Refusal
from clearway.service.workshop.views import Outdated, Saved
from clearway.store import versions
from clearway.store.database import Store
from clearway.store.sessions import Session, add_session, token_hash

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from people import enter

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KNOWN_TOKEN = "a session that is there from the beginning"
DESPITE = "despite scenarios: only a test"

_MEMBERS = {
    "alice": ("requester",),
    "bob": ("requester", "desk"),
    "carol": ("requester", "desk"),
    "dave": ("requester", "board", "chair"),
    "erin": ("requester", "board"),
    "frank": ("requester", "process_owner"),
    "grace": ("requester", "process_owner"),
}
_FOLDERS = {
    "errand": ROOT / "tests" / "data" / "processes",
    "beacon": ROOT / "tests" / "data" / "processes",
    "chatter": HERE / "processes",
    "convoy": HERE / "processes",
    "mill": HERE / "processes",
}


def actor(name: str) -> Actor:
    """A person of the registry; each role is a group of the same name."""
    roles = frozenset(_MEMBERS[name])
    return Actor(name, roles=roles, groups=roles)


def bundle(process: str, *changes: tuple[str, str]) -> Bundle:
    """A process as it lies in its folder, or with texts of its diagram replaced."""
    read = engine.read_bundle(_FOLDERS[process], process)
    files = dict(read.files)
    xml = files[f"{process}/{process}.bpmn"].decode()
    for before, after in changes:
        if before not in xml:
            raise AssertionError(before)
        xml = xml.replace(before, after)
    files[f"{process}/{process}.bpmn"] = xml.encode()
    return Bundle(process, files)


def errand_2() -> Bundle:
    """The newer version of the errand."""
    return bundle("errand", ('name="Bring it"', 'name="Carry it"'), ("P1D<", "P2D<"))


def errand_3() -> Bundle:
    """The newest, which takes whatever was called in for the name of a thing."""
    return bundle("errand", ('value="message.what"', 'value="string(message.what)"'))


def mill_2() -> Bundle:
    """A mill where grinding is called otherwise."""
    drawn = bundle("mill", ('"grind"', '"crush"'), (">grind<", ">crush<"), ('"Grind"', '"Crush"'))
    files = dict(drawn.files)
    files["mill/forms/crush.json"] = files.pop("mill/forms/grind.json")
    return Bundle("mill", dict(sorted(files.items())))


@contextmanager
def opened(url: str, now: TimeSource | None = None, connections: int = 10) -> Iterator[House]:
    """A house on this database."""
    store = Store(url, connections=connections)
    try:
        yield House(store, now or HandClock(MORNING), steps=dict.fromkeys(STEPS, _answer))
    finally:
        store.close()


def warm(house: House) -> None:
    """Have the newest versions in memory, and a connection at hand for questions and commands."""
    house.store.look(lambda it: it.one("SELECT 1", {}))
    for process in sorted(house.store.ask(versions.current_ids)):
        house.current(process)


STEPS = ("fetch", "charge")


def _answer(_inputs: object) -> dict[str, object]:
    return {"place": "shelf"}


def furnish(url: str, *bundles: Bundle) -> None:
    """People, a session of bob, and these bundles deployed one after the other."""
    enter(url, _MEMBERS)
    with opened(url) as house:
        deploy_more(house, *bundles)
        session = Session("bob", "csrf", MORNING, MORNING + timedelta(hours=12))
        hashed = token_hash(KNOWN_TOKEN)
        house.store.change(lambda connection: add_session(connection, hashed, session))


def deploy_more(house: House, *bundles: Bundle) -> None:
    """Deploy these bundles one after the other, as versions of their processes."""
    numbers: dict[str, int] = {}
    for one in bundles:
        parent = numbers.get(one.process)
        once = f"deploy {one.process} {parent}"
        done = deploy(house, SYSTEM, one, parent=parent, reason=DESPITE, once=once)
        if not isinstance(done, Done):
            raise AssertionError(done)
        numbers[one.process] = (parent or 0) + 1


def told(result: object) -> dict[str, Any]:
    """What a command answered, as JSON can carry it from one process to another."""
    if isinstance(result, Done | Refusal):
        return {"kind": type(result).__name__, **json.loads(json.dumps(asdict(result)))}
    if isinstance(result, Saved):
        return {"kind": "Saved", "is_new": result.is_new, "hash": result.hash}
    if isinstance(result, Outdated):
        return {"kind": "Outdated", "text": result.refusal.text}
    if isinstance(result, list):
        return {"kind": "list", "length": len(result)}
    if result is None or isinstance(result, bool | int):
        return {"kind": "value", "value": result}
    if is_dataclass(result) and hasattr(result, "there"):
        return {"kind": "Summary", "moved": result.moved, "there": result.there}
    return {"kind": type(result).__name__}
