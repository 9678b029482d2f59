"""Who reads the calendar in a program of their own, each known by the hash of a token."""

from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from clearway.store import schema


def set_feed(connection: Connection, person: str, hashed: str, now: datetime) -> None:
    """This token is the person's from now on; an earlier one is worth nothing any more."""
    values = {"token_hash": hashed, "made_at": now}
    connection.execute(
        insert(schema.calendar_feed)
        .values(person=person, **values)
        .on_conflict_do_update(index_elements=["person"], set_=values)
    )


def remove_feed(connection: Connection, person: str) -> bool:
    """Make the person's token worthless; False: there was none."""
    table = schema.calendar_feed
    return connection.execute(delete(table).where(table.c.person == person)).rowcount > 0


def feed_made_at(connection: Connection, person: str) -> datetime | None:
    """Since when the person has a token."""
    table = schema.calendar_feed
    return connection.execute(select(table.c.made_at).where(table.c.person == person)).scalar()


def person_of_feed(connection: Connection, hashed: str) -> str | None:
    """Whose token this is."""
    table = schema.calendar_feed
    return connection.execute(select(table.c.person).where(table.c.token_hash == hashed)).scalar()
