"""Where a record stands, for the platform's own channels and steps."""

from dataclasses import dataclass

from clearway.service.house import House
from clearway.store.search import state_of


@dataclass(frozen=True)
class Standing:
    """A record's state as shown, and whether it has ended."""

    state: str | None
    ended: bool


def standing(house: House, key: str) -> Standing | None:
    """Where the record stands; None when there is none. It asks for nobody's permission."""
    found = house.store.ask(lambda it: state_of(it, key))
    return Standing(found[0], found[1]) if found else None
