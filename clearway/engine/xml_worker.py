"""Reads hostile XML in a process of its own that can be killed; imports nothing of ours.

Run as a script: `python -I xml_worker.py SCHEMA SECONDS MEMORY DEPTH ELEMENTS`, the file on
standard input. Answers one JSON object: `{"problem": null}` or
`{"problem": [rule, line, text, element]}`; the element is the id of the nearest one, or null.

With SECONDS 0 it stays and reads one file after the other, each behind its length in ten digits,
and answers a line for each; whoever started it watches the time.
"""

import json
import resource
import sys
from typing import Any

from lxml import etree as untyped_etree  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType, reportAttributeAccessIssue] lxml has no types

Problem = tuple[str, int, str, str | None]
"""Rule, line (0 when unknown), a sentence, and the id of the nearest element, if there is one."""

etree: Any = untyped_etree  # pyright: ignore[reportUnknownVariableType] as above
LENGTH_DIGITS = 10
DOCTYPE = "The file declares a DOCTYPE; a diagram needs none."


def main(arguments: list[str]) -> int:
    """Read standard input under limits and say what is wrong with it."""
    schema, seconds, memory, depth, elements = arguments
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    if not int(seconds):
        return _stay(schema, int(depth), int(elements))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))
    problem = problem_of(sys.stdin.buffer.read(), schema, int(depth), int(elements))
    sys.stdout.write(json.dumps({"problem": problem}))
    return 0


def _stay(path: str, depth: int, elements: int) -> int:
    """One file after the other, with the schema read once; ends with its standard input."""
    schema = etree.XMLSchema(etree.parse(path))
    while length := sys.stdin.buffer.read(LENGTH_DIGITS):
        data = sys.stdin.buffer.read(int(length))
        try:
            root = etree.fromstring(data, hardened_parser())
            problem = shape_problem(root, depth, elements) or break_of(schema, root)
        except (etree.XMLSyntaxError, ValueError) as error:
            problem = syntax_problem(data, error)
        sys.stdout.write(json.dumps({"problem": problem}) + "\n")
        sys.stdout.flush()
    return 0


def problem_of(data: bytes, schema: str, depth: int, elements: int) -> Problem | None:
    """The first thing wrong with the XML; None when it is fine."""
    try:
        root = etree.fromstring(data, hardened_parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        return syntax_problem(data, error)
    return shape_problem(root, depth, elements) or schema_problem(root, schema)


def syntax_problem(data: bytes, error: Exception) -> Problem:
    """Why a file could not be read; a DOCTYPE is named first, for it is what bombs are made of."""
    if b"<!DOCTYPE" in data:
        return "unreadable-doctype", 1, DOCTYPE, None
    line = getattr(error, "lineno", None) or 0
    # The text of the library says the line once or twice more.
    told = str(error) if line == 0 else str(error).rpartition(f", line {line}, column")[0]
    return "unreadable-xml", line, f"The file is not well-formed XML: {told or error}", None


def hardened_parser() -> Any:
    """A parser that opens nothing, expands nothing and keeps no comments."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def shape_problem(
    root: Any,
    depth: int,
    elements: int,
) -> Problem | None:
    """Whether a document declares a DTD, or is nested too deep or too large."""
    info = root.getroottree().docinfo
    if info.doctype or info.internalDTD is not None:
        return "unreadable-doctype", 1, DOCTYPE, None
    level, count = 0, 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        level += 1 if event == "start" else -1
        count += event == "start"
        if level > depth:
            return (
                "unreadable-depth",
                element.sourceline or 0,
                f"Elements lie deeper than {depth} levels.",
                None,
            )
        if count > elements:
            return (
                "unreadable-size",
                element.sourceline or 0,
                f"There are more than {elements} elements.",
                None,
            )
    return None


def schema_problem(root: Any, path: str) -> Problem | None:
    """The first break of the BPMN 2.0 schema."""
    return break_of(etree.XMLSchema(etree.parse(path)), root)


def break_of(schema: Any, root: Any) -> Problem | None:
    """The first break of a schema that is read already."""
    if schema.validate(root):
        return None
    error = schema.error_log[0]
    text = f"The file breaks the BPMN 2.0 schema: {error.message}"
    return "xsd", error.line, text, _nearest(root, error)


def _nearest(root: Any, error: Any) -> str | None:
    """The id of the element that an error is about, or of the first around it that has one."""
    element = _place(root, error)
    while element is not None:
        # A shape stands for what it draws: that is what people know and what a page can mark.
        found = element.get("bpmnElement") or element.get("id")
        if found:
            return str(found)
        element = element.getparent()
    return None


def _place(root: Any, error: Any) -> Any:
    """The element of an error, by its path, or else by its line."""
    prefixes = {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
    try:
        found: list[Any] = root.xpath(error.path, namespaces=prefixes) if error.path else []
    except etree.XPathError:
        # A prefix that only some inner element declares.
        found = []
    if found:
        return found[0]
    before = [it for it in root.iter("*") if (it.sourceline or 0) <= error.line]
    return before[-1] if before else None


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
