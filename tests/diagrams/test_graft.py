"""Grafting: a change of an editor reaches the file, and nothing else in it moves."""

import re

import pytest
from diagram_editor import Ask
from infosets import infoset

from clearway.diagrams.errors import CannotGraft, NotReadable
from clearway.diagrams.graft import graft
from clearway.diagrams.source import parse

SMALL = b"""<?xml version='1.0' encoding="UTF-8"?>
<?tool keep this?>
<!-- drawn by hand -->
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
             xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
             xmlns:acme="urn:acme" id="d" targetNamespace="t" acme:note='a "b"'>
   <process isExecutable="true" id="p">
      <!-- the start -->
      <startEvent id="a" name='Begin'><outgoing>f</outgoing></startEvent> <!-- says who -->
      <acme:odd>lost by editors</acme:odd>
      <userTask id="b" isForCompensation="false" name="Do &#8364; it">
         <documentation><![CDATA[Why < how]]></documentation>
         <extensionElements><acme:x a="1" acme:b="2"/><!-- inner --></extensionElements>
         <incoming>f</incoming>
      </userTask>
      <sequenceFlow id="f" sourceRef="a" targetRef="b"/>
   </process>
</definitions>
<!-- the end -->
"""


@pytest.mark.parametrize("source", ["miwg", "shipped", "features"])
def test_saving_without_a_change_changes_no_byte(
    source: str, request: pytest.FixtureRequest, editor: Ask
):
    for name, stored in request.getfixturevalue(source).items():
        before = editor(stored)["before"]
        spelled = before.replace(b" />", b"/>")

        assert graft(stored, before, before) == stored, name
        assert graft(stored, before, spelled) == stored, name


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("source", ["miwg", "shipped", "features"])
def test_what_the_editor_reads_afterwards_is_what_it_wrote(
    source: str, seed: int, request: pytest.FixtureRequest, editor: Ask
):
    for name, stored in request.getfixturevalue(source).items():
        edited = editor(stored, seed=seed, count=1 + 3 * seed)

        result = graft(stored, edited["before"], edited["after"])

        told = f"{name} {edited['done']}"
        assert infoset(editor(result)["before"]) == infoset(editor(edited["after"])["before"]), told


@pytest.mark.parametrize("seed", range(4))
def test_what_the_editor_does_not_know_stays_where_it_is(
    seed: int, shipped: dict[str, bytes], editor: Ask
):
    stored = _strewn(shipped["control_exception"])
    kinds = ["name", "add", "condition", "move", "bend", "label", "own", "document"]
    edited = editor(stored, seed=seed, count=6, kinds=kinds)

    result = graft(stored, edited["before"], edited["after"])

    assert re.findall(rb"<!--.*?-->|<\?strewn.*?\?>", result) == re.findall(
        rb"<!--.*?-->|<\?strewn.*?\?>", stored
    )
    assert result.count(b"<acme:lost") == stored.count(b"<acme:lost")
    assert infoset(editor(result)["before"]) == infoset(editor(edited["after"])["before"])


def test_a_new_name_changes_only_the_name(editor: Ask):
    before = editor(SMALL)["before"]

    result = graft(SMALL, before, before.replace(b'"Begin"', b'"It\'s &#60;on&#62;"'))

    assert result == SMALL.replace(b"'Begin'", b"'It&apos;s &lt;on&gt;'")


def test_new_parts_are_written_as_the_file_is(editor: Ask):
    before = editor(SMALL)["before"]
    after = before.replace(
        b"<sequenceFlow", b'<task id="c"><incoming>g</incoming></task><sequenceFlow'
    )
    after = after.replace(b' isExecutable="true"', b"")

    result = graft(SMALL, before, after)

    added = b"""\
      </userTask>
      <task id="c">
         <incoming>g</incoming>
      </task>
"""
    assert result == SMALL.replace(b"      </userTask>\n", added).replace(
        b'<process isExecutable="true" id', b"<process id"
    )


def test_text_in_cdata_stays_cdata(editor: Ask):
    before = editor(SMALL)["before"]

    result = graft(SMALL, before, before.replace(b"Why &lt; how", b"How &lt; why"))

    assert result == SMALL.replace(b"Why < how", b"How < why")


def test_what_goes_away_takes_its_line_with_it(editor: Ask):
    before = editor(SMALL)["before"]
    after = re.sub(rb"\s*<sequenceFlow[^>]*>", b"", before)
    after = re.sub(rb"\s*<extensionElements>.*?</extensionElements>", b"", after, flags=re.DOTALL)

    result = graft(SMALL, before, after)

    gone = b'      <sequenceFlow id="f" sourceRef="a" targetRef="b"/>\n'
    inner = re.search(rb" *<extensionElements>.*</extensionElements>\n", SMALL)
    assert inner is not None
    assert result == SMALL.replace(gone, b"").replace(inner[0], b"")


def test_a_namespace_that_comes_in_is_declared_once_without_taking_a_prefix(editor: Ask):
    before = editor(SMALL)["before"]
    after = before.replace(
        b'xmlns:acme="urn:acme"', b'xmlns:acme="urn:acme" xmlns:other="urn:other"'
    )
    after = after.replace(b'<userTask id="b"', b'<userTask id="b" other:one="1" other:two="2"')
    stored = SMALL.replace(b"<acme:odd>", b'<acme:odd xmlns:other="urn:else">')

    result = graft(stored, before, after)

    assert b'xmlns:other1="urn:other"' in result
    assert b' other1:one="1" other1:two="2">' in result


def test_another_id_keeps_the_place_and_all_that_is_in_it(shipped: dict[str, bytes], editor: Ask):
    stored = shipped["control_exception"].replace(
        b'<bpmn:userTask id="investigate"', b'<bpmn:userTask id="investigate" acme="1"'
    )
    before = editor(stored)["before"]
    after = re.sub(rb'"investigate"|(?<=>)investigate(?=<)', b'"look"', before).replace(
        b'>"look"<', b">look<"
    )

    result = graft(stored, before, after)

    assert b'<bpmn:userTask id="look" acme="1" name="Find out why"' in result
    assert len(_changed_lines(stored, result)) == 6


def test_another_kind_of_task_keeps_what_it_has(editor: Ask):
    before = editor(SMALL)["before"]

    result = graft(SMALL, before, before.replace(b"userTask", b"serviceTask"))

    assert result == SMALL.replace(b"userTask", b"serviceTask")


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16", "utf-8-sig", "ascii"])
def test_the_encoding_stays(encoding: str, editor: Ask):
    named = encoding.replace("-sig", "")
    text = SMALL.decode().replace("UTF-8", named).replace("&#8364;", "&#xe9;")
    stored = text.encode(encoding)
    before = editor(text.replace(named, "UTF-8").encode())["before"]

    result = graft(stored, before, before.replace(b"Begin", "Début 5 €".encode()))

    euro = "€" if encoding.startswith("utf") else "&#8364;"
    e = "é" if encoding != "ascii" else "&#233;"
    assert result == text.replace("Begin", f"D{e}but 5 {euro}").encode(encoding)


def test_line_ends_of_another_system_stay(editor: Ask):
    stored = SMALL.replace(b"\n", b"\r\n")
    before = editor(stored)["before"]

    result = graft(stored, before, before.replace(b"<sequenceFlow", b'<task id="c"/><sequenceFlow'))

    assert result == stored.replace(b"</userTask>\r\n", b'</userTask>\r\n      <task id="c"/>\r\n')


def test_planes_that_the_editor_makes_on_opening_come_in_only_when_they_change(editor: Ask):
    stored = COLLAPSED
    opened = editor(stored)["before"]
    moved = re.search(rb"\s*<bpmndi:BPMNShape id=\"t_di\".*?</bpmndi:BPMNShape>", opened, re.DOTALL)
    assert moved is not None
    plane = (
        b'<bpmndi:BPMNDiagram id="new"><bpmndi:BPMNPlane id="new_plane" bpmnElement="s">'
        + moved[0]
        + b"</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></definitions>"
    )
    before = opened.replace(moved[0], b"").replace(b"</definitions>", plane)

    untouched = graft(stored, before, before.replace(b'name="Inner"', b'name="Within"'))
    touched = graft(stored, before, before.replace(b'x="9"', b'x="19"'))
    added = graft(
        stored,
        before,
        before.replace(b"</bpmndi:BPMNPlane></bpmndi", SHAPE + b"</bpmndi:BPMNPlane></bpmndi"),
    )

    assert untouched == stored.replace(b'name="Inner"', b'name="Within"')
    assert touched == stored.replace(b'x="9"', b'x="19"')
    assert infoset(editor(added)["before"]) == infoset(
        before.replace(b"</bpmndi:BPMNPlane></bpmndi", SHAPE + b"</bpmndi:BPMNPlane></bpmndi")
    )


SHAPE = b'<bpmndi:BPMNShape id="u_di" bpmnElement="t"/>'
COLLAPSED = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" id="d">
  <process id="p">
    <subProcess id="s">
      <task id="t" name="Inner"/>
    </subProcess>
  </process>
  <bpmndi:BPMNDiagram id="dia">
    <bpmndi:BPMNPlane id="plane" bpmnElement="p">
      <bpmndi:BPMNShape id="s_di" bpmnElement="s" isExpanded="false">
        <dc:Bounds x="0" y="0" width="100" height="80"/>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="t_di" bpmnElement="t">
        <dc:Bounds x="9" y="9" width="100" height="80"/>
      </bpmndi:BPMNShape>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</definitions>
"""


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        (b'name="Begin"', b'name="Other"', "<startEvent> `a`"),
        (b'<sequenceFlow id="f"', b'<sequenceFlow id="other"', "`other`"),
        (b"<incoming>f<", b"<incoming>g<", "<incoming> in `b`"),
        (b"Why &lt; how", b"Why not", "<documentation> in `b`"),
        (b' isExecutable="true"', b' isExecutable="true" isClosed="true"', "<process> `p`"),
    ],
)
def test_what_was_opened_from_another_file_is_refused(
    old: bytes, new: bytes, place: str, editor: Ask
):
    before = editor(SMALL)["before"]
    assert old in before
    strange = before.replace(old, new)

    with pytest.raises(CannotGraft) as refusal:
        graft(SMALL, strange, strange.replace(b'id="b"', b'id="b2"'))

    assert place in str(refusal.value)
    assert "Open the diagram again" in str(refusal.value)


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"no xml",
        b"<a>",
        b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b"<a>" * 200 + b"</a>" * 200,
        b"<a>" + b" " * (6 * 1024 * 1024) + b"</a>",
    ],
)
def test_hostile_files_are_refused_with_a_sentence(hostile: bytes):
    with pytest.raises(NotReadable, match="file"):
        graft(hostile, hostile, hostile)


def test_every_file_is_read_and_written_byte_by_byte(
    miwg: dict[str, bytes], shipped: dict[str, bytes]
):
    for stored in (SMALL, COLLAPSED, *miwg.values(), *shipped.values()):
        assert parse(stored).to_bytes() == stored


def _strewn(stored: bytes) -> bytes:
    """With comments, instructions and foreign things that editors drop, all over the file."""
    root = b"<bpmn:definitions"
    stored = stored.replace(root, root + b' xmlns:acme="urn:acme"', 1)
    lines = stored.split(b"\n")
    for number in range(len(lines) - 3, 2, -7):
        indent = lines[number][: len(lines[number]) - len(lines[number].lstrip())]
        is_flow = lines[number].lstrip().startswith(b"<bpmn:sequenceFlow")
        lost = indent + b"<acme:lost/>" if is_flow and lines[number].endswith(b"/>") else None
        lines[number : number + 1] = [
            indent + b"<!-- line %d -->" % number,
            lines[number],
            *([lost] if lost else []),
            indent + b"<?strewn %d?>" % number,
        ]
    return b"\n".join(lines)


def _changed_lines(one: bytes, two: bytes) -> list[bytes]:
    return [b for a, b in zip(one.splitlines(), two.splitlines(), strict=True) if a != b]
