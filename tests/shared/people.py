"""People in the registry of a test: each role is a group of the same name."""

from collections.abc import Mapping, Sequence

import psycopg

from clearway.service.values import Actor

Members = Mapping[str, Sequence[str]]
"""Sign-in name -> roles."""


def enter(
    url: str, members: Members, *, zone: str = "UTC", password_hash: str | None = None
) -> None:
    """Enter them into the registry of this database."""
    roles = sorted({role for each in members.values() for role in each})
    person = "INSERT INTO person (name, full_name, zone, password_hash) VALUES (%s, %s, %s, %s)"
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.executemany(
            person, [(name, name.capitalize(), zone, password_hash) for name in members]
        )
        cursor.executemany(
            'INSERT INTO "group" (name, title) VALUES (%s, %s)', [(role, role) for role in roles]
        )
        cursor.executemany(
            "INSERT INTO group_role VALUES (%s, %s)", [(role, role) for role in roles]
        )
        cursor.executemany(
            "INSERT INTO membership (person, group_name) VALUES (%s, %s)",
            [(name, role) for name, each in members.items() for role in each],
        )


def actors(members: Members) -> Mapping[str, Actor]:
    """Who they are to the service, by name."""
    return {
        name: Actor(name, roles=frozenset(each), groups=frozenset(each))
        for name, each in members.items()
    }
