"""Who is signed in: sessions, API tokens and failed attempts, each known by its hash only."""
# ruff: noqa: S608 - the statements are put together from our own texts only

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from clearway.store import schema
from clearway.store.database import Transaction
from clearway.store.registry import PERSON, Person, as_person

# Every page asks it: one statement, prepared.
_SIGNED_IN = f"""SELECT s.person, s.csrf, s.seen_at, s.expires_at, {PERSON}
FROM session s JOIN person p ON p.name = s.person
WHERE s.token_hash = %(hash)s AND s.expires_at > %(now)s AND s.seen_at > %(since)s AND p.active"""
_NO_END = datetime(9999, 1, 1, tzinfo=UTC)  # in a column that is never empty
_LOCK_SPACE = 7_210_002  # first key of the advisory locks that line up attempts for one name


@dataclass(frozen=True)
class Session:
    """A live session: whose, its CSRF secret, when it was last used and when it ends for sure."""

    person: str
    csrf: str
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class ApiToken:
    """What a bearer token stands for: a person, or a channel with roles of its own.

    `expires_at` is None for one that has no end.
    """

    name: str
    person: str | None
    roles: tuple[str, ...]
    expires_at: datetime | None


def token_hash(token: str) -> str:
    """What is stored of a token: its sha-256, in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


# --- sessions ----------------------------------------------------------------------------------


def add_session(connection: Connection, hashed: str, session: Session) -> None:
    """Store a session that begins now; the same one again changes nothing."""
    connection.execute(
        # The answer to the first commit may have been lost on its way.
        upsert(schema.session)
        .values(
            token_hash=hashed,
            person=session.person,
            csrf=session.csrf,
            created_at=session.seen_at,
            seen_at=session.seen_at,
            expires_at=session.expires_at,
        )
        .on_conflict_do_nothing(index_elements=["token_hash"])
    )


def signed_in(
    transaction: Transaction, hashed: str, now: datetime, idle: timedelta
) -> tuple[Session, Person] | None:
    """The session with this hash and its person.

    None when it expired, was idle for too long, or the person has left.
    """
    values = {"hash": hashed, "now": now, "since": now - idle}
    row = transaction.one(_SIGNED_IN, values)
    return (Session(*row[:4]), as_person(row[4:])) if row else None


def touch_session(connection: Connection, hashed: str, now: datetime) -> None:
    """The session was used now."""
    table = schema.session
    connection.execute(update(table).where(table.c.token_hash == hashed).values(seen_at=now))


def end_session(connection: Connection, hashed: str) -> None:
    """Nobody is signed in with this token any more."""
    connection.execute(delete(schema.session).where(schema.session.c.token_hash == hashed))


def end_sessions_of(connection: Connection, people: Sequence[str]) -> int:
    """Sign these people out everywhere; answers from how many places."""
    table = schema.session
    return connection.execute(delete(table).where(table.c.person.in_(people))).rowcount


def remove_dead_sessions(connection: Connection, now: datetime, idle: timedelta) -> int:
    """Forget the sessions and API tokens that nobody can use any more."""
    table, token = schema.session, schema.api_token
    ended = or_(table.c.expires_at <= now, table.c.seen_at <= now - idle)
    gone = connection.execute(delete(table).where(ended)).rowcount
    return gone + connection.execute(delete(token).where(token.c.expires_at <= now)).rowcount


# --- API tokens --------------------------------------------------------------------------------


def add_api_token(connection: Connection, hashed: str, token: ApiToken, now: datetime) -> None:
    """Store an API token; the same one again changes what it stands for."""
    values = {
        "name": token.name,
        "person": token.person,
        "roles": list(token.roles),
        "expires_at": token.expires_at or _NO_END,
    }
    connection.execute(
        upsert(schema.api_token)
        .values(token_hash=hashed, created_at=now, **values)
        .on_conflict_do_update(index_elements=["token_hash"], set_=values)
    )


def live_api_token(connection: Connection, hashed: str, now: datetime) -> ApiToken | None:
    """The API token with this hash, unless it expired."""
    table = schema.api_token
    row = connection.execute(
        select(table.c.name, table.c.person, table.c.roles, table.c.expires_at).where(
            table.c.token_hash == hashed, table.c.expires_at > now
        )
    ).first()
    return _api_token(row) if row else None


def api_token_names(connection: Connection) -> list[ApiToken]:
    """The API tokens there are; what they read is nowhere."""
    table = schema.api_token
    columns = (table.c.name, table.c.person, table.c.roles, table.c.expires_at)
    rows = connection.execute(select(*columns).order_by(table.c.name, table.c.created_at))
    return [_api_token(row) for row in rows]


def remove_api_tokens(connection: Connection, name: str) -> int:
    """The tokens of this name are worth nothing any more; answers how many there were."""
    table = schema.api_token
    return connection.execute(delete(table).where(table.c.name == name)).rowcount


def _api_token(row: Row[tuple[str, str | None, list[str], datetime]]) -> ApiToken:
    name, person, roles, expires_at = row
    return ApiToken(name, person, tuple(roles), None if expires_at == _NO_END else expires_at)


# --- failed attempts ---------------------------------------------------------------------------


def attempts_since(
    connection: Connection, name: str, since: datetime
) -> list[tuple[str, datetime]]:
    """Failed and unfinished attempts to sign in with this name: from where, and when.

    Lines up everybody who asks for the same name until the transaction ends, so that many
    guesses at once are counted one by one.
    """
    connection.execute(select(func.pg_advisory_xact_lock(_LOCK_SPACE, func.hashtext(name))))
    table = schema.sign_in_failure
    statement = (
        select(table.c.source, table.c.at)
        .where(table.c.name == name, table.c.at > since)
        .order_by(table.c.at)
    )
    return [(source, at) for source, at in connection.execute(statement)]


def add_attempt(connection: Connection, name: str, source: str, now: datetime) -> None:
    """Count an attempt before its password is looked at."""
    connection.execute(insert(schema.sign_in_failure).values(name=name, source=source, at=now))


def forget_attempts(connection: Connection, name: str, source: str) -> None:
    """The right password was given from there."""
    table = schema.sign_in_failure
    connection.execute(delete(table).where(table.c.name == name, table.c.source == source))


def remove_old_attempts(connection: Connection, before: datetime) -> int:
    """Forget attempts that no longer count."""
    table = schema.sign_in_failure
    return connection.execute(delete(table).where(table.c.at <= before)).rowcount
