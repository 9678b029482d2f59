"""Reads a bundle as far as it can be read, collecting everything that is wrong with it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from clearway.decisions import DecisionError, Decisions, Finding, read_decisions
from clearway.decisions.check import check
from clearway.engine import limits
from clearway.engine.bundle import scenario_files
from clearway.engine.calendar_file import CalendarProblem, read_calendar
from clearway.engine.compile_context import CompileContext
from clearway.engine.compiler import Compiled, compile_reading
from clearway.engine.findings import Findings
from clearway.engine.gate import constructs, elsewhere, meaning
from clearway.engine.markup import without_edges
from clearway.engine.model import CATCHING, Diagram, Node, Reading, Scope
from clearway.engine.reader import read_diagram
from clearway.engine.record_types import record_type
from clearway.engine.values import Bundle
from clearway.engine.xml import read_xml
from clearway.feel import FeelError
from clearway.feel.types import Type
from processes.calendar import Calendar

README = "README.md"
"""The one file of a process that is for people only."""


@dataclass
class Examined:
    """What was understood of a bundle. `reading` and `compiled` are None when that failed."""

    bundle: Bundle
    strict: bool
    findings: Findings = field(default_factory=Findings)
    diagrams: dict[str, Diagram] = field(default_factory=dict[str, Diagram])
    roots: dict[str, Any] = field(default_factory=dict[str, Any])
    reading: Reading | None = None
    compiled: Compiled | None = None
    context: CompileContext | None = None
    record_schema: Mapping[str, Any] = field(default_factory=dict[str, Any])
    forms: dict[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    decision_files: dict[str, Decisions] = field(default_factory=dict[str, Decisions])
    decisions: dict[str, Decisions] = field(default_factory=dict[str, Decisions])
    calendars: dict[str, Calendar] = field(default_factory=dict[str, Calendar])
    templates: dict[str, bytes] = field(default_factory=dict[str, bytes])

    @property
    def read(self) -> Reading:
        """The reading, where the caller knows that there is one."""
        if self.reading is None:
            raise ValueError("The diagram was not understood; look at the findings first.")
        return self.reading

    @cached_property
    def caught(self) -> set[str | None]:
        """The messages that something inside the process catches."""
        return {
            name
            for node in self._nodes()
            if node.kind in CATCHING | {"receiveTask"}
            and not (node.kind == "startEvent" and node.scope.kind == "process")
            for name in [node.message, *(event.name for event in node.events)]
        }

    @cached_property
    def done_by_people(self) -> set[str]:
        """The elements that a person completes, starts or sends."""
        return {
            node.id
            for node in self._nodes()
            if node.kind in ("userTask", "startEvent") or node.own.get("action")
        }

    def _nodes(self) -> Iterator[Node]:
        for process in self.read.called():
            yield from process.all_nodes()


def examine(bundle: Bundle, *, strict: bool = True, trusted: bool = False) -> Examined:
    """Read, check and compile; whatever fails leaves findings and lets the rest go on."""
    examined = Examined(bundle, strict)
    if _is_too_large(examined):
        return examined
    _read_files(examined)
    _read_diagrams(examined, trusted)
    examined.reading = _reading(examined)
    if examined.reading is None:
        return examined
    constructs.check(examined.reading, examined.findings)
    meaning.check(examined.reading, examined.roots, examined.findings)
    elsewhere.check(examined.reading, examined.roots, examined.findings)
    before = len(examined.findings.errors)
    examined.context = CompileContext(
        examined.findings,
        examined.calendars,
        frozenset(examined.forms),
        frozenset(examined.decisions),
        bundle.process,
    )
    if before == 0 or not _is_broken(examined.findings):
        examined.compiled = compile_reading(examined.reading, examined.context)
    meaning.check_conditions(examined.reading, examined.context, examined.findings)
    return examined


def _is_broken(findings: Findings) -> bool:
    """Whether the drawing lacks what compiling stands on."""
    return any(finding.rule in constructs.BREAKS for finding in findings.errors)


def _is_too_large(examined: Examined) -> bool:
    """Whether there is more than anybody draws; then nothing of it is read."""
    files = examined.bundle.files
    large = [
        path
        for path, data in files.items()
        if len(data) > limits.FILE_BYTES and not path.endswith((".bpmn", ".dmn"))
    ]
    for path in large:
        size, most = limits.mebibytes(len(files[path])), limits.mebibytes(limits.FILE_BYTES)
        examined.findings.error(
            path,
            None,
            "file-size",
            f"The file has {size}; a file beside the diagram has at most {most}.",
            "Shorten it, or take it out of the folder if the process does not need it.",
        )
    total = sum(map(len, files.values()))
    if len(files) > limits.BUNDLE_FILES or total > limits.BUNDLE_BYTES:
        largest = max(files, key=lambda path: len(files[path]))
        examined.findings.error(
            largest,
            None,
            "bundle-size",
            f"The process has {len(files)} files with {limits.mebibytes(total)} together; the "
            f"largest, {largest}, has {limits.mebibytes(len(files[largest]))}.",
            f"Keep it below {limits.BUNDLE_FILES} files and {limits.mebibytes(limits.BUNDLE_BYTES)}"
            ": take out what the process does not need, or split it into called processes.",
        )
        return True
    return bool(large)


def _read_files(examined: Examined) -> None:
    process = examined.bundle.process
    scenarios = scenario_files(examined.bundle)
    tables: dict[str, bytes] = {}
    for path, data in examined.bundle.files.items():
        folder, _, name = path.rpartition("/")
        if path == f"{process}/record.json":
            examined.record_schema = _json(examined, path, data)
        elif folder == f"{process}/forms" and name.endswith(".json"):
            examined.forms[path] = _json(examined, path, data)
        elif folder == f"{process}/messages" and name.endswith(".md.j2"):
            examined.templates[name.removesuffix(".md.j2")] = data
        elif folder == "shared/messages" and name.endswith(".md.j2"):
            examined.templates.setdefault(name.removesuffix(".md.j2"), data)
        elif "/calendars" in f"/{folder}" and name.endswith((".yaml", ".yml")):
            _calendar(examined, path, data, name.rpartition(".")[0])
        elif name.endswith(".dmn"):
            tables[path] = data
        elif not name.endswith(".bpmn") and name != README and path not in scenarios:
            examined.findings.warning(
                path,
                None,
                "file-unread",
                "Nothing reads this file.",
                "Mend its name or its folder, or take it out. Read are record.json, *.bpmn, *.dmn, "
                "forms/*.json, messages/*.md.j2, scenarios/*.yaml and calendars/*.yaml.",
            )
    # What the fields of the record are is known only now.
    record = record_type(examined.record_schema)
    for path, data in tables.items():
        _decisions(examined, path, data, record)


def _json(examined: Examined, path: str, data: bytes) -> dict[str, Any]:
    try:
        found: Any = json.loads(data)
        if isinstance(found, dict):
            return found  # pyright: ignore[reportUnknownVariableType] keys of JSON are text
        problem = "it is no JSON object"
    except (ValueError, RecursionError) as error:
        problem = str(error)
    examined.findings.error(
        path, None, "json", f"The file is no JSON Schema: {problem}.", "Correct the file."
    )
    return {}


def _calendar(examined: Examined, path: str, data: bytes, name: str) -> None:
    found = read_calendar(data, name)
    if isinstance(found, CalendarProblem):
        examined.findings.error(path, None, "calendar", found.text, "Correct the file.")
    else:
        examined.calendars[name] = found


@lru_cache(maxsize=128)
def checked_decisions(data: bytes, path: str, record: Type) -> tuple[Decisions, Sequence[Finding]]:
    """The decisions of a file and what is wrong with them: most files did not change.

    Raises DecisionError or FeelError for a file that cannot be read.
    """
    found = read_decisions(data, path)
    return found, check(found, around={"record": record})


def _decisions(examined: Examined, path: str, data: bytes, record: Type) -> None:
    try:
        found, problems = checked_decisions(data, path, record)
    except (DecisionError, FeelError) as error:
        examined.findings.error(
            path, None, "decision", f"The file cannot be read: {error}", "Correct the file."
        )
        return
    examined.decision_files[path] = found
    for identifier in found.ids:
        if identifier in examined.decisions:
            examined.findings.error(
                path,
                identifier,
                "decision-twice",
                f"The decision `{identifier}` is also in {examined.decisions[identifier].file}.",
                "Give one of them another id.",
            )
        examined.decisions[identifier] = found
    for problem in problems:
        add = examined.findings.error if problem.severity == "error" else examined.findings.warning
        add(path, problem.element or None, problem.rule, problem.message, problem.remedy)


def _read_diagrams(examined: Examined, trusted: bool) -> None:
    for path, data in examined.bundle.files.items():
        if not path.endswith(".bpmn"):
            continue
        root = read_xml(data, path, examined.findings, trusted=trusted, strict=examined.strict)
        if root is not None:
            without_edges(root)
            examined.roots[path] = root
            examined.diagrams[path] = read_diagram(root, path, examined.findings)


def _reading(examined: Examined) -> Reading | None:
    process = examined.bundle.process
    processes: dict[str, Scope] = {}
    files: dict[str, str] = {}
    for path, diagram in examined.diagrams.items():
        for identifier, scope in diagram.processes.items():
            if identifier in processes:
                examined.findings.error(
                    path,
                    identifier,
                    "process-twice",
                    f"The process `{identifier}` is also in {files[identifier]}.",
                    "Give one of them another id.",
                )
                continue
            processes[identifier], files[identifier] = scope, path
    if sum(len(diagram.ids) for diagram in examined.diagrams.values()) > 3 * limits.NODES:
        examined.findings.error(
            process,
            None,
            "drawing-size",
            f"The diagrams hold more than {3 * limits.NODES} nodes and flows.",
            "Split the process into called processes and records.",
        )
        return None
    main = processes.get(process)
    own = f"{process}/{process}.bpmn"
    if main is None or (examined.strict and files[process] != own):
        if own in examined.bundle.files and own not in examined.diagrams:
            return None
        _tell_missing(examined, sorted(processes))
        return None
    return Reading(main, files[process], processes, files)


def _tell_missing(examined: Examined, processes: list[str]) -> None:
    process, rule = examined.bundle.process, "process-missing"
    own = f"{process}/{process}.bpmn"
    others = [path for path in examined.bundle.files if path.endswith(".bpmn")]
    if own in examined.bundle.files or not examined.strict:
        examined.findings.error(
            own,
            None,
            rule,
            f"The file holds no process `{process}`; it holds: {', '.join(processes) or 'none'}.",
            "Give the process the id of its folder.",
        )
        return
    there = f" It has: {', '.join(others)}." if others else ""
    examined.findings.error(
        process,
        None,
        rule,
        f"The process `{process}` has no diagram of its name.{there}",
        f"Name the diagram that holds the process {process}.bpmn."
        if others
        else f"Add its diagram, {process}.bpmn.",
    )
