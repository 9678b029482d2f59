"""What changes between two versions of a file of decisions."""

from clearway.decisions.compare.changes import Change, Kind, Part
from clearway.decisions.compare.elements import compare

__all__ = ["Change", "Kind", "Part", "compare"]
