"""What is derived from history for heat maps: it can be emptied at any time and is written again.

No foreign keys: they would cost as much as the writing, of what is never the only copy.
"""

from sqlalchemy import BigInteger, Column, Double, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from clearway.store.schema_base import instant, metadata

told = Table(
    "told",  # up to which revision the stays and ways of an instance are written down
    metadata,
    Column("instance_id", BigInteger, primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False),
    Column("versions", ARRAY(BigInteger), nullable=False),  # all on which it ever was
)

stay = Table(
    "stay",  # one stay of a record at an element: a task, a step, a wait for an event
    metadata,
    Column("instance_id", BigInteger, nullable=False),
    Column("version_id", BigInteger, nullable=False),  # on which the record was then
    Column("source", Text, nullable=False),  # items, jobs, events
    Column("element", Text, nullable=False),
    instant("opened_at", nullable=True),  # null: history does not say
    instant("began_at", nullable=True),
    instant("ended_at", nullable=True),
    Column("outcome", Text),  # done, cancelled; null: still open
    Column("who", Text),
    instant("due_at", nullable=True),
    Column("waited", Double[float]()),  # seconds; null: not known
    Column("worked", Double[float]()),
    Column("overrun", Double[float]()),  # null: in time
    Index("ix_stay_instance_id", "instance_id"),
    Index("ix_stay_version_id", "version_id", "element"),
)

way = Table(
    "way",  # what one command completed, and which flows gateways chose
    metadata,
    Column("instance_id", BigInteger, nullable=False),
    Column("version_id", BigInteger, nullable=False),
    instant("at"),
    Column("who", Text, nullable=False),
    Column("passed", JSONB, nullable=False),
    Column("flows", JSONB, nullable=False),
    Index("ix_way_instance_id", "instance_id"),
    Index("ix_way_version_id", "version_id"),
)
