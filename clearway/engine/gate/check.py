"""The deploy gate: everything that is wrong with a process, found before anything of it runs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from clearway.engine import soundness
from clearway.engine.examine import Draft, examine
from clearway.engine.gate import (
    approvals,
    attributes,
    constants,
    drawing,
    field_names,
    foreign,
    forms,
    in_vain,
    known_names,
    misplaced,
    parallel_writes,
    record,
    references,
    unheard,
    waiting,
)
from clearway.engine.gate.say import Say
from clearway.engine.values import Bundle, Finding, Severity, Surroundings


@dataclass(frozen=True)
class NoticeDrawn:
    """An element that tells people something: its template, and the names it gives to it."""

    element: str
    template: str
    gives: frozenset[str]
    scalars: frozenset[str]
    """Those that are a text, a number or a truth value, so that they have no parts."""


@dataclass(frozen=True)
class Checked:
    """What the gate found, and what a check of the templates needs: its name -> its bytes."""

    draft: Draft
    findings: list[Finding]
    templates: Mapping[str, bytes]
    notices: tuple[NoticeDrawn, ...]


def check(
    bundle: Bundle,
    surroundings: Surroundings | None = None,
    *,
    strict: bool = True,
    trusted: bool = False,
) -> list[Finding]:
    """All findings, errors first; a process without an error may be deployed.

    Without `surroundings` nothing is said about steps, rules and roles. `strict=False` leaves out
    rules of style and references to other files. What is not `trusted` is read by a worker
    process first. Never raises for what is in the files.
    """
    return check_all(bundle, surroundings, strict=strict, trusted=trusted).findings


def check_all(
    bundle: Bundle,
    surroundings: Surroundings | None = None,
    *,
    strict: bool = True,
    trusted: bool = False,
) -> Checked:
    """As `check`, with the notices of the diagram: none when the diagram is not understood."""
    draft = examine(bundle, strict=strict, trusted=trusted)
    if strict and draft.reading is not None:
        _check_house(draft, surroundings)
    return Checked(draft, in_order(draft.findings.found), draft.templates, _notices(draft))


_SCALARS = ("string", "number", "integer", "boolean")


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Errors first, then by place."""
    return sorted(
        findings,
        key=lambda f: (f.severity is not Severity.ERROR, f.file, f.element or "", f.rule),
    )


def _notices(draft: Draft) -> tuple[NoticeDrawn, ...]:
    if draft.reading is None:
        return ()
    return tuple(
        NoticeDrawn(
            node.id,
            node.own["notice"],
            frozenset(name for name, _ in node.inputs),
            frozenset(name for name, text in node.inputs if _is_scalar(draft, text)),
        )
        for process in draft.reading.called()
        for node in process.all_nodes()
        if node.own.get("notice")
    )


def _is_scalar(draft: Draft, text: str) -> bool:
    """Whether an expression is just a field of the record that has no parts."""
    field = text.strip().removeprefix("record.")
    properties = draft.record_schema.get("properties")
    schema = properties.get(field) if isinstance(properties, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] JSON
    kinds = schema.get("type") if isinstance(schema, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] JSON
    return f"record.{field}" == text.strip() and kinds in _SCALARS


def _check_house(draft: Draft, surroundings: Surroundings | None) -> None:
    record.check(draft)
    forms.check(draft)
    field_names.check(draft)
    for process in draft.read.called():
        say = Say(draft.read.files[process.id], draft.findings)
        drawing.check(process, draft, say)
        foreign.check(process, draft.roots[say.file], say)
        misplaced.check(process, draft.roots[say.file], say)
        unheard.check_markup(process, draft.roots[say.file], say)
        waiting.check(process, draft, say)
        in_vain.check(process, draft, say)
        references.check_readers(process, surroundings, say)
        parallel_writes.check(process, draft, say)
        soundness.check(process, draft.read.processes, say)
        for node in process.all_nodes():
            attributes.check(node, say)
            references.check(node, draft, say)
            approvals.check(node, draft, say)
            unheard.check(node, draft, say)
            if surroundings is not None:
                references.check_surroundings(node, surroundings, say)
    known_names.check(draft)
    constants.check(draft)
    _check_uncalled(draft)


def _check_uncalled(draft: Draft) -> None:
    """What never runs was not looked at either; that is said, so that nobody takes it for right."""
    called = {process.id for process in draft.read.called()}
    for name, process in draft.read.processes.items():
        if name not in called and process.nodes:
            draft.findings.warning(
                draft.read.files[name],
                name,
                "process-uncalled",
                f"Nothing calls the process `{name}`: it never runs here, and was not checked.",
                "Call it by a call activity, or take it out.",
            )
