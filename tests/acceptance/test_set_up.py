"""Set-up: one command, one sentence for what is in the way, and what the operator asks it."""

import http.server
import socket
import threading
from pathlib import Path
from typing import Any

import pytest
from postbox import free_port

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("house")]


def test_it_says_where_to_go_and_how_to_sign_in(house: Any):
    said = house.logs[0].read_text(encoding="utf-8")

    assert f"Clearway is at {house.address}" in said
    assert f"Prefect is at {house.prefect.removesuffix('/api')}" in said
    assert {"alice", "bob", "grace", "ivan"} <= set(house.passwords)
    assert len(set(house.passwords.values())) == len(house.passwords)


@pytest.mark.parametrize("setting", ["CLEARWAY_PORT", "CLEARWAY_PREFECT_PORT"])
def test_a_port_in_use_is_one_sentence_that_names_the_setting(
    running_house: Any, setting: str, tmp_path: Path
):
    home = tmp_path / "home"
    ports = {"CLEARWAY_PORT": "0", "CLEARWAY_PREFECT_PORT": "0"}
    ports = {name: str(free_port()) for name in ports}
    with socket.create_server(("127.0.0.1", int(ports[setting]))):
        done = running_house.run("up", **{**ports, "CLEARWAY_HOME": str(home)})

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        f"Port {ports[setting]} is in use: stop what uses it, or choose another with {setting}.\n"
    )
    assert not home.exists()


class _Agreeable(http.server.BaseHTTPRequestHandler):
    """Another program, which answers whatever it is asked."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok\n")

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


def test_a_program_that_takes_the_port_meanwhile_is_not_taken_for_the_portal(
    house: Any, tmp_path: Path
):
    names = ("CLEARWAY_PORT", "CLEARWAY_PREFECT_PORT")
    ports = {name: str(free_port()) for name in names}
    settings = {
        "CLEARWAY_HOME": str(tmp_path / "home"),
        "CLEARWAY_DATABASE_URL": house.postgres.conninfo(),
        **ports,
    }
    with house.started("up", **settings) as program:
        while "bringing the database up to date" not in program.stdout.readline():
            assert program.poll() is None
        with http.server.HTTPServer(
            ("127.0.0.1", int(ports["CLEARWAY_PORT"])), _Agreeable
        ) as other:
            threading.Thread(target=other.serve_forever, daemon=True).start()
            said, _ = program.communicate(timeout=120)
            other.shutdown()

    assert program.returncode == 1
    assert "Clearway is at" not in said
    assert f"Port {ports['CLEARWAY_PORT']} is in use: stop what uses it" in said
    assert said.splitlines()[-1].startswith("portal does not start: read its lines above")


def test_a_program_that_takes_prefects_port_meanwhile_is_named(house: Any, tmp_path: Path):
    ports = {name: str(free_port()) for name in ("CLEARWAY_PORT", "CLEARWAY_PREFECT_PORT")}
    database = house.postgres.conninfo()
    settings = {"CLEARWAY_HOME": str(tmp_path / "home"), "CLEARWAY_DATABASE_URL": database}
    here = ("127.0.0.1", int(ports["CLEARWAY_PREFECT_PORT"]))
    lines: list[str] = []
    with house.started("up", **settings, **ports) as program:
        while "bringing the database up to date" not in program.stdout.readline():
            assert program.poll() is None
        with http.server.HTTPServer(here, _Agreeable) as other:
            threading.Thread(target=other.serve_forever, daemon=True).start()
            while not lines or "Stop it with Ctrl-C." not in lines[-1]:
                assert program.poll() is None
                lines.append(program.stdout.readline())
            other.shutdown()
        program.terminate()
        program.communicate(timeout=120)

    [said] = [line for line in lines if line.startswith("Prefect does not answer")]
    assert f"Port {here[1]} is in use: stop what uses it" in said
    assert not any(line.startswith("Prefect is at") for line in lines)


def test_a_home_that_is_in_use_is_one_sentence(house: Any):
    ports = {name: str(free_port()) for name in ("CLEARWAY_PORT", "CLEARWAY_PREFECT_PORT")}
    before = set(house.processes())

    done = house.run("up", **ports)

    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert str(house.home) in done.stderr
    assert set(house.pids("clearway up")) <= before
    assert house.program.poll() is None


def test_the_doctor_is_content_and_nothing_is_broken(house: Any, eventually: Any):
    def content() -> bool:
        return house.run("doctor", "-o", "json").returncode == 0

    eventually(content, "the doctor is not content", 120)
    assert house.run("verify").returncode == 0
