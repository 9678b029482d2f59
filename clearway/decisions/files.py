"""Decisions from the disk, with the files beside them that they import."""

from collections import defaultdict
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from clearway.decisions.errors import NotUnderstood, Place
from clearway.decisions.markup import children, definitions
from clearway.decisions.reader import Decisions, read_decisions
from clearway.errors import ClearwayError

DEEPEST = 20
"""So many files may import each other in a row."""

Read = Callable[[Path], bytes]


def decisions_at(path: Path, read: Read = Path.read_bytes) -> Decisions:
    """The decisions of a file; what it imports is found by namespace among the `.dmn` files beside.

    A file beside it that cannot be read counts as not there, and circles of imports are refused as
    such. Raises what `read` raises, and NotUnderstood when the file is none of decisions.
    """
    return _Folder(path.parent, read).decisions(path, ())


class _Folder:
    def __init__(self, folder: Path, read: Read) -> None:
        self._folder = folder
        self._read = read

    def decisions(self, path: Path, above: tuple[Path, ...]) -> Decisions:
        """The decisions of a file that the files `above` import."""
        if len(above) > DEEPEST:
            cause = f"imports nest deeper than {DEEPEST}"
            raise NotUnderstood(Place(path.name), cause, "Put what belongs together into one file.")
        xml = self._read(path)
        elements = children(definitions(xml, path.name), "import")
        known: dict[str, Decisions] = {}
        for namespace in dict.fromkeys(each.get("namespace") for each in elements):
            imported = self._imported(namespace, path, above)
            if imported is not None:
                known[namespace] = self.decisions(imported, (*above, path))
        return read_decisions(xml, path.name, imports=known)

    def _imported(self, namespace: str, path: Path, above: tuple[Path, ...]) -> Path | None:
        files = [each for each in self._by_namespace[namespace] if each not in (path, *above)]
        if len(files) > 1:
            names = " and ".join(f"`{each.name}`" for each in files[:2])
            cause = f"{names} both have the namespace `{namespace}`, which it imports"
            raise NotUnderstood(Place(path.name), cause, "Give one of them another namespace.")
        return files[0] if files else None

    @cached_property
    def _by_namespace(self) -> "defaultdict[str, list[Path]]":
        found: defaultdict[str, list[Path]] = defaultdict(list)
        for path in sorted(self._folder.glob("*.dmn")):
            try:
                found[definitions(self._read(path), path.name).get("namespace")].append(path)
            except (OSError, ClearwayError):
                continue
        return found
