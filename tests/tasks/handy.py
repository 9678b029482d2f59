"""What the tests of the tasks do again and again: find a person, look at a record, do the work."""

from clearway.service.house import House
from clearway.service.record import record
from clearway.service.registry import actor_of
from clearway.service.values import Actor, RecordView
from tasks.dispatcher import Counts, Dispatcher


def person(house: House, name: str) -> Actor:
    found = actor_of(house, name)
    assert found is not None
    return found


def seen(house: House, actor: Actor, key: str) -> RecordView:
    view = record(house, actor, key)
    assert isinstance(view, RecordView), view
    return view


def drain(worker: Dispatcher) -> Counts:
    """Let the worker do everything that is due, and what follows from it."""
    total = Counts()
    while found := worker.turn():
        total += found
    return total
