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
from clearway.engine.values import Bundle
from clearway.engine.xml import read_xml
from clearway.feel import FeelError
from processes.calendar import Calendar

README = "README.md"
"""The one file of a process that is for people only."""


@dataclass
class Draft:
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


def examine(bundle: Bundle, *, strict: bool = True, trusted: bool = False) -> Draft:
    """Read, check and compile; whatever fails leaves findings and lets the rest go on."""
    draft = Draft(bundle, strict)
    if _is_too_large(draft):
        return draft
    _read_files(draft)
    _read_diagrams(draft, trusted)
    draft.reading = _reading(draft)
    if draft.reading is None:
        return draft
    constructs.check(draft.reading, draft.findings)
    meaning.check(draft.reading, draft.roots, draft.findings)
    elsewhere.check(draft.reading, draft.roots, draft.findings)
    before = len(draft.findings.errors)
    draft.context = CompileContext(
        draft.findings,
        draft.calendars,
        frozenset(draft.forms),
        frozenset(draft.decisions),
        bundle.process,
    )
    if before == 0 or not _is_broken(draft.findings):
        draft.compiled = compile_reading(draft.reading, draft.context)
    meaning.check_conditions(draft.reading, draft.context, draft.findings)
    return draft


def _is_broken(findings: Findings) -> bool:
    """Whether the drawing lacks what compiling stands on."""
    return any(finding.rule in constructs.BREAKS for finding in findings.errors)


def _is_too_large(draft: Draft) -> bool:
    """Whether there is more than anybody draws; then nothing of it is read."""
    files = draft.bundle.files
    large = [
        path
        for path, data in files.items()
        if len(data) > limits.FILE_BYTES and not path.endswith((".bpmn", ".dmn"))
    ]
    for path in large:
        size, most = limits.mebibytes(len(files[path])), limits.mebibytes(limits.FILE_BYTES)
        draft.findings.error(
            path,
            None,
            "file-size",
            f"The file has {size}; a file beside the diagram has at most {most}.",
            "Shorten it, or take it out of the folder if the process does not need it.",
        )
    total = sum(map(len, files.values()))
    if len(files) > limits.BUNDLE_FILES or total > limits.BUNDLE_BYTES:
        largest = max(files, key=lambda path: len(files[path]))
        draft.findings.error(
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


def _read_files(draft: Draft) -> None:
    process = draft.bundle.process
    scenarios = scenario_files(draft.bundle)
    for path, data in draft.bundle.files.items():
        folder, _, name = path.rpartition("/")
        if path == f"{process}/record.json":
            draft.record_schema = _json(draft, path, data)
        elif folder == f"{process}/forms" and name.endswith(".json"):
            draft.forms[path] = _json(draft, path, data)
        elif folder == f"{process}/messages" and name.endswith(".md.j2"):
            draft.templates[name.removesuffix(".md.j2")] = data
        elif folder == "shared/messages" and name.endswith(".md.j2"):
            draft.templates.setdefault(name.removesuffix(".md.j2"), data)
        elif "/calendars" in f"/{folder}" and name.endswith((".yaml", ".yml")):
            _calendar(draft, path, data, name.rpartition(".")[0])
        elif name.endswith(".dmn"):
            _decisions(draft, path, data)
        elif not name.endswith(".bpmn") and name != README and path not in scenarios:
            draft.findings.warning(
                path,
                None,
                "file-unread",
                "Nothing reads this file.",
                "Mend its name or its folder, or take it out. Read are record.json, *.bpmn, *.dmn, "
                "forms/*.json, messages/*.md.j2, scenarios/*.yaml and calendars/*.yaml.",
            )


def _json(draft: Draft, path: str, data: bytes) -> dict[str, Any]:
    try:
        found: Any = json.loads(data)
        if isinstance(found, dict):
            return found  # pyright: ignore[reportUnknownVariableType] keys of JSON are text
        problem = "it is no JSON object"
    except (ValueError, RecursionError) as error:
        problem = str(error)
    draft.findings.error(
        path, None, "json", f"The file is no JSON Schema: {problem}.", "Correct the file."
    )
    return {}


def _calendar(draft: Draft, path: str, data: bytes, name: str) -> None:
    found = read_calendar(data, name)
    if isinstance(found, CalendarProblem):
        draft.findings.error(path, None, "calendar", found.text, "Correct the file.")
    else:
        draft.calendars[name] = found


@lru_cache(maxsize=128)
def checked_decisions(data: bytes, path: str) -> tuple[Decisions, Sequence[Finding]]:
    """The decisions of a file and what is wrong with them: most files did not change.

    Raises DecisionError or FeelError for a file that cannot be read.
    """
    found = read_decisions(data, path)
    return found, check(found)


def _decisions(draft: Draft, path: str, data: bytes) -> None:
    try:
        found, problems = checked_decisions(data, path)
    except (DecisionError, FeelError) as error:
        draft.findings.error(
            path, None, "decision", f"The file cannot be read: {error}", "Correct the file."
        )
        return
    draft.decision_files[path] = found
    for identifier in found.ids:
        if identifier in draft.decisions:
            draft.findings.error(
                path,
                identifier,
                "decision-twice",
                f"The decision `{identifier}` is also in {draft.decisions[identifier].file}.",
                "Give one of them another id.",
            )
        draft.decisions[identifier] = found
    for problem in problems:
        add = draft.findings.error if problem.severity == "error" else draft.findings.warning
        add(path, problem.element or None, problem.rule, problem.message, problem.remedy)


def _read_diagrams(draft: Draft, trusted: bool) -> None:
    for path, data in draft.bundle.files.items():
        if not path.endswith(".bpmn"):
            continue
        root = read_xml(data, path, draft.findings, trusted=trusted, strict=draft.strict)
        if root is not None:
            without_edges(root)
            draft.roots[path] = root
            draft.diagrams[path] = read_diagram(root, path, draft.findings)


def _reading(draft: Draft) -> Reading | None:
    process = draft.bundle.process
    processes: dict[str, Scope] = {}
    files: dict[str, str] = {}
    for path, diagram in draft.diagrams.items():
        for identifier, scope in diagram.processes.items():
            if identifier in processes:
                draft.findings.error(
                    path,
                    identifier,
                    "process-twice",
                    f"The process `{identifier}` is also in {files[identifier]}.",
                    "Give one of them another id.",
                )
                continue
            processes[identifier], files[identifier] = scope, path
    if sum(len(diagram.ids) for diagram in draft.diagrams.values()) > 3 * limits.NODES:
        draft.findings.error(
            process,
            None,
            "drawing-size",
            f"The diagrams hold more than {3 * limits.NODES} nodes and flows.",
            "Split the process into called processes and records.",
        )
        return None
    main = processes.get(process)
    own = f"{process}/{process}.bpmn"
    if main is None or (draft.strict and files[process] != own):
        if own in draft.bundle.files and own not in draft.diagrams:
            return None
        _tell_missing(draft, sorted(processes))
        return None
    return Reading(main, files[process], processes, files)


def _tell_missing(draft: Draft, processes: list[str]) -> None:
    process, rule = draft.bundle.process, "process-missing"
    own = f"{process}/{process}.bpmn"
    others = [path for path in draft.bundle.files if path.endswith(".bpmn")]
    if own in draft.bundle.files or not draft.strict:
        draft.findings.error(
            own,
            None,
            rule,
            f"The file holds no process `{process}`; it holds: {', '.join(processes) or 'none'}.",
            "Give the process the id of its folder.",
        )
        return
    there = f" It has: {', '.join(others)}." if others else ""
    draft.findings.error(
        process,
        None,
        rule,
        f"The process `{process}` has no diagram of its name.{there}",
        f"Name the diagram that holds the process {process}.bpmn."
        if others
        else f"Add its diagram, {process}.bpmn.",
    )
