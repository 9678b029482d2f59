"""What a command outside any instance leaves behind: its line of history and its first answer."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, func, insert, select

from clearway.store import jsonb, schema
from clearway.store.leaf import leaf

_LOCK_SPACE = 7_210_003  # first key of the advisory locks that line up repeated commands


@dataclass(frozen=True)
class FirstAnswer:
    """What a command with this key answered the first time."""

    command: str
    request_hash: str
    answer: Mapping[str, object]


@dataclass(frozen=True)
class RegistryEntry:
    """A line of history that belongs to no instance."""

    id: int
    at: datetime
    actor: str
    command: str
    details: Mapping[str, object]


def entries_of_registry(connection: Connection, limit: int = 100) -> list[RegistryEntry]:
    """The newest lines of history that belong to no instance."""
    table = schema.entry
    statement = (
        select(table.c.id, table.c.at, table.c.actor, table.c.command, table.c.details)
        .where(table.c.instance_id.is_(None))
        .order_by(table.c.id.desc())
        .limit(limit)
    )
    return [RegistryEntry(*row) for row in connection.execute(statement)]


def request_hash(command: str, request: object) -> str:
    """What tells a repeated request from another one with the same key."""
    return hashlib.sha256(command.encode() + b"\0" + jsonb.canonical(request)).hexdigest()


def first_answer(connection: Connection, key: str) -> FirstAnswer | None:
    """The answer kept for this key; whoever asks for the same key waits until we are done."""
    connection.execute(select(func.pg_advisory_xact_lock(_LOCK_SPACE, func.hashtext(key))))
    table = schema.answer
    row = connection.execute(
        select(table.c.command, table.c.request_hash, table.c.answer).where(table.c.key == key)
    ).first()
    return FirstAnswer(row[0], row[1], cast(Mapping[str, object], row[2])) if row else None


def keep_answer(connection: Connection, key: str, first: FirstAnswer, at: datetime) -> None:
    """Keep the answer for whoever delivers the same command again."""
    connection.execute(
        insert(schema.answer).values(
            key=key,
            command=first.command,
            request_hash=first.request_hash,
            answer=dict(first.answer),
            at=at,
        )
    )


def add_entry(
    connection: Connection,
    *,
    at: datetime,
    actor: str,
    command: str,
    details: Mapping[str, object],
) -> None:
    """Write a line of history that belongs to no instance."""
    exact = cast(dict[str, object], jsonb.exact(dict(details)))
    hashed = leaf(
        key=None,
        revision=0,
        at=at,
        actor=actor,
        command=command,
        kind="registry",
        element=None,
        state_before=None,
        state_after=None,
        details=exact,
    )
    connection.execute(
        insert(schema.entry).values(
            revision=0,
            at=at,
            actor=actor,
            command=command,
            kind="registry",
            details=exact,
            leaf=hashed,
        )
    )
