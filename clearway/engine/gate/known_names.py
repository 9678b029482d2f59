"""Expressions may only ask for what is there: names, and fields of the record."""

from collections.abc import Collection
from difflib import get_close_matches
from typing import Any

from clearway.decisions.check.names import asked_outside
from clearway.engine.examine import Examined
from clearway.engine.expressions import BUILT_IN_NAMES, Formula
from clearway.engine.gate.say import Say
from clearway.engine.model import Node, Reading
from processes.links import NAMES

COUNTERS = frozenset(
    (
        "numberOfInstances",
        "numberOfCompletedInstances",
        "numberOfActiveInstances",
        "numberOfTerminatedInstances",
    )
)


def check(examined: Examined) -> None:
    """Every name that an expression uses must mean something where it stands."""
    _check_decisions(examined)
    if examined.context is None or examined.compiled is None or examined.reading is None:
        return
    nodes = nodes_of(examined.reading)
    for file, formula, _ in examined.context.formulas_found:
        say = Say(file, examined.findings)
        node = nodes.get(formula.element)
        known = BUILT_IN_NAMES | examined.compiled.variables | local_names(node, formula)
        for name in sorted(formula.expression.free_names - known):
            close = get_close_matches(name, known, 1)
            fields = examined.record_schema.get("properties", {})
            hint = f"Did you mean `{close[0]}`?" if close else "Set it in a script task first."
            if name in fields:
                hint = f"Write `record.{name}`."
            say.error(
                formula.element,
                "name-unknown",
                f"The {formula.role} uses `{name}`, which means nothing there.",
                hint,
            )
        _check_paths(formula.element, formula.role, formula.expression.paths, examined, say)


def nodes_of(reading: Reading) -> dict[str, Node]:
    """All nodes of a process and of those that it calls, by their ids."""
    return {node.id: node for process in reading.called() for node in process.all_nodes()}


def local_names(node: Node | None, formula: Formula) -> frozenset[str]:
    """The names that mean something only where the formula stands."""
    found: set[str] = set()
    if formula.role.startswith("output"):
        is_error = node is not None and any(event.kind == "error" for event in node.events)
        found |= {"error"} if is_error else {"result", "message"}
    return frozenset(found) | names_around(node)


def names_around(node: Node | None) -> frozenset[str]:
    """What the loops around an element, and its own, give names to."""
    found: set[str] = set()
    place = node
    while place is not None:
        loop = place.loop
        if loop is not None:
            found |= {"loopCounter", loop.item or "", loop.output_item or ""}
            if place is node:
                found |= COUNTERS
        place = place.scope.owner
    return frozenset(found)


def _check_decisions(examined: Examined) -> None:
    """A decision sees the record as an expression of the diagram does."""
    known, called = _known_to_tables(examined), _called(examined)
    for name, decisions in examined.decisions.items():
        say = Say(decisions.file, examined.findings)
        _check_paths(name, "table", decisions.get(name).paths, examined, say)
        if known is None or name not in called:
            continue
        for place, asked in asked_outside(decisions, name):
            for unknown in sorted(asked - known):
                close = get_close_matches(unknown, known, 1)
                say.error(
                    name,
                    "name-unknown",
                    f"{place} uses `{unknown}`, which means nothing in the process.",
                    f"Did you mean `{close[0]}`?" if close else "Correct the name.",
                )


def _called(examined: Examined) -> set[str]:
    """The decisions that business rule tasks name, and those that these need."""
    nodes = nodes_of(examined.reading).values() if examined.reading is not None else ()
    waiting = [node.own["decision"] for node in nodes if node.own.get("decision")]
    called: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in examined.decisions and name not in called:
            called.add(name)
            waiting += examined.decisions[name].get(name).needs.decisions
    return called


def _known_to_tables(examined: Examined) -> frozenset[str] | None:
    """What the business rule tasks see; None when the diagram was not understood."""
    if examined.compiled is None or examined.reading is None:
        return None
    tasks = [node for node in nodes_of(examined.reading).values() if node.own.get("decision")]
    around = (names_around(node) for node in tasks)
    return BUILT_IN_NAMES | examined.compiled.variables | frozenset[str]().union(*around)


def _check_paths(
    element: str, role: str, paths: Collection[tuple[str, ...]], examined: Examined, say: Say
) -> None:
    for kind in sorted({path[1] for path in paths if len(path) > 1 and path[0] == "linked"}):
        if kind not in NAMES:
            say.error(
                element,
                "link-unknown",
                f"The {role} uses `linked.{kind}`, which is no kind of link.",
                f"Known are: {', '.join(NAMES)}.",
            )
    fields: dict[str, Any] = examined.record_schema.get("properties", {})
    if not fields:
        return
    for name in sorted({path[1] for path in paths if len(path) > 1 and path[0] == "record"}):
        if name in fields:
            continue
        close = get_close_matches(name, fields, 1)
        say.error(
            element,
            "field-unknown",
            f"The {role} uses `record.{name}`, which record.json does not declare.",
            f"Did you mean `record.{close[0]}`?" if close else "Declare it in record.json.",
        )
