"""The end: Ctrl-C leaves nothing behind, and what was written on the way holds no secret."""

import json
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("house")]


def test_ctrl_c_leaves_no_process_behind(house: Any, eventually: Callable[..., None]):
    assert len(house.processes()) >= 12

    code = house.interrupt()

    assert code == 0
    assert house.processes() == {}
    last_words = house.output().rpartition("clearway  | stopping")[2].splitlines()
    # What Prefect says when it is cut off is Prefect's.
    ours = [line for line in last_words if line.startswith(("clearway", "portal", "worker"))]
    assert [line for line in ours if "Traceback" in line] == []


def test_no_secret_is_in_any_output_or_log(running_house: Any):
    secrets = json.loads((running_house.home / "secrets.json").read_text(encoding="utf-8"))
    hidden = {**secrets, "prefect_password": secrets["prefect_auth"].partition(":")[2]}
    hidden |= {f"token of {name}": running_house.token(name) for name in ("bob", "alice")}

    written = {str(log): log.read_text("utf-8", "replace") for log in running_house.logs}
    written |= {
        str(log): log.read_text("utf-8", "replace") for log in running_house.home.rglob("*.log*")
    }

    assert len(written) >= 2
    assert [
        (name, log) for log, text in written.items() for name, value in hidden.items()
        if value in text
    ] == []  # fmt: skip
    first, *later = (log.read_text("utf-8", "replace") for log in running_house.logs)
    for name, password in running_house.passwords.items():
        assert first.count(password) == 1, f"{name}'s password is not shown once"
        assert not any(password in text for text in later)


def test_secrets_are_for_their_owner_only(running_house: Any):
    assert (running_house.home / "secrets.json").stat().st_mode & 0o777 == 0o600
