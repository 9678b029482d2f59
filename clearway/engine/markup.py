"""The names of XML: which namespaces there are, and what an element is."""

from typing import Any

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
OWN = "{urn:clearway:bpmn:1}"

Element = Any
"""An element of lxml, which has no types."""
