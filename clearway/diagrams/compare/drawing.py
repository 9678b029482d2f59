"""A diagram taken apart: each element that a reader would point at, with what belongs to it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clearway.diagrams.compare.tree import BPMNDI, Part
from clearway.engine.markup import BPMN

ROOT = ""
"""The id that stands for the file itself."""
FLOWS = frozenset(("sequenceFlow", "messageFlow", "association", "conversationLink"))
_HOLDERS = frozenset(
    (
        "definitions", "process", "subProcess", "transaction", "adHocSubProcess", "collaboration",
        "globalConversation", "choreography", "globalChoreographyTask", "subChoreography",
        "subConversation", "laneSet", "childLaneSet", "lane", "category",
    )
)  # fmt: skip
_BELONGING = frozenset(
    (
        "documentation", "extensionElements", "incoming", "outgoing", "ioSpecification", "property",
        "dataInputAssociation", "dataOutputAssociation", "standardLoopCharacteristics",
        "multiInstanceLoopCharacteristics", "flowNodeRef", "partitionElement", "monitoring",
        "auditing", "correlationSubscription", "resourceRole", "performer", "humanPerformer",
        "potentialOwner", "import", "extension", "relationship", "completionCondition", "supports",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drawn:
    """An element: its own content, without the elements inside it, and where it is.

    `lanes`: the ids of the lanes that list it, as in the file. `at`: its place in the file.
    """

    id: str
    part: Part
    parent: str
    lanes: tuple[str, ...] = ()
    at: int = 0

    @property
    def kind(self) -> str:
        """The name of the element in BPMN."""
        return self.part.local

    @property
    def name(self) -> str:
        """Its name as drawn; empty for none."""
        return " ".join((self.part.get("name") or "").split())


@dataclass(frozen=True, slots=True)
class Drawing:
    """All elements of a file by id in their order, how each is drawn, and what leaves each."""

    elements: Mapping[str, Drawn]
    layout: Mapping[str, Part]
    leaving: Mapping[str, Sequence[str]]


def drawing(root: Part) -> Drawing:
    """Take a file apart."""
    pictures = [it for it in root.children if it.name.startswith(BPMNDI)]
    found: dict[str, tuple[Part, str]] = {}
    _collect(root.without(pictures), ROOT, ROOT, found)
    parts = {name: part for name, (part, _) in found.items()}
    lanes = _lanes(parts)
    ends = _ends(parts)
    elements = {
        name: Drawn(name, _own(part, name, parts, ends), parent, tuple(lanes.get(name, ())), at)
        for at, (name, (part, parent)) in enumerate(found.items())
    }
    leaving: dict[str, list[str]] = defaultdict(list)
    for each in elements.values():
        if each.kind == "sequenceFlow":
            leaving[each.part.get("sourceRef") or ""].append(each.id)
    return Drawing(elements, _layout(pictures), leaving)


def _collect(part: Part, name: str, parent: str, found: dict[str, tuple[Part, str]]) -> None:
    inner = [it for it in part.children if _is_element(it, part)]
    # Two of one id break the schema; the second is kept apart all the same.
    while name in found:
        name += "#"
    found[name] = (part.without(inner), parent)
    for each in inner:
        _collect(each, each.get("id") or "", name, found)


def _is_element(part: Part, holder: Part) -> bool:
    return (
        part.is_bpmn
        and holder.is_bpmn
        and holder.local in _HOLDERS
        and part.local not in _BELONGING
        and bool(part.get("id"))
    )


def _lanes(parts: Mapping[str, Part]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name, part in parts.items():
        if part.local == "lane":
            for each in part.children:
                is_of_lane = each.name == f"{BPMN}flowNodeRef" and each.text
                if is_of_lane and name not in found[each.text]:
                    found[each.text].append(name)
    return found


def _ends(parts: Mapping[str, Part]) -> dict[tuple[str, str], set[str]]:
    """Element and `incoming` or `outgoing` -> the flows that say so themselves."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name, part in parts.items():
        if part.local == "sequenceFlow":
            found[part.get("sourceRef") or "", "outgoing"].add(name)
            found[part.get("targetRef") or "", "incoming"].add(name)
    return found


def _own(
    part: Part,
    name: str,
    parts: Mapping[str, Part],
    ends: Mapping[tuple[str, str], set[str]],
) -> Part:
    """Without its id, and without what is told at flows and at what lies in a lane."""
    bare = [it for it in part.children if not it.attributes and not it.children]
    held = [it for it in bare if it.name == f"{BPMN}flowNodeRef" and it.text]
    gone = [it for it in held if it.text in parts]
    for side in ("incoming", "outgoing"):
        listed = [it for it in part.children if it.name == f"{BPMN}{side}"]
        if {it.text for it in listed} == ends.get((name, side), set()):
            gone += [it for it in listed if it in bare]
    kept = part.without(gone)
    attributes = kept.attributes
    if name != ROOT:
        attributes = tuple(it for it in attributes if it[0] != "id")
    return Part(kept.name, attributes, kept.text, kept.children)


def _layout(pictures: Sequence[Part]) -> dict[str, Part]:
    """Element -> how it is drawn, all its shapes and edges together."""
    found: dict[str, list[Part]] = defaultdict(list)
    for picture in pictures:
        _draw(picture, ROOT, found)
    return {
        name: Part("layout", (), "", tuple(sorted(parts, key=repr)))
        for name, parts in found.items()
    }


def _draw(part: Part, element: str, found: dict[str, list[Part]]) -> None:
    inner = [it for it in part.children if _draws(it)]
    bare = _bare(part.without(inner))
    if element != ROOT or bare.attributes or bare.text or bare.children:
        found[element].append(bare)
    for each in inner:
        _draw(each, each.get("bpmnElement") or element, found)


def _draws(part: Part) -> bool:
    return part.get("bpmnElement") is not None


def _bare(part: Part) -> Part:
    """Without ids, and numbers as numbers: 100 is 100.0."""
    attributes = tuple((key, _number(value)) for key, value in part.attributes if key != "id")
    return Part(part.name, attributes, part.text, tuple(map(_bare, part.children)))


def _number(text: str) -> str:
    try:
        return f"{float(text):g}"
    except ValueError:
        return text
