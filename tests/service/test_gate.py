"""The whole gate: templates as the notices fill them, and scenario files that can be read."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clearway import engine
from clearway.cli.app import app
from clearway.engine.values import Bundle, Finding, Severity
from clearway.service.gate import examine
from clearway.service.scenario_file import ScenarioError, read_scenario

FOLDER = Path(__file__).resolve().parents[2] / "bpmn"
PROCESSES = sorted(f.name for f in FOLDER.iterdir() if (f / f"{f.name}.bpmn").exists())
NAG = "errand/messages/nag.md.j2"
WISH = "errand/scenarios/wish.yaml"


def with_file(bundle: Bundle, path: str, content: bytes) -> Bundle:
    return replace(bundle, files={**bundle.files, path: content})


def errors(bundle: Bundle) -> list[Finding]:
    return [it for it in examine(bundle) if it.severity is Severity.ERROR]


@pytest.mark.parametrize("process", PROCESSES)
def test_the_processes_of_the_house_pass(process: str):
    assert examine(engine.read_bundle(FOLDER, process)) == []


@pytest.mark.parametrize(
    ("path", "content", "rule", "line"),
    [
        ("errand/errand.bpmn", b"<a>\n<b>\n</a>", "unreadable-xml", 3),
        ("errand/more.dmn", b"<a>\n<b>\n</a>", "decision", 3),
        ("errand/record.json", b"{\n  a}", "json", 2),
        ("shared/calendars/more.yaml", b"name: more\n  : [", "calendar", 2),
        (WISH, b"scenario: A wish\n  : [", "scenario", 2),
    ],
)
def test_what_cannot_be_read_is_said_once_with_its_line_once(
    errand: Bundle, path: str, content: bytes, rule: str, line: int
):
    found = [it for it in errors(with_file(errand, path, content)) if it.file == path]

    assert [it.rule for it in found] == [rule]
    assert "\n" not in found[0].message
    assert len(re.findall(rf"\bline {line}\b", found[0].message.lower())) == 1
    assert "string>" not in found[0].message


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("Bring {{ what }}\n\n{{ what }} waits.\n{% if what %}\nnow.\n", "at line 5"),
        ("Bring {{ what }}\r\n\r\n{% for it in what %}\r\n", "at line 3"),
        ("Bring {{ what\n\nIt waits.\n", "at line 1"),
        ("Bring {{ what }}\n{{ what() }}\n", "Line 2: a call may not be used"),
        ("Bring {{ what }}\nNow.\n{{ what | shout }}\n", "Line 3: there is no filter shout"),
        ("\n{{ what }}\n", "no subject"),
    ],
)
def test_a_template_that_cannot_be_read_is_refused_at_its_line(
    errand: Bundle, template: str, words: str
):
    [found] = errors(with_file(errand, NAG, template.encode()))

    assert (found.file, found.element, found.rule) == (NAG, "nag", "template")
    assert words in found.message
    assert found.remedy


def test_a_template_that_is_no_text_is_refused(errand: Bundle):
    [found] = errors(with_file(errand, NAG, b"Bring it\n\nto the caf\xe9\n"))

    assert (found.file, found.element, found.rule) == (NAG, "nag", "template")
    assert "Line 3" in found.message


def test_a_template_that_no_notice_names_is_read_all_the_same(errand: Bundle):
    path = "errand/messages/unused.md.j2"

    [found] = errors(with_file(errand, path, b"Hello {{ you"))

    assert (found.file, found.element, found.rule) == (path, None, "template")


def test_a_template_uses_only_what_its_notice_gives(errand: Bundle):
    template = (
        b"{{ key }}: {{ title }}\n\n{# wat #}{{ process }} at {{ base_url }}: {{ what }}\n"
        b"{{ 'wat' }} {% for it in [[1]] %}{{ it.wat }}{% endfor %} wat {{ wat }} "
        b"{% for it in what %}{{ it }}{% endfor %}\n"
    )

    [found] = errors(with_file(errand, NAG, template))

    assert (found.file, found.element, found.rule) == (NAG, "nag", "template-name")
    assert found.message == "Line 4: the template uses `wat`, which `nag` does not give."
    assert found.remedy.startswith("Did you mean `what`?")
    assert '<clearway:input name="wat" value="..."/> to `nag`' in found.remedy


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("{{ title.nmae }}", "Line 2: the template uses `nmae` of `title`"),
        ("{{ key[0] }}", "Line 2: the template uses `0` of `key`"),
        ("{{ what.wat }}", "Line 2: the template uses `wat` of `what`"),
        ("{{ title.nmae.x | default('') }}", "Line 2: the template uses `nmae` of `title`"),
        (
            "{{ ''.__class__.__mro__ }}",
            "The template says what it may not. Line 2: only values have",
        ),
        ("{{ [1].first }}", "The template says what it may not. Line 2: only values have"),
    ],
)
def test_a_part_of_what_has_no_parts_is_refused(errand: Bundle, tag: str, said: str):
    findings = errors(with_file(errand, NAG, f"About {{{{ key }}}}\n{tag}\n".encode()))

    assert {(it.file, it.element) for it in findings} == {(NAG, "nag")}
    assert findings[0].message.startswith(said)


def test_a_shared_template_is_held_against_the_notice_that_uses_it(errand: Bundle):
    shared = "shared/messages/nag.md.j2"
    moved = {path: data for path, data in errand.files.items() if path != NAG}

    [found] = errors(Bundle("errand", {**moved, shared: b"Bring {{ what }}\n{{ weight }} kg\n"}))

    assert (found.file, found.element, found.rule) == (shared, "nag", "template-name")
    assert found.message.startswith("Line 2")


@pytest.mark.parametrize(
    ("scenario", "line"),
    [
        (b"scenario: wish\nsteps:\n  - complete: [sort\n", 4),
        (b"- a list\n", 1),
        (b"\xff\xfe", 1),
        (b"scenario: wish\nwishes: many\n", 1),
        (b"scenario: wish\nsteps:\n  - complete: sort\n  - dance: now\n", 4),
        (b"scenario: wish\nstart: {when: 2026-06-31}\n", 1),
        (b"scenario: wish\nregistry: {people: {alice: 5}}\n", 1),
        (b"scenario: wish\nstart: {what: !!python/name:os.system ''}\n", 2),
        (b"scenario: wish\nstart: {weight: .nan}\n", 1),
        (b"scenario: wish\nstart: {urgent: !!bool 3}\n", 1),
        (b"scenario: wish\nstart: &itself {what: *itself}\n", 2),
        (b"[" * 5000, 1),
    ],
)
def test_a_scenario_that_cannot_be_read_is_a_finding(errand: Bundle, scenario: bytes, line: int):
    [found] = errors(with_file(errand, WISH, scenario))

    assert (found.file, found.element, found.rule) == (WISH, None, "scenario")
    assert found.message.startswith(f"Line {line}: ")
    assert found.remedy


def test_a_scenario_that_fails_is_no_finding(errand: Bundle):
    scenario = b"scenario: wish\nstart: {what: a pen}\nas: alice\nsteps:\n  - complete: nothing\n"

    assert errors(with_file(errand, WISH, scenario)) == []


def test_a_process_that_is_too_large_is_read_no_further(errand: Bundle):
    [found] = errors(with_file(errand, WISH, b"- \n" * 400_000))

    assert found.rule == "file-size"


def test_lint_says_what_the_gate_says(tmp_path: Path, errand: Bundle):
    broken: Mapping[str, bytes] = {
        **errand.files,
        NAG: b"Bring {{ what }}\n{{ weight }} kg\n",
        WISH: b"scenario: wish\nsteps:\n  - dance: now\n",
    }
    for path, content in broken.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)

    result = CliRunner().invoke(app, ["lint", str(tmp_path / "errand"), "-o", "json"])

    assert result.exit_code == 1
    rows = json.loads(result.stdout)
    found = {(row["file"], row["element"], row["rule"]) for row in rows}
    assert {(NAG, "nag", "template-name"), (WISH, None, "scenario")} <= found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"scenario: x\nstart: &a {b: 1}\nsteps:\n  - expect: *a\n", "line 4: A scenario has no"),
        (b"scenario: x\nsteps: 5\n", "line 2: `steps` is a list"),
    ],
)
def test_a_scenario_that_would_be_misread_is_refused(text: bytes, told: str):
    with pytest.raises(ScenarioError) as refusal:
        read_scenario(text)

    assert str(refusal.value).startswith(told)
