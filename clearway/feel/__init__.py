"""FEEL, the expression language of diagrams and tables: text to tree to closure."""

from clearway.feel.errors import (
    FeelError,
    FeelEvaluationError,
    FeelLimitError,
    FeelSyntaxError,
    FeelUnknownNameError,
)
from clearway.feel.expression import (
    Expression,
    UnaryTests,
    compile_expression,
    compile_unary_tests,
)
from clearway.feel.limits import DEFAULT_LIMITS, Limits
from clearway.feel.plain import decode, encode, from_json, to_plain
from clearway.feel.text import feel_text
from clearway.feel.values import Function, Range, YearsMonths

__all__ = [
    "DEFAULT_LIMITS",
    "Expression",
    "FeelError",
    "FeelEvaluationError",
    "FeelLimitError",
    "FeelSyntaxError",
    "FeelUnknownNameError",
    "Function",
    "Limits",
    "Range",
    "UnaryTests",
    "YearsMonths",
    "compile_expression",
    "compile_unary_tests",
    "decode",
    "encode",
    "feel_text",
    "from_json",
    "to_plain",
]
