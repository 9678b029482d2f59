"""A diagram as a list to read from the start on, equal to the drawing for who cannot see it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from clearway.diagrams.source import BPMN, Element, parse
from clearway.diagrams.wording import (
    OWN,
    in_words,
    is_true,
    kind_of,
    label,
    plain,
    texts,
    waits_for,
)
from clearway.engine.model import FLOW_NODES

_SHARED = ("message", "signal", "error", "escalation", "dataStore", "category")
_CHOREOGRAPHY = frozenset(("choreographyTask", "subChoreography", "callChoreography"))
_NODES = FLOW_NODES | _CHOREOGRAPHY
_BESIDE = (
    "dataObjectReference",
    "dataStoreReference",
    "textAnnotation",
    "group",
    "association",
    "dataInputAssociation",
    "dataOutputAssociation",
    "dataInput",
    "dataOutput",
)
_TALKS = frozenset(("conversation", "subConversation", "callConversation"))
_TOLD_ELSEWHERE = frozenset(("state", "role", "step", "decision", "notice"))


@dataclass(frozen=True, slots=True)
class Next:
    """A way on: by which flow, to which element, when."""

    flow: str
    element: str
    to: str
    """What the element is called."""
    name: str = ""
    condition: str = ""
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class OutlineItem:
    """One thing of a diagram. `level` says how deep it lies: 0 for pools and processes."""

    element: str
    kind: str
    name: str
    level: int = 0
    who: str = ""
    waits_for: tuple[str, ...] = ()
    state: str = ""
    next: tuple[Next, ...] = ()
    documentation: str = ""
    details: tuple[tuple[str, str], ...] = ()
    """What else it says, such as a due time: our own attributes, inputs, outputs and seats."""


def outline(xml: bytes, forms: Mapping[str, str] | None = None) -> list[OutlineItem]:
    """All that a diagram shows and says, in the order in which it is read.

    Pools and message flows come first, then each process: its lanes, its nodes from the start
    along the flows, boundary events behind what they are attached to, and what lies beside; then
    messages, signals, errors. `forms` gives the titles of forms by element. Raises NotReadable.
    """
    root = parse(xml).root
    return _Outline(root, forms or {}).items()


def reading_order(nodes: Iterable[Element], flows: Iterable[Element]) -> list[Element]:
    """Nodes from the start along the flows, each behind all that lead to it but loops."""
    known = {it.get("id"): it for it in nodes}
    hosts = {it.get("id"): plain(it.get("attachedToRef")) for it in known.values()}
    after: dict[str, list[str]] = {}
    reached: set[str] = set()
    for flow in flows:
        source, target = plain(flow.get("sourceRef")), plain(flow.get("targetRef"))
        if source in known and target in known:
            after.setdefault(source, []).append(target)
            reached.add(target)
    hung: dict[str, list[str]] = {}
    for name, host in hosts.items():
        if host in known:
            hung.setdefault(host, []).append(name)
    starts = [it for it in known if it not in reached and hosts[it] not in known]
    starts.sort(key=lambda it: _start_rank(known[it]))
    order = _behind_all([*starts, *known], after, hung)
    return [known[it] for it in order]


def _start_rank(node: Element) -> int:
    if node.local == "startEvent":
        return 0
    return 2 if is_true(node, "triggeredByEvent") or is_true(node, "isForCompensation") else 1


def _behind_all(
    starts: list[str], after: Mapping[str, list[str]], hung: Mapping[str, list[str]]
) -> list[str]:
    """A depth first walk, told backwards by when it was left; what hangs stays with its host."""
    left: list[str] = []
    seen: set[str] = set()
    for start in starts:
        part: list[str] = []
        waiting = [(start, False)]
        while waiting:
            name, is_done = waiting.pop()
            if is_done:
                part.append(name)
                continue
            if name in seen:
                continue
            seen.add(name)
            waiting.append((name, True))
            seen.update(hung.get(name, ()))
            ways = [*after.get(name, ())]
            for it in hung.get(name, ()):
                ways += after.get(it, ())
            waiting += [(it, False) for it in ways]
        left += reversed(part)
    found: list[str] = []
    for name in left:
        found.append(name)
        found += hung.get(name, ())
    return found


class _Outline:
    """One file on its way into a list."""

    def __init__(self, root: Element, forms: Mapping[str, str]) -> None:
        self.root = root
        self.forms = forms
        self.by_id = {it.get("id"): it for it in root.walk() if it.get("id")}
        self.lanes: dict[str, Element] = {}
        for lane in root.walk():
            if lane.tag == BPMN + "lane":
                for name in texts(lane, "flowNodeRef"):
                    # An inner lane comes after the one around it.
                    self.lanes[plain(name)] = lane

    def items(self) -> list[OutlineItem]:
        """The whole list."""
        found: list[OutlineItem] = []
        for it in self.root.children:
            if it.local == "collaboration":
                found += self._collaboration(it)
        for it in self.root.children:
            if it.local in ("process", "choreography") and it.tag.startswith(BPMN):
                found += self._scope(it, 0)
            elif it.local == "globalConversation":
                found += self._collaboration(it)
        for it in self.root.children:
            is_other = it.tag.startswith(BPMN) and it.local.startswith("global")
            if it.local in _SHARED or (is_other and it.local != "globalConversation"):
                found.append(self._item(it, 0))
        return found

    def _collaboration(self, collaboration: Element) -> Iterator[OutlineItem]:
        for it in collaboration.walk():
            if it.local == "participant":
                process = self.by_id.get(plain(it.get("processRef")))
                to = Next("", process.get("id"), label(process)) if process is not None else None
                yield self._item(it, 0, (to,) if to else ())
        for it in collaboration.walk():
            if it.local in ("messageFlow", "conversationLink") or it.local in _TALKS:
                yield self._link(it, 0)
        yield from self._beside(collaboration, 0)

    def _scope(self, scope: Element, level: int) -> Iterator[OutlineItem]:
        if level == 0:
            yield self._item(scope, 0)
            for lane in scope.walk():
                if lane.tag == BPMN + "lane":
                    depth = sum(1 for it in _around(lane) if it.local == "lane")
                    yield self._item(lane, 1 + depth)
        inside = [it for it in scope.children if it.tag.startswith(BPMN)]
        nodes = [it for it in inside if it.local in _NODES and it.get("id")]
        flows = [it for it in inside if it.local == "sequenceFlow"]
        order = reading_order(nodes, flows)
        ways = self._ways(flows, scope)
        names = {it.get("id") for it in order}
        for node in order:
            yield self._item(node, level + 1, tuple(ways.get(node.get("id"), ())))
            yield from self._scope(node, level + 1)
        for flow in flows:
            if plain(flow.get("sourceRef")) not in names:
                yield self._link(flow, level + 1)
        yield from self._beside(scope, level + 1)

    def _ways(self, flows: Iterable[Element], scope: Element) -> dict[str, list[Next]]:
        found: dict[str, list[Next]] = {}
        for flow in flows:
            source = plain(flow.get("sourceRef"))
            origin = self.by_id.get(source)
            told = texts(flow, "conditionExpression")
            is_default = origin is not None and plain(origin.get("default")) == flow.get("id")
            target = plain(flow.get("targetRef"))
            found.setdefault(source, []).append(
                Next(
                    flow.get("id"),
                    target,
                    self._called(target),
                    " ".join(flow.get("name").split()),
                    told[0] if told else "",
                    is_default,
                )
            )
        for it in scope.children:
            target = self.by_id.get(plain(it.get("targetRef")))
            if it.local != "association" or target is None:
                continue
            if is_true(target, "isForCompensation"):
                way = Next(it.get("id"), target.get("id"), label(target), "is undone by")
                found.setdefault(plain(it.get("sourceRef")), []).append(way)
        return found

    def _called(self, name: str) -> str:
        element = self.by_id.get(name)
        if element is None:
            return name
        return label(element) if element.get("name") else f"{in_words(element.local)} {name}"

    def _beside(self, scope: Element, level: int) -> Iterator[OutlineItem]:
        """What lies beside the flow: notes, data, and what connects them."""
        for it in scope.children:
            if it.local == "ioSpecification":
                yield from self._beside(it, level)
            elif it.tag.startswith(BPMN) and it.local in _BESIDE and it.get("id"):
                yield self._link(it, level)

    def _link(self, element: Element, level: int) -> OutlineItem:
        """A thing with what it comes from and leads to."""
        ends = [
            element.get(it) or " ".join(texts(element, it)) for it in ("sourceRef", "targetRef")
        ]
        source, target = (plain(it) for it in ends)
        details = (("from", self._called(source)),) if source else ()
        ways = (Next("", target, self._called(target)),) if target else ()
        text = texts(element, "text")
        carried = self.by_id.get(plain(element.get("messageRef")))
        if carried is not None:
            details += (("message", label(carried)),)
        who = [self._called(plain(it)) for it in texts(element, "participantRef")]
        details += tuple(("participant", it) for it in who)
        return OutlineItem(
            element.get("id"),
            in_words(element.local),
            " ".join(element.get("name").split()) or " ".join(text),
            level,
            next=ways,
            documentation="\n".join(texts(element, "documentation")),
            details=details,
        )

    def _item(self, element: Element, level: int, ways: tuple[Next, ...] = ()) -> OutlineItem:
        own = {it.key[len(OWN) :]: it.value for it in element.attributes if it.key.startswith(OWN)}
        return OutlineItem(
            element.get("id"),
            kind_of(element, self.by_id),
            " ".join(element.get("name").split()),
            level,
            self._who(element, own),
            tuple(waits_for(element, self.by_id, self.forms)),
            own.get("state", ""),
            ways,
            "\n".join(texts(element, "documentation")),
            (*((k, v) for k, v in own.items() if k not in _TOLD_ELSEWHERE), *_extensions(element)),
        )

    def _who(self, element: Element, own: Mapping[str, str]) -> str:
        if own.get("role"):
            return own["role"]
        for it in (element, *_around(element)):
            lane = self.lanes.get(it.get("id"))
            while lane is not None:
                if lane.get(OWN + "role"):
                    return lane.get(OWN + "role")
                outer = next((up for up in _around(lane) if up.local == "lane"), None)
                if outer is None:
                    return label(lane)
                lane = outer
        return ""


def _around(element: Element) -> Iterator[Element]:
    outer = element.parent
    while outer is not None:
        yield outer
        outer = outer.parent


def _extensions(element: Element) -> Iterator[tuple[str, str]]:
    """Our own elements in it: inputs, outputs and seats."""
    extensions = element.find(BPMN + "extensionElements")
    for it in extensions.children if extensions is not None else ():
        if it.tag.startswith(OWN):
            values = it.values
            name = values.pop("name", "") or values.pop("field", "") or values.pop("id", "")
            told = ", ".join(v if k == "value" else f"{k} {v}" for k, v in values.items())
            yield f"{it.local} {name}".strip(), told
