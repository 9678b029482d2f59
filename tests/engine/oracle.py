"""An interpreter of block-structured processes that shares no code with the engine.

A process is a tree of blocks. A block draws itself as BPMN, and starts a life: an object that
knows which user tasks and messages are open in it, and what completing or delivering one does.
"""

import itertools
import random
import re
from collections import Counter
from dataclasses import dataclass, field

CLOCK = itertools.count()


class Life:
    """One activation of a block. `over` once it has ended; `counts` is shared by the whole run."""

    def __init__(self, counts: Counter[str]) -> None:
        self.counts = counts
        self.over = False

    def open_tasks(self) -> list[tuple[int, str, "Life"]]:
        return []

    def open_messages(self) -> list[tuple[str, "Life"]]:
        return []

    def deliver(self, name: str) -> None:
        """A message that this very life waits for."""

    def settle(self) -> None:
        """Look whether something inside has ended."""


class Leaf(Life):
    def __init__(self, counts: Counter[str], name: str, waits: bool) -> None:
        super().__init__(counts)
        self.name, self.waits, self.born = name, waits, next(CLOCK)
        if not waits:
            self.finish()

    def finish(self) -> None:
        self.over = True
        self.counts[self.name] += 1

    def open_tasks(self):
        return [] if self.over else [(self.born, self.name, self)]


class Chain(Life):
    def __init__(self, counts: Counter[str], blocks: "list[Block]") -> None:
        super().__init__(counts)
        self.rest = list(blocks)
        self.current: Life | None = None
        self.settle()

    def settle(self) -> None:
        if self.current is not None:
            self.current.settle()
        while self.current is None or self.current.over:
            if not self.rest:
                self.over = True
                return
            self.current = self.rest.pop(0).live(self.counts)

    def open_tasks(self):
        return [] if self.over or self.current is None else self.current.open_tasks()

    def open_messages(self):
        return [] if self.over or self.current is None else self.current.open_messages()


class Together(Life):
    def __init__(self, counts: Counter[str], blocks: "list[Block]") -> None:
        super().__init__(counts)
        self.lives = [block.live(counts) for block in blocks]
        self.settle()

    def settle(self) -> None:
        for life in self.lives:
            life.settle()
        self.over = all(life.over for life in self.lives)

    def open_tasks(self):
        return [each for life in self.lives if not life.over for each in life.open_tasks()]

    def open_messages(self):
        return [each for life in self.lives if not life.over for each in life.open_messages()]


class Rounds(Life):
    """The same body again and again, one after the other."""

    def __init__(self, counts: Counter[str], body: "Block", times: int) -> None:
        super().__init__(counts)
        self.body, self.left = body, times
        self.current: Life | None = None
        self.settle()

    def settle(self) -> None:
        if self.current is not None:
            self.current.settle()
        while self.current is None or self.current.over:
            if self.left == 0:
                self.over = True
                return
            self.left -= 1
            self.current = self.body.live(self.counts)

    def open_tasks(self):
        return [] if self.over or self.current is None else self.current.open_tasks()

    def open_messages(self):
        return [] if self.over or self.current is None else self.current.open_messages()


class Choice(Life):
    """An event gateway: the first message decides."""

    def __init__(self, counts: Counter[str], ways: "dict[str, Block]") -> None:
        super().__init__(counts)
        self.ways = ways
        self.taken: Life | None = None

    def open_messages(self):
        if self.over:
            return []
        if self.taken is None:
            return [(name, self) for name in self.ways]
        return self.taken.open_messages()

    def open_tasks(self):
        return [] if self.over or self.taken is None else self.taken.open_tasks()

    def deliver(self, name: str) -> None:
        self.taken = self.ways[name].live(self.counts)
        self.settle()

    def settle(self) -> None:
        if self.taken is not None:
            self.taken.settle()
            self.over = self.taken.over


class Guarded(Life):
    """A subprocess with a boundary message, or with a message event subprocess in it."""

    def __init__(self, counts: Counter[str], block: "Guard") -> None:
        super().__init__(counts)
        self.block = block
        self.body: Life | None = block.body.live(counts)
        self.extra: list[Life] = []
        self.listening = True
        self.settle()

    def settle(self) -> None:
        for life in [*self.extra, *([self.body] if self.body else [])]:
            life.settle()
        inside_over = self.body is None or self.body.over
        if self.block.kind.startswith("event"):
            self.over = inside_over and all(life.over for life in self.extra)
        else:
            # The branch of a boundary event is a way of its own, outside of the subprocess.
            self.over = inside_over and all(life.over for life in self.extra)
        if inside_over and not (self.block.kind.startswith("event") and not self.over):
            self.listening = False

    def open_tasks(self):
        lives = [*self.extra, *([self.body] if self.body else [])]
        return [each for life in lives if not life.over for each in life.open_tasks()]

    def open_messages(self):
        lives = [*self.extra, *([self.body] if self.body else [])]
        found = [each for life in lives if not life.over for each in life.open_messages()]
        return [*found, (self.block.message, self)] if self.listening and not self.over else found

    def deliver(self, name: str) -> None:
        if self.block.kind.endswith("stop"):
            self.body, self.listening = None, False
            self.extra = []
        self.extra.append(self.block.handler.live(self.counts))
        self.settle()


class Breaking(Life):
    """Two branches of a subprocess; the end of the second stops all, and a handler may follow."""

    def __init__(self, counts: Counter[str], block: "Break") -> None:
        super().__init__(counts)
        self.block = block
        self.lives = [block.side.live(counts), block.breaker.live(counts)]
        self.handler: Life | None = None
        self.settle()

    def settle(self) -> None:
        for life in [*self.lives, *([self.handler] if self.handler else [])]:
            life.settle()
        if self.lives and self.lives[1].over:
            self.lives = []
            if self.block.kind == "terminate":
                self.over = True
            else:
                self.handler = self.block.handler.live(self.counts)
                self.handler.settle()
        if self.handler is not None:
            self.over = self.handler.over

    def _inside(self) -> list[Life]:
        return [*self.lives, *([self.handler] if self.handler else [])]

    def open_tasks(self):
        return [each for life in self._inside() if not life.over for each in life.open_tasks()]

    def open_messages(self):
        return [each for life in self._inside() if not life.over for each in life.open_messages()]


@dataclass
class Block:
    """A part of a process. `draw` gives its XML, the ids of its first and last node."""

    name: str

    def draw(self) -> tuple[str, str, str]:
        raise NotImplementedError

    def live(self, counts: Counter[str]) -> Life:
        raise NotImplementedError


def flow(source: str, target: str, condition: str = "") -> str:
    inner = (
        f"<conditionExpression xsi:type='tFormalExpression'>{condition}</conditionExpression>"
        if condition
        else ""
    )
    ends = f"sourceRef='{source}' targetRef='{target}'"
    return f"<sequenceFlow id='f_{source}_{target}' {ends}>{inner}</sequenceFlow>"


@dataclass
class Task(Block):
    kind: str = "userTask"

    def draw(self):
        return f"<{self.kind} id='{self.name}'/>", self.name, self.name

    def live(self, counts):
        return Leaf(counts, self.name, self.kind == "userTask")


@dataclass
class Sequence(Block):
    blocks: list[Block] = field(default_factory=list)

    def draw(self):
        drawn = [block.draw() for block in self.blocks]
        xml = "".join(each[0] for each in drawn)
        xml += "".join(flow(a[2], b[1]) for a, b in itertools.pairwise(drawn))
        return xml, drawn[0][1], drawn[-1][2]

    def live(self, counts):
        return Chain(counts, self.blocks)


@dataclass
class Split(Block):
    """Parallel, inclusive or exclusive; `taken` are the numbers of the branches that hold."""

    kind: str = "parallel"
    branches: list[Block] = field(default_factory=list)
    taken: tuple[int, ...] = ()

    def draw(self):
        drawn = [block.draw() for block in self.branches]
        first, last = f"{self.name}_s", f"{self.name}_j"
        xml = f"<{self.kind}Gateway id='{first}'/><{self.kind}Gateway id='{last}'/>"
        for number, (inner, begin, end) in enumerate(drawn):
            condition = "" if self.kind == "parallel" else str(number in self.taken).lower()
            xml += inner + flow(first, begin, condition) + flow(end, last)
        return xml, first, last

    def live(self, counts):
        if self.kind == "exclusive":
            return Together(counts, [self.branches[min(self.taken)]])
        chosen = [
            b for n, b in enumerate(self.branches) if self.kind == "parallel" or n in self.taken
        ]
        return Together(counts, chosen)


@dataclass
class Loop(Block):
    """A body, then back while a counter is below `times`: drawn with gateways."""

    body: Block = None
    times: int = 2

    def draw(self):
        inner, begin, end = self.body.draw()
        n = self.name
        xml = (
            f"<scriptTask id='{n}_z' clearway:result='{n}_c'><script>0</script></scriptTask>"
            f"<exclusiveGateway id='{n}_m'/>"
            f"<scriptTask id='{n}_i' clearway:result='{n}_c'><script>{n}_c + 1</script>"
            f"</scriptTask>"
            f"<exclusiveGateway id='{n}_x' default='f_{n}_x_{n}_o'/><task id='{n}_o'/>"
        )
        xml += inner + flow(f"{n}_z", f"{n}_m") + flow(f"{n}_m", begin) + flow(end, f"{n}_i")
        xml += flow(f"{n}_i", f"{n}_x") + flow(f"{n}_x", f"{n}_m", f"{n}_c &lt; {self.times}")
        xml += flow(f"{n}_x", f"{n}_o")
        return xml, f"{n}_z", f"{n}_o"

    def live(self, counts):
        return Rounds(counts, self.body, self.times)


@dataclass
class Sub(Block):
    """A subprocess that may repeat: `repeat` is empty, parallel, sequential or standard."""

    body: Block = None
    repeat: str = ""
    times: int = 1

    def draw(self):
        inner, begin, end = self.body.draw()
        loops = {
            "": "",
            "parallel": "<multiInstanceLoopCharacteristics><loopCardinality>"
            f"{self.times}</loopCardinality></multiInstanceLoopCharacteristics>",
            "sequential": "<multiInstanceLoopCharacteristics isSequential='true'><loopCardinality>"
            f"{self.times}</loopCardinality></multiInstanceLoopCharacteristics>",
            "standard": f"<standardLoopCharacteristics loopMaximum='{self.times}'/>",
        }
        n = self.name
        xml = (
            f"<subProcess id='{n}'>{loops[self.repeat]}<startEvent id='{n}_a'/>"
            f"<endEvent id='{n}_e'/>"
            f"{inner}{flow(f'{n}_a', begin)}{flow(end, f'{n}_e')}</subProcess>"
        )
        return xml, n, n

    def live(self, counts):
        if self.repeat == "parallel":
            return Together(counts, [self.body] * self.times)
        return Rounds(counts, self.body, self.times)


@dataclass
class Called(Block):
    """A process of its own, called. Its drawing stands between marks, to be put beside others."""

    body: Block = None

    def draw(self):
        inner, begin, end = self.body.draw()
        n = self.name
        process = (
            f"<process id='{n}_p' isExecutable='true'><startEvent id='{n}_a'/>"
            f"<endEvent id='{n}_e'/>{inner}{flow(f'{n}_a', begin)}{flow(end, f'{n}_e')}</process>"
        )
        return f"{OPEN}{process}{CLOSE}<callActivity id='{n}' calledElement='{n}_p'/>", n, n

    def live(self, counts):
        return Rounds(counts, self.body, 1)


OPEN, CLOSE = "\x01", "\x02"


def apart(xml: str) -> tuple[str, str]:
    """A drawing, and beside it the processes that it calls."""
    beside = ""
    while found := re.search(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}", xml):
        beside += found[1]
        xml = xml[: found.start()] + xml[found.end() :]
    return xml, beside


@dataclass
class Guard(Block):
    """A subprocess and a message: `boundary-stop`, `boundary-go`, `event-stop` or `event-go`."""

    kind: str = "boundary-stop"
    body: Block = None
    handler: Block = None

    @property
    def message(self) -> str:
        return f"{self.name}_m"

    def draw(self):
        n, stops = self.name, self.kind.endswith("stop")
        inner, begin, end = self.body.draw()
        extra, h_begin, h_end = self.handler.draw()
        event = f"<messageEventDefinition messageRef='{self.message}'/>"
        inside = f"<startEvent id='{n}_a'/><endEvent id='{n}_e'/>{inner}"
        inside += flow(f"{n}_a", begin) + flow(end, f"{n}_e")
        if self.kind.startswith("event"):
            inside += (
                f"<subProcess id='{n}_es' triggeredByEvent='true'><startEvent id='{n}_b' "
                f"isInterrupting='{str(stops).lower()}'>{event}</startEvent>{extra}"
                f"{flow(f'{n}_b', h_begin)}</subProcess>"
            )
            return f"<subProcess id='{n}'>{inside}</subProcess>", n, n
        # The whole lies in a subprocess of its own, so that it ends when both ways have ended.
        xml = (
            f"<subProcess id='{n}_w'><startEvent id='{n}_wa'/><subProcess id='{n}'>"
            f"{inside}</subProcess>"
            f"<boundaryEvent id='{n}_b' attachedToRef='{n}' cancelActivity='{str(stops).lower()}'>"
            f"{event}</boundaryEvent>{extra}{flow(f'{n}_wa', n)}{flow(f'{n}_b', h_begin)}"
            f"<endEvent id='{n}_we'/>{flow(n, f'{n}_we')}<endEvent id='{n}_wh'/>"
            f"{flow(h_end, f'{n}_wh')}</subProcess>"
        )
        return xml, f"{n}_w", f"{n}_w"

    def live(self, counts):
        return Guarded(counts, self)


@dataclass
class Break(Block):
    """The breaker ends in `terminate`, `error`, `error-deep`, `error-event` or `escalation`."""

    kind: str = "error"
    side: Block = None
    breaker: Block = None
    handler: Block = None

    def draw(self):
        n = self.name
        side, side_begin, side_end = self.side.draw()
        breaker, begin, end = self.breaker.draw()
        extra, h_begin, h_end = self.handler.draw()
        word = self.kind.partition("-")[0]
        ends = {
            "terminate": "<terminateEventDefinition/>",
            "error": "<errorEventDefinition errorRef='er'/>",
            "escalation": "<escalationEventDefinition escalationRef='es'/>",
        }[word]
        inside = (
            f"<startEvent id='{n}_a'/><parallelGateway id='{n}_g'/><endEvent id='{n}_n'/>"
            f"<endEvent id='{n}_t'>{ends}</endEvent>{side}{breaker}{flow(f'{n}_a', f'{n}_g')}"
            f"{flow(f'{n}_g', side_begin)}{flow(f'{n}_g', begin)}{flow(side_end, f'{n}_n')}"
            f"{flow(end, f'{n}_t')}"
        )
        if self.kind == "terminate":
            return f"<subProcess id='{n}'>{inside}</subProcess>", n, n
        if self.kind == "error-event":
            inside += (
                f"<subProcess id='{n}_es' triggeredByEvent='true'><startEvent id='{n}_b'>{ends}"
                f"</startEvent>{extra}{flow(f'{n}_b', h_begin)}</subProcess>"
            )
            return f"<subProcess id='{n}'>{inside}</subProcess>", n, n
        if self.kind == "error-deep":
            inside = (
                f"<startEvent id='{n}_da'/><subProcess id='{n}_d'>{inside}</subProcess>"
                f"<endEvent id='{n}_dn'/>{flow(f'{n}_da', f'{n}_d')}{flow(f'{n}_d', f'{n}_dn')}"
            )
        xml = (
            f"<subProcess id='{n}'>{inside}</subProcess><exclusiveGateway id='{n}_x'/>"
            f"<boundaryEvent id='{n}_b' attachedToRef='{n}'>{ends}</boundaryEvent>{extra}"
            f"{flow(n, f'{n}_x')}{flow(f'{n}_b', h_begin)}{flow(h_end, f'{n}_x')}"
        )
        return xml, n, f"{n}_x"

    def live(self, counts):
        return Breaking(counts, self)


@dataclass
class Wait(Block):
    """An event gateway with one branch for each of several messages, joined again."""

    branches: list[Block] = field(default_factory=list)

    def draw(self):
        n = self.name
        xml = f"<eventBasedGateway id='{n}_g'/><exclusiveGateway id='{n}_x'/>"
        for number, block in enumerate(self.branches):
            inner, begin, end = block.draw()
            catch = f"{n}_c{number}"
            xml += (
                f"<intermediateCatchEvent id='{catch}'><messageEventDefinition "
                f"messageRef='{n}_{number}'/></intermediateCatchEvent>{inner}"
                f"{flow(f'{n}_g', catch)}{flow(catch, begin)}{flow(end, f'{n}_x')}"
            )
        return xml, f"{n}_g", f"{n}_x"

    def live(self, counts):
        return Choice(counts, {f"{self.name}_{n}": block for n, block in enumerate(self.branches)})


class Maker:
    """Makes random processes; every name is used once."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.number = itertools.count()

    def name(self, letter: str) -> str:
        return f"{letter}{next(self.number)}"

    def block(self, depth: int, *, simple: bool = False) -> Block:
        """`simple` blocks run alike in every round of a parallel repetition."""
        pick = self.random.random()
        if depth == 0 or pick < 0.25:
            return Task(self.name("t"), self.random.choice(["userTask", "userTask", "task"]))
        if pick < 0.4 or simple:
            count = self.random.randint(1, 3)
            return Sequence(
                self.name("q"), [self.block(depth - 1, simple=simple) for _ in range(count)]
            )
        if pick < 0.6:
            return self.split(depth)
        if pick < 0.7:
            return Loop(self.name("l"), self.block(depth - 1), self.random.randint(1, 3))
        if pick < 0.8:
            repeat = self.random.choice(["", "parallel", "sequential", "standard"])
            times = self.random.randint(1, 3) if repeat else 1
            if self.random.random() < 0.25:
                return Called(self.name("k"), self.block(depth - 1))
            return Sub(
                self.name("s"), self.block(depth - 1, simple=repeat == "parallel"), repeat, times
            )
        if pick < 0.87:
            kinds = ["terminate", "error", "error-deep", "error-event", "escalation"]
            # The other branch is at rest when the breaker ends, so nothing depends on the order.
            first = Task(self.name("t"), "userTask")
            breaker = Sequence(self.name("q"), [first, self.block(depth - 1)])
            sides = (self.block(depth - 1), breaker, self.block(depth - 1))
            return Break(self.name("b"), self.random.choice(kinds), *sides)
        if pick < 0.94:
            kind = self.random.choice(["boundary-stop", "boundary-go", "event-stop", "event-go"])
            # Handlers that may run several times at once share the variables of loops.
            handler = self.block(depth - 1, simple=kind.endswith("go"))
            return Guard(self.name("g"), kind, self.block(depth - 1), handler)
        return Wait(
            self.name("w"), [self.block(depth - 1) for _ in range(self.random.randint(2, 3))]
        )

    def split(self, depth: int) -> Block:
        kind = self.random.choice(["parallel", "inclusive", "exclusive"])
        branches = [self.block(depth - 1) for _ in range(self.random.randint(2, 3))]
        numbers = range(len(branches))
        taken = tuple(n for n in numbers if self.random.random() < 0.6) or (0,)
        return Split(self.name("x"), kind, branches, taken)


def process(seed: int, depth: int = 4) -> Block:
    """A random process: a sequence of random blocks."""
    maker = Maker(seed)
    return Sequence("root", [maker.block(depth) for _ in range(maker.random.randint(1, 3))])


def messages_in(xml: str) -> list[str]:
    """The messages that a drawing names."""
    return sorted(set(re.findall(r"messageRef='(\w+)'", xml)))
