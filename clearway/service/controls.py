"""Questions of control tests: whole populations, and what earlier tests found."""

from collections.abc import Mapping
from datetime import datetime

from clearway.service.house import House
from clearway.store import controls
from clearway.store.controls import EndedRecord as Examined

__all__ = ["Examined", "examined_records", "exceptions_on_record"]


def examined_records(house: House, process: str, state: str, until: datetime) -> list[Examined]:
    """Every record of the process that had ended in this state by `until`, by key."""
    return house.store.ask(lambda it: controls.ended_records(it, process, state, until))


def exceptions_on_record(house: House, process: str, control: str) -> Mapping[str, str]:
    """Subject -> key of the record in which this control's finding about it is treated."""
    return house.store.ask(lambda it: controls.subjects(it, process, {"control": control}))
