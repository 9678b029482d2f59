"""A sample that everybody can draw again: by the key of a record, never by chance."""

from hashlib import sha256


def is_drawn(key: str, percent: int) -> bool:
    """Whether the record is in the sample of `percent` of all (0 to 100); always the same answer.

    The key is hashed: the draw follows no pattern of the numbers, and whoever doubts it can draw
    again. Raises ValueError for another share.
    """
    if not 0 <= percent <= 100:
        raise ValueError(f"a sample of {percent} percent cannot be drawn; say 0 to 100")
    number = int.from_bytes(sha256(key.encode()).digest()[:8], "big")
    return number % 100 < percent
