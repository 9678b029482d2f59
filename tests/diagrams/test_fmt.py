"""The normal form of files: nothing lost, written twice alike, and kept by an editor."""

from pathlib import Path

import pytest
from diagram_editor import Ask
from infosets import infoset
from typer.testing import CliRunner

from clearway.cli.app import app
from clearway.diagrams.fmt import fmt
from clearway.diagrams.graft import graft

ROOT = Path(__file__).resolve().parents[2]
UNTIDY = (
    "\ufeff<?xml version='1.0' encoding='UTF-8' standalone='no'?>\r\n<!-- head --><definitions"
    ' xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"\r\n'
    "   xmlns:a='urn:a'  id = 'd' a:t='x &quot;y&#34;&#10;z' >\r\n\r\n\r\n<process id='p'>"
    "<!-- one --><task id='t' ></task> <!-- behind -->\r\n<task id='u'\r\n name='U'>"
    "<documentation>  A &#8364; &lt; b\r\n two </documentation><extensionElements>\r\n"
    "</extensionElements></task>\r\n\r\n\r\n\r\n<task id='v'><documentation> </documentation>"
    "<documentation><![CDATA[<i> ]]></documentation>"
    "<documentation>so <b xmlns=''>bold</b> it <i/> is</documentation></task>"
    "</process></definitions><!-- tail -->"
)
TIDY = """<?xml version='1.0' encoding="UTF-8" standalone='no'?>
<!-- head -->
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
   xmlns:a="urn:a" id="d" a:t="x &quot;y&quot;&#10;z">

  <process id="p">
    <!-- one -->
    <task id="t"/> <!-- behind -->
    <task id="u" name="U">
      <documentation>  A € &lt; b
 two </documentation>
      <extensionElements/>
    </task>

    <task id="v">
      <documentation> </documentation>
      <documentation><![CDATA[<i> ]]></documentation>
      <documentation>so <b xmlns="">bold</b> it <i/> is</documentation>
    </task>
  </process>
</definitions>
<!-- tail -->
"""


def test_an_untidy_file_becomes_tidy():
    result = fmt(UNTIDY.encode())

    assert result.decode() == TIDY.replace("\n\n  <process", "\n  <process")
    assert fmt(result) == result


def test_nothing_is_lost_and_a_second_run_changes_nothing(
    miwg: dict[str, bytes], shipped: dict[str, bytes], features: dict[str, bytes], test_data: Path
):
    tables = {str(it): it.read_bytes() for it in (test_data / "dmn-tck").rglob("*.dmn")}
    assert tables
    for name, stored in (miwg | shipped | features | tables).items():
        result = fmt(stored)

        assert infoset(result) == infoset(stored), name
        assert fmt(result) == result, name


def test_our_own_files_are_in_their_normal_form():
    files = [*ROOT.glob("bpmn/*/*.bpmn"), *ROOT.glob("bpmn/*/*.dmn")]

    assert files
    assert [it.name for it in files if fmt(it.read_bytes()) != it.read_bytes()] == []


def test_what_was_edited_in_the_normal_form_stays_in_it(shipped: dict[str, bytes], editor: Ask):
    for at, (name, stored) in enumerate(shipped.items()):
        for seed in (at, at + 100):
            kinds = ["name", "add", "condition", "move", "bend", "extend", "rename", "straighten"]
            edited = editor(stored, seed=seed, count=5, kinds=kinds)

            result = graft(stored, edited["before"], edited["after"])

            assert fmt(result) == result, f"{name} {edited['done']}"


def test_the_command_formats_files_and_folders_and_says_so(tmp_path: Path):
    file, other = tmp_path / "in" / "a.bpmn", tmp_path / "in" / "b.dmn"
    file.parent.mkdir()
    file.write_text(UNTIDY, encoding="utf-8")
    file.chmod(0o640)
    other.write_text("<a/>", encoding="utf-8")

    checked = CliRunner().invoke(app, ["fmt", "--check", str(tmp_path)])
    untouched = file.read_text(encoding="utf-8")
    done = CliRunner().invoke(app, ["fmt", str(tmp_path)])
    again = CliRunner().invoke(app, ["fmt", "--check", str(tmp_path)])

    assert checked.exit_code == 1
    assert f"to format: {file}" in checked.stdout
    assert untouched == UNTIDY.replace("\r\n", "\n")
    assert done.exit_code == 0
    assert "2 formatted" in done.stdout
    assert file.read_bytes() == fmt(UNTIDY.encode())
    assert file.stat().st_mode & 0o777 == 0o640
    assert [it.name for it in file.parent.iterdir()] == ["a.bpmn", "b.dmn"]
    assert again.exit_code == 0
    assert "2 fine" in again.stdout


@pytest.mark.parametrize("name", ["gone.bpmn", "text.txt", "broken.bpmn", "doctype.bpmn"])
def test_what_cannot_be_read_is_named_and_the_rest_is_done(name: str, tmp_path: Path):
    (tmp_path / "good.bpmn").write_text("<a  />", encoding="utf-8")
    (tmp_path / "text.txt").write_text("x", encoding="utf-8")
    (tmp_path / "broken.bpmn").write_text("<a>", encoding="utf-8")
    (tmp_path / "doctype.bpmn").write_text("<!DOCTYPE a><a/>", encoding="utf-8")

    done = CliRunner().invoke(app, ["fmt", str(tmp_path / name), str(tmp_path / "good.bpmn")])

    assert done.exit_code == 2
    assert name in done.stderr
    assert "1 formatted, 1 unreadable" in done.stdout
    assert (tmp_path / "good.bpmn").read_text() == '<?xml version="1.0" encoding="UTF-8"?>\n<a/>\n'
