"""How much a check may look at, so that it ends however large a table is."""

LOOKS = 300_000


class OutOfLooks(Exception):
    """The bound was reached before it was known."""


class Looking:
    """What is left to one check of one table; a look takes some microseconds."""

    def __init__(self, left: int = LOOKS) -> None:
        self._left = left

    def spend(self, looks: int = 1) -> None:
        """So many looks; raises OutOfLooks."""
        self._left -= looks
        if self._left < 0:
            raise OutOfLooks
