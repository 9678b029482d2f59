"""Which technical stops there are besides those that the process itself raises."""

from collections.abc import Sequence

from clearway.engine import StateError
from clearway.engine.values import ProcessFault


class OutOfOrder(ProcessFault):
    """The process is not to blame, and its owner cannot help: an administrator has to look."""


def unreadable(error: StateError) -> OutOfOrder:
    """The saved state is damaged, or belongs to another version or release."""
    return OutOfOrder(
        None,
        f"The record's saved state cannot be read: {error}",
        "Run `clearway verify`, bring the state back from a backup, then try again.",
    )


def broken_engine(error: Exception) -> OutOfOrder:
    """Something went wrong that must not: it stops this record only, where people see it."""
    return OutOfOrder(
        None,
        f"The engine stopped: {type(error).__name__}: {error}",
        "Report this to the makers of Clearway, with the record's key.",
    )


def gone(token: str) -> OutOfOrder:
    """The rows wait for something that the state does not wait for."""
    return OutOfOrder(
        None,
        f"The process does not wait for {token} any more.",
        "Run `clearway verify`: the database and the process disagree.",
    )


def stuck(elements: Sequence[str], names: Sequence[str]) -> ProcessFault:
    """After this turn the record would not have ended, and nothing could ever move it on."""
    if not elements:
        return ProcessFault(
            None,
            "It would wait for a condition alone, and nothing is left that could make it true.",
            "Decide or answer otherwise, or draw a timer or a message beside the condition.",
        )
    return ProcessFault(
        elements[0],
        f"It would wait for ever at {', '.join(names)}, for other branches that never come.",
        "Decide or answer otherwise, or cancel the record; draw an exclusive join where only one "
        "branch arrives.",
    )
