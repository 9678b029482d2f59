"""The tables of the calendar: declared windows, and who reads it in a program of their own."""

from sqlalchemy import Column, ForeignKey, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY

from clearway.store.schema_base import instant, metadata

window = Table(
    "window",
    metadata,
    Column("name", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # freeze, maintenance
    Column("title", Text, nullable=False),
    Column("strength", Text),  # of a freeze: hard, soft
    Column("begins", Text, nullable=False),  # the first time, as clocks in `zone` show it
    Column("ends", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("things", ARRAY(Text), nullable=False, server_default=text("'{}'")),  # none: all
    Column("repeats", Text),  # an RRULE of RFC 5545; null: once
)

calendar_feed = Table(
    "calendar_feed",
    metadata,
    Column("person", Text, ForeignKey("person.name"), primary_key=True),
    Column("token_hash", Text, nullable=False, unique=True),
    instant("made_at"),
)
