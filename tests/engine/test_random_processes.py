"""Random processes, walked at random, against an interpreter that shares no code with us."""

import os
import random
import sys
from collections import Counter
from pathlib import Path

import pytest

from clearway.engine import build, soundness, turn
from clearway.engine.examine import examine
from clearway.engine.findings import Findings
from clearway.engine.gate.say import Say
from clearway.engine.values import Bundle, CompleteWorkItem, DeliverMessage, Start, World

sys.path.insert(0, str(Path(__file__).parent))
from datetime import UTC, datetime

import oracle

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STEPS = 60
# A hundred in short; `make walks` takes twenty thousand. Others: WALKS_FROM=100000.
WALKS = int(os.environ.get("WALKS", "100"))
FIRST = int(os.environ.get("WALKS_FROM", "0"))
SHARE = max(20, WALKS // 40)


def bundle_of(block: oracle.Block) -> Bundle:
    drawn, first, last = block.draw()
    inner, beside = oracle.apart(drawn)
    messages = "".join(f"<message id='{m}' name='{m}'/>" for m in oracle.messages_in(drawn))
    xml = (
        "<definitions id='defs' xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "
        "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
        f"xmlns:clearway='urn:clearway:bpmn:1' targetNamespace='urn:test'>{messages}"
        "<error id='er' errorCode='E'/><escalation id='es' escalationCode='S'/>"
        f"<process id='p' isExecutable='true'><startEvent id='begin'/><endEvent id='end'/>{inner}"
        f"{oracle.flow('begin', first)}{oracle.flow(last, 'end')}</process>{beside}</definitions>"
    )
    return Bundle("p", {"p/p.bpmn": xml.encode()})


def walk(seed: int) -> int:
    """Walk one random process both ways; the number of steps taken."""
    block = oracle.process(seed)
    blueprint = build(bundle_of(block), strict=False)
    choose = random.Random(seed + 1)
    world = World(NOW, {}, "P-1")
    counts: Counter[str] = Counter()
    life = block.live(counts)
    made = turn(blueprint, None, Start(), world)
    done: Counter[str] = Counter()
    tasks = set(counts) | {name for _, name, _ in life.open_tasks()}
    for step in range(STEPS):
        done.update(h.element for h in made.happenings if h.kind == "completed")
        place = f"seed {seed}, step {step}"
        engine_open = Counter(item.element for item in made.after.work_items)
        assert engine_open == Counter(name for _, name, _ in life.open_tasks()), place
        messages = Counter(event.name for event in made.after.events)
        assert messages == Counter(name for name, _ in life.open_messages()), place
        assert made.finished == life.over, place
        tasks |= set(engine_open)
        for name in tasks | set(counts):
            assert done[name] == counts[name], f"{place}: {name}"
        moves = sorted(set(engine_open)) + sorted(f"!{name}" for name in set(messages))
        if not moves:
            return step
        move = choose.choice(moves)
        if move.startswith("!"):
            waiting = [each for name, each in life.open_messages() if name == move[1:]]
            for each in waiting:
                each.deliver(move[1:])
            made = turn(blueprint, made.state, DeliverMessage(move[1:]), world)
        else:
            min((born, leaf) for born, name, leaf in life.open_tasks() if name == move)[1].finish()
            item = next(i for i in made.after.work_items if i.element == move)
            made = turn(blueprint, made.state, CompleteWorkItem(item.token), world)
        life.settle()
    return STEPS


@pytest.mark.parametrize("start", range(FIRST, FIRST + WALKS, SHARE))
def test_random_processes_run_as_the_interpreter_says(start: int):
    steps = [walk(seed) for seed in range(start, start + SHARE)]

    assert sum(steps) > 20


def test_random_processes_that_are_joined_as_they_are_parted_are_proven_to_finish():
    unproven = 0
    for seed in range(30):
        draft = examine(bundle_of(oracle.process(seed)), strict=False, trusted=True)
        findings = Findings()
        for process in draft.read.called():
            soundness.check(process, draft.read.processes, Say("p/p.bpmn", findings))

        unproven += any(it.rule == "soundness-unproven" for it in findings.found)
        assert [it.message for it in findings.errors] == [], f"seed {seed}"
    assert unproven <= 2
