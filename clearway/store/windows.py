"""The windows that are declared: freezes, and times for maintenance."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from clearway.store import schema


@dataclass(frozen=True)
class Window:
    """A time that is frozen or open for maintenance, once or again and again.

    `begins` and `ends` are what clocks in the IANA zone `zone` show the first time. `things` are
    services and assets; none: all. `repeats` is an RRULE of RFC 5545.
    """

    name: str
    kind: str
    title: str
    strength: str | None
    begins: str
    ends: str
    zone: str
    things: tuple[str, ...] = ()
    repeats: str | None = None


def all_windows(connection: Connection) -> list[Window]:
    """Every declared window, by name."""
    statement = select(schema.window).order_by(schema.window.c.name)
    return [
        Window(*row[:7], things=tuple(row.things), repeats=row.repeats)
        for row in connection.execute(statement)
    ]
