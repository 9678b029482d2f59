"""B13: conditions of gateways in FEEL, against the same as compiled Python expressions."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

from benchmarks.meter import Slice, by_turns, median, ratios
from benchmarks.result import Case, Goal, Result, Size
from benchmarks.stage import Stage
from clearway.feel import compile_expression

_NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
_RECORD: dict[str, object] = {
    "impact": Decimal(2), "urgency": Decimal(1), "state": "in_progress", "vip": False,
    "cost": Decimal("1250.50"), "all_well": True, "approval": "approved", "assessment": "accept",
    "author": "ann", "change_heard": "CHG-3", "change_outcome": "successful_with_issues",
    "change_type": "normal", "checked_at": None, "earlier_changes": ["CHG-1", "CHG-2", "CHG-3"],
    "group_lead": "bea", "held_with": "PRB-3", "hold_reason": "awaiting_supplier",
    "implementer": "cem", "linked_done": "PRB-3", "next_step": "withdraw", "open_count": Decimal(3),
    "parent": None, "plan_problem": None, "planned_end": "2026-03-01T10:30:00+01:00",
    "put_right": True, "risk_band": "low", "supplier_order": "ORD-2", "verdict": "real",
    "verified": True, "waiting_for": "INC-1", "way": "here",
    "backout_deadline": "2026-03-01T10:00:00+01:00", "backout_verified": True, "conditions": ["a"],
    "freeze": "none", "freeze_answer": "go", "freeze_granted_start": None, "freeze_outcome": None,
    "go": "go", "go_on": "go_on", "implementation_result": "done", "new_collisions": [],
    "planned_start": "2026-03-01T10:00:00+01:00", "review_why": [], "rounds": ["board", "lead"],
    "spoken_at": None, "template": None, "template_usable": True, 
}  # fmt: skip
_OTHER: dict[str, object] = {
    **_RECORD, "all_well": False, "approval": "rejected", "assessment": "investigate",
    "change_heard": "CHG-4", "change_outcome": "failed", "change_type": "emergency",
    "checked_at": "2026-02-28", "group_lead": "ann", "held_with": None, "hold_reason": None,
    "linked_done": None, "next_step": "take_back", "open_count": Decimal(0), "parent": "INC-2",
    "plan_problem": "late", "planned_end": "2026-02-28T10:30:00Z", "put_right": False,
    "verdict": "false", "verified": False, "way": "change",
    "backout_deadline": "2026-03-02T10:00:00+01:00", "backout_verified": False, "conditions": [],
    "freeze": "hard", "freeze_answer": "exception", "freeze_outcome": "granted",
    "go_on": "take_back", "implementation_result": "failed", "new_collisions": ["CHG-9"],
    "review_why": ["it was drawn"], "rounds": [], "spoken_at": "2026-03-01T08:00:00Z",
    "template": "STD-1", "template_usable": False,
}  # fmt: skip
_WRITTEN = {
    "equality": ('record.state = "in_progress"', 'record["state"] == "in_progress"'),
    "two comparisons": (
        "record.impact <= 2 and record.urgency < 3",
        'record["impact"] <= 2 and record["urgency"] < 3',
    ),
    "arithmetic and logic": (
        'record.vip or record.cost * 1.19 > 1000 and record.state != "closed"',
        'record["vip"] or record["cost"] * tax > 1000 and record["state"] != "closed"',
    ),
    "or, in": (
        'record.impact in (3, 4) or record.state in ("new", "closed") or record.urgency = 2 '
        "or record.impact < 3",
        'record["impact"] in (3, 4) or record["state"] in ("new", "closed") '
        'or record["urgency"] == 2 or record["impact"] < 3',
    ),
    "not": ("not(record.vip)", 'not record["vip"]'),
    "list contains": (
        'list contains(["new", "in_progress"], record.state)',
        'record["state"] in ("new", "in_progress")',
    ),
}
_SHIPPED = {
    "date and time(record.backout_deadline) > now()": 'parse(record["backout_deadline"]) > now',
    "count(record.conditions) > 0": 'record["conditions"] != []',
    'count(record.new_collisions) > 0 or record.freeze = "hard"': (
        'record["new_collisions"] != [] or record["freeze"] == "hard"'
    ),
    "count(record.review_why) > 0": 'record["review_why"] != []',
    "count(record.rounds) = 0": 'record["rounds"] == []',
    'record.approval = "approved" or record.approval = "approved_by_word"': (
        'record["approval"] == "approved" or record["approval"] == "approved_by_word"'
    ),
    'record.approval = "rejected"': 'record["approval"] == "rejected"',
    "record.backout_verified = true": 'record["backout_verified"] is True',
    'record.change_type != "normal"': 'record["change_type"] != "normal"',
    'record.freeze_answer = "exception"': 'record["freeze_answer"] == "exception"',
    'record.freeze_outcome = "granted"': 'record["freeze_outcome"] == "granted"',
    'record.go = "go" and (record.freeze = "none" or record.freeze = "soft" or '
    'record.change_type = "emergency" or '
    "record.freeze_granted_start = record.planned_start)": (
        'record["go"] == "go" and (record["freeze"] in ("none", "soft") or '
        'record["change_type"] == "emergency" or '
        'record["freeze_granted_start"] == record["planned_start"])'
    ),
    'record.go_on = "go_on"': 'record["go_on"] == "go_on"',
    'record.implementation_result = "failed"': 'record["implementation_result"] == "failed"',
    **{
        f'record.rounds[1] = "{name}"': f'record["rounds"][:1] == ["{name}"]'
        for name in (
            "board",
            "emergency_board",
            "executive",
            "lead",
            "line_director",
            "manager_and_owner",
            "security",
            "supplier",
        )
    },
    "record.spoken_at != null": 'record["spoken_at"] is not None',
    "record.template != null": 'record["template"] is not None',
    "record.template_usable = true": 'record["template_usable"] is True',
    "if record.linked_done = null then record.hold_reason = "
    '"awaiting_caller" else list contains([record.waiting_for, record.supplier_order, '
    "record.held_with], record.linked_done)": 'record["hold_reason"] == "awaiting_caller" '
    'if record["linked_done"] is None else record["linked_done"] in '
    '[record["waiting_for"], record["supplier_order"], record["held_with"]]',
    'list contains(["successful", "successful_with_issues"], record.change_outcome)': (
        'record["change_outcome"] in ("successful", "successful_with_issues")'
    ),
    "list contains(record.earlier_changes, record.change_heard)": (
        'record["change_heard"] in record["earlier_changes"]'
    ),
    "record.all_well = true": 'record["all_well"] is True',
    'record.approval = "approved"': 'record["approval"] == "approved"',
    'record.assessment = "investigate"': 'record["assessment"] == "investigate"',
    "record.checked_at = null": 'record["checked_at"] is None',
    "record.held_with != null": 'record["held_with"] is not None',
    "record.hold_reason != null": 'record["hold_reason"] is not None',
    'record.next_step = "take_back"': 'record["next_step"] == "take_back"',
    'record.next_step = "withdraw"': 'record["next_step"] == "withdraw"',
    "record.open_count > 0": 'record["open_count"] > 0',
    "record.parent != null": 'record["parent"] is not None',
    "record.plan_problem = null": 'record["plan_problem"] is None',
    "record.put_right = true": 'record["put_right"] is True',
    'record.verdict = "real"': 'record["verdict"] == "real"',
    "record.verified = true": 'record["verified"] is True',
    'record.way = "change"': 'record["way"] == "change"',
    'record.way = "here"': 'record["way"] == "here"',
}
"""The conditions of the diagrams in `bpmn/`, and each as it would be written in Python."""

_DIAGRAMS = Path(__file__).resolve().parent.parent / "bpmn"
_CONDITION = "{http://www.omg.org/spec/BPMN/20100524/MODEL}conditionExpression"
_FEEL, _PYTHON = "FEEL", "Python"
_EACH = 200  # evaluations for each piece


def run(_stage: Stage, size: Size) -> Result:
    """Both are compiled before; an answer that differs voids the run."""
    rows: list[dict[str, object]] = []
    compared: dict[str, float] = {}
    for name, (feel, python) in _WRITTEN.items():
        compared[_TIMES.format(name)] = _ratio(name, feel, python, size, rows)
    shipped = {text: _ratio(text, text, _python_of(text), size, rows) for text in _shipped()}
    worst = max(shipped, key=lambda text: shipped[text])
    compared[_WORST] = shipped[worst]
    notes = (*_NOTES, f"{len(shipped)} conditions are in bpmn/; the worst is: {worst}")
    return Result(rows, compared, notes, dict.fromkeys(compared, Goal(most=10)))


CASE = Case("B13", "a gateway's condition", run)
_TIMES = "FEEL, times Python: {}"
_WORST = _TIMES.format("the worst of the shipped diagrams")


def _shipped() -> list[str]:
    """The conditions of all diagrams that ask for nothing but the record and the time."""
    elements = (
        each
        for file in sorted(_DIAGRAMS.glob("*/*.bpmn"))
        for each in ElementTree.parse(file).iter(_CONDITION)
    )
    texts = sorted({" ".join((each.text or "").split()) for each in elements})
    return [text for text in texts if compile_expression(text).free_names <= {"record"}]


def _python_of(text: str) -> str:
    if text not in _SHIPPED:
        raise RuntimeError(f"a diagram has a new condition; write it in Python here: {text}")
    return _SHIPPED[text]


def _ratio(name: str, feel: str, python: str, size: Size, rows: list[dict[str, object]]) -> float:
    for record in (_RECORD, _OTHER):
        if _feel(feel, record)() is not _python(python, record)():
            raise RuntimeError(f"the sides differ about a record: {feel}")
    contestants = {
        _FEEL: _timed(_feel(feel, _RECORD), size),
        _PYTHON: _timed(_python(python, _RECORD), size),
    }
    by_turns(contestants, 1)  # warm
    slices = by_turns(contestants, size.rounds)
    rows += [_row(name, side, slices[side]) for side in contestants]
    return statistics.median(ratios(slices[_FEEL], slices[_PYTHON], lambda it: it.process_cpu))


def _feel(text: str, record: Mapping[str, object]) -> Callable[[], object]:
    condition, context = compile_expression(text), {"record": record}
    return lambda: condition.evaluate(context, now=_NOW)


def _python(text: str, record: Mapping[str, object]) -> Callable[[], object]:
    code = compile(text, "condition", "eval")
    # Numbers are decimals on both sides; a constant is made once, as FEEL's are.
    names: Mapping[str, object] = {
        "record": record, "tax": Decimal("1.19"), "now": _NOW, "parse": datetime.fromisoformat,
    }  # fmt: skip
    return lambda: eval(code, {"__builtins__": {}}, names)


def _timed(evaluate: Callable[[], object], size: Size) -> Callable[[int], Slice]:
    count = size.pieces * _EACH

    def once(_round: int) -> Slice:
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(count):
            evaluate()
        return Slice((time.perf_counter() - wall) / count, (time.process_time() - cpu) / count, 0.0)

    return once


def _row(name: str, side: str, slices: Sequence[Slice]) -> dict[str, object]:
    return {
        "medians of rounds": f"{_short(name)}, {side}",
        "CPU us": 1_000_000 * median(slices, lambda it: it.process_cpu),
    }


def _short(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:59]}…"


_NOTES = (
    "FEEL: decimals of 34 digits, three-valued logic, a bound on steps, names that may be missing",
    "Python: code compiled before, evaluated with decimals; no bound, no null, no names checked",
)
