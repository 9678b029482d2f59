"""Reads the XML of a diagram without trusting it."""

import json
import threading
from functools import cache
from typing import Any

from clearway.engine import limits, xml_worker
from clearway.engine.findings import Findings
from clearway.engine.spiff import BPMN_SCHEMA
from clearway.engine.xml_room import standing_worker

_ASKING = threading.Lock()

_OF_AN_ID = "'xs:ID'"
"""In what the schema says of an id that another element has, or that is no word."""
REMEDIES = {
    "unreadable-xml": "Save it again with the diagram editor.",
    "unreadable-doctype": "Remove the <!DOCTYPE ...> declaration.",
    "unreadable-depth": "Flatten the nested elements.",
    "unreadable-size": "Split the process into called processes, and take out pictures.",
    "unreadable-time": "Split the process into called processes, or save it with another editor.",
    "xsd": "Open it in the diagram editor and save it again.",
    "encoding": "Save it as UTF-8.",
}


def read_xml(
    data: bytes, file: str, findings: Findings, *, trusted: bool, strict: bool = True
) -> Any:
    """The root of a BPMN file, or None after saying what is wrong with it.

    What is not trusted is first read by a worker process that is killed when it takes too long.
    When not `strict`, a break of the schema is only a warning: the reader looks for itself.
    """
    if len(data) > limits.XML_BYTES:
        size, most = limits.mebibytes(len(data)), limits.mebibytes(limits.XML_BYTES)
        findings.error(
            file,
            None,
            "unreadable-size",
            f"The file has {size}; a diagram has at most {most}.",
            REMEDIES["unreadable-size"],
        )
        return None
    problem = _here(data) if trusted else _in_worker(data)
    if problem is None:
        return xml_worker.etree.fromstring(data, xml_worker.hardened_parser())
    rule, line, message, element = problem
    place = f" (line {line})" if line else ""
    remedy = REMEDIES.get(rule, REMEDIES["unreadable-xml"])
    if rule == "xsd" and _OF_AN_ID in message:
        remedy = "Give one of the elements another id, a word that no other element has."
    if rule == "xsd" and not strict:
        findings.warning(file, element, rule, f"{message}{place}", remedy)
        return xml_worker.etree.fromstring(data, xml_worker.hardened_parser())
    findings.error(file, element, rule, f"{message}{place}", remedy)
    return None


def _here(data: bytes) -> xml_worker.Problem | None:
    try:
        root = xml_worker.etree.fromstring(data, xml_worker.hardened_parser())
    except (xml_worker.etree.XMLSyntaxError, ValueError) as error:
        return xml_worker.syntax_problem(data, error)
    shape = xml_worker.shape_problem(root, limits.XML_DEPTH, limits.XML_ELEMENTS)
    if shape is not None:
        return shape
    # The schema keeps what it found wrong last: one thread at a time may ask it.
    with _ASKING:
        return xml_worker.break_of(_schema(), root)


def _in_worker(data: bytes) -> xml_worker.Problem | None:
    try:
        answer = standing_worker().ask(data)
        rule, line, message, element = json.loads(answer)["problem"] or ("", 0, "", None)
    except (TimeoutError, OSError, ValueError):
        return "unreadable-time", 0, "Reading the file took too much time or memory.", None
    return (rule, line, message, element) if rule else None


@cache
def _schema() -> Any:
    return xml_worker.etree.XMLSchema(xml_worker.etree.parse(BPMN_SCHEMA))
