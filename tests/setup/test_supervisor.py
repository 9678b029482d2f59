"""The supervisor keeps real processes running and leaves none behind."""

import io
import os
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clearway.leash import descendants
from clearway.line_log import LineLog
from clearway.supervisor import Child, Supervisor, SupervisorError, require_free_port

# A child that starts a grandchild of a session of its own, and both write their numbers down.
FAMILY = """
import os, signal, subprocess, sys, time
code = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pause()"
grandchild = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
with open(sys.argv[1], "a") as file:
    file.write(f"{os.getpid()} {grandchild.pid}\\n")
print("the family is up", flush=True)
signal.pause()
"""

SUPERVISED = """
import sys
from pathlib import Path
from clearway.supervisor import Child, Supervisor
notes = Path(sys.argv[1])
family = Child("family", [sys.executable, "-c", sys.argv[2], sys.argv[1]], grace_seconds=1.0)
family = Child(**{**vars(family), "ready": notes.exists})
Supervisor([family]).run(lambda: print("all ready", flush=True))
print("ended", flush=True)
"""


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "notes"


@pytest.fixture
def house(notes: Path) -> Iterator[subprocess.Popen[str]]:
    """A process with a supervisor, a child and a grandchild that ignores SIGTERM."""
    command = [sys.executable, "-c", SUPERVISED, str(notes), FAMILY]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while process.stdout.readline() != "all ready\n":
            assert process.poll() is None
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_asked_end_leaves_no_process(
    house: subprocess.Popen[str], notes: Path, number: signal.Signals
):
    tree = descendants(house.pid)

    house.send_signal(number)
    output, _ = house.communicate(timeout=60)

    assert output.endswith("ended\n")
    assert house.returncode == 0
    assert len(tree) >= 3
    assert [pid for pid in {*tree, *_noted(notes)} if _lives(pid)] == []


def test_a_killed_supervisor_takes_children_and_grandchildren_along(
    house: subprocess.Popen[str], notes: Path, eventually: Callable[..., None]
):
    tree = {*descendants(house.pid), *_noted(notes)}

    house.kill()

    eventually(lambda: not any(map(_lives, tree)), "a process outlived its supervisor")


def test_a_killed_guard_takes_its_child_along(
    house: subprocess.Popen[str], notes: Path, eventually: Callable[..., None]
):
    child, _ = _noted(notes)
    guard = _parent(child)

    os.kill(guard, signal.SIGKILL)

    eventually(lambda: not _lives(child), "the child outlived its guard")
    eventually(lambda: len(_noted(notes)) == 4, "the child was not started again")


def test_a_child_that_ends_is_started_again(
    house: subprocess.Popen[str], notes: Path, eventually: Callable[..., None]
):
    first, grandchild = _noted(notes)

    os.kill(first, signal.SIGKILL)

    eventually(lambda: len(_noted(notes)) == 4, "the child was not started again")
    assert not _lives(first)
    assert not _lives(grandchild)


# A child that answers HTTP and writes its number down each time it starts.
ANSWERING = """
import http.server, os, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
with http.server.HTTPServer(("127.0.0.1", int(sys.argv[2])), Answer) as server:
    with open(sys.argv[1], "a") as file:
        file.write(f"{os.getpid()}\\n")
    server.serve_forever()
"""

WATCHED = """
import sys
from clearway.pulse import Pulse
from clearway.supervisor import Child, Supervisor, answers_http
ready = answers_http("127.0.0.1", int(sys.argv[3]), "/")
pulse = Pulse(answers_http("127.0.0.1", int(sys.argv[3]), "/", seconds=0.5), every=0.5)
argv = [sys.executable, "-c", sys.argv[2], sys.argv[1], sys.argv[3]]
child = Child("portal", argv, ready=ready, grace_seconds=0.5, pulse=pulse)
Supervisor([child]).run(lambda: print("all ready", flush=True))
"""


def test_a_child_that_hangs_is_ended_and_started_again(
    notes: Path, eventually: Callable[..., None]
):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
    command = [sys.executable, "-c", WATCHED, str(notes), ANSWERING, port]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while process.stdout.readline() != "all ready\n":
            assert process.poll() is None
        [first] = _noted(notes)

        os.kill(first, signal.SIGSTOP)
        try:
            eventually(lambda: len(_noted(notes)) == 2, "the child was not started again")
            assert not _lives(first)
        finally:
            process.send_signal(signal.SIGTERM)
            output, _ = process.communicate(timeout=60)
    told = [it for it in output.splitlines() if "does not answer" in it]
    assert told == ["portal | does not answer any more; it is ended and starts again"]


def test_a_second_signal_does_not_wait_for_the_grace(notes: Path):
    stubborn = "import signal, pathlib, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    stubborn += "pathlib.Path(sys.argv[1]).touch(); signal.pause()"
    script = f"""
        import os, signal, sys
        from pathlib import Path
        from clearway.supervisor import Child, Supervisor
        argv = [sys.executable, "-c", {stubborn!r}, sys.argv[1]]
        child = Child("stubborn", argv, ready=Path(sys.argv[1]).exists, grace_seconds=1000)
        Supervisor([child]).run(lambda: print("all ready", flush=True))
    """
    command = [sys.executable, "-c", textwrap.dedent(script), str(notes)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "all ready\n"
        tree = descendants(process.pid)

        process.send_signal(signal.SIGINT)
        assert "a second Ctrl-C ends everything" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)

        assert [pid for pid in tree if _lives(pid)] == []


def test_lines_carry_the_name_of_who_said_them(tmp_path: Path):
    output = io.StringIO()
    flag = tmp_path / "said"
    code = "import sys, pathlib; print('one'); print('two', file=sys.stderr, end='');"
    code += "pathlib.Path(sys.argv[1]).touch(); import signal; signal.pause()"
    child = Child("portal", [sys.executable, "-c", code, str(flag)], ready=flag.exists)

    Supervisor([child], output=output).run(_end_of_this)

    assert {"portal | one", "portal | two"} < set(output.getvalue().splitlines())


def test_what_a_child_says_into_its_log_stays_off_the_terminal_also_at_its_end(tmp_path: Path):
    output, flag = io.StringIO(), tmp_path / "said"
    code = """
import pathlib, signal, sys
def end(*_):
    print("Traceback (most recent call last): CancelledError", flush=True)
    sys.exit(1)
signal.signal(signal.SIGTERM, end)
print("one", flush=True)
pathlib.Path(sys.argv[1]).touch()
signal.pause()
"""
    log = LineLog(tmp_path / "prefect.log")
    child = Child("prefect", [sys.executable, "-c", code, str(flag)], ready=flag.exists, log=log)

    Supervisor([child], output=output).run(_end_of_this)

    assert output.getvalue() == "clearway | stopping; a second Ctrl-C ends everything at once\n"
    written = [line.partition("Z ")[2] for line in log.file.read_text().splitlines()]
    assert written == [
        "prefect | one",
        "prefect | Traceback (most recent call last): CancelledError",
    ]


def test_the_end_of_a_child_with_a_log_is_told_with_where_to_read(tmp_path: Path):
    output, log = io.StringIO(), LineLog(tmp_path / "prefect.log")
    broken = Child("prefect", ["/nowhere/prefect"], ready=lambda: False, log=log)

    with pytest.raises(SupervisorError, match=f"prefect does not start: read {log.file}, "):
        Supervisor([broken], output=output).run()

    told = f"prefect | ended with code 127; starts again in 0.5 s; its lines are in {log.file}"
    assert told in output.getvalue().splitlines()
    assert "/nowhere/prefect cannot be started" in log.file.read_text()


def test_the_next_child_waits_until_the_one_before_is_ready(tmp_path: Path):
    second_is_up = tmp_path / "second"
    seen: list[bool] = []

    def first_is_ready() -> bool:
        seen.append(second_is_up.exists())
        return len(seen) == 5

    pause = [sys.executable, "-c", "import signal; signal.pause()"]
    touch = "import pathlib, signal, sys; pathlib.Path(sys.argv[1]).touch(); signal.pause()"
    first = Child("first", pause, ready=first_is_ready)
    second = Child(
        "second", [sys.executable, "-c", touch, str(second_is_up)], ready=second_is_up.exists
    )

    Supervisor([first, second], output=io.StringIO()).run(_end_of_this)

    assert seen == [False] * 5
    assert second_is_up.exists()


def test_a_required_child_that_cannot_start_stops_the_house_with_a_sentence():
    before = set(descendants(os.getpid()))
    output = io.StringIO()
    pauses = Child("fine", [sys.executable, "-c", "import signal; signal.pause()"])
    broken = Child("portal", ["/nowhere/portal"], ready=lambda: False)

    with pytest.raises(SupervisorError, match="portal does not start: read its lines above"):
        Supervisor([pauses, broken], output=output).run()

    assert "portal | /nowhere/portal cannot be started: No such file" in output.getvalue()
    assert set(descendants(os.getpid())) <= before


def test_the_work_goes_on_without_a_child_that_is_not_required():
    output = io.StringIO()
    broken = Child("prefect", ["/nowhere/prefect"], ready=lambda: False, required=False)

    Supervisor([broken], output=output).run(_end_of_this)

    assert "clearway | prefect is not ready; the rest goes on" in output.getvalue()


def test_what_is_tended_is_revived():
    plant = Plant()

    Supervisor([], tended=[plant], output=io.StringIO()).run(plant.wither)

    assert plant.revived == 1


def test_a_port_in_use_is_told_in_one_sentence():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        with pytest.raises(SupervisorError) as refusal:
            require_free_port("127.0.0.1", port, setting="CLEARWAY_PORT")

    assert str(refusal.value) == (
        f"Port {port} is in use: stop what uses it, or choose another with CLEARWAY_PORT."
    )


def test_a_free_port_passes():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    require_free_port("127.0.0.1", port, setting="CLEARWAY_PORT")


class Plant:
    """Something tended that ends once, and asks the supervisor to end when it is revived."""

    def __init__(self) -> None:
        self.revived = 0
        self._alive = True

    def wither(self) -> None:
        self._alive = False

    def is_alive(self) -> bool:
        return self._alive

    def revive(self) -> None:
        self.revived += 1
        self._alive = True
        _end_of_this()


def _end_of_this() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def _noted(notes: Path) -> list[int]:
    return [int(word) for word in notes.read_text().split()]


def _lives(pid: int) -> bool:
    """Zombies do not count: whoever inherited them may be slow to look."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in ("Z", "X")


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
