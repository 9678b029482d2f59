"""The deploy gate: everything that is wrong with a process, found before anything of it runs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from clearway.engine import soundness
from clearway.engine.examine import Examined, examine
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

    examined: Examined
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
    examined = examine(bundle, strict=strict, trusted=trusted)
    if strict and examined.reading is not None:
        _check_house(examined, surroundings)
    return Checked(
        examined, in_order(examined.findings.found), examined.templates, _notices(examined)
    )


_SCALARS = ("string", "number", "integer", "boolean")


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Errors first, then by place."""
    return sorted(
        findings,
        key=lambda f: (f.severity is not Severity.ERROR, f.file, f.element or "", f.rule),
    )


def _notices(examined: Examined) -> tuple[NoticeDrawn, ...]:
    if examined.reading is None:
        return ()
    return tuple(
        NoticeDrawn(
            node.id,
            node.own["notice"],
            frozenset(name for name, _ in node.inputs),
            frozenset(name for name, text in node.inputs if _is_scalar(examined, text)),
        )
        for process in examined.reading.called()
        for node in process.all_nodes()
        if node.own.get("notice")
    )


def _is_scalar(examined: Examined, text: str) -> bool:
    """Whether an expression is just a field of the record that has no parts."""
    field = text.strip().removeprefix("record.")
    properties = examined.record_schema.get("properties")
    schema = properties.get(field) if isinstance(properties, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] JSON
    kinds = schema.get("type") if isinstance(schema, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] JSON
    return f"record.{field}" == text.strip() and kinds in _SCALARS


def _check_house(examined: Examined, surroundings: Surroundings | None) -> None:
    record.check(examined, surroundings.rules if surroundings else None)
    forms.check(examined)
    field_names.check(examined)
    for process in examined.read.called():
        say = Say(examined.read.files[process.id], examined.findings)
        drawing.check(process, examined, say)
        foreign.check(process, examined.roots[say.file], say)
        misplaced.check(process, examined.roots[say.file], say)
        unheard.check_markup(process, examined.roots[say.file], say)
        waiting.check(process, examined, say)
        in_vain.check(process, examined, say)
        references.check_readers(process, surroundings, say)
        parallel_writes.check(process, examined, say)
        soundness.check(process, examined.read.processes, say)
        for node in process.all_nodes():
            attributes.check(node, say)
            references.check(node, examined, say)
            approvals.check(node, examined, say)
            unheard.check(node, examined, say)
            if surroundings is not None:
                references.check_surroundings(node, surroundings, say)
    known_names.check(examined)
    constants.check(examined)
    _check_uncalled(examined)


def _check_uncalled(examined: Examined) -> None:
    """What never runs was not looked at either; that is said, so that nobody takes it for right."""
    called = {process.id for process in examined.read.called()}
    for name, process in examined.read.processes.items():
        if name not in called and process.nodes:
            examined.findings.warning(
                examined.read.files[name],
                name,
                "process-uncalled",
                f"Nothing calls the process `{name}`: it never runs here, and was not checked.",
                "Call it by a call activity, or take it out.",
            )
