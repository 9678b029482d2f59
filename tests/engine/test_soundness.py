"""What a diagram can come to, found before it runs: against a naive game of tokens, and by hand."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations, product
from typing import Any

import pytest
from proving import found_in
from steps import at_most

import clearway.engine.soundness.search as search
from clearway.engine import check as engine_check
from clearway.engine.examine import examine
from clearway.engine.findings import Findings
from clearway.engine.gate.branches import Effort, apart, parted_by_flows
from clearway.engine.gate.say import Say
from clearway.engine.model import Scope
from clearway.engine.soundness import check
from clearway.engine.soundness.net import Net
from clearway.engine.values import Bundle

Drawing = Callable[..., Bundle]


def rules(bundle: Bundle) -> list[tuple[str | None, str]]:
    return [(it.element, it.rule) for it in found_in(bundle)]


def test_what_an_exclusive_gateway_parts_no_parallel_one_joins(drawn: Drawing):
    body = (
        "<startEvent id='s'/><userTask id='a' name='Assess'/>"
        "<exclusiveGateway id='x' default='x_b'/><userTask id='b' name='Ask'/>"
        "<userTask id='c' name='Notify'/><parallelGateway id='j'/>"
        "<endEvent id='e'/>{s>a a>x x>b x>c[k] b>j c>j j>e}"
    )

    [found] = found_in(drawn(body))

    assert (found.element, found.rule) == ("j", "deadlock")
    assert found.message == (
        "It can come to a standstill: after *Assess*, then *x*: *x_b*, then *Ask*, "
        "what came from *Ask* waits at *j* for *Notify*, for ever."
    )


WIDE = (
    "<startEvent id='s'/><parallelGateway id='f'/>"
    + "".join(f"<userTask id='{it}' name='{it}'/>" for it in "abcdgh")
    + "<exclusiveGateway id='m'/><exclusiveGateway id='n'/><parallelGateway id='j'/>"
    "<endEvent id='e'/>{s>f f>a f>b f>c f>d f>g a>m b>m c>m d>n g>n m>j n>j j>e %s}"
)


def test_every_token_counts_where_a_join_is_ahead(drawn: Drawing):
    assert rules(drawn(WIDE % "f>h h>n")) == []
    assert rules(drawn(WIDE.replace("<userTask id='h' name='h'/>", "") % "")) == [("j", "deadlock")]


def test_more_tokens_at_one_place_than_are_counted_are_not_proven(drawn: Drawing):
    body = (
        "<startEvent id='s'/><exclusiveGateway id='m'/><userTask id='a' name='a'/>"
        "<parallelGateway id='f'/><userTask id='b' name='b'/><userTask id='c' name='c'/>"
        "<exclusiveGateway id='x' default='x_m'/><parallelGateway id='j'/><endEvent id='e'/>"
        "{s>m m>a a>f f>b f>x x>m x>c[k] b>j c>j j>e}"
    )

    assert ("p", "soundness-unproven") in rules(drawn(body))


def test_events_are_played_also_where_two_tokens_lie_at_one_place(drawn: Drawing):
    body = (
        "<startEvent id='s'/><parallelGateway id='f'/><userTask id='a' name='a'/>"
        "<boundaryEvent id='late' attachedToRef='a' cancelActivity='false'>"
        "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
        "</boundaryEvent><exclusiveGateway id='x' default='x_u'/><userTask id='u' name='u'/>"
        "<userTask id='w' name='w'/><parallelGateway id='j'/><userTask id='v' name='v'/>"
        "<exclusiveGateway id='m'/><exclusiveGateway id='n'/><endEvent id='e'/>"
        "{s>f f>a f>m f>n n>m m>v v>e a>e late>x x>u x>w[k] u>j w>j j>e}"
    )

    assert ("j", "deadlock") in rules(drawn(body))


def test_a_process_that_only_calls_itself_never_ends(drawn: Drawing):
    ends = "<startEvent id='s'/><userTask id='a' name='a'/><callActivity id='c' calledElement='p'/>"
    never = drawn(ends + "<endEvent id='e'/>{s>a a>c c>e}")
    sometimes = drawn(
        ends + "<exclusiveGateway id='x' default='x_e'/><endEvent id='e'/>{s>a a>x x>c[k] x>e c>e}"
    )

    assert ("c", "livelock") in rules(never)
    assert "livelock" not in [rule for _, rule in rules(sometimes)]


def test_two_ways_into_a_split_are_no_join(drawn: Drawing):
    body = (
        "<startEvent id='s'/><parallelGateway id='f'/><userTask id='a' name='a'/>"
        "<userTask id='b' name='b'/><parallelGateway id='j'/>"
        "<exclusiveGateway id='x' default='x_e'/><endEvent id='e'/>"
        "{s>f f>a f>b a>j b>j j>x x>f[k] x>e}"
    )

    assert rules(drawn(body)) == [("f", "deadlock")]


def test_a_round_without_a_way_out_is_told(drawn: Drawing):
    body = (
        "<startEvent id='s'/><exclusiveGateway id='x' default='x_a'/><userTask id='a' name='Look'/>"
        "<userTask id='b' name='Wait'/><exclusiveGateway id='r'/><endEvent id='e'/>"
        "{s>x x>a a>e x>b[k] b>r r>b}"
    )

    [found] = found_in(drawn(body))

    assert found.rule == "livelock"
    assert "after *x*: *x_b*, " in found.message


def test_a_round_that_an_event_ends_is_fine(drawn: Drawing):
    body = (
        "<startEvent id='s'/><subProcess id='p1'><startEvent id='s1'/><exclusiveGateway id='r'/>"
        "<userTask id='b' name='Wait'/>{s1>r r>b b>r}</subProcess><boundaryEvent id='t' "
        "attachedToRef='p1'><messageEventDefinition messageRef='m1'/></boundaryEvent>"
        "<endEvent id='e'/>{s>p1 t>e}"
    )

    assert rules(drawn(body)) == []


def test_what_follows_a_part_that_never_ends_is_dead(drawn: Drawing):
    body = (
        "<startEvent id='s'/><subProcess id='p1'><startEvent id='s1'/>"
        "<userTask id='b' name='Fail'/><endEvent id='x'><errorEventDefinition errorRef='er1'/>"
        "</endEvent>{s1>b b>x}</subProcess><boundaryEvent id='c' attachedToRef='p1'>"
        "<errorEventDefinition errorRef='er1'/></boundaryEvent><userTask id='d' name='Never'/>"
        "<endEvent id='e'/>{s>p1 p1>d d>e c>e}"
    )

    # An error end is an end of the part, but not one that the flow after it goes on from.
    assert rules(drawn(body)) == [("d", "dead-activity")]


def test_two_states_at_once_are_told_with_the_way_there(drawn: Drawing):
    body = (
        "<startEvent id='s'/><parallelGateway id='f'/><userTask id='a' name='Work' "
        "clearway:state='in_progress'/><userTask id='b' name='Check' clearway:state='in_review'/>"
        "<userTask id='c' name='Note'/><parallelGateway id='j'/><endEvent id='e'/>"
        "{s>f f>a f>b f>c a>j b>j c>j j>e}"
    )

    [found] = found_in(drawn(body))

    assert (found.element, found.rule) == ("a", "states-at-once")
    assert "in_progress and in_review" in found.message


def test_an_end_that_says_closed_while_something_is_open_is_told(drawn: Drawing):
    body = (
        "<startEvent id='s'/><parallelGateway id='f'/><userTask id='a' name='Work'/>"
        "<userTask id='b' name='Check'/><endEvent id='e' name='Done' clearway:state='closed'/>"
        "<endEvent id='n'/>{s>f f>a f>b a>e b>n}"
    )

    [found] = found_in(drawn(body))

    assert (found.element, found.rule) == ("e", "improper-completion")
    assert found.message == (
        "The record would show closed while *Check* is still open: after *Work*, "
        "it comes to *Done*."
    )


def test_what_is_done_by_itself_in_one_moment_is_never_open_beside_an_end(drawn: Drawing):
    body = (
        "<startEvent id='s'/><userTask id='a' name='a'/><parallelGateway id='f'/>"
        "<subProcess id='q' name='q'><startEvent id='s2'/><task id='t'/><endEvent id='e2'/>"
        "{s2>t t>e2}</subProcess><endEvent id='d'/><endEvent id='e' clearway:state='closed'/>"
        "{s>a a>f f>q f>e q>d}"
    )

    assert rules(drawn(body)) == []


def test_a_flow_that_leads_nowhere_is_told_once_and_not_as_a_standstill(drawn: Drawing):
    body = (
        "<startEvent id='s'/><userTask id='a' name='Work'/><subProcess id='p1'>"
        "<startEvent id='s1'/><userTask id='b' name='Look'/>{s1>b b>gone}</subProcess>"
        "<userTask id='c' name='Note'/><endEvent id='e'/>{s>a a>p1 p1>c c>e}"
    )

    assert [(it.element, it.rule) for it in engine_check(drawn(body), strict=False)] == [
        ("b_gone", "flow-end")
    ]
    assert rules(drawn(body)) == []


def test_what_is_too_wide_is_not_called_proven(drawn: Drawing, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(search, "MOST_MARKINGS", 50)
    branches = [f"b{number}" for number in range(8)]
    tasks = "".join(f"<userTask id='{it}' name='{it}'/>" for it in branches)
    tasks += "<userTask id='a' name='a' clearway:state='new'/>"
    tasks += "<userTask id='z' name='z' clearway:state='old'/>"
    ways = " ".join(f"f>{it} {it}>j" for it in branches)
    body = (
        f"<startEvent id='s'/><parallelGateway id='f'/>{tasks}<parallelGateway id='j'/>"
        f"<endEvent id='e'/>{{s>a a>f {ways} j>z z>e}}"
    )
    without_states = body.replace(" clearway:state='new'", "").replace(" clearway:state='old'", "")

    [found] = found_in(drawn(body))

    assert (found.rule, str(found.severity)) == ("soundness-unproven", "warning")
    assert found_in(drawn(without_states)) == []


def test_subprocesses_in_subprocesses_are_looked_at_once_each(drawn: Drawing):
    body = "<userTask id='u' clearway:state='new'/>"
    for depth in range(45):
        body = f"<subProcess id='n{depth}'><startEvent id='s{depth}'/>{body}{{s{depth}>"
        body += f"{'u' if depth == 0 else f'n{depth - 1}'}}}</subProcess>"
    draft = examine(drawn(f"<startEvent id='s'/>{body}{{s>n44}}"), strict=False, trusted=True)
    findings = Findings()

    with at_most(calls=30_000):
        check(draft.read.main, draft.read.processes, Say("p/p.bpmn", findings))

    assert findings.found == []


def test_many_branches_of_one_gateway_are_proven(drawn: Drawing):
    names = [f"t{number}" for number in range(300)]
    tasks = "".join(f"<userTask id='{it}'/>" for it in names)
    flows = " ".join(f"f>{it} {it}>j" for it in names)
    body = f"<startEvent id='s'/><parallelGateway id='f'/>{tasks}<parallelGateway id='j'/>"
    draft = examine(
        drawn(f"{body}<endEvent id='e'/>{{s>f {flows} j>e}}"), strict=False, trusted=True
    )
    findings = Findings()

    with at_most(calls=30_000):
        check(draft.read.main, draft.read.processes, Say("p/p.bpmn", findings))

    assert findings.found == []


@pytest.mark.parametrize("seeds", [range(at, at + 100) for at in range(0, 300, 100)])
def test_the_gate_knows_what_can_be_open_together_as_the_game_of_tokens_does(
    drawn: Drawing, seeds: range
):
    for seed in seeds:
        net = Game(seed)
        draft = examine(drawn(net.body()), strict=False, trusted=True)
        found = search.explore(Net(draft.read.main, {}), float("inf"))
        if not found.is_whole or found.stuck or found.trapped() is not None:
            # What the gate refuses for that is not judged any further.
            continue
        tasks = {it for it, kind in net.nodes.items() if kind == "userTask"}
        together = {
            frozenset((one, other))
            for marking in found.came_by
            for one, other in combinations([it for it, _ in marking if it in tasks], 2)
        }

        assert _side_by_side(draft.read.main, tasks) == together, f"seed {seed}: {net.body()}"


def _side_by_side(scope: Scope, tasks: set[str]) -> set[frozenset[str]]:
    return {
        frozenset((one, other))
        for found in parted_by_flows(scope, Effort())
        for one, other in product(tasks & found.ways.keys(), repeat=2)
        if any(apart(*two) for two in product(found.ways[one], found.ways[other]))
    }


@pytest.mark.parametrize("seeds", [range(at, at + 100) for at in range(0, 600, 100)])
def test_random_nets_are_judged_as_a_naive_game_of_tokens_says(drawn: Drawing, seeds: range):
    kinds: Counter[str] = Counter()
    for seed in seeds:
        net = Game(seed)
        verdict = net.verdict()
        if verdict is None:
            continue
        told = {it.rule: it.element for it in found_in(drawn(net.body()))}

        place = f"seed {seed}: {net.body()}"
        assert ("deadlock" in told) == verdict["stuck"], place
        if not verdict["stuck"]:
            assert ("livelock" in told) == verdict["trapped"], place
            if not verdict["trapped"]:
                dead = {
                    it.element for it in found_in(drawn(net.body())) if it.rule == "dead-activity"
                }
                assert dead == verdict["dead"], place
        kinds["stuck" if verdict["stuck"] else "trapped" if verdict["trapped"] else "fine"] += 1
    assert min(kinds["stuck"], kinds["fine"]) > 0
    assert kinds.total() >= len(seeds) - 5


class Game:
    """A random net of tasks and gateways, and every play of it, token by token on the flows."""

    MOST = 4_000  # more markings than nearly any net here has with at most two tokens on a flow

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)
        self.nodes: dict[str, str] = {"s": "startEvent", "e": "endEvent"}
        for number in range(chance.randint(3, 7)):
            kind = chance.choice(["userTask", "userTask", "exclusiveGateway", "parallelGateway"])
            self.nodes[f"n{number}"] = kind
        inner = [it for it in self.nodes if it not in ("s", "e")]
        self.flows: list[tuple[str, str]] = []
        for node in ["s", *inner]:
            is_gateway = self.nodes[node].endswith("Gateway")
            targets = [it for it in [*inner, "e"] if it != node]
            for target in chance.sample(targets, chance.randint(1, 2) if is_gateway else 1):
                self.flows.append((node, target))
        # Only what is on a way from the start, as the gate asks of a drawing.
        reached, grown = {"s"}, True
        while grown:
            more = {target for source, target in self.flows if source in reached} - reached
            reached |= more
            grown = bool(more)
        self.flows = [it for it in self.flows if it[0] in reached]
        self.nodes = {name: kind for name, kind in self.nodes.items() if name in reached | {"e"}}

    def body(self) -> str:
        shapes = "".join(
            f"<{kind} id='{name}' name='{name}'/>" for name, kind in self.nodes.items()
        )
        return f"{shapes}{{{' '.join(f'{a}>{b}' for a, b in self.flows)}}}"

    def verdict(self) -> dict[str, Any] | None:
        first = frozenset({(flow, 1) for flow in self.flows if flow[0] == "s"})
        after: dict[frozenset[Any], list[frozenset[Any]]] = {}
        acted: set[str] = {"s"}
        open_ends = [first]
        while open_ends:
            marking = open_ends.pop()
            if marking in after:
                continue
            after[marking] = []
            for node, then in self._plays(dict(marking)):
                acted.add(node)
                after[marking].append(then)
                open_ends.append(then)
            if len(after) > self.MOST:
                return None
        stuck = {it for it, then in after.items() if it and not then}
        fine = {it for it in after if not it} | stuck
        grown = True
        while grown:
            more = {it for it, then in after.items() if it not in fine and fine & set(then)}
            fine |= more
            grown = bool(more)
        dead = {it for it, kind in self.nodes.items() if kind == "userTask" and it not in acted}
        return {"stuck": bool(stuck), "trapped": bool(set(after) - fine), "dead": dead}

    def _plays(self, tokens: dict[Any, int]) -> Iterator[tuple[str, frozenset[Any]]]:
        for node, kind in self.nodes.items():
            comes = [it for it in self.flows if it[1] == node]
            goes = [it for it in self.flows if it[0] == node]
            if kind == "parallelGateway":
                if comes and all(tokens.get(it) for it in comes):
                    yield node, self._moved(tokens, comes, goes)
                continue
            for came in comes:
                if not tokens.get(came):
                    continue
                if kind == "exclusiveGateway":
                    for way in goes:
                        yield node, self._moved(tokens, [came], [way])
                else:
                    yield node, self._moved(tokens, [came], goes)

    def _moved(self, tokens: dict[Any, int], takes: list[Any], puts: list[Any]) -> frozenset[Any]:
        left = Counter(tokens)
        left.subtract(takes)
        for put in puts:
            left[put] = min(left[put] + 1, 2)  # a third token on a flow shows nothing new
        return frozenset((flow, count) for flow, count in left.items() if count > 0)
