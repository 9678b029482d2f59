"""The tables of approvals: rounds, their seats, and the ballots cast in them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from clearway.store.schema_base import identity, instant, metadata

round_ = Table(
    "round",
    metadata,
    identity(),
    Column("work_item_id", BigInteger, ForeignKey("work_item.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("rule", Text, nullable=False),
    Column("excluded", ARRAY(Text), nullable=False, server_default="{}"),
    Column("result_field", Text, nullable=False),
    instant("opened_at"),
    instant("deadline", nullable=True),
    instant("closed_at", nullable=True),
    Column("outcome", Text),  # approved, rejected, deferred, undecided, voided
    Column("reason", Text),
    UniqueConstraint("work_item_id", "revision"),
)

seat = Table(
    "seat",
    metadata,
    identity(),
    Column("round_id", BigInteger, ForeignKey("round.id"), nullable=False),
    Column("name", Text, nullable=False),  # the seat's id in the diagram
    Column("role", Text),
    Column("person", Text),
    Column("mandatory", Boolean, nullable=False),
    Column("veto", Boolean, nullable=False),
    Column("chair", Boolean, nullable=False),
    UniqueConstraint("round_id", "name"),
    Column("is_open", Boolean, nullable=False, server_default=text("true")),  # so is its round
    Index("ix_seat_person", "person", postgresql_where=text("is_open")),
    Index("ix_seat_role", "role", postgresql_where=text("is_open AND person IS NULL")),
)

ballot = Table(
    "ballot",
    metadata,
    identity(),
    Column("seat_id", BigInteger, ForeignKey("seat.id"), nullable=False),
    Column("person", Text, nullable=False),
    Column("instead_of", Text),  # whose vote it is, when the person stood in
    Column("choice", Text, nullable=False),
    Column("reason", Text),
    Column("conditions", Text),
    instant("cast_at"),
    Column("replaced", Boolean, nullable=False, server_default=text("false")),
    Column("independent", Boolean),  # whether they said so; null: they were not asked
    Index("ix_ballot_seat_id", "seat_id"),
)
