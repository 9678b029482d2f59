"""A process that decides: how large a parcel is, then who carries it."""

from clearway.engine.values import Bundle

BPMN = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:clearway="urn:clearway:bpmn:1" id="d" targetNamespace="urn:clearway:process:parcel">
  <bpmn:process id="parcel" name="Parcel" isExecutable="true">
    <bpmn:documentation>Somebody sends a parcel.</bpmn:documentation>
    <bpmn:laneSet id="lanes">
      <bpmn:lane id="asker" name="Requester" clearway:role="requester">
        <bpmn:flowNodeRef>asked</bpmn:flowNodeRef>
      </bpmn:lane>
      <bpmn:lane id="desk" name="Desk" clearway:role="desk">
        <bpmn:flowNodeRef>choose</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>pack</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>gone</bpmn:flowNodeRef>
      </bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="asked" name="Sent"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:businessRuleTask id="choose" name="Choose the carrier" clearway:decision="carrier"
      clearway:state="new">
      <bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing>
    </bpmn:businessRuleTask>
    <bpmn:userTask id="pack" name="Pack it" clearway:state="packing">
      <bpmn:incoming>f2</bpmn:incoming><bpmn:outgoing>f3</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="gone" name="Gone" clearway:state="gone">
      <bpmn:incoming>f3</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="asked" targetRef="choose"/>
    <bpmn:sequenceFlow id="f2" sourceRef="choose" targetRef="pack"/>
    <bpmn:sequenceFlow id="f3" sourceRef="pack" targetRef="gone"/>
  </bpmn:process>
</bpmn:definitions>
"""

RECORD = """{
  "title": "Parcel", "x-key-prefix": "PAR", "x-title": "what", "x-list": ["what"],
  "x-requester": "who", "type": "object",
  "properties": {
    "what": {"type": "string", "title": "What", "maxLength": 100},
    "who": {"type": "string", "title": "Who sent it"},
    "weight": {"type": "number", "title": "Weight", "minimum": 0},
    "care": {"type": "string", "title": "Care", "enum": ["glass", "none"],
      "x-titles": {"glass": "It may break", "none": "As anything"}},
    "carrier": {"type": "string", "title": "Carrier", "enum": ["bike", "van"],
      "x-titles": {"bike": "A bicycle", "van": "The yellow van"}}
  }
}
"""

FORM = """{
  "type": "object", "required": ["what", "weight", "care"],
  "properties": {
    "what": {"type": "string", "title": "What", "maxLength": 100},
    "weight": {"type": "number", "title": "Weight", "minimum": 0},
    "care": {"type": "string", "title": "Care", "enum": ["glass", "none"],
      "x-titles": {"glass": "It may break", "none": "As anything"}}
  }
}
"""

DMN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="rules" name="Rules"
  namespace="urn:clearway:decision:parcel">
  <inputData id="distance_in" name="distance"><variable name="distance" typeRef="number"/></inputData>
  <inputData id="day_in" name="day"><variable name="day" typeRef="date"/></inputData>
  <decision id="size" name="Size">
    <variable name="size" typeRef="string"/>
    <decisionTable hitPolicy="UNIQUE">
      <input label="Weight"><inputExpression typeRef="number"><text>record.weight</text></inputExpression></input>
      <output name="size" typeRef="string"/>
      <rule><inputEntry><text>&lt; 10</text></inputEntry><outputEntry><text>"small"</text></outputEntry></rule>
      <rule><inputEntry><text>&gt;= 10</text></inputEntry><outputEntry><text>"large"</text></outputEntry></rule>
    </decisionTable>
  </decision>
  <decision id="carrier" name="Carrier">
    <variable name="carrier"/>
    <informationRequirement><requiredDecision href="#size"/></informationRequirement>
    <decisionTable hitPolicy="UNIQUE">
      <input label="Size of it"><inputExpression typeRef="string"><text>size</text></inputExpression>
        <inputValues><text>"small","large"</text></inputValues></input>
      <input label="How to handle it"><inputExpression typeRef="string"><text>record.care</text></inputExpression>
        <inputValues><text>"glass","none"</text></inputValues></input>
      <output name="carrier" typeRef="string"/>
      <annotation name="Why"/>
      <rule>
        <inputEntry><text>"small"</text></inputEntry><inputEntry><text>"none"</text></inputEntry>
        <outputEntry><text>"bike"</text></outputEntry>
        <annotationEntry><text>It fits on a rack</text></annotationEntry>
      </rule>
      <rule>
        <inputEntry><text>"small"</text></inputEntry><inputEntry><text>"glass"</text></inputEntry>
        <outputEntry><text>"van"</text></outputEntry>
        <annotationEntry><text>Cobbles break glass</text></annotationEntry>
      </rule>
      <rule>
        <inputEntry><text>"large"</text></inputEntry><inputEntry><text>-</text></inputEntry>
        <outputEntry><text>"van"</text></outputEntry>
        <annotationEntry><text>Nothing else is strong enough</text></annotationEntry>
      </rule>
    </decisionTable>
  </decision>
  <decision id="postage" name="Postage">
    <variable name="postage"/>
    <informationRequirement><requiredInput href="#distance_in"/></informationRequirement>
    <informationRequirement><requiredInput href="#day_in"/></informationRequirement>
    <decisionTable hitPolicy="UNIQUE">
      <input label="Kilometres"><inputExpression typeRef="number"><text>distance</text></inputExpression></input>
      <input label="Day"><inputExpression typeRef="date"><text>day</text></inputExpression></input>
      <output name="euros" typeRef="number"/>
      <output name="label"/>
      <rule>
        <inputEntry><text>&lt; 100</text></inputEntry><inputEntry><text>-</text></inputEntry>
        <outputEntry><text>4.90</text></outputEntry><outputEntry><text>"near"</text></outputEntry>
      </rule>
      <rule>
        <inputEntry><text>&gt;= 100</text></inputEntry><inputEntry><text>-</text></inputEntry>
        <outputEntry><text>12</text></outputEntry><outputEntry><text>"far"</text></outputEntry>
      </rule>
    </decisionTable>
  </decision>
  <decision id="odd" name="Odd">
    <variable name="odd"/>
    <decisionTable hitPolicy="UNIQUE">
      <input label="Word"><inputExpression typeRef="string"><text>word</text></inputExpression></input>
      <output name="odd" typeRef="number"/>
      <rule><inputEntry><text>string length(?) &lt; 40</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>
      <rule><inputEntry><text>string length(?) in [31..49]</text></inputEntry><outputEntry><text>2</text></outputEntry></rule>
    </decisionTable>
  </decision>
  <decision id="reach" name="Reach">
    <variable name="reach"/>
    <informationRequirement><requiredInput href="#distance_in"/></informationRequirement>
    <literalExpression><text>[0..distance]</text></literalExpression>
  </decision>
</definitions>
"""  # noqa: E501 - a table reads by rows

FILES = {
    "parcel.bpmn": BPMN,
    "record.json": RECORD,
    "forms/asked.json": FORM,
    "rules.dmn": DMN,
}


def parcel(before: str = "", after: str = "") -> Bundle:
    """The process, with another text in its table's file in place of `before`."""
    assert before in DMN
    texts = {**FILES, "rules.dmn": DMN.replace(before, after)} if before else FILES
    return Bundle("parcel", {f"parcel/{path}": text.encode() for path, text in texts.items()})
