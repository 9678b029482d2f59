"""The first start: whoever ends it early can still sign in after the next one."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from postbox import free_port

from clearway.cli.house import first_deployments
from clearway.service.demo import create_demo
from clearway.service.house import House
from clearway.service.processes import versions
from clearway.service.sign_in import SignedIn, sign_in
from clearway.service.values import SYSTEM
from clearway.settings import Settings
from clearway.wiring import open_house

pytestmark = pytest.mark.database

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
        told |= first_deployments(house, _settings(tmp_path), told.update)
        signed_in = sign_in(house, "alice", told["alice"])

    assert isinstance(signed_in, SignedIn)


def test_passwords_are_told_before_a_process_is_deployed(house: House, tmp_path: Path):
    def interrupted(passwords: Mapping[str, str]) -> None:
        assert len(passwords) == 14
        raise KeyboardInterrupt

    told: list[Mapping[str, str]] = []
    with pytest.raises(KeyboardInterrupt):
        first_deployments(house, _settings(tmp_path), interrupted)
    first_deployments(house, _settings(tmp_path), told.append)
    first_deployments(house, _settings(tmp_path), told.append)

    [passwords] = told
    assert isinstance(sign_in(house, "trent", passwords["trent"]), SignedIn)


def test_a_house_with_a_demo_is_left_alone(house: House, tmp_path: Path):
    passwords = create_demo(house)

    again = first_deployments(house, _settings(tmp_path), pytest.fail)

    assert again == {}
    assert isinstance(sign_in(house, "alice", passwords["alice"]), SignedIn)
    assert versions(house, SYSTEM, "incident") == []


def _settings(tmp_path: Path) -> Settings:
    """Settings with no process to deploy: these tests are about people."""
    bpmn = tmp_path / "bpmn"
    bpmn.mkdir(exist_ok=True)
    return Settings(home=tmp_path / "home", bpmn=bpmn)
