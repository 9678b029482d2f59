"""Writes small DMN files for the tests of decisions."""

from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape, quoteattr

import pytest

from clearway.decisions import Decisions, read_decisions

NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"

Rules = Sequence[tuple[Sequence[str], Sequence[str]]]


def _file(body: str) -> bytes:
    return (
        f'<definitions xmlns="{NAMESPACE}" name="test" namespace="urn:test">{body}</definitions>'
    ).encode()


def _input(column: str) -> str:
    expression, _, rest = column.partition(":")
    kind, _, allowed = rest.partition(":")
    typed = f" typeRef={quoteattr(kind)}" if kind else ""
    values = f"<inputValues><text>{escape(allowed)}</text></inputValues>" if allowed else ""
    return (
        f"<input><inputExpression{typed}><text>{escape(expression)}</text></inputExpression>"
        f"{values}</input>"
    )


def _output(column: str) -> str:
    name, _, rest = column.partition(":")
    values, _, default = rest.partition(":")
    inside = f"<outputValues><text>{escape(values)}</text></outputValues>" if values else ""
    if default:
        inside += f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>"
    return f"<output name={quoteattr(name)}>{inside}</output>"


def _rule(rule: tuple[Sequence[str], Sequence[str]]) -> str:
    tests = "".join(f"<inputEntry><text>{escape(cell)}</text></inputEntry>" for cell in rule[0])
    answers = "".join(f"<outputEntry><text>{escape(cell)}</text></outputEntry>" for cell in rule[1])
    return f"<rule>{tests}{answers}</rule>"


def _table(
    inputs: Sequence[str], outputs: Sequence[str], rules: Rules, policy: str, aggregation: str
) -> str:
    aggregated = f" aggregation={quoteattr(aggregation)}" if aggregation else ""
    columns = "".join(map(_input, inputs)) + "".join(map(_output, outputs))
    rows = "".join(map(_rule, rules))
    return (
        f"<decisionTable hitPolicy={quoteattr(policy)}{aggregated}>{columns}{rows}</decisionTable>"
    )


@pytest.fixture(scope="session")
def read() -> Callable[[str], Decisions]:
    """Read the elements of a DMN file."""
    return lambda body: read_decisions(_file(body), "test.dmn")


@pytest.fixture(scope="session")
def table(read: Callable[[str], Decisions]) -> Callable[..., Decisions]:
    """Read a file with one table, the decision `d`.

    An input is `expression[:type[:allowed]]`, an output `name[:values[:default]]`.
    """

    def make(
        inputs: Sequence[str],
        outputs: Sequence[str],
        rules: Rules,
        policy: str = "UNIQUE",
        aggregation: str = "",
    ) -> Decisions:
        logic = _table(inputs, outputs, rules, policy, aggregation)
        return read(f'<decision id="d" name="d">{logic}</decision>')

    return make
