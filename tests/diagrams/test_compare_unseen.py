"""Diagrams of other tools: whatever differs in one is told, and both ways tell as much."""

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from lxml import etree

from clearway.diagrams.compare import Comparison, compare
from clearway.diagrams.compare.tree import DEFAULTS
from clearway.engine.values import Bundle

DI = ("/DI}", "/DC}", "/BPMN/20100524/DI")
LISTED = ("incoming", "outgoing")


def differing(before: bytes, after: bytes) -> Comparison:
    return compare(Bundle("a", {"a/a.bpmn": before}), Bundle("a", {"a/a.bpmn": after}))


@pytest.fixture(scope="module")
def diagrams(test_data: Path) -> list[bytes]:
    """All reference files of the interchange group."""
    found = [it.read_bytes() for it in sorted((test_data / "bpmn-miwg-reference").glob("*.bpmn"))]
    assert len(found) == 21
    return found


@hypothesis_settings(max_examples=100, deadline=None)
@given(st.data())
def test_no_attribute_text_or_element_differs_unseen(diagrams: list[bytes], data: st.DataObject):
    xml = diagrams[data.draw(st.integers(0, len(diagrams) - 1))]
    root = etree.fromstring(xml)
    elements = [
        it
        for it in root.iter("*")
        if not any(one in it.tag for one in DI) and etree.QName(it).localname not in LISTED
    ]
    element = data.draw(st.sampled_from(elements))
    attributes = [it for it in element.attrib if element.get(it) != DEFAULTS.get(it)]
    ways = ["new attribute", "new child", "new text"]
    ways += ["other attribute", "no attribute"] if attributes else []
    ways += ["no element"] if element is not root else []
    way = data.draw(st.sampled_from(ways))
    if way == "new attribute":
        element.set("{urn:somebody:else}mark", "x")
    elif way == "new child":
        etree.SubElement(element, "{urn:somebody:else}mark").text = "x"
    elif way == "new text":
        element.text = f"{element.text or ''} x"
    elif way == "no element":
        element.getparent().remove(element)
    else:
        name = data.draw(st.sampled_from(attributes))
        if way == "other attribute":
            element.set(name, element.get(name, "") + "x")
        else:
            del element.attrib[name]

    there, back = (differing(*it) for it in itertools.permutations((xml, etree.tostring(root))))

    assert there.changes, (way, element.tag)
    assert len(there.changes) == len(back.changes)
    assert all(it.sentence.endswith((".", "?")) for it in there.changes)


def test_any_two_of_them_differ_and_as_much_both_ways(diagrams: list[bytes]):
    for one, other in itertools.combinations(diagrams[::3], 2):
        there, back = differing(one, other), differing(other, one)

        assert there.changes
        assert len(there.changes) == len(back.changes)


def test_each_of_them_written_anew_is_the_same(diagrams: list[bytes]):
    for xml in diagrams:
        root = etree.fromstring(xml)
        etree.indent(root, space="\t")

        assert differing(xml, etree.tostring(root, encoding="UTF-16")).is_empty
