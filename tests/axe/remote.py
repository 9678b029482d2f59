"""A system outside that steps call: it honours the key it is given, unless it is told not to."""

import socket
import socketserver
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Self


class Remote:
    """Has an effect first and answers afterwards, so that whoever asked may be gone by then.

    `honours`: the same key has one effect and one receipt. `latency` is the seconds between the
    effect and its answer; with `hold`, the answer waits until `let_go`.
    """

    def __init__(self, *, honours: bool = True, latency: float = 0.0) -> None:
        self.honours, self.latency = honours, latency
        self.effects: list[tuple[str, int]] = []
        self.calls: Counter[str] = Counter()
        self._receipts: dict[str, int] = {}
        self._lock = threading.Lock()
        self._free = threading.Event()
        self._free.set()
        self._folder = tempfile.TemporaryDirectory(prefix="remote-")
        self.address = f"{self._folder.name}/socket"
        self._server = _Server(self.address, _handler(self._answer))

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._free.set()
        self._server.shutdown()
        self._server.server_close()
        self._folder.cleanup()

    def hold(self) -> None:
        """Effects happen, but nobody is answered."""
        self._free.clear()

    def let_go(self) -> None:
        """Everybody is answered."""
        self._free.set()

    def receipts(self) -> dict[str, int]:
        """Key -> the receipt of its last effect."""
        with self._lock:
            return dict(self.effects)

    def doubled(self) -> list[str]:
        """The keys that had their effect more than once."""
        with self._lock:
            return [
                key for key, times in Counter(key for key, _ in self.effects).items() if times > 1
            ]

    def _answer(self, key: str) -> int:
        with self._lock:
            self.calls[key] += 1
            receipt = self._receipts.get(key) if self.honours else None
            if receipt is None:
                receipt = len(self.effects) + 1
                self._receipts[key] = receipt
                self.effects.append((key, receipt))
        time.sleep(self.latency)
        self._free.wait()
        return receipt


def ask(address: str, key: str) -> int:
    """What a step does: ask for the effect under this key, and wait for the receipt."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(address)
        line.sendall(f"{key}\n".encode())
        with line.makefile() as answer:
            return int(answer.readline())


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    request_queue_size = 200


def _handler(answer: Callable[[str], int]) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            key = self.rfile.readline().decode().strip()
            try:
                self.wfile.write(f"{answer(key)}\n".encode())
                self.wfile.flush()
            except OSError:
                # Who asked has been killed: that is what this is about.
                return

    return Handler
