"""What is no log, or has a row that cannot be, is told before anything begins."""

import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clearway.cli.app import app
from clearway.replay.log import LogError, read_cases

HEADER = (
    "number,incident_state,sys_mod_count,caller_id,opened_by,sys_updated_by,sys_updated_at,"
    "contact_type,category,subcategory,u_symptom,impact,urgency,priority,assignment_group,"
    "assigned_to,problem_id,rfc,vendor,closed_code"
)
ROW = (
    "INC1,New,0,Caller 1,Opened by 1,Updated by 1,29/2/2016 01:16,Phone,Category 1,?,?,"
    "2 - Medium,2 - Medium,3 - Moderate,Group 1,?,?,?,?,?"
)


def _log(path: Path, *rows: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("log.csv", "\n".join([HEADER, ROW, *rows]) + "\n")
    return path


def test_the_log_as_it_should_be_is_read(tmp_path: Path):
    [case] = read_cases(_log(tmp_path / "log.zip", ROW.replace(",0,", ",1,")))

    assert [event.position for event in case.events] == [0, 1]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("2 - Medium,2", "4 - None,2", "INC1 has the impact `4 - None`, which is not 1 to 3"),
        (",2 - Medium,3", ",0,3", "INC1 has the urgency `0`, which is not 1 to 3"),
        ("3 - Moderate", "?", "INC1 has the priority `\\?`, which is not 1 to 5"),
        ("INC1", "INC\t1", "'INC.t1' is no number of an incident"),
        ("INC1", "", "'' is no number of an incident"),
        (",0,", ",x,", "an update that is not numbered"),
        ("29/2/2016", "29/2/2015", "an update at `29/2/2015 01:16`, which is no time"),
        ("29/2/2016", "01/01/0001", "The year 1 is not between 1970 and 2100"),
        ("29/2/2016", "31/12/9999", "The year 9999 is not between 1970 and 2100"),
        ("29/2/2016", "29/2/2032", "more than 4 years away from the first row, of 2016-02-29"),
        ("Caller 1", "Caller\0", "has the caller_id 'Caller.x00', which is no name"),
        ("Caller 1", '"a,b"', "has the caller_id 'a,b', which is no name"),
        (",?,?,?,?,?", ",?", "The row has fewer columns than the first line"),
        (",?,?,?,?,?", ",?,?,?,?,?,?", "The row has more columns than the first line"),
    ],
)
def test_a_row_that_cannot_be_is_told_with_its_line(
    tmp_path: Path, before: str, after: str, told: str
):
    log = _log(tmp_path / "log.zip", ROW.replace(before, after, 1))

    with pytest.raises(LogError, match=f"log.zip, line 3: .*{told}") as raised:
        read_cases(log)

    assert "the log again" in str(raised.value)


def _spoilt(path: Path, how: str) -> bytes:
    whole = bytearray(_log(path).read_bytes())
    entry = whole.find(b"PK\x01\x02")
    if how == "damaged":
        whole[60:90] = b"\xff" * 30
    elif how == "with a password":
        whole[6] |= 1
        whole[entry + 8] |= 1
    elif how == "packed otherwise":
        whole[8] = whole[entry + 10] = 99
    else:
        del whole[entry - 20 :]
    return bytes(whole)


@pytest.mark.parametrize("how", ["damaged", "with a password", "packed otherwise", "cut off"])
def test_a_file_that_cannot_be_unpacked_ends_the_command_before_it_begins(
    tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch
):
    path, home = tmp_path / "log.zip", tmp_path / "home"
    path.write_bytes(_spoilt(path, how))
    monkeypatch.setenv("CLEARWAY_HOME", str(home))

    result = CliRunner().invoke(app, ["replay", "servicenow", str(path), "--fresh"])

    assert result.exit_code == 2
    assert result.stderr.startswith(f"{path} cannot be read as a zipped log")
    assert "Fetch the log again" in result.stderr
    assert not home.exists()


def test_a_file_that_is_not_the_log_is_told(tmp_path: Path):
    path = tmp_path / "log.zip"
    path.write_bytes(b"no zip")

    with pytest.raises(LogError, match="cannot be read"):
        read_cases(path)
