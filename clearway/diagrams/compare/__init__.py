"""What changes between two versions of the files of one process."""

from clearway.diagrams.compare.bundles import compare
from clearway.diagrams.compare.changes import Change, Comparison, Kind
from clearway.diagrams.compare.tree import NotComparable

__all__ = ["Change", "Comparison", "Kind", "NotComparable", "compare"]
