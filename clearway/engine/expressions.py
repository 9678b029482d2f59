"""Expressions of a diagram: compiled once, evaluated with what an instance knows."""

from collections.abc import Mapping
from dataclasses import dataclass

from clearway.engine.findings import Findings
from clearway.engine.values import ProcessFault, Value, World
from clearway.feel import Expression, FeelError, compile_expression, feel_text

BUILT_IN_NAMES = frozenset(("record", "now", "key", "linked"))


@dataclass(frozen=True, slots=True)
class Formula:
    """A compiled expression and where it stands: `role` says what it is for."""

    text: str
    element: str
    role: str
    expression: Expression


NOTHING = Formula("null", "", "script", compile_expression("null"))
"""What a formula is before it is set; the gate refuses a script task without a script."""


def compile_formula(
    text: str, file: str, element: str, role: str, findings: Findings
) -> Formula | None:
    """The formula, or None after a finding when the text is not FEEL."""
    # Modelers write the equals sign that other tools put before FEEL.
    plain = text.strip()
    plain = plain[1:].strip() if plain.startswith("=") else plain
    if not plain:
        findings.error(file, element, "expression-empty", f"The {role} is empty.", "Write it.")
        return None
    try:
        return Formula(plain, element, role, compile_expression(plain, BUILT_IN_NAMES))
    except FeelError as error:
        findings.error(
            file, element, "expression", f"The {role} is not FEEL: {error}.", hint_for(plain)
        )
        return None


def evaluate(formula: Formula, names: Mapping[str, Value], world: World) -> Value:
    """Its value; raises ProcessFault when it cannot be evaluated."""
    try:
        return formula.expression.evaluate(names, now=world.now)
    except FeelError as error:
        raise ProcessFault(
            formula.element,
            f"The {formula.role} cannot be evaluated: {error}.",
            "Correct the data it uses and try again, or correct the expression in the diagram.",
        ) from error


def holds(formula: Formula, names: Mapping[str, Value], world: World) -> bool:
    """Whether a condition is true. Null is not true, as in FEEL's own `if`.

    Raises ProcessFault when the value is neither true, false nor null.
    """
    value = evaluate(formula, names, world)
    if value is None or isinstance(value, bool):
        return value is True
    raise ProcessFault(
        formula.element,
        f"The {formula.role} gives {feel_text(value)}, which is neither true nor false.",
        "Write a comparison in the diagram, for example `record.impact = 1`.",
    )


def hint_for(text: str) -> str:
    """What to write instead of a text that is not FEEL."""
    if text.startswith(("${", "#{")):
        return "Write FEEL, without ${ } around it."
    if "==" in text:
        return "Compare with a single `=`."
    return "Write a FEEL expression, for example `record.impact = 1`."
