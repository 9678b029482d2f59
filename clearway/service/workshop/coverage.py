"""What the scenarios of a process pass of its diagram and its tables, and what none does."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from clearway.decisions.model import Table
from clearway.engine import ElementInfo
from clearway.engine.undone import undone_by
from clearway.service.deployed import Deployed
from clearway.service.scenarios import ScenarioResult

_ORDER = ("node", "boundary", "flow", "rule")
_OUTSIDE = frozenset({"participant", "lane", "textAnnotation"})


@dataclass(frozen=True)
class Covered:
    """A part that scenarios can pass. `sort`: node, boundary, flow or rule.

    `by` are the names of the scenarios that passed it, also of those that failed later on. `file`
    is where a rule stands; `element` the id in the diagram, or the decision of a rule.
    """

    sort: str
    element: str
    label: str
    by: Sequence[str]
    file: str = ""
    rule: int | None = None

    @property
    def is_passed(self) -> bool:
        """Whether any scenario came by."""
        return bool(self.by)


@dataclass(frozen=True)
class Coverage:
    """All parts of one process in the order of its files, and how its scenarios ended."""

    process: str
    title: str
    parts: Sequence[Covered]
    results: Sequence[ScenarioResult]

    @property
    def missed(self) -> Sequence[Covered]:
        """What no scenario passed."""
        return [it for it in self.parts if not it.is_passed]

    @property
    def totals(self) -> Mapping[str, tuple[int, int]]:
        """For each sort that there is: how many were passed, of how many."""
        found: dict[str, tuple[int, int]] = {}
        for sort in _ORDER:
            those = [it for it in self.parts if it.sort == sort]
            if those:
                found[sort] = (sum(it.is_passed for it in those), len(those))
        return found

    def rules_at(self, elements: Mapping[str, ElementInfo]) -> Mapping[str, tuple[int, int]]:
        """For each element that asks a table: how many of its rules were passed, of how many."""
        found: dict[str, tuple[int, int]] = {}
        for it in elements.values():
            rules = [each for each in self.parts if each.rule and each.element == it.decision]
            if rules:
                found[it.id] = (sum(each.is_passed for each in rules), len(rules))
        return found

    @property
    def passed(self) -> int:
        """How many parts were passed."""
        return len(self.parts) - len(self.missed)


def coverage_of(deployed: Deployed, results: Sequence[ScenarioResult]) -> Coverage:
    """What these scenarios passed of this process."""
    parts = [*_elements(deployed, results), *_rules(deployed, results)]
    parts.sort(key=lambda it: _ORDER.index(it.sort))
    return Coverage(deployed.process, deployed.title, parts, results)


def _elements(deployed: Deployed, results: Sequence[ScenarioResult]) -> Iterator[Covered]:
    for it in deployed.elements.values():
        if it.kind in _OUTSIDE:
            continue
        # An event that says how something is undone never happens; what undoes it does.
        passed = {it.id, undone_by(deployed.blueprint, it.id)}
        by = [result.name for result in results if passed & result.visited]
        if it.kind == "sequenceFlow":
            yield Covered("flow", it.id, _flow_label(deployed, it), by)
        else:
            sort = "boundary" if it.attached_to else "node"
            yield Covered(sort, it.id, _label(deployed, it), by)


def _rules(deployed: Deployed, results: Sequence[ScenarioResult]) -> Iterator[Covered]:
    """The rows of the tables that the diagram asks, and of those that they need."""
    for name, decisions in deployed.blueprint.decisions.items():
        found = decisions.decisions.get(name)
        table = found.logic if found else None
        if not isinstance(table, Table):
            continue
        for rule in table.rules:
            by = [result.name for result in results if (name, rule.number) in result.fired]
            gives = ", ".join(it.text for it in rule.answers if it.text)
            label = f"Rule {rule.number} of {deployed.decision_name(name)}"
            label += f", which gives {gives}" if gives else ""
            yield Covered("rule", name, label, by, decisions.file, rule.number)


def _label(deployed: Deployed, it: ElementInfo) -> str:
    host = f" at {deployed.name_of(it.attached_to)}" if it.attached_to else ""
    return f"{it.name or it.id}{host}"


def _flow_label(deployed: Deployed, it: ElementInfo) -> str:
    source, target = (deployed.name_of(ends[0]) for ends in (it.incoming, it.outgoing))
    named = f"{it.name}: " if it.name else ""
    return f"{named}from {source} to {target}"
