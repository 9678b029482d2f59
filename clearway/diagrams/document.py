"""The documentation of a process: everything that its files say, as blocks to be written out."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from clearway.diagrams.errors import CannotDraw, NotReadable
from clearway.diagrams.outline import Next, OutlineItem, outline
from clearway.diagrams.render_svg import Picture, render_svg
from clearway.diagrams.tables import decisions_in
from clearway.engine.values import Bundle


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; 1 is the title."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A text that is shown as it stands."""

    text: str


Block = Heading | Paragraph | Table | Verbatim | Picture


def document(bundle: Bundle) -> list[Block]:
    """What the files of a process say: picture, outline, roles, forms, tables, messages.

    Raises NotReadable or CannotDraw for the diagram; what else cannot be read is said in its place.
    """
    xml = bundle.files[diagram_of(bundle)]
    forms = _json_files(bundle, "forms/")
    titles = {it: str(form.get("title") or it) for it, form in forms.items()}
    items = outline(xml, titles)
    return [
        *_opening(bundle, items),
        render_svg(xml),
        *_roles(items),
        *_steps(items),
        *_timers(items),
        *_record(bundle),
        *_forms(forms),
        *_decisions(bundle),
        *_messages(bundle, items),
        *_files(bundle, "Clocks and calendars", lambda it: it.endswith((".yaml", ".yml"))),
    ]


def diagram_of(bundle: Bundle) -> str:
    """The path of the diagram that a bundle is about."""
    own = f"{bundle.process}/{bundle.process}.bpmn"
    if own in bundle.files:
        return own
    others = [it for it in bundle.files if it.endswith(".bpmn")]
    if len(others) == 1:
        return others[0]
    raise CannotDraw(f"There is no diagram {own}.")


def _opening(bundle: Bundle, items: list[OutlineItem]) -> Iterator[Block]:
    main = next((it for it in items if it.element == bundle.process), None)
    main = main or next((it for it in items if it.kind == "process"), None)
    yield Heading(1, (main.name if main else "") or bundle.process)
    if main is not None and main.documentation:
        yield Paragraph(main.documentation)


def _roles(items: list[OutlineItem]) -> Iterator[Block]:
    rows = [(it.name, it.who, it.documentation) for it in items if it.kind == "lane"]
    pools = [(it.name, "", it.documentation) for it in items if it.kind == "pool"]
    if rows or pools:
        yield Heading(2, "Who takes part")
        yield Table(("Lane or pool", "Role", "What it is"), tuple(rows or pools))


def _steps(items: list[OutlineItem]) -> Iterator[Block]:
    yield Heading(2, "Step by step")
    rows = tuple(_step(it) for it in items if it.kind not in ("lane", "pool"))
    yield Table(("What", "Kind", "Who", "Waits for", "State", "Then", "Why, and what else"), rows)


def _step(item: OutlineItem) -> tuple[str, ...]:
    also = [item.documentation, *(f"{name}: {value}" for name, value in item.details)]
    return (
        "– " * max(item.level - 1, 0) + (item.name or item.element),
        item.kind,
        item.who,
        "\n".join(item.waits_for),
        item.state,
        "\n".join(_way(it) for it in item.next),
        "\n".join(it for it in also if it),
    )


def _way(way: Next) -> str:
    when = f", if {way.condition}" if way.condition else ", otherwise" if way.is_default else ""
    name = f"{way.name}: " if way.name else ""
    return f"{name}{way.to}{when}"


def _timers(items: list[OutlineItem]) -> Iterator[Block]:
    rows = tuple(
        (it.name or it.element, wait.removeprefix("timer: "), dict(it.details).get("calendar", ""))
        for it in items
        for wait in it.waits_for
        if wait.startswith("timer")
    )
    dues = tuple(
        (it.name or it.element, dict(it.details)["due"], dict(it.details).get("calendar", ""))
        for it in items
        if "due" in dict(it.details)
    )
    if rows or dues:
        yield Heading(2, "Times")
        yield Table(("What", "When", "Calendar"), rows + dues)


def _record(bundle: Bundle) -> Iterator[Block]:
    record = _json_files(bundle, "").get("record")
    if record is not None:
        yield Heading(2, f"The record: {record.get('title') or bundle.process}")
        yield from _fields(record)


def _forms(forms: Mapping[str, Mapping[str, Any]]) -> Iterator[Block]:
    if forms:
        yield Heading(2, "Forms")
    for name, form in forms.items():
        yield Heading(3, f"{form.get('title') or name} ({name})")
        yield from _fields(form)


def _fields(schema: Mapping[str, Any]) -> Iterator[Block]:
    if schema.get("description"):
        yield Paragraph(str(schema["description"]))
    fields = schema.get("properties")
    if not isinstance(fields, dict):
        yield Paragraph("It has no fields.")
        return
    required = schema.get("required")
    needed = cast("list[object]", required) if isinstance(required, list) else []
    rows = tuple(
        _field(name, cast("Mapping[str, Any]", field) if isinstance(field, dict) else {}, needed)
        for name, field in cast("dict[str, object]", fields).items()
    )
    if rows:
        yield Table(("Field", "Name", "Kind", "Must", "Choices", "What it is"), rows)


def _field(name: str, field: Mapping[str, Any], needed: list[object]) -> tuple[str, ...]:
    choices = field.get("enum")
    titles = field.get("x-titles")
    words = cast("dict[str, object]", titles) if isinstance(titles, dict) else {}
    told = cast("list[object]", choices) if isinstance(choices, list) else []
    kind = field.get("type", "")
    kinds = cast("list[object]", kind) if isinstance(kind, list) else [kind]
    form = f" ({field['format']})" if field.get("format") else ""
    return (
        str(field.get("title") or name),
        name,
        " or ".join(map(str, kinds)) + form + (", shown only" if field.get("readOnly") else ""),
        "yes" if name in needed else "",
        "\n".join(str(words.get(str(it), it)) for it in told),
        str(field.get("description") or ""),
    )


def _decisions(bundle: Bundle) -> Iterator[Block]:
    files = [it for it in sorted(bundle.files) if it.endswith(".dmn")]
    if files:
        yield Heading(2, "Decisions")
    for file in files:
        try:
            decisions = decisions_in(bundle.files[file])
        except NotReadable as problem:
            yield Paragraph(f"{file}: {problem}")
            continue
        for it in decisions:
            yield Heading(3, it.name)
            needs = f" It needs {', '.join(it.needs)}." if it.needs else ""
            yield Paragraph(f"{it.documentation} Hit policy: {it.policy}.{needs}".strip())
            yield Table(it.head, it.rows)


def _messages(bundle: Bundle, items: list[OutlineItem]) -> Iterator[Block]:
    kinds = ("message", "signal", "error", "escalation")
    rows = tuple((it.name, it.kind, it.documentation) for it in items if it.kind in kinds)
    if rows:
        yield Heading(2, "Messages, signals and errors")
        yield Table(("Name", "Kind", "What it is"), rows)
    yield from _files(bundle, "What people are told", lambda it: it.endswith(".md.j2"))


def _files(bundle: Bundle, title: str, wanted: Callable[[str], bool]) -> Iterator[Block]:
    """Text files of the process as they stand; scenarios are told by their names elsewhere."""
    files = [it for it in sorted(bundle.files) if wanted(it) and "/scenarios/" not in it]
    if files:
        yield Heading(2, title)
    for file in files:
        yield Heading(3, file)
        yield Verbatim(bundle.files[file].decode(errors="replace"))


def _json_files(bundle: Bundle, folder: str) -> dict[str, Mapping[str, Any]]:
    """JSON Schemas of a folder by the name of the file; what is none is left to the gate."""
    found: dict[str, Mapping[str, Any]] = {}
    start = f"{bundle.process}/{folder}"
    for path, content in sorted(bundle.files.items()):
        name = path.removeprefix(start)
        if not path.startswith(start) or not name.endswith(".json") or "/" in name:
            continue
        try:
            schema = json.loads(content)
        except (ValueError, RecursionError) as problem:
            schema = {"title": name, "description": f"This file cannot be read: {problem}"}
        if isinstance(schema, dict):
            found[name.removesuffix(".json")] = cast("Mapping[str, Any]", schema)
    return found
