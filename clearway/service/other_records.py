"""Questions that steps and reports ask about other records than the one they work for."""

from collections.abc import Collection, Mapping
from datetime import datetime

from clearway.service.house import House
from clearway.store import other_records as rows
from clearway.store.other_records import OpenRecordDue, OtherRecord

__all__ = [
    "OpenRecordDue",
    "OtherRecord",
    "ended_between",
    "leading_to",
    "one_record",
    "open_with_due",
]


def one_record(house: House, key: str) -> OtherRecord | None:
    """The record with this key as it stands; None when there is none."""
    return house.store.ask(lambda it: rows.one_record(it, key))


def ended_between(
    house: House, process: str, fields: Mapping[str, object], since: datetime, until: datetime
) -> list[OtherRecord]:
    """The records of a process with these fields that ended after `since` and by `until`."""
    return house.store.ask(lambda it: rows.ended_between(it, process, fields, since, until))


def leading_to(house: House, kind: str, keys: Collection[str]) -> Mapping[str, list[OtherRecord]]:
    """Key -> the records from which a link of this kind leads to it."""
    return house.store.ask(lambda it: rows.leading_to(it, kind, keys))


def open_with_due(house: House, processes: Collection[str]) -> list[OpenRecordDue]:
    """Every open record of these processes, with the earliest time when a task of it is due."""
    return house.store.ask(lambda it: rows.open_with_due(it, processes))
