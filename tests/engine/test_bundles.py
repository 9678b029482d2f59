"""Bundles and blueprints: what belongs to a process, and what is known about it."""

from pathlib import Path

import pytest
from lxml import etree

from clearway.engine import (
    BlueprintError,
    BundleError,
    build,
    bundle_hash,
    check,
    manifest,
    read_bundle,
)
from clearway.engine.values import Bundle, Severity

BPMN = Path(__file__).parents[2] / "bpmn"
PROCESSES = sorted(path.name for path in BPMN.iterdir() if path.name != "shared")
MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


@pytest.mark.parametrize("process", PROCESSES)
def test_every_node_drawn_has_its_spec_and_every_spec_is_drawn(process: str):
    bundle = read_bundle(BPMN, process)
    root = etree.fromstring(bundle.files[f"{process}/{process}.bpmn"])
    drawn = {
        each.get("id")
        for each in root.iter()
        if isinstance(each.tag, str)
        and each.tag.startswith(MODEL)
        and each.tag.endswith(("Task", "Gateway", "Event", "ubProcess", "callActivity", "}task"))
    }

    blueprint = build(bundle)

    assert set(blueprint.nodes) == drawn
    assert all(spec.node.id == name for name, spec in blueprint.nodes.items())


@pytest.mark.parametrize("process", PROCESSES)
def test_the_processes_of_the_house_pass_the_gate(process: str):
    findings = check(read_bundle(BPMN, process))

    assert [f for f in findings if f.severity is Severity.ERROR] == []


def test_a_blueprint_tells_what_people_need_to_see():
    blueprint = build(read_bundle(BPMN, "incident"))

    assert blueprint.name == "Incident"
    assert blueprint.documentation
    assert blueprint.record_schema["x-key-prefix"] == "INC"
    triage = blueprint.elements["triage"]
    assert (triage.kind, triage.role, triage.state) == ("userTask", "service_desk", "new")
    assert blueprint.form_of("triage") is not None
    starts = {start.id: start for start in blueprint.start_events}
    assert starts["reported"].kind == "none"
    assert starts["alert_fired"].message == "alert.fired"


def test_equal_files_have_equal_hashes_and_one_changed_byte_another():
    bundle = read_bundle(BPMN, "incident")
    changed = {**bundle.files, "incident/record.json": b"{}"}

    assert bundle_hash(bundle) == bundle_hash(read_bundle(BPMN, "incident"))
    assert bundle_hash(Bundle("incident", changed)) != bundle_hash(bundle)
    assert list(manifest(bundle)) == sorted(bundle.files)


def test_a_blueprint_is_built_once_for_one_content():
    bundle = read_bundle(BPMN, "incident")

    assert build(bundle) is build(read_bundle(BPMN, "incident"))


def test_shared_files_come_with_the_process_that_uses_them(tmp_path: Path):
    calls = b'<process id="a"/><callActivity calledElement="b"/>'
    also = b'<x:process name="n" id="b"/><callActivity calledElement="c"/>'
    files = {
        "a/a.bpmn": calls,
        "a/notes.txt": b"x",
        "a/.hidden": b"x",
        "shared/b.bpmn": also,
        "shared/c.bpmn": b'<process id="c"/>',
        "shared/unused.bpmn": b'<process id="d"/>',
        "shared/calendars/office.yaml": b"name: office",
    }
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    (tmp_path / "a" / "link.txt").symlink_to("/etc/passwd")

    bundle = read_bundle(tmp_path, "a")

    assert sorted(bundle.files) == [
        "a/a.bpmn",
        "a/notes.txt",
        "shared/b.bpmn",
        "shared/c.bpmn",
        "shared/calendars/office.yaml",
    ]


@pytest.mark.parametrize("name", ["gone", "../incident", "", "a/b", "A"])
def test_a_process_that_is_not_there_is_said_so(name: str):
    with pytest.raises(BundleError, match="no process"):
        read_bundle(BPMN, name)


def test_what_cannot_run_cannot_be_built():
    with pytest.raises(BlueprintError) as caught:
        build(Bundle("p", {"p/p.bpmn": b"<a/>"}))

    assert [finding.rule for finding in caught.value.findings] == ["xsd"]


def test_a_bundle_that_is_too_large_is_not_read():
    many = {f"p/{number}.txt": b"" for number in range(600)}
    large = {"p/record.json": b" " * (2 * 1024 * 1024)}

    assert [f.rule for f in check(Bundle("p", many))] == ["bundle-size"]
    assert [f.rule for f in check(Bundle("p", large))] == ["file-size"]


def test_a_form_fetches_nothing_from_elsewhere():
    bundle = read_bundle(BPMN, "incident")
    form = b'{"type": "object", "properties": {}, "allOf": [{"$ref": "https://example.com/a"}]}'
    changed = Bundle("incident", {**bundle.files, "incident/forms/triage.json": form})

    found = [f for f in check(changed, trusted=True) if f.severity is Severity.ERROR]

    assert [f.rule for f in found] == ["schema-reference"]
