"""Elements of a file of decisions as texts that can be compared and shown."""

from dataclasses import dataclass

from clearway.decisions.markup import Element, child, children, own_text, text_of

UNTOLD = frozenset(
    (
        "", "extensionElements", "description", "textAnnotation", "association", "artifact",
        "knowledgeSource", "organizationUnit", "performanceIndicator", "elementCollection", "group",
        "question", "allowedAnswers", "authorityRequirement", "supportedObjective",
        "impactedPerformanceIndicator", "decisionMaker", "decisionOwner", "usingProcess",
        "usingTask",
    )
)  # fmt: skip
"""What is drawn or written for people and decides nothing."""
NO_MEANING = frozenset(("id", "label", "preferredOrientation", "outputLabel"))
DEFAULTS = {"isCollection": "false", "kind": "FEEL"}
ANY = "-"


@dataclass(frozen=True, slots=True)
class ColumnText:
    """A column: what it asks (an input's expression) or its name (an output), and its marks."""

    key: str
    own_label: str | None
    column: str
    type: str | None
    allowed: str | None
    default: str | None


@dataclass(frozen=True, slots=True)
class RowText:
    """A rule: its id in the file, the texts of its cells, its annotations."""

    id: str | None
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    note: str | None

    @property
    def text(self) -> str:
        """The whole rule on one line."""
        return f"{' | '.join(self.inputs)} -> {' | '.join(self.outputs)}"


@dataclass(frozen=True, slots=True)
class TableText:
    """A decision table as it is written."""

    policy: str
    aggregation: str | None
    type: str | None
    inputs: tuple[ColumnText, ...]
    outputs: tuple[ColumnText, ...]
    rows: tuple[RowText, ...]


def table_text(element: Element, default_name: str) -> TableText:
    """A `decisionTable`; a single output without a name is called `default_name`."""
    inputs = [_input(each, at) for at, each in enumerate(children(element, "input"), 1)]
    outputs = [_output(each, default_name) for each in children(element, "output")]
    return TableText(
        element.get("hitPolicy") or "UNIQUE",
        element.get("aggregation") or None,
        plain_type(element.get("typeRef")),
        tuple(inputs),
        tuple(outputs),
        tuple(_row(each) for each in children(element, "rule")),
    )


def outline(element: Element) -> str:
    """Any element on one line, without ids, layout and what is written for people."""
    marks = [
        f"{name} {plain_type(value) if name == 'typeRef' else value}"
        for name, value in sorted(element.attributes.items())
        if name not in NO_MEANING and not name.startswith("{") and DEFAULTS.get(name) != value
    ]
    inner = [outline(each) for each in told(element)]
    own = [] if inner else [element.text.strip()]
    if element.name == "text" or (element.name == "literalExpression" and not marks):
        return ", ".join([*own, *inner])
    inside = ", ".join(each for each in (*marks, *own, *inner) if each)
    return f"{element.name}({inside})"


def told(element: Element) -> list[Element]:
    """The children that decide something."""
    return [each for each in element if each.name not in UNTOLD]


def plain_type(name: str | None) -> str | None:
    """A type without the prefix of its namespace; Any is as good as none."""
    plain = (name or "").rpartition(":")[2]
    return None if plain in ("", "Any") else plain


def _input(element: Element, number: int) -> ColumnText:
    inner = child(element, "inputExpression")
    key = text_of(inner) or ""
    label = element.get("label") or None
    return ColumnText(
        key,
        label,
        label or key or f"input {number}",
        plain_type(inner.get("typeRef")) if inner is not None else None,
        text_of(child(element, "inputValues")),
        None,
    )


def _output(element: Element, default_name: str) -> ColumnText:
    name = element.get("name") or default_name
    return ColumnText(
        name,
        None,
        name,
        plain_type(element.get("typeRef")),
        text_of(child(element, "outputValues")),
        text_of(child(element, "defaultOutputEntry")),
    )


def _row(element: Element) -> RowText:
    notes = [
        text_of(each) if each.name == "annotationEntry" else own_text(each)
        for each in children(element, "annotationEntry", "description")
    ]
    return RowText(
        element.get("id") or None,
        tuple(text_of(each) or ANY for each in children(element, "inputEntry")),
        tuple(text_of(each) or "" for each in children(element, "outputEntry")),
        "; ".join(note for note in notes if note) or None,
    )
