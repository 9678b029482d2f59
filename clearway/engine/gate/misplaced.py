"""Our attributes and elements where nobody reads them: refused, so that none is passed over."""

from collections.abc import Iterator, Mapping
from typing import Any

from clearway.engine.gate.say import Say
from clearway.engine.markup import BPMN, OWN
from clearway.engine.model import FLOW_NODES, Scope

_ELSEWHERE: Mapping[str, frozenset[str]] = {
    "process": frozenset({"readers"}),
    "lane": frozenset({"role"}),
}
"""What may stand on other elements than tasks, events, gateways and subprocesses."""


def check(process: Scope, root: Any, say: Say) -> None:
    """Look at the process, at what lies beside it in the file, and at the file itself."""
    for element in _elements(root, process.id):
        tag = element.tag.removeprefix(BPMN)
        if tag in FLOW_NODES:
            continue
        allowed = _ELSEWHERE.get(tag, frozenset())
        names = [str(name).removeprefix(OWN) for name in element.attrib if name.startswith(OWN)]
        for name in sorted(set(names) - allowed):
            _tell(element, f"clearway:{name}", tag, say)
        extensions = element.find(BPMN + "extensionElements")
        for child in extensions if extensions is not None else ():
            if isinstance(child.tag, str) and child.tag.startswith(OWN):
                _tell(element, f"<clearway:{child.tag.removeprefix(OWN)}>", tag, say)


def _elements(root: Any, process: str) -> Iterator[Any]:
    yield root
    for part in root:
        if part.tag != BPMN + "process" or part.get("id") == process:
            yield from part.iter(f"{BPMN}*")


def _tell(element: Any, what: str, tag: str, say: Say) -> None:
    place = next(iter(element.xpath("ancestor-or-self::*[@id][1]/@id")), None)
    say.error(
        place,
        "own-place",
        f"{what} stands on a `{tag}`, where it means nothing.",
        "Put it on the task or event itself, or take it out.",
    )
