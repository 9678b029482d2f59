"""A decision table that tests can change, and the DMN file that says it."""

from dataclasses import dataclass, field, replace
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"


@dataclass(frozen=True)
class Column:
    """An input (`key` is its expression) or an output (`key` is its name)."""

    key: str
    label: str = ""
    type: str = ""
    allowed: str = ""
    default: str = ""


@dataclass(frozen=True)
class Row:
    """A rule; without an `id` the file has none either."""

    cells: tuple[str, ...]
    answers: tuple[str, ...]
    id: str = ""
    note: str = ""


@dataclass(frozen=True)
class DmnTable:
    """The only decision `d` of a file."""

    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    rows: tuple[Row, ...]
    policy: str = "UNIQUE"
    aggregation: str = ""
    before: str = field(default="")
    """Elements of the file that stand before the decision."""
    needs: str = ""

    def with_row(self, at: int, **changes: object) -> "DmnTable":
        """The same table with another row at this place, counted from 0."""
        rows = list(self.rows)
        rows[at] = replace(rows[at], **changes)  # type: ignore[arg-type]
        return replace(self, rows=tuple(rows))

    @property
    def xml(self) -> bytes:
        """The file."""
        aggregation = f" aggregation={quoteattr(self.aggregation)}" if self.aggregation else ""
        columns = "".join(map(_input, self.inputs)) + "".join(map(_output, self.outputs))
        return file_of(
            f'{self.before}<decision id="d" name="d">{self.needs}'
            f"<decisionTable hitPolicy={quoteattr(self.policy)}{aggregation}>"
            f"{columns}{''.join(map(_row, self.rows))}</decisionTable></decision>"
        )


def file_of(body: str, namespace: str = "urn:test") -> bytes:
    """A DMN file with these elements."""
    head = f'<definitions xmlns="{NAMESPACE}" name="test" namespace="{namespace}">'
    return f"{head}{body}</definitions>".encode()


def _input(column: Column) -> str:
    label = f" label={quoteattr(column.label)}" if column.label else ""
    return (
        f"<input{label}><inputExpression{_type(column)}>{_text(column.key)}</inputExpression>"
        f"{_inside('inputValues', column.allowed)}</input>"
    )


def _output(column: Column) -> str:
    return (
        f"<output name={quoteattr(column.key)}{_type(column)}>"
        f"{_inside('outputValues', column.allowed)}"
        f"{_inside('defaultOutputEntry', column.default)}</output>"
    )


def _row(row: Row) -> str:
    identity = f" id={quoteattr(row.id)}" if row.id else ""
    cells = "".join(f"<inputEntry>{_text(cell)}</inputEntry>" for cell in row.cells)
    answers = "".join(f"<outputEntry>{_text(cell)}</outputEntry>" for cell in row.answers)
    note = _inside("annotationEntry", row.note)
    return f"<rule{identity}>{cells}{answers}{note}</rule>"


def _type(column: Column) -> str:
    return f" typeRef={quoteattr(column.type)}" if column.type else ""


def _inside(name: str, text: str) -> str:
    return f"<{name}>{_text(text)}</{name}>" if text else ""


def _text(text: str) -> str:
    return f"<text>{escape(text)}</text>"
