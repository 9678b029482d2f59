"""Decision tables: hit policies, evaluations with the rule that fired."""

from clearway.decisions.errors import (
    DecisionError,
    MissingInput,
    NoRuleMatched,
    NotUnderstood,
    Place,
    RulesOverlap,
    WrongValue,
)
from clearway.decisions.evaluation import Evaluation, evaluate, evaluate_service
from clearway.decisions.explain import explain
from clearway.decisions.findings import Finding
from clearway.decisions.reader import Decisions, read_decisions

__all__ = [
    "DecisionError",
    "Decisions",
    "Evaluation",
    "Finding",
    "MissingInput",
    "NoRuleMatched",
    "NotUnderstood",
    "Place",
    "RulesOverlap",
    "WrongValue",
    "evaluate",
    "evaluate_service",
    "explain",
    "read_decisions",
]
