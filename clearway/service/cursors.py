"""Where the next page of a list begins, as text that travels in an address."""

import base64
import binascii
from datetime import datetime

from clearway.service.values import Refusal

BAD_CURSOR = Refusal("invalid", "This page does not exist.", "Begin again at the first page.")


def after_due(due: datetime | None, number: int) -> str:
    """The cursor behind a line that is ordered by its due instant and id."""
    text = f"{due.isoformat() if due else ''}~{number}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_due(cursor: str | None) -> tuple[datetime | None, int] | None:
    """What `after_due` wrote; None for the first page, and for what nobody wrote."""
    if not cursor:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        due, _, number = text.partition("~")
        return (datetime.fromisoformat(due) if due else None), int(number)
    except (ValueError, binascii.Error):
        return None


def read_number(cursor: str | None) -> int:
    """An id as a cursor; 0 for the first page, and for what is no number."""
    return int(cursor) if cursor and cursor.isdecimal() and len(cursor) < 19 else 0
