"""Bundles and blueprints: what belongs to a process, and what is known about it."""

import os
from pathlib import Path

import pytest
from lxml import etree

from clearway.engine import (
    BlueprintError,
    BundleError,
    build,
    bundle_hash,
    check,
    limits,
    manifest,
    read_bundle,
)
from clearway.engine.bundle import BundleTooLarge, Unreadable, read_file
from clearway.engine.values import Bundle, Severity

BPMN = Path(__file__).parents[2] / "bpmn"
PROCESSES = sorted(path.name for path in BPMN.iterdir() if path.name != "shared")
PLAIN = (
    b"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' targetNamespace='x'>"
    b"<process id='p' isExecutable='true'/></definitions>"
)
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
    (tmp_path / "a" / "link.txt").symlink_to("notes.txt")

    bundle = read_bundle(tmp_path, "a")

    assert sorted(bundle.files) == [
        "a/a.bpmn",
        "a/link.txt",
        "a/notes.txt",
        "shared/b.bpmn",
        "shared/c.bpmn",
        "shared/calendars/office.yaml",
    ]


@pytest.mark.parametrize(
    ("name", "target", "why"),
    [
        ("a/forms/x.json", "../../../outside.json", "lies outside of"),
        ("a/record.json", "/etc/hostname", "lies outside of"),
        ("a/scenarios", "../../elsewhere", "lies outside of"),
        ("a/messages/x.md.j2", "nothing.md.j2", "is not there"),
        ("a/decide.dmn", "decide.dmn", "is not there"),
        ("a/forms", "../shared", "a folder"),
        ("shared", "../elsewhere", "lies outside of"),
    ],
)
def test_a_link_that_leaves_the_folder_is_refused(tmp_path: Path, name: str, target: str, why: str):
    bpmn = tmp_path / "bpmn"
    for made in (bpmn / "a", tmp_path / "elsewhere"):
        made.mkdir(parents=True)
    (tmp_path / "outside.json").write_text("{}")
    (bpmn / "a" / "a.bpmn").write_bytes(b"<a/>")
    if name != "shared":
        (bpmn / "shared").mkdir()
    (bpmn / name).parent.mkdir(exist_ok=True)
    (bpmn / name).symlink_to(target)

    with pytest.raises(Unreadable, match=why) as caught:
        read_bundle(bpmn, "a")

    assert name in caught.value.problem
    assert "take the link out" in caught.value.remedy


def test_a_process_that_is_a_link_out_of_the_folder_is_refused(tmp_path: Path):
    (tmp_path / "elsewhere" / "a").mkdir(parents=True)
    (tmp_path / "elsewhere" / "a" / "a.bpmn").write_bytes(b"<a/>")
    (tmp_path / "bpmn").mkdir()
    (tmp_path / "bpmn" / "a").symlink_to("../elsewhere/a")

    with pytest.raises(Unreadable, match="lies outside of"):
        read_bundle(tmp_path / "bpmn", "a")


@pytest.mark.parametrize("name", ["gone", "../incident", "", "a/b", "A"])
def test_a_process_that_is_not_there_is_said_so(name: str):
    with pytest.raises(BundleError, match="no process"):
        read_bundle(BPMN, name)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path):
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "a.bpmn").write_bytes(b"<a/>")
    os.mkfifo(folder / "pipe.json")

    with pytest.raises(Unreadable, match=r"pipe\.json is no file but a pipe"):
        read_bundle(tmp_path, "a")
    with pytest.raises(Unreadable, match="/dev/zero is no file but a device"):
        read_file(Path("/dev/zero"))
    with pytest.raises(Unreadable, match="is no file but a folder"):
        read_file(tmp_path)


def test_a_file_that_is_longer_than_it_says_is_read_no_further_than_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    # The kernel says of its own files that they hold nothing, and they hold something.
    file = Path("/proc/self/status")
    assert file.stat().st_size == 0

    assert read_file(file).startswith(b"Name:")
    monkeypatch.setattr(limits, "BUNDLE_BYTES", 3)
    with pytest.raises(BundleTooLarge):
        read_file(file)


@pytest.mark.parametrize(
    ("files", "told", "remedy"),
    [
        ({}, "has no diagram of its name.", "Add its diagram, p.bpmn."),
        (
            {"p/other.bpmn": PLAIN},
            "It has: p/other.bpmn.",
            "Name the diagram that holds the process p.bpmn.",
        ),
    ],
)
def test_a_folder_without_its_diagram_names_no_file_that_is_not_there(
    files: dict[str, bytes], told: str, remedy: str
):
    [found] = [it for it in check(Bundle("p", files)) if it.rule == "process-missing"]

    assert found.file == "p"
    assert told in found.message
    assert found.remedy == remedy


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
