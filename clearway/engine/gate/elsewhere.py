"""References with a prefix: what they name lies in this file, or they are refused as missing."""

from collections.abc import Iterator, Mapping
from typing import Any

from clearway.engine.findings import Findings
from clearway.engine.gate.say import Say
from clearway.engine.markup import BPMN, NAMING
from clearway.engine.model import Reading

_TEXTS = frozenset(BPMN + tag for tag in ("flowNodeRef", "incoming", "outgoing"))


def check(reading: Reading, roots: Mapping[str, Any], findings: Findings) -> None:
    """Refuse a reference into the namespace of another file, which would be taken for one here.

    A call may lead into the namespace of the shared file that holds the process.
    """
    for process in reading.called():
        say = Say(reading.files[process.id], findings)
        root = roots[say.file]
        for element in _drawn(root, process.id):
            for what, reference in _references(element):
                homes = {root.get("targetNamespace")}
                if what == "calledElement":
                    home = reading.files.get(reference.rpartition(":")[2])
                    homes |= {roots[home].get("targetNamespace")} if home else set()
                _check(element, what, reference, homes, say)


def _drawn(root: Any, process: str) -> Iterator[Any]:
    """The elements of the process, and the pools."""
    yield from root.iter(BPMN + "participant")
    for drawn in root.findall(BPMN + "process"):
        if drawn.get("id") == process:
            yield from drawn.iter(f"{BPMN}*")


def _references(element: Any) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        if name in NAMING and ":" in value:
            yield str(name), value.strip()
    if element.tag in _TEXTS and ":" in (element.text or ""):
        yield element.tag.removeprefix(BPMN), element.text.strip()


def _check(element: Any, what: str, reference: str, homes: set[str | None], say: Say) -> None:
    prefix, _, name = reference.rpartition(":")
    namespace = element.nsmap.get(prefix)
    if namespace in homes:
        return
    place = next(iter(element.xpath("ancestor-or-self::*[@id][1]/@id")), None)
    where = f"the namespace {namespace}" if namespace else f"`{prefix}`, which is no namespace here"
    say.error(
        place,
        "reference-elsewhere",
        f"Its {what} leads to `{name}` in {where}; nothing outside of this folder is read.",
        f"Name something of this file ({name}, without a prefix), or draw it here.",
    )
