"""Reads the files of decisions that are named on the command line, or says why it cannot."""

from pathlib import Path
from typing import TYPE_CHECKING

from clearway.cli.output import stop
from clearway.engine.bundle import Unreadable, read_file
from clearway.errors import ClearwayError

if TYPE_CHECKING:
    from clearway.decisions import Decisions

NAME_A_TABLE = "Name a .dmn file."


def decisions_or_stop(path: Path) -> "Decisions":
    """The decisions of a file; ends with 2 and one sentence when it cannot be read."""
    from clearway.decisions.files import decisions_at

    try:
        return decisions_at(path, read_file)
    except (OSError, ClearwayError) as error:
        stop(unreadable(path, error), 2)


def unreadable(path: Path, error: Exception) -> str:
    """One sentence for people: what cannot be read, why, and what to do."""
    problem, remedy = why_unreadable(error)
    return f"{path} cannot be read: {problem} {remedy}".rstrip()


def why_unreadable(error: Exception) -> tuple[str, str]:
    """The problem as a sentence, and its remedy."""
    from clearway.decisions import DecisionError

    if isinstance(error, DecisionError):
        return f"{error.cause}.", error.remedy
    if isinstance(error, Unreadable):
        return error.problem, error.remedy
    if isinstance(error, OSError):
        return f"{error.strerror}.", NAME_A_TABLE
    return str(error), NAME_A_TABLE
