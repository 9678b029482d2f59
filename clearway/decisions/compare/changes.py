"""One difference between two versions of a file of decisions."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What has become of the part."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    CHANGED = "changed"


class Part(StrEnum):
    """What of a file can differ."""

    NAMESPACE = "namespace"
    IMPORT = "import"
    TYPE_DEFINITION = "type definition"
    INPUT = "input"
    DECISION = "decision"
    KNOWLEDGE = "knowledge model"
    SERVICE = "service"
    OTHER = "element"
    NAME = "name"
    VARIABLE = "variable"
    TYPE = "type"
    NEEDS = "needs"
    EXPRESSION = "expression"
    PARAMETERS = "parameters"
    ENTRY = "entry"
    HIT_POLICY = "hit policy"
    AGGREGATION = "aggregation"
    COLUMN = "column"
    LABEL = "label"
    ALLOWED = "allowed values"
    DEFAULT = "default"
    RULE = "rule"
    CELL = "cell"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Change:
    """A difference, told by the texts before and after; None where there is none.

    `element` is the id of the decision, model, input or service, or the name of a type or import;
    `entry` the way to an expression inside it, such as `rates, monthly`, empty for its own. Rules
    count from 1 on each side; `column` is the label of an input or the name of an output.
    """

    element: str
    part: Part
    change: Kind
    rule_before: int | None = None
    rule_after: int | None = None
    column: str = ""
    before: str | None = None
    after: str | None = None
    entry: str = ""
