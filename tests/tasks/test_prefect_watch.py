"""Prefect's sign of life: what the worker's watch sees is what the doctor says."""

import http.server
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from clearway.now import HandClock
from clearway.service import heartbeats
from clearway.service.doctor import Sign, examine
from clearway.service.house import House
from tasks.prefect_watch import PrefectWatch

pytestmark = pytest.mark.database


class Server(http.server.ThreadingHTTPServer):
    """Answers that it is healthy, until it is frozen: then it takes calls and says nothing."""

    frozen = threading.Event()
    says = b'"0.8.4"'

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/api"


class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if isinstance(self.server, Server) and self.server.frozen.is_set():
            # Until whoever asked has lost patience and hung up.
            self.rfile.read(1)
            return
        self.send_response(200)
        self.end_headers()
        if isinstance(self.server, Server):
            self.wfile.write(self.server.says)

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Health) as server:
        server.frozen = threading.Event()
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def prefect(house: House) -> Sign:
    [found] = [it for it in examine(house) if it.subject == "Prefect"]
    return found


def test_one_look_without_an_answer_is_told_at_once_and_since_when(
    house: House, hand_clock: HandClock, server: Server
):
    watch = PrefectWatch(house, server.address, patience=0.3)
    assert watch.look()
    assert prefect(house).well
    server.frozen.set()

    for _ in range(2):
        hand_clock.move_to(hand_clock() + timedelta(seconds=60))
        assert not watch.look()

    told = prefect(house)
    assert not told.well
    assert "does not answer since 2026-03-02 09:01 UTC" in told.text
    assert "last seen 2026-03-02 09:00 UTC" in told.text


def test_the_next_answer_makes_it_well_again(house: House, hand_clock: HandClock, server: Server):
    watch = PrefectWatch(house, server.address, patience=0.3)
    watch.look()
    server.frozen.set()
    watch.look()
    server.frozen.clear()

    assert watch.look()

    assert prefect(house).well


def test_another_program_at_its_port_is_no_prefect(house: House, server: Server):
    watch = PrefectWatch(house, server.address)
    assert watch.look()

    server.says = b"ok"

    assert not watch.look()
    assert not prefect(house).well


def test_a_worker_that_looks_elsewhere_takes_nobodys_word_away(house: House, server: Server):
    PrefectWatch(house, server.address).look()

    assert not PrefectWatch(house, "").look()
    assert not PrefectWatch(house, "http://127.0.0.1:1/api").look()

    assert prefect(house).well


def test_nothing_is_written_of_a_prefect_that_was_never_seen(house: House):
    assert not PrefectWatch(house, "http://127.0.0.1:1/api").look()

    assert heartbeats.heartbeats(house) == []
    assert "last seen" not in prefect(house).text
