"""The embedded PostgreSQL keeps its data and leaves no process, however its owner ends."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from clearway.store.embedded import EmbeddedPostgres
from clearway.store.postgres_binaries import PostgresError
from clearway.store.postgres_processes import running

# A process of its own that owns a server, says its address and waits for ever.
OWNER = """
import signal, sys
from pathlib import Path
from clearway.store.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
print(server.start(), flush=True)
signal.pause()
"""


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", OWNER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("postgresql://")
        yield process
        process.kill()


def test_a_second_start_keeps_the_data(tmp_path: Path):
    with EmbeddedPostgres(tmp_path) as server:
        _write(server.conninfo(), "kept")

    with EmbeddedPostgres(tmp_path) as server:
        assert _read(server.conninfo()) == ["kept"]


def test_it_is_durable_and_listens_on_no_network(tmp_path: Path):
    with (
        EmbeddedPostgres(tmp_path) as server,
        psycopg.connect(server.conninfo()) as connection,
    ):
        found = connection.execute(
            "SELECT current_setting('fsync'), current_setting('listen_addresses'), "
            "current_setting('data_checksums'), current_setting('server_encoding')"
        ).fetchone()

    assert found == ("on", "", "on", "UTF8")


def test_stopping_leaves_no_process(tmp_path: Path):
    server = EmbeddedPostgres(tmp_path)
    server.start()
    cluster = server.cluster
    assert running(cluster)

    server.stop()

    assert not running(cluster)
    assert not server.is_alive()


def test_the_server_ends_when_its_owner_is_killed(
    tmp_path: Path, owner: subprocess.Popen[str], eventually: Callable[..., None]
):
    server = EmbeddedPostgres(tmp_path)
    _write(server.conninfo(), "kept")

    owner.kill()

    cluster = server.cluster
    eventually(lambda: not running(cluster), "PostgreSQL outlived its owner")
    with server:
        assert _read(server.conninfo()) == ["kept"]


def test_a_start_right_after_the_kill_finds_the_data(tmp_path: Path, owner: subprocess.Popen[str]):
    server = EmbeddedPostgres(tmp_path)
    _write(server.conninfo(), "kept")

    owner.kill()
    owner.wait()

    with server:
        assert _read(server.conninfo()) == ["kept"]


def test_an_orphan_that_hears_nothing_is_ended_at_the_next_start(
    tmp_path: Path, owner: subprocess.Popen[str]
):
    server = EmbeddedPostgres(tmp_path)
    _write(server.conninfo(), "kept")
    orphans = running(server.cluster)
    # The postmaster is dead at once, its workers are frozen and hold the shared memory.
    for pid in orphans:
        _send(signal.SIGSTOP, pid)
    owner.kill()
    owner.wait()
    os.kill(_postmaster(tmp_path), signal.SIGKILL)

    with server:
        assert _read(server.conninfo()) == ["kept"]
        assert not set(orphans) & set(running(server.cluster))


def test_everything_killed_at_once_loses_nothing_that_was_committed(
    tmp_path: Path, owner: subprocess.Popen[str]
):
    server = EmbeddedPostgres(tmp_path)
    _write(server.conninfo(), "kept")

    for pid in [owner.pid, *running(server.cluster)]:
        _send(signal.SIGKILL, pid)
    owner.wait()

    with server:
        assert _read(server.conninfo()) == ["kept"]


def test_a_stale_process_id_that_lives_on_elsewhere_does_not_stop_the_start(tmp_path: Path):
    with EmbeddedPostgres(tmp_path) as server:
        _write(server.conninfo(), "kept")
    lines = [str(os.getppid()), str(tmp_path / "postgres"), "1", "5432", "", "", "", "ready"]
    (tmp_path / "postgres" / "postmaster.pid").write_text("\n".join(lines))

    with server:
        assert _read(server.conninfo()) == ["kept"]


def test_a_second_owner_is_refused_with_the_first_ones_number(
    tmp_path: Path, owner: subprocess.Popen[str]
):
    with pytest.raises(PostgresError, match=f"in use by process {owner.pid}: stop that one"):
        EmbeddedPostgres(tmp_path).start()

    assert owner.poll() is None
    _write(EmbeddedPostgres(tmp_path).conninfo(), "the first owner works on")


def test_a_dead_server_is_revived_with_its_data(tmp_path: Path, eventually: Callable[..., None]):
    with EmbeddedPostgres(tmp_path) as server:
        _write(server.conninfo(), "kept")
        os.kill(_postmaster(tmp_path), signal.SIGKILL)
        eventually(lambda: not server.is_alive(), "the postmaster survived SIGKILL")

        server.revive()

        assert _read(server.conninfo()) == ["kept"]


def test_a_full_disk_is_told_before_anything_is_built(tmp_path: Path):
    with pytest.raises(PostgresError, match=r"is full .* make room for"):
        EmbeddedPostgres(tmp_path, room=1 << 62).start()

    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_beside_a_running_owner_is_told_with_what_goes_on_by_itself(
    tmp_path: Path, owner: subprocess.Popen[str]
):
    with pytest.raises(PostgresError) as refusal:
        EmbeddedPostgres(tmp_path, room=1 << 62).start()

    said = str(refusal.value)
    assert "is full" in said
    assert f"the PostgreSQL of process {owner.pid} does not answer: make room for" in said
    assert "goes on by itself" in said
    assert "another folder" not in said


def test_a_full_disk_after_the_owner_left_is_told_as_a_start(tmp_path: Path):
    with EmbeddedPostgres(tmp_path):
        pass

    with pytest.raises(PostgresError, match=r"is full .* or choose another folder"):
        EmbeddedPostgres(tmp_path, room=1 << 62).start()


def test_a_server_that_a_full_disk_ended_stays_its_owners_until_there_is_room(
    tmp_path: Path, eventually: Callable[..., None], monkeypatch: pytest.MonkeyPatch
):
    with EmbeddedPostgres(tmp_path) as server:
        _write(server.conninfo(), "kept")
        os.kill(_postmaster(tmp_path), signal.SIGKILL)
        eventually(lambda: not server.is_alive(), "the postmaster survived SIGKILL")
        told = f"the PostgreSQL of process {os.getpid()} does not answer: make room"

        with monkeypatch.context() as full:
            usage = shutil.disk_usage(tmp_path)._replace(free=0)
            full.setattr(shutil, "disk_usage", lambda _: usage)
            with pytest.raises(PostgresError, match=told):
                server.revive()
            with pytest.raises(PostgresError, match=told):
                EmbeddedPostgres(tmp_path).start()
        server.revive()

        assert _read(server.conninfo()) == ["kept"]


def test_a_half_built_folder_is_built_anew(tmp_path: Path):
    beside = tmp_path / "postgres.building"
    beside.mkdir()
    (beside / "PG_VERSION").write_text("18\n")

    with EmbeddedPostgres(tmp_path) as server:
        _write(server.conninfo(), "kept")

    assert not beside.exists()


def test_data_of_another_version_is_left_alone(tmp_path: Path):
    with EmbeddedPostgres(tmp_path):
        pass
    version = tmp_path / "postgres" / "PG_VERSION"
    version.write_text("15\n")

    with pytest.raises(PostgresError, match="of PostgreSQL 15 and this is PostgreSQL 18"):
        EmbeddedPostgres(tmp_path).start()


def test_a_deep_home_gets_a_socket_that_is_short_enough(tmp_path: Path):
    home = tmp_path / ("deep" * 30)

    with EmbeddedPostgres(home) as server:
        _write(server.conninfo(), "kept")

        assert _read(server.conninfo()) == ["kept"]


def test_a_broken_setting_is_told_with_postgresqls_own_words(tmp_path: Path):
    with EmbeddedPostgres(tmp_path):
        pass
    with (tmp_path / "postgres" / "postgresql.conf").open("a") as file:
        file.write("\nshared_buffers = lots\n")

    with pytest.raises(PostgresError, match=r"refuses to start .*postgresql\.conf"):
        EmbeddedPostgres(tmp_path).start()


def test_a_server_that_is_killed_while_it_starts_is_not_said_to_refuse(tmp_path: Path):
    with EmbeddedPostgres(tmp_path):
        pass
    (tmp_path / "postgres" / "recovery.signal").touch()
    with (tmp_path / "postgres" / "postgresql.conf").open("a") as file:
        file.write("\nrestore_command = 'kill -9 $(head -n 1 postmaster.pid)'\n")

    with pytest.raises(PostgresError, match=r"ended from outside while it started: .+start again"):
        EmbeddedPostgres(tmp_path).start()


def test_a_server_that_fails_after_its_start_is_told_in_a_sentence(tmp_path: Path):
    with (
        EmbeddedPostgres(tmp_path) as server,
        psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection,
    ):
        connection.execute("DROP DATABASE clearway")
        connection.execute("ALTER DATABASE template1 RENAME TO gone")

    with pytest.raises(PostgresError, match=r"started and then failed \(.+\): read .+start again"):
        EmbeddedPostgres(tmp_path).start()


def test_a_passing_thread_may_not_start_it(tmp_path: Path):
    refusals: list[PostgresError] = []

    def start() -> None:
        try:
            EmbeddedPostgres(tmp_path).start()
        except PostgresError as error:
            refusals.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()

    assert "from the main thread" in str(refusals[0])


def _send(number: signal.Signals, pid: int) -> None:
    # A process for one connection ends by itself when its connection does.
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _write(address: str, text: str) -> None:
    with psycopg.connect(address) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (text text)")
        connection.execute("INSERT INTO note VALUES (%s)", [text])


def _read(address: str) -> list[str]:
    with psycopg.connect(address) as connection:
        return [row[0] for row in connection.execute("SELECT text FROM note")]


def _cluster(server: EmbeddedPostgres) -> str:
    return server.cluster


def _postmaster(home: Path) -> int:
    return int((home / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])
