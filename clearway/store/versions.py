"""The deployed versions of processes: their manifests, and the bytes behind the hashes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, RowMapping, func, insert, select, text
from sqlalchemy.dialects import postgresql

from clearway.store import schema
from clearway.store.errors import ContentMissing
from clearway.store.rows import Json

_LOCK_SPACE = 7_210_004  # first key of the advisory locks that line up deployments of a process


@dataclass(frozen=True)
class Version:
    """One deployed version: what it consists of, and who put it there and why."""

    id: int
    process: str
    number: int
    parent: int | None
    hash: str
    manifest: Mapping[str, str]
    deployed_at: datetime
    deployed_by: str
    reason: str
    evidence: Json


def lock_process(connection: Connection, process: str) -> None:
    """Let no one else deploy this process until the transaction ends."""
    connection.execute(select(func.pg_advisory_xact_lock(_LOCK_SPACE, func.hashtext(process))))


def current(connection: Connection, process: str) -> Version | None:
    """The newest version of a process."""
    table = schema.version
    statement = select(table).where(table.c.process == process).order_by(table.c.number.desc())
    return _version(connection.execute(statement.limit(1)).mappings().first())


def by_number(connection: Connection, process: str, number: int) -> Version | None:
    """This version of a process."""
    table = schema.version
    statement = select(table).where(table.c.process == process, table.c.number == number)
    return _version(connection.execute(statement).mappings().first())


def by_id(connection: Connection, version_id: int) -> Version | None:
    """The version with this id."""
    statement = select(schema.version).where(schema.version.c.id == version_id)
    return _version(connection.execute(statement).mappings().first())


def load(connection: Connection, version_id: int) -> tuple[Version, Mapping[str, bytes]] | None:
    """The version with this id and its files."""
    version = by_id(connection, version_id)
    return version and (version, contents(connection, version.manifest))


def current_ids(connection: Connection) -> dict[str, int]:
    """Process -> the id of its newest version."""
    table = schema.version
    statement = (
        select(table.c.process, table.c.id)
        .distinct(table.c.process)
        .order_by(table.c.process, table.c.number.desc())
    )
    return {row[0]: row[1] for row in connection.execute(statement)}


def all_of(connection: Connection, process: str) -> list[Version]:
    """Every version of a process, the newest first."""
    table = schema.version
    statement = select(table).where(table.c.process == process).order_by(table.c.number.desc())
    found = (_version(row) for row in connection.execute(statement).mappings())
    return [version for version in found if version is not None]


def open_instances(connection: Connection) -> dict[int, int]:
    """Version id -> how many of its instances have not ended."""
    table = schema.instance
    statement = (
        select(table.c.version_id, func.count())
        .where(table.c.ended_at.is_(None))
        .group_by(table.c.version_id)
    )
    return {row[0]: row[1] for row in connection.execute(statement)}


def open_by_process(connection: Connection) -> dict[str, int]:
    """Process -> how many of its records have not ended."""
    table = schema.instance
    statement = (
        select(table.c.process, func.count())
        .where(table.c.ended_at.is_(None))
        .group_by(table.c.process)
    )
    return {row[0]: row[1] for row in connection.execute(statement)}


def registry_roles(connection: Connection) -> frozenset[str]:
    """Every role that some group has."""
    return frozenset(connection.execute(select(schema.group_role.c.role).distinct()).scalars())


def contents(connection: Connection, manifest: Mapping[str, str]) -> dict[str, bytes]:
    """Path -> bytes, for every path of a manifest. Raises ContentMissing."""
    table = schema.content
    statement = select(table.c.hash, table.c.bytes).where(table.c.hash.in_(manifest.values()))
    found: dict[str, bytes] = {
        hashed: bytes(content) for hashed, content in connection.execute(statement)
    }
    if missing := [path for path, hashed in manifest.items() if hashed not in found]:
        raise ContentMissing(
            f"The database does not hold {', '.join(missing)} any more: restore it from a backup."
        )
    return {path: found[hashed] for path, hashed in manifest.items()}


def keep_contents(connection: Connection, files: Mapping[str, bytes]) -> dict[str, str]:
    """Keep these bytes under their hashes; answers the manifest."""
    manifest = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    rows = {hashed: files[path] for path, hashed in manifest.items()}
    statement = postgresql.insert(schema.content).values(
        [{"hash": hashed, "bytes": content} for hashed, content in rows.items()]
    )
    connection.execute(statement.on_conflict_do_nothing())
    return dict(sorted(manifest.items()))


def add(connection: Connection, version: Version) -> int:
    """Write a version (its id is ignored); answers the id it got."""
    values: dict[str, object] = {
        name: value for name, value in vars(version).items() if name != "id"
    }
    statement = insert(schema.version).values(values).returning(schema.version.c.id)
    return connection.execute(statement).scalar_one()


def make_key_sequence(connection: Connection, prefix: str) -> None:
    """Let record keys with this prefix count from 1001. The prefix is capital letters only."""
    name = key_sequence(prefix)
    if not name.isidentifier():
        raise ValueError(f"{prefix!r} is no prefix of record keys")
    connection.execute(text(f"CREATE SEQUENCE IF NOT EXISTS {name} START WITH 1001"))


def key_sequence(prefix: str) -> str:
    """The name of the sequence that counts the record keys with this prefix."""
    return f"record_key_{prefix.lower()}"


def _version(row: RowMapping | None) -> Version | None:
    return Version(**cast(dict[str, Any], dict(row))) if row else None
