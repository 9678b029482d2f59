"""What the commands without a database say about input that they cannot use."""

import json
import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clearway.cli.app import app

ERRAND = Path(__file__).resolve().parents[1] / "data" / "processes" / "errand"


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


@pytest.mark.parametrize(
    ("context", "word"),
    [
        ('{"a": NaN}', "NaN is no JSON number"),
        ('{"a": -Infinity}', "-Infinity is no JSON number"),
        ('{"a": 1e400000}', "1e400000 is outside"),
        ('{"a": 1e99999999999999999999}', "is outside"),
        ('{"a": ' + "9" * 5000 + "}", "more than 1000 characters"),
        ('{"a": ' + "[" * 500 + "]" * 500 + "}", "nests deeper than 100"),
        ('{"a": ' + "[" * 50_000 + "]" * 50_000 + "}", "nests too deep"),
        ("[1]", "must be a JSON object"),
        ("{", "not JSON"),
    ],
)
def test_a_context_that_feel_cannot_hold_is_refused_in_one_sentence(context: str, word: str):
    result = run("feel", "a", "-c", context)

    assert result.exit_code == 2, result.output
    assert word in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert isinstance(result.exception, SystemExit)


def test_numbers_of_a_context_stay_exact():
    result = run("feel", "a + c", "-c", '{"a": 1, "c": 0.10}')

    assert (result.exit_code, result.stdout) == (0, "1.10\n")


def test_a_process_that_the_gate_refuses_fails_its_scenarios_with_the_findings(tmp_path: Path):
    folder = tmp_path / "errand"
    shutil.copytree(ERRAND, folder)
    diagram = folder / "errand.bpmn"
    diagram.write_text(diagram.read_text("utf-8").replace('targetRef="nagged"', 'targetRef="gone"'))
    (folder / "scenarios").mkdir(exist_ok=True)
    (folder / "scenarios" / "asked.yaml").write_text("name: Asked\nas: alice\nstart: {what: pen}\n")

    result = run("test", str(folder))

    assert result.exit_code == 1, result.output
    assert "the gate refuses it" in result.stdout
    assert "errand/errand.bpmn" in result.stdout
    assert isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("content", ["{}", "[]", '{"calendars": {}, "cases": []}', "3"])
def test_a_file_without_cases_is_no_pass(tmp_path: Path, content: str):
    file = tmp_path / "cases.json"
    file.write_text(content)

    result = run("sla", "check", str(file))

    assert result.exit_code == 1
    assert "holds no cases" in result.stderr


def test_lint_of_nothing_is_one_finding_for_programs(tmp_path: Path):
    result = run("lint", str(tmp_path / "nothing.bpmn"), "-o", "json")

    assert result.exit_code == 2
    [finding] = json.loads(result.stdout)
    assert (finding["rule"], finding["severity"]) == ("unreadable", "error")
    assert finding["file"].endswith("nothing.bpmn")


def test_lint_of_nothing_is_a_sentence_for_people(tmp_path: Path):
    path = tmp_path / "nothing.bpmn"

    result = run("lint", str(path))

    assert result.exit_code == 2
    told = f"{path} cannot be read: No such file or directory. Name a .bpmn file, or the folder"
    assert told in " ".join(result.stderr.split())


def test_a_wrong_case_is_told_with_its_name_and_its_reason(tmp_path: Path):
    cases = json.loads((ERRAND.parents[1] / "bpmn-features" / "features.json").read_text())
    file = tmp_path / "cases.json"
    file.write_text(json.dumps([{**cases[0], "done": not cases[0]["done"]}]))

    result = run("conformance", str(file))

    assert result.exit_code == 1
    *table, summary = result.stdout.splitlines()
    [told] = [line for line in table if cases[0]["name"] in line]
    assert [cell.strip() for cell in told.strip("│").split("│")] == [
        cases[0]["name"],
        "wrong",
        "it ends, but should not",
    ]
    assert summary == "0 executed, 0 refused, 1 wrong"


def test_cases_that_run_as_expected_are_only_counted(tmp_path: Path):
    cases = json.loads((ERRAND.parents[1] / "bpmn-features" / "features.json").read_text())
    file = tmp_path / "cases.json"
    file.write_text(json.dumps(cases[:3]))

    result = run("conformance", str(file))

    assert (result.exit_code, result.stdout) == (0, "3 executed, 0 refused, 0 wrong\n")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"err": True}, "it does not fail, but should"),
        ({"expect": ["a", "gone"]}, "gone does not complete, but should"),
        ({"absent": ["a"]}, "a completes, but should not"),
        ({"counts": {"a": 2}}, "a completes 1×, not 2×"),
        ({"actions": ["complete:b"]}, "no work item of `b` is open"),
    ],
)
def test_the_reason_of_a_wrong_case_reads_as_words(
    tmp_path: Path, change: dict[str, object], reason: str
):
    cases = json.loads((ERRAND.parents[1] / "bpmn-features" / "features.json").read_text())
    file = tmp_path / "cases.json"
    file.write_text(json.dumps([{**cases[0], **change}]))

    [wrong] = json.loads(run("conformance", str(file), "-o", "json").stdout)["wrong"]

    assert wrong["reason"] == reason


@pytest.mark.parametrize("content", ["{}", "[]", "3", "[1]", "[{}]", '[{"xml": 3}]'])
def test_a_file_without_bpmn_cases_is_no_pass_and_no_stack_trace(tmp_path: Path, content: str):
    file = tmp_path / "cases.json"
    file.write_text(content)

    result = run("conformance", str(file))

    assert result.exit_code == 1
    assert "holds no cases" in result.stderr


@pytest.mark.parametrize("name", ["large.bpmn", "errand.bpmn"])
def test_lint_of_a_file_that_is_too_large_names_it_its_size_and_the_limit(
    tmp_path: Path, name: str
):
    file = tmp_path / "errand" / name
    shutil.copytree(ERRAND, file.parent)
    with file.open("wb") as written:
        written.truncate(52_000_000)

    told = run("lint", str(file))
    listed = run("lint", str(file), "-o", "json")

    assert (told.exit_code, listed.exit_code) == (2, 2)
    for part in (name, "49.6 MiB", "at most 5 MiB", "split it into called processes"):
        assert part in told.stderr
    [finding] = json.loads(listed.stdout)
    assert finding["rule"] == "unreadable-size"
    assert "has 49.6 MiB" in finding["message"]
    assert "split it into called processes" in finding["remedy"]


def test_lint_says_of_many_files_together_which_is_the_largest(errand: Path):
    for number in range(4):
        (errand / f"part{number}.txt").write_bytes(b" " * (6 + number) * 1024 * 1024)

    told = run("lint", str(errand))

    assert told.exit_code == 2
    assert "part3.txt) 9 MiB" in told.stderr
    assert "a process has at most 20 MiB" in told.stderr


COMMANDS = [("lint",), ("test",), ("conformance",), ("sla", "check")]


@pytest.mark.parametrize("command", COMMANDS)
def test_what_never_ends_is_not_read(tmp_path: Path, command: tuple[str, ...]):
    pipe = tmp_path / "pipe.bpmn"
    os.mkfifo(pipe)

    for path, kind in ((pipe, "pipe"), (Path("/dev/zero"), "device")):
        result = run(*command, str(path))

        assert result.exit_code == 2
        assert f"{path} is no file but a {kind}." in result.stderr
        assert len(result.stderr.splitlines()) == 1


def test_lint_of_a_folder_with_a_pipe_in_it_names_the_pipe(errand: Path):
    os.mkfifo(errand / "notes.json")

    result = run("lint", str(errand), "-o", "json")

    assert result.exit_code == 2
    [finding] = json.loads(result.stdout)
    assert finding["rule"] == "unreadable"
    assert finding["message"] == f"{errand / 'notes.json'} is no file but a pipe."


@pytest.mark.parametrize("name", ["README.md", "table.dmn", "record.json", "a.yaml", "a", "a.bin"])
@pytest.mark.parametrize("command", ["lint", "test"])
def test_a_file_that_is_no_diagram_is_told_so(tmp_path: Path, command: str, name: str):
    # A folder of the same name is what a file may be confused with.
    file = tmp_path / Path(name).stem / name
    file.parent.mkdir()
    file.write_bytes(b"\x00\xff no diagram")

    result = run(command, str(file))

    assert result.exit_code == 2
    assert f"{name} is no .bpmn file. Name a .bpmn file, or the folder of a" in result.stderr


def test_a_file_that_is_no_diagram_is_one_finding_for_programs(tmp_path: Path):
    (tmp_path / "README.md").write_text("# Read me")

    result = run("lint", str(tmp_path / "README.md"), "-o", "json")

    assert result.exit_code == 2
    [finding] = json.loads(result.stdout)
    assert (finding["rule"], finding["message"]) == ("unreadable", "README.md is no .bpmn file.")
    assert finding["remedy"] == "Name a .bpmn file, or the folder of a process."


@pytest.mark.parametrize("name", ["record.json", "forms/fetch.json", "errand.dmn"])
def test_lint_of_a_file_of_a_process_names_its_folder(errand: Path, name: str):
    file = errand / name
    file.parent.mkdir(exist_ok=True)
    file.touch()

    result = run("lint", str(file))

    assert result.exit_code == 2
    assert f"{file.name} is no .bpmn file, but one of the files of the process errand." in (
        result.stderr
    )
    assert f"Name the folder of the process: {errand}" in result.stderr


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (["-1"], "-1"),
        (["-2**2"], "4"),
        (["- 5 + 3"], "-2"),
        (["--5"], "5"),
        (["--", "-1"], "-1"),
        (["-cost", "-c", '{"cost": 3}'], "-3"),
        (["-c", '{"o": 3}', "-o"], None),
        (["-c", '{"o": 3}', "-o + 1"], "-2"),
        (["-c=3", "-c", '{"c": -3}'], "true"),
        (['--context={"x": 2}', "-x"], "-2"),
        (['-c{"x": 2}', "-x"], "-2"),
    ],
)
def test_an_expression_may_begin_with_a_minus(words: list[str], value: str | None):
    result = run("feel", *words)

    if value is None:
        assert (result.exit_code, "requires an argument" in result.stderr) == (2, True)
    else:
        assert (result.exit_code, result.stdout) == (0, f"{value}\n")


@pytest.mark.parametrize(
    "words", [["-1", "-o", "json"], ["-o", "json", "-1"], ["-ojson", "-1"], ["--output=json", "-1"]]
)
def test_options_stay_options_beside_an_expression_with_a_minus(words: list[str]):
    assert json.loads(run("feel", *words).stdout) == {"text": "-1", "type": "number"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--contxt", "{}", "1"], "No such option: --contxt"),
        (["-1", "-2"], "unexpected extra argument"),
        ([], "Missing argument"),
    ],
)
def test_what_is_wrong_with_the_words_is_still_told(words: list[str], told: str):
    result = run("feel", *words)

    assert result.exit_code == 2
    assert told in result.stderr


def test_help_is_still_help():
    result = run("feel", "-h")

    assert result.exit_code == 0
    assert "Evaluate a FEEL expression" in result.stdout


def test_conformance_refuses_what_the_gate_refuses(tmp_path: Path):
    cases = json.loads((ERRAND.parents[1] / "bpmn-features" / "features.json").read_text())
    doubled = {
        **cases[0],
        "xml": cases[0]["xml"].replace("<userTask ", "<userTask startQuantity='2' "),
    }
    assert doubled != cases[0]
    file = tmp_path / "cases.json"
    file.write_text(json.dumps([doubled]))

    result = run("conformance", str(file), "-o", "json")

    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert (told["executed"], told["wrong"]) == ([], [])
    assert "Its startQuantity is 2" in told["refused"][0]["reason"]
