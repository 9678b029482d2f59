"""What history keeps of a decision: plain values, and each needed decision once."""

import json
from datetime import date
from decimal import Decimal

import pytest

from clearway.decisions import evaluate, explain, read_decisions
from clearway.engine.decisions import kept_evaluation
from clearway.store import jsonb

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def read(body):
    head = f'<definitions xmlns="{NAMESPACE}" name="n" namespace="urn:n">'
    return read_decisions(f"{head}{body}</definitions>".encode(), "n.dmn")


def decision(name, text, needs=()):
    needed = "".join(
        f'<informationRequirement><requiredDecision href="#{each}"/></informationRequirement>'
        for each in needs
    )
    return (
        f'<decision id="{name}" name="{name}">{needed}'
        f"<literalExpression><text>{text}</text></literalExpression></decision>"
    )


def test_a_decision_that_many_need_is_kept_and_told_once():
    """Else each step of this chain would double what is kept."""
    steps = 24
    body = decision("a0", "1") + decision("b0", "2")
    for n in range(1, steps):
        before = (f"a{n - 1}", f"b{n - 1}")
        body += decision(f"a{n}", " + ".join(before), before)
        body += decision(f"b{n}", " - ".join(before), before)
    found = evaluate(read(body), f"a{steps - 1}", {})

    kept, told = kept_evaluation(found), explain(found)

    names = [each["decision"] for each in kept["needed"]]
    assert len(names) == len(set(names)) == 2 * (steps - 1)
    assert names.index("a3") < names.index("a4")
    assert len(told) == len(names) + 1


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("[1..3]", "[1..3]"),
        ("function(x) x + 1", "function(x) x + 1"),
        ("{a: [(1..2]], b: null}", {"a": ["(1..2]"], "b": None}),
        ('date("2026-03-02")', "2026-03-02"),
        ('duration("P1M")', "P1M"),
        ("1 / 3", Decimal("0.3333333333333333333333333333333333")),
    ],
)
def test_every_answer_can_be_kept(text, kept):
    found = evaluate(read(decision("d", text)), "d", {})

    made = jsonb.loads(jsonb.dumps(kept_evaluation(found)))

    assert made["outputs"] == {"d": kept}


def test_what_is_kept_does_not_change_with_the_record():
    body = (
        '<inputData id="r" name="record"/><decision id="d" name="d">'
        '<informationRequirement><requiredInput href="#r"/></informationRequirement>'
        "<literalExpression><text>record.day</text></literalExpression></decision>"
    )
    record = {"day": date(2026, 3, 2), "tags": ["a"]}
    kept = kept_evaluation(evaluate(read(body), "d", {"record": record}))
    before = json.dumps(kept, default=str)

    record["day"] = None
    record["tags"].append("b")

    assert json.dumps(kept, default=str) == before
