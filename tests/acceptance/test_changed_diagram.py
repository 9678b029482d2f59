"""A changed diagram: new records have the new step, running ones keep theirs, errors are told."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx
import pytest
import yaml
from lxml import etree
from playwright.sync_api import Page, expect
from reports import a_report

pytestmark = [pytest.mark.browser, pytest.mark.prefect, pytest.mark.xdist_group("house")]

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
CLEARWAY = "{urn:clearway:bpmn:1}"
DIAGRAM = "incident/incident.bpmn"
FORM = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Inform the service owner",
    "type": "object",
    "properties": {
        "note": {
            "type": "string",
            "title": "What the owner was told",
            "maxLength": 8000,
            "minLength": 1,
            "x-comment": "internal",
        }
    },
    "required": ["note"],
    "additionalProperties": False,
}
RESOLVED = {"resolution_code": "fixed", "resolution_notes": "Done", "caused_by_change": "no"}
Files = dict[str, bytes]
Eventually = Callable[..., None]


@pytest.fixture
def before(house: Any) -> Iterator[int]:
    """The newest version's number before the test; its files are put back afterwards."""
    newest = _newest(house)
    files = _files(house, newest)
    yield newest
    if _newest(house) != newest:
        _deploy(house, files, parent=_newest(house), reason="As it was before the test")


def test_the_next_incident_has_the_new_step_and_running_ones_keep_theirs(
    house: Any, before: int, signed_in: Callable[[str], Page], eventually: Eventually
):
    running = _incident_at_work(house, "Runs on the old drawing", eventually)

    page = signed_in("grace")
    page.goto("/processes/incident")
    changed = {"name": "incident.zip", "mimeType": "application/zip"}
    changed["buffer"] = _zipped(_with_inform_owner(_files(house, before)))  # pyright: ignore[reportArgumentType] - playwright's own shape
    page.locator("#files").set_input_files(changed)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("Can be deployed")).to_be_visible(timeout=180_000)
    expect(page.get_by_text("incident/forms/inform_owner.json is new")).to_be_visible()
    page.get_by_label("Why it changes").fill("Owners want to know")
    page.get_by_role("button", name="Deploy").click()
    expect(page.get_by_role("cell", name="Owners want to know")).to_be_visible(timeout=180_000)
    fresh = _incident_at_work(house, "Runs on the new drawing", eventually)

    for key in (running, fresh):
        _complete(house, key, "resolve", RESOLVED)
    bob = house.api("bob")
    eventually(lambda: _record(bob, running)["state"] == "resolved", "the old one is stuck", 60)
    eventually(lambda: _waiting(bob, fresh) == ["inform_owner"], "the new step is missing", 60)
    assert (_record(bob, running)["version"], _record(bob, fresh)["version"]) == (
        before,
        before + 1,
    )
    _complete(house, fresh, "inform_owner", {"note": "The owner knows"})
    eventually(lambda: _record(bob, fresh)["state"] == "resolved", "the new one is stuck", 60)
    assert "inform_owner" in _instance(bob, fresh)["completed"]
    assert "inform_owner" not in _instance(bob, running)["xml"]


def test_what_was_made_from_an_old_version_is_refused(house: Any, before: int):
    mine = _files(house, before)
    theirs = {**mine, DIAGRAM: mine[DIAGRAM].replace(b"Told.", b"They were told.")}
    theirs[DIAGRAM] += b"<!-- theirs -->\n"
    assert _deploy(house, theirs, parent=before, reason="They were first").status_code == 201

    mine[DIAGRAM] += b"<!-- mine -->\n"
    refused = _deploy(house, mine, parent=before, reason="I began at the same time")

    assert (refused.status_code, refused.json()["code"]) == (409, "stale")
    assert f"is {before + 1}; yours was made from {before}" in refused.json()["detail"]
    assert "Pull the newest version" in refused.json()["detail"]
    assert _newest(house) == before + 1


def test_the_command_line_refuses_a_stale_folder_too(house: Any, before: int, tmp_path: Any):
    assert house.run("pull", "incident", "--to", str(tmp_path)).returncode == 0
    theirs = _files(house, before)
    theirs[DIAGRAM] += b"<!-- theirs -->\n"
    assert _deploy(house, theirs, parent=before, reason="They were first").status_code == 201

    with (tmp_path / DIAGRAM).open("ab") as diagram:
        diagram.write(b"<!-- mine -->\n")
    done = house.run("deploy", str(tmp_path / "incident"), "--reason", "I began earlier")

    assert done.returncode == 1, done.stdout
    assert f"yours was made from {before}" in done.stderr


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ('clearway:step="find_context"', 'clearway:step="find_contxt"', "find_context", "contxt"),
        ("record.parent != null", "record.parent !=", "larger", "record.parent !="),
        ('decision="routing"', 'decision="routeing"', "route", "routeing"),
        ('targetRef="triage"/>', 'targetRef="triag"/>', "to_triage", "triag"),
    ],
)
def test_a_broken_diagram_is_refused_with_its_element_and_what_to_do(
    house: Any, before: int, old: str, new: str, place: str, words: str
):
    files = _files(house, before)
    text = files[DIAGRAM].decode()
    assert old in text
    files[DIAGRAM] = text.replace(old, new).encode()

    report = _check(house, files)
    refused = _deploy(house, files, parent=before, reason="It is broken")

    errors = [one for one in report["findings"] if one["severity"] == "error"]
    assert not report["deployable"]
    assert errors
    assert any(place in (one["element"] or "") for one in errors), errors
    assert any(words.lower() in f"{one['message']} {one['remedy']}".lower() for one in errors)
    assert all(one["message"] and one["remedy"] and one["file"] for one in errors), errors
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    assert place in refused.json()["detail"]
    assert _newest(house) == before


def _with_inform_owner(files: Files) -> Files:
    """A user task between the work and its end, drawn as well; scenarios do it, too."""
    root = etree.fromstring(files[DIAGRAM])
    process = root.find(BPMN + "process")
    flow = process.find(f"{BPMN}sequenceFlow[@id='to_solved']")
    [lane] = [it for it in process.iter(BPMN + "lane") if it.get("id") == "resolver_lane"]
    etree.SubElement(lane, BPMN + "flowNodeRef").text = "inform_owner"
    task = etree.Element(BPMN + "userTask", id="inform_owner", name="Inform the service owner")
    task.set(CLEARWAY + "state", "in_progress")
    task.set(CLEARWAY + "group", "record.assignment_group")
    for tag, text in (
        ("documentation", "The owner of the service hears how it ended."),
        ("incoming", "to_solved"),
        ("outgoing", "owner_informed"),
    ):
        etree.SubElement(task, BPMN + tag).text = text
    flow.addprevious(task)
    flow.set("targetRef", "inform_owner")
    onward = etree.Element(BPMN + "sequenceFlow", id="owner_informed")
    onward.set("sourceRef", "inform_owner")
    onward.set("targetRef", "solved")
    flow.addnext(onward)
    [solved] = [it for it in process if it.get("id") == "solved"]
    [incoming] = [it for it in solved.findall(BPMN + "incoming") if it.text == "to_solved"]
    incoming.text = "owner_informed"
    _draw(root)
    changed = {**files, DIAGRAM: etree.tostring(root, xml_declaration=True, encoding="UTF-8")}
    changed["incident/forms/inform_owner.json"] = json.dumps(FORM).encode()
    return {path: _played(path, content) for path, content in changed.items()}


def _draw(root: Any) -> None:
    plane = root.find(f".//{BPMNDI}BPMNPlane")
    shape = etree.SubElement(plane, BPMNDI + "BPMNShape", id="inform_owner_shape")
    shape.set("bpmnElement", "inform_owner")
    etree.SubElement(shape, DC + "Bounds", x="4060", y="1840", width="100", height="80")
    to_it = plane.find(f"{BPMNDI}BPMNEdge[@id='to_solved_edge']")
    onward = etree.SubElement(plane, BPMNDI + "BPMNEdge", id="owner_informed_edge")
    onward.set("bpmnElement", "owner_informed")
    for edge, points in (
        (to_it, [(4045, 1680), (4070, 1680), (4070, 1840)]),
        (onward, [(4110, 1840), (4110, 1705)]),
    ):
        for waypoint in edge.findall(DI + "waypoint"):
            edge.remove(waypoint)
        for at, (x, y) in enumerate(points):
            # A label of the edge, if there is one, comes after all of them.
            edge.insert(at, etree.Element(DI + "waypoint", x=str(x), y=str(y)))


def _played(path: str, content: bytes) -> bytes:
    """A scenario in which somebody also informs the owner, each time the work is done."""
    if not path.startswith("incident/scenarios/"):
        return content
    scenario = yaml.safe_load(content)
    steps: list[Mapping[str, Any]] = []
    for step in scenario["steps"]:
        refused = bool(steps) and "refused" in steps[-1]
        steps.append(step)
        if step.get("complete") == "resolve" and not refused:
            told = {"complete": "inform_owner", "as": step["as"], "with": {"note": "Told"}}
            steps.append(told)
    return yaml.safe_dump({**scenario, "steps": steps}, sort_keys=False).encode()


def _incident_at_work(house: Any, title: str, eventually: Eventually) -> str:
    values = a_report(title)
    done = house.api("alice").post("/records", json={"process": "incident", "values": values})
    key = done.json()["key"]
    bob = house.api("bob")
    eventually(lambda: _waiting(bob, key) == ["triage"], "no triage", 60)
    group = {"impact": 3, "urgency": 3, "assignment_group": "service_desk"}
    _complete(house, key, "triage", group)
    eventually(lambda: _waiting(bob, key) == ["resolve"], "no work", 60)
    return key


def _complete(house: Any, key: str, element: str, values: Mapping[str, object]) -> None:
    bob = house.api("bob")
    [task] = [it for it in _record(bob, key)["tasks"] if it["element"] == element]
    bob.post(f"/tasks/{task['id']}/claim")
    done = bob.post(f"/tasks/{task['id']}/complete", json={"values": values})
    assert done.status_code == 200, done.text


def _record(client: httpx.Client, key: str) -> dict[str, Any]:
    return client.get(f"/records/{key}").json()


def _instance(client: httpx.Client, key: str) -> dict[str, Any]:
    answer = client.get(f"/records/{key}/instance")
    assert answer.status_code == 200, answer.text
    return answer.json()


def _waiting(client: httpx.Client, key: str) -> list[str]:
    return [task["element"] for task in _record(client, key)["tasks"]]


def _newest(house: Any) -> int:
    return house.api("grace").get("/processes/incident").json()["current"]


def _files(house: Any, number: int) -> Files:
    found = house.api("grace").get(f"/processes/incident/versions/{number}.zip")
    with zipfile.ZipFile(io.BytesIO(found.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zipped(files: Files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return buffer.getvalue()


def _check(house: Any, files: Files) -> dict[str, Any]:
    client = house.api("grace")
    answer = client.post("/processes/incident/check", content=_zipped(files), timeout=180)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _deploy(house: Any, files: Files, *, parent: int, reason: str) -> httpx.Response:
    return house.api("grace").post(
        "/processes/incident/versions",
        params={"parent": parent, "reason": reason},
        content=_zipped(files),
        timeout=180,
    )
