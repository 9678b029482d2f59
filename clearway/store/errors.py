"""What can go wrong between Clearway and its database."""

from clearway.errors import ClearwayError


class StoreError(ClearwayError):
    """Base of what the store raises."""


class Unavailable(StoreError):
    """The database could not be reached for as long as we were ready to wait; try again later."""


class DiskFull(Unavailable):
    """The database's disk is full, and nothing of this was carried out; only room helps."""


class Contended(StoreError):
    """Others changed the same rows again and again; try again later."""


class ContentMissing(ClearwayError):
    """The bytes of a file of a version or of a draft are not in the database any more."""


class Superseded(StoreError):
    """What was loaded is no longer so: raised inside a transaction to have it run again."""
