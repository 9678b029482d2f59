"""What changes between two versions of a process, for who may read how much of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clearway.diagrams.compare import Change, Comparison, Kind, NotComparable, compare
from clearway.engine.values import Bundle
from clearway.service.house import House
from clearway.service.permissions import refuse_unless
from clearway.service.values import Actor, Refusal
from clearway.store import versions
from clearway.store.database import Connection
from clearway.store.versions import Version

_STRONGEST = (Kind.ADDED, Kind.REMOVED, Kind.MOVED, Kind.RENAMED, Kind.CHANGED)


@dataclass(frozen=True)
class FileChanges:
    """The changes of one file; `is_shown`: it is the diagram whose two states are pictured."""

    file: str
    changes: Sequence[Change]
    is_shown: bool

    @property
    def is_diagram(self) -> bool:
        """Whether it could be pictured."""
        return self.file.endswith(".bpmn")


@dataclass(frozen=True)
class ChangesView:
    """What changes between two bundles, file by file, and what to mark in both pictures of `shown`.

    `marks_before` and `marks_after`: element id -> what became of it. `was`: id now -> id before,
    for the elements whose id changed.
    """

    shown: str
    files: Sequence[FileChanges]
    marks_before: Mapping[str, Kind]
    marks_after: Mapping[str, Kind]
    was: Mapping[str, str]
    layout: Sequence[str]
    layout_sentence: str
    text_sentence: str

    @property
    def count(self) -> int:
        """How many changes there are."""
        return sum(len(it.changes) for it in self.files)


@dataclass(frozen=True)
class VersionChanges:
    """Two versions of a process and what changes; `whole`: all files, not the diagram alone."""

    before: Version
    after: Version
    changes: ChangesView
    whole: bool


def changes_between(
    house: House, actor: Actor, process: str, before: int, after: int, shown: str = ""
) -> VersionChanges | Refusal:
    """What changes from one version to another; `shown` is the diagram to picture, or its own.

    Everybody may read the diagrams; what changes in the other files is told to those who may read
    the files of a version.
    """
    if (refusal := refuse_unless(actor, "changes_between")) is not None:
        return refusal
    whole = refuse_unless(actor, "pull") is None

    def find(connection: Connection) -> list[tuple[Version, Bundle]] | int:
        found: list[tuple[Version, Bundle]] = []
        for number in (before, after):
            version = versions.by_number(connection, process, number)
            if version is None:
                return number
            found.append((version, _files(connection, version, whole=whole)))
        return found

    found = house.store.ask(find)
    if isinstance(found, int):
        return _no_version(process, found)
    (one, old), (other, new) = found
    own = f"{process}/{process}.bpmn"
    there = {path for path in (*old.files, *new.files) if path.endswith(".bpmn")}
    if shown and shown not in {own, *there}:
        told = f"Neither version {before} nor version {after} has the diagram {shown}."
        return Refusal("not_found", told, "Choose one from the list of changes.")
    view = changes_view(old, new, shown or own)
    return view if isinstance(view, Refusal) else VersionChanges(one, other, view, whole)


def drawing_of(
    house: House, actor: Actor, process: str, number: int, file: str = ""
) -> bytes | Refusal:
    """A version's diagram as it was deployed, also one that this release could not run any more.

    `file`: another diagram of the version, for who may read its files.
    """
    own = f"{process}/{process}.bpmn"
    path = file or own
    if (refusal := refuse_unless(actor, "diagram" if path == own else "pull")) is not None:
        return refusal

    def find(connection: Connection) -> bytes | None:
        version = versions.by_number(connection, process, number)
        if version is None:
            return None
        return _files(connection, version, whole=path != own).files.get(path)

    found = house.store.ask(find) if path.endswith(".bpmn") else None
    return _no_version(process, number) if found is None else found


def changes_view(before: Bundle, after: Bundle, shown: str = "") -> ChangesView | Refusal:
    """What changes from one bundle to another of the same process; refused when unreadable.

    `shown`: the diagram that is pictured; the process's own when it is not said.
    """
    try:
        found = compare(before, after)
    except NotComparable as error:
        return Refusal("invalid", f"{error.file} cannot be read: {error.cause}", error.remedy)
    shown = shown or f"{after.process}/{after.process}.bpmn"
    renamed = found.renamed.get(shown, {})
    was = {now: it for it, now in renamed.items()}
    marks = _marks(found, shown)
    return ChangesView(
        shown=shown,
        files=_by_file(found, shown),
        marks_before={
            was.get(it, it): kind for it, kind in marks.items() if kind is not Kind.ADDED
        },
        marks_after={it: kind for it, kind in marks.items() if kind is not Kind.REMOVED},
        was=was,
        layout=sorted(found.layouts.get(shown, ())),
        layout_sentence=found.layout_sentence,
        text_sentence=found.text_sentence,
    )


def _no_version(process: str, number: int) -> Refusal:
    told = f"There is no {process} version {number}."
    return Refusal("not_found", told, "Look at the list of its versions.")


def _files(connection: Connection, version: Version, *, whole: bool) -> Bundle:
    own = f"{version.process}/{version.process}.bpmn"
    manifest = {path: it for path, it in version.manifest.items() if whole or path == own}
    return Bundle(version.process, versions.contents(connection, manifest))


def _by_file(found: Comparison, shown: str) -> list[FileChanges]:
    files: dict[str, list[Change]] = {}
    for change in found.changes:
        files.setdefault(change.file, []).append(change)
    return [FileChanges(path, changes, path == shown) for path, changes in files.items()]


def _marks(found: Comparison, shown: str) -> dict[str, Kind]:
    """What became of each element: that an element is new says more than what it says."""
    marks: dict[str, Kind] = {}
    for change in found.changes:
        if change.file != shown or change.element is None:
            continue
        known, told = marks.get(change.element), _became(change)
        if known is None or _STRONGEST.index(told) < _STRONGEST.index(known):
            marks[change.element] = told
    return marks


def _became(change: Change) -> Kind:
    """What became of the element itself: an element that has a new condition was changed."""
    is_part = change.kind in (Kind.ADDED, Kind.REMOVED) and not change.is_whole
    return Kind.CHANGED if is_part else change.kind
