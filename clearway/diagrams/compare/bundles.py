"""What differs between all files of two versions of a process."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from clearway.diagrams.compare.changes import Change, Comparison, Kind
from clearway.diagrams.compare.elements import compare_diagrams
from clearway.diagrams.compare.lines import changed_text
from clearway.diagrams.compare.schemas import (
    changed_schema,
    field_title,
    fields_of,
    read_schema,
    schema_title,
)
from clearway.diagrams.compare.settings import Named, NoValues, Scalar, changed_values, read_values
from clearway.diagrams.compare.tables import compare_decisions
from clearway.engine.values import Bundle

_ORDER = ("diagram", "table", "record", "form", "message", "calendar", "clocks", "scenario", "file")


def compare(before: Bundle, after: Bundle) -> Comparison:
    """All that differs between two versions of a process.

    When the two are named otherwise, the files of the one are compared with those of the other.
    Raises NotComparable for a diagram or a table that cannot be read as XML.
    """
    old, new = _as_named(before, after.process), dict(after.files)
    changes: list[Change] = []
    layouts: dict[str, frozenset[str]] = {}
    renamed: dict[str, Mapping[str, str]] = {}
    text_only: list[str] = []
    differing = [path for path in {*old, *new} if old.get(path) != new.get(path)]
    for path in sorted(differing, key=lambda it: _rank(it, after.process)):
        if path not in old or path not in new:
            continue
        found, drawn, ids = _changed(old[path], new[path], path)
        changes += found
        if drawn:
            layouts[path] = drawn
        if ids:
            renamed[path] = ids
        if not found and not drawn:
            text_only.append(path)
    changes += _came_and_went(old, new, after.process)
    return Comparison(tuple(changes), layouts, tuple(text_only), renamed)


def kind_of_file(path: str) -> str:
    """What a file of a process is for people."""
    if path.endswith(".bpmn"):
        return "diagram"
    if path.endswith(".dmn"):
        return "table"
    folder = PurePosixPath(path).parent.name
    kinds = {"forms": "form", "messages": "message", "calendars": "calendar"}
    kinds |= {"scenarios": "scenario"}
    names = {"record.json": "record", "clocks.yaml": "clocks"}
    return kinds.get(folder) or names.get(PurePosixPath(path).name) or "file"


def _as_named(bundle: Bundle, process: str) -> dict[str, bytes]:
    if bundle.process == process:
        return dict(bundle.files)
    own = f"{bundle.process}/"
    files = {
        f"{process}/{path.removeprefix(own)}" if path.startswith(own) else path: content
        for path, content in bundle.files.items()
    }
    diagram = files.pop(f"{process}/{bundle.process}.bpmn", None)
    return files if diagram is None else {**files, f"{process}/{process}.bpmn": diagram}


def _rank(path: str, process: str) -> tuple[bool, int, str]:
    is_own = path == f"{process}/{process}.bpmn"
    return not is_own, _ORDER.index(kind_of_file(path)), path


def _changed(
    before: bytes, after: bytes, path: str
) -> tuple[list[Change], frozenset[str], Mapping[str, str]]:
    kind = kind_of_file(path)
    if kind == "diagram":
        found = compare_diagrams(before, after, path)
        return found.changes, found.layout, found.renamed
    if kind == "table":
        changes, drawn = compare_decisions(before, after, path)
        return changes, drawn, {}
    return list(_beside(before, after, path, kind)), frozenset(), {}


def _beside(before: bytes, after: bytes, path: str, kind: str) -> Iterator[Change]:
    called = _called(path, after)
    try:
        if kind in ("form", "record"):
            return changed_schema(before, after, path, kind)
        if path.endswith((".yaml", ".yml", ".json")):
            values = changed_values(before, after, path, called)
            # Its owner reads a scenario line by line; only whether it says another thing is asked.
            is_told = kind != "scenario" or next(values, None) is None
            return values if is_told else changed_text(before, after, path, called)
    except NoValues:
        pass
    return changed_text(before, after, path, called)


def _came_and_went(
    old: Mapping[str, bytes], new: Mapping[str, bytes], process: str
) -> Iterator[Change]:
    gone = [path for path in old if path not in new]
    came = [path for path in new if path not in old]
    counts = Counter(old[it] for it in gone), Counter(new[it] for it in came)
    homes = {new[it]: it for it in came}
    moved = {
        it: homes[old[it]]
        for it in gone
        if counts[0][old[it]] == counts[1][old[it]] == 1
        and PurePosixPath(homes[old[it]]).parent == PurePosixPath(it).parent
    }
    for was, now in sorted(moved.items()):
        said = f"The file `{now}` was called `{was}`."
        yield Change(now, None, Kind.RENAMED, "file", was, now, said)
    for path in sorted(came, key=lambda it: _rank(it, process)):
        if path not in moved.values():
            said = f"{_capital(_called(path, new[path]))} is new{_summary(path, new[path])}."
            yield Change(
                path, None, Kind.ADDED, "file", None, _text(new[path]), said, is_whole=True
            )
    for path in sorted(gone, key=lambda it: _rank(it, process)):
        if path not in moved:
            said = f"{_capital(_called(path, old[path]))} is gone{_summary(path, old[path])}."
            yield Change(
                path, None, Kind.REMOVED, "file", _text(old[path]), None, said, is_whole=True
            )


def _called(path: str, content: bytes) -> str:
    """How a sentence names a file: by its title where it has one."""
    kind = kind_of_file(path)
    name = PurePosixPath(path).name
    try:
        if kind in ("form", "record"):
            title = schema_title(read_schema(content))
            return f"the {kind} *{title}* (`{name}`)" if title else f"the {kind} `{name}`"
        if kind == "scenario":
            values = read_values(content)
            title = dict(values.items).get("scenario") if isinstance(values, Named) else None
            if isinstance(title, Scalar):
                return f"the scenario *{title.text}*"
    except NoValues:
        pass
    if kind in ("message", "calendar"):
        return f"the {kind} *{name.partition('.')[0]}*"
    return "the clocks" if kind == "clocks" else f"the {kind} `{name}`"


def _summary(path: str, content: bytes) -> str:
    if kind_of_file(path) not in ("form", "record"):
        return ""
    try:
        fields = fields_of(read_schema(content))
    except NoValues:
        return ""
    told = ", ".join(field_title(name, it) for name, it in fields.items())
    return f", with the fields {told}" if told else ", without fields"


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
