"""As which user the embedded PostgreSQL runs: it refuses to be root."""

import os
import pwd
from pathlib import Path

from clearway.leash import RunAs
from clearway.store.postgres_binaries import PostgresError

_UNPRIVILEGED = "nobody"


def choose_owner(folder: Path, *, passes: list[Path]) -> RunAs | None:
    """The user to run as, or None for whoever starts it.

    Root hands the server to the owner of the data `folder`, or to `nobody` when there is none
    yet; `passes` are the places this user must be able to reach. Raises PostgresError when the
    folder belongs to somebody else.
    """
    me = os.geteuid()
    owner = folder.stat().st_uid if folder.exists() else None
    if me != 0:
        _refuse_foreign(folder, owner, me)
        return None
    uid, gid = _unprivileged() if not owner else (owner, folder.stat().st_gid)
    return RunAs(uid=uid, gid=gid, reach=not all(_is_open(place) for place in passes))


def _refuse_foreign(folder: Path, owner: int | None, me: int) -> None:
    if owner is not None and owner != me:
        raise PostgresError(
            f"The data folder {folder} belongs to user {owner} and you are user {me}: "
            "start as that user (or as root), or choose another folder with CLEARWAY_HOME."
        )


def _unprivileged() -> tuple[int, int]:
    try:
        entry = pwd.getpwnam(_UNPRIVILEGED)
    except KeyError as error:
        raise PostgresError(
            f"PostgreSQL does not run as root and the user `{_UNPRIVILEGED}` is missing: "
            "start as an ordinary user."
        ) from error
    return entry.pw_uid, entry.pw_gid


def _is_open(place: Path) -> bool:
    """Whether everybody may pass through all folders on the way to `place`."""
    return all(parent.stat().st_mode & 0o001 for parent in place.resolve().parents)
