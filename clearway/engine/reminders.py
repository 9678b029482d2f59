"""When whoever has not voted is reminded: parts of the time until the deadline."""

from fractions import Fraction

MOST_REMINDERS = 5


def reminders(text: str) -> tuple[Fraction, ...] | None:
    """`0.5 0.75` -> one half and three quarters; None for what is no such list.

    Each is above 0 and below 1 and later than the one before; there are up to MOST_REMINDERS.
    """
    try:
        parts = tuple(Fraction(part) for part in text.split())
    except (ValueError, ZeroDivisionError):
        return None
    rising = all(one < other for one, other in zip((Fraction(0), *parts), parts, strict=False))
    return (
        parts if rising and all(it < 1 for it in parts) and len(parts) <= MOST_REMINDERS else None
    )
