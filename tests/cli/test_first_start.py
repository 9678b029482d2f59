"""The first start: whoever ends it early can still sign in after the next one."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from postbox import free_port

from clearway.cli.first_start import first_deployments
from clearway.service.demo import create_demo
from clearway.service.house import House
from clearway.service.processes import versions
from clearway.service.sign_in import SignedIn, sign_in
from clearway.service.values import SYSTEM
from clearway.settings import Settings
from clearway.wiring import open_house

pytestmark = pytest.mark.database

BPMN = Path(__file__).resolve().parents[2] / "bpmn"
PASSWORD = re.compile(r"^ {2}(\w+) +((?:[a-z0-9]{5}-){3}[a-z0-9]{5})$", re.MULTILINE)


def test_a_first_start_that_is_killed_has_told_passwords_or_the_next_one_does(
    database_url: str, tmp_path: Path
):
    environment = {
        **os.environ,
        "CLEARWAY_DATABASE_URL": database_url,
        "CLEARWAY_HOME": str(tmp_path / "home"),
        "CLEARWAY_PORT": str(free_port()),
        "CLEARWAY_PREFECT_PORT": str(free_port()),
    }
    told: dict[str, str] = {}
    with subprocess.Popen(
        [sys.executable, "-m", "clearway", "up"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as first:
        assert first.stdout is not None
        for line in first.stdout:
            told |= dict(PASSWORD.findall(line))
            if len(told) == 14:
                break
        first.kill()
    assert len(told) == 14

    with open_house(database_url) as house:
        told |= first_deployments(house, _settings(tmp_path), told.update, pytest.fail)
        signed_in = sign_in(house, "alice", told["alice"])

    assert isinstance(signed_in, SignedIn)


def test_passwords_are_told_before_a_process_is_deployed(house: House, tmp_path: Path):
    def interrupted(passwords: Mapping[str, str]) -> None:
        assert len(passwords) == 14
        raise KeyboardInterrupt

    told: list[Mapping[str, str]] = []
    with pytest.raises(KeyboardInterrupt):
        first_deployments(house, _settings(tmp_path), interrupted, pytest.fail)
    first_deployments(house, _settings(tmp_path), told.append, pytest.fail)
    first_deployments(house, _settings(tmp_path), told.append, pytest.fail)

    [passwords] = told
    assert isinstance(sign_in(house, "trent", passwords["trent"]), SignedIn)


def test_a_house_with_a_demo_is_left_alone(house: House, tmp_path: Path):
    passwords = create_demo(house)

    again = first_deployments(house, _settings(tmp_path), pytest.fail, pytest.fail)

    assert again == {}
    assert isinstance(sign_in(house, "alice", passwords["alice"]), SignedIn)
    assert versions(house, SYSTEM, "incident") == []


def test_folders_that_cannot_be_deployed_are_named_and_the_rest_is_deployed(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    settings = _settings(tmp_path)
    shutil.copytree(BPMN / "shared", settings.bpmn / "shared")
    for name in ("red", "sound", "two_errors", "strange name"):
        _process(settings.bpmn, name)
    (settings.bpmn / "sketches").mkdir()
    (settings.bpmn / ".git").mkdir()
    _never(settings.bpmn, "red")
    _two_errors(settings.bpmn, "two_errors")
    monkeypatch.chdir(tmp_path)
    skipped: list[str] = []

    with open_house(database_url) as house:
        first_deployments(house, settings, lambda _: None, skipped.append)
        deployed = {
            name: len(versions(house, SYSTEM, name)) for name in ("red", "sound", "two_errors")
        }

    assert deployed == {"red": 0, "sound": 1, "two_errors": 0}
    red, sketches, strange, two_errors = skipped
    assert red.startswith("bpmn/red is skipped: 1 scenario fails: red/scenarios/never.yaml: ")
    assert red.endswith(
        " See `clearway lint bpmn/red` and `clearway test bpmn/red`; "
        "then `clearway deploy bpmn/red --reason TEXT`."
    )
    assert "despite" not in red, "a start takes no reason"
    assert sketches == (
        "bpmn/sketches is skipped: it has no diagram sketches.bpmn. "
        "Give the diagram the name of its folder."
    )
    assert strange.startswith("bpmn/strange name is skipped: ")
    assert two_errors.count("two_errors/two_errors.bpmn") == 1, "the first problem alone"
    assert re.search(r"\(and \d+ more\)", two_errors)
    assert all(len(line.splitlines()) == 1 for line in skipped)


def test_a_folder_that_was_skipped_is_deployed_at_the_next_start(database_url: str, tmp_path: Path):
    settings = _settings(tmp_path)
    shutil.copytree(BPMN / "shared", settings.bpmn / "shared")
    never = _never(settings.bpmn, _process(settings.bpmn, "mended"))
    skipped: list[str] = []

    with open_house(database_url) as house:
        first_deployments(house, settings, lambda _: None, skipped.append)
        never.unlink()
        first_deployments(house, settings, lambda _: None, pytest.fail)

        assert len(skipped) == 1
        assert len(versions(house, SYSTEM, "mended")) == 1


def _settings(tmp_path: Path) -> Settings:
    """Settings with no process to deploy: these tests are about people."""
    bpmn = tmp_path / "bpmn"
    bpmn.mkdir(exist_ok=True)
    return Settings(home=tmp_path / "home", bpmn=bpmn)


def _process(bpmn: Path, name: str) -> str:
    """A sound process of this name, after one that is shipped."""
    shipped = BPMN / "control_exception"
    for file in filter(Path.is_file, shipped.rglob("*")):
        copy = bpmn / name / file.relative_to(shipped)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    drawing = (bpmn / name / "control_exception.bpmn").rename(bpmn / name / f"{name}.bpmn")
    drawing.write_text(drawing.read_text("utf-8").replace("control_exception", name), "utf-8")
    return name


def _never(bpmn: Path, name: str) -> Path:
    """A scenario that fails."""
    shipped = (bpmn / name / "scenarios" / "explained.yaml").read_text("utf-8")
    never = bpmn / name / "scenarios" / "never.yaml"
    never.write_text(shipped.replace("waiting: [investigate]", "waiting: [nothing]"), "utf-8")
    return never


def _two_errors(bpmn: Path, name: str) -> None:
    drawing = bpmn / name / f"{name}.bpmn"
    text = re.sub(r'targetRef="\w+"', 'targetRef="gone"', drawing.read_text("utf-8"), count=2)
    drawing.write_text(text, "utf-8")
