"""The files that a new process begins with: small, complete, and ready to be redrawn."""

import json
import re
from collections.abc import Collection
from html import escape

from clearway.diagrams.errors import DiagramError
from clearway.diagrams.fmt import fmt
from clearway.diagrams.layout import layout
from clearway.engine.bundle import SHARED, is_process_name

_LONGEST_NAME = 40
_LONGEST_TITLE = 100
_PREFIX = 8
_SCHEMA = "https://json-schema.org/draft/2020-12/schema"
_IDS = (
    "asked",
    "decide",
    "agreed",
    "tell_answer",
    "answered",
    "declined",
    "desk_lane",
    "to_decide",
    "to_agreed",
    "to_tell_answer",
    "to_answered",
    "to_declined",
)

_DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"\
 xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"\
 xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"\
 xmlns:di="http://www.omg.org/spec/DD/20100524/DI"\
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:clearway="urn:clearway:bpmn:1"\
 id="{name}_definitions" targetNamespace="urn:clearway:process:{name}" exporter="Clearway"\
 exporterVersion="1">
<bpmn:collaboration id="{name}_collaboration">
<bpmn:participant id="{name}_pool" name="{title}" processRef="{name}"/>
</bpmn:collaboration>
<bpmn:process id="{name}" name="{title}" isExecutable="true">
<bpmn:documentation>Say here what it is for. One record is one request.</bpmn:documentation>
<bpmn:laneSet id="{name}_lanes">
<bpmn:lane id="{desk_lane}" name="Service desk" clearway:role="service_desk">
<bpmn:flowNodeRef>{asked}</bpmn:flowNodeRef>
<bpmn:flowNodeRef>{decide}</bpmn:flowNodeRef>
<bpmn:flowNodeRef>{agreed}</bpmn:flowNodeRef>
<bpmn:flowNodeRef>{tell_answer}</bpmn:flowNodeRef>
<bpmn:flowNodeRef>{answered}</bpmn:flowNodeRef>
<bpmn:flowNodeRef>{declined}</bpmn:flowNodeRef>
</bpmn:lane>
</bpmn:laneSet>
<bpmn:startEvent id="{asked}" name="Somebody asks">
<bpmn:documentation>Somebody writes down what is wanted.</bpmn:documentation>
<bpmn:outgoing>{to_decide}</bpmn:outgoing>
</bpmn:startEvent>
<bpmn:userTask id="{decide}" name="Decide" clearway:state="open"\
 clearway:due="duration(&quot;P2D&quot;)">
<bpmn:documentation>Somebody decides and says why.</bpmn:documentation>
<bpmn:incoming>{to_decide}</bpmn:incoming>
<bpmn:outgoing>{to_agreed}</bpmn:outgoing>
</bpmn:userTask>
<bpmn:exclusiveGateway id="{agreed}" name="Agreed?" default="{to_declined}">
<bpmn:documentation>What was decided.</bpmn:documentation>
<bpmn:incoming>{to_agreed}</bpmn:incoming>
<bpmn:outgoing>{to_tell_answer}</bpmn:outgoing>
<bpmn:outgoing>{to_declined}</bpmn:outgoing>
</bpmn:exclusiveGateway>
<bpmn:sendTask id="{tell_answer}" name="Tell the answer" clearway:state="open"\
 clearway:notice="answer" clearway:to="&quot;service_desk&quot;">
<bpmn:documentation>The service desk reads what was decided.</bpmn:documentation>
<bpmn:extensionElements>
<clearway:input name="key" value="key"/>
<clearway:input name="title" value="record.title"/>
<clearway:input name="answer" value="record.answer"/>
</bpmn:extensionElements>
<bpmn:incoming>{to_tell_answer}</bpmn:incoming>
<bpmn:outgoing>{to_answered}</bpmn:outgoing>
</bpmn:sendTask>
<bpmn:endEvent id="{answered}" name="Done" clearway:state="done">
<bpmn:documentation>It was agreed to.</bpmn:documentation>
<bpmn:incoming>{to_answered}</bpmn:incoming>
</bpmn:endEvent>
<bpmn:endEvent id="{declined}" name="Declined" clearway:state="declined">
<bpmn:documentation>It was not agreed to; the reason is on the record.</bpmn:documentation>
<bpmn:incoming>{to_declined}</bpmn:incoming>
</bpmn:endEvent>
<bpmn:sequenceFlow id="{to_decide}" sourceRef="{asked}" targetRef="{decide}"/>
<bpmn:sequenceFlow id="{to_agreed}" sourceRef="{decide}" targetRef="{agreed}"/>
<bpmn:sequenceFlow id="{to_tell_answer}" name="yes" sourceRef="{agreed}" targetRef="{tell_answer}">
<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">record.agreed = true\
</bpmn:conditionExpression>
</bpmn:sequenceFlow>
<bpmn:sequenceFlow id="{to_declined}" name="no" sourceRef="{agreed}" targetRef="{declined}"/>
<bpmn:sequenceFlow id="{to_answered}" sourceRef="{tell_answer}" targetRef="{answered}"/>
</bpmn:process>
</bpmn:definitions>
"""

_MESSAGE = """{{ key }}: {{ title }}
This was decided: {{ answer }}
"""

_SCENARIO = """scenario: {what}
start: {{title: A new chair, description: The old one is broken}}
as: ann
registry:
  people: {{ann: [service_desk]}}
  groups: {{service_desk: [ann]}}
steps:
  - expect: {{state: open, waiting: [{decide}]}}
  - complete: {decide}
    as: ann
    with: {{agreed: {agreed}, answer: {answer}}}
  - expect: {{state: {state}, ended: true, told: {told}, faults: 0}}
"""


class BadName(DiagramError):
    """A process cannot be called so."""


def starter(name: str, title: str, taken: Collection[str]) -> dict[str, bytes]:
    """The files of a new process by their paths in its folder.

    `taken` are the beginnings of keys that other processes have. Raises BadName with a sentence.
    """
    _refuse_name(name)
    title = title.strip() or name.replace("_", " ").replace("-", " ").capitalize()
    if len(title) > _LONGEST_TITLE or not title.isprintable():
        raise BadName(f"A title is one line of at most {_LONGEST_TITLE} letters.")
    # An id is given once in a file, and the process itself has its name for an id.
    ids = {it: f"{it}_here" if it == name else it for it in _IDS}
    drawn = _DIAGRAM.format(name=name, title=escape(title), **ids)
    decide = ids["decide"]
    return {
        f"{name}.bpmn": fmt(layout(drawn.encode()).data),
        "record.json": _json(_record(title, _prefix(name, taken))),
        f"forms/{ids['asked']}.json": _json(_asked(title)),
        f"forms/{decide}.json": _json(_decide()),
        "messages/answer.md.j2": _MESSAGE.encode(),
        "scenarios/agreed.yaml": _SCENARIO.format(
            what="It is agreed to, and the answer is told",
            decide=decide,
            agreed="true",
            answer="It comes tomorrow",
            state="done",
            told="[answer]",
        ).encode(),
        "scenarios/declined.yaml": _SCENARIO.format(
            what="It is not agreed to",
            decide=decide,
            agreed="false",
            answer="The old one can be mended",
            state="declined",
            told="[]",
        ).encode(),
    }


def _refuse_name(name: str) -> None:
    if not is_process_name(name) or len(name) > _LONGEST_NAME:
        raise BadName(
            f"`{name[:60]}` is no name for a process. Take small letters, digits, `_` and `-`, a "
            f"letter first, at most {_LONGEST_NAME}: access_request."
        )
    if name == SHARED:
        raise BadName("`shared` is the folder of what processes share. Take another name.")


def _prefix(name: str, taken: Collection[str]) -> str:
    """What the keys of its records begin with: letters of the name that no other process has."""
    words = [it.upper() for it in re.split(r"[_-]", name) if it]
    letters = "".join(words)
    initials = "".join(it[0] for it in words)
    used = {it.upper() for it in taken}
    wanted = [letters[:3], initials, letters[:4], letters[:5], letters[:_PREFIX]]
    wanted += [f"{letters[:3]}{number}" for number in range(2, 10_000)]
    return next(it for it in wanted if 2 <= len(it) <= _PREFIX and it not in used)


def _record(title: str, prefix: str) -> dict[str, object]:
    return {
        "$schema": _SCHEMA,
        "title": title,
        "description": "What was asked for, and what was decided.",
        "x-key-prefix": prefix,
        "x-title": "title",
        "x-list": ["title", "agreed"],
        "type": "object",
        "properties": {**_WANTED, **_DECIDED},
        "additionalProperties": False,
    }


def _asked(title: str) -> dict[str, object]:
    return {
        "$schema": _SCHEMA,
        "title": title,
        "type": "object",
        "properties": _WANTED,
        "required": ["title"],
        "additionalProperties": False,
    }


def _decide() -> dict[str, object]:
    return {
        "$schema": _SCHEMA,
        "title": "Decide",
        "type": "object",
        "properties": {
            "description": {**_WANTED["description"], "readOnly": True},
            **_DECIDED,
        },
        "required": ["agreed", "answer"],
        "additionalProperties": False,
    }


_WANTED: dict[str, dict[str, object]] = {
    "title": {"type": "string", "title": "What is wanted", "minLength": 1, "maxLength": 160},
    "description": {"type": "string", "title": "More about it", "maxLength": 8000},
}
_DECIDED: dict[str, dict[str, object]] = {
    "agreed": {"type": "boolean", "title": "Is it agreed to"},
    "answer": {"type": "string", "title": "What is answered", "minLength": 1, "maxLength": 8000},
}


def _json(schema: dict[str, object]) -> bytes:
    return (json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode()
