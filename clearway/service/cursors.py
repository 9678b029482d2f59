"""Where the next page of a list begins, as text that travels in an address."""

import base64
import binascii
from datetime import datetime

from clearway.service.values import Refusal

BAD_CURSOR = Refusal("invalid", "This page does not exist.", "Begin again at the first page.")


def after_due(due: datetime | None, number: int) -> str:
    """The cursor behind a line that is ordered by its due instant and id."""
    return packed(f"{due.isoformat() if due else ''}~{number}")


def read_due(cursor: str | None) -> tuple[datetime | None, int] | None:
    """What `after_due` wrote; None for the first page, and for what nobody wrote."""
    due, _, number = unpacked(cursor or "").partition("~")
    try:
        return (datetime.fromisoformat(due) if due else None), int(number)
    except ValueError:
        return None


def packed(text: str) -> str:
    """A text as letters and digits."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def unpacked(cursor: str) -> str:
    """What `packed` wrote; empty for what nobody wrote."""
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (ValueError, binascii.Error):
        return ""


def read_number(cursor: str | None) -> int:
    """An id as a cursor; 0 for the first page, and for what is no number."""
    return int(cursor) if cursor and cursor.isdecimal() and len(cursor) < 19 else 0
