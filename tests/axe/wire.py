"""A line to PostgreSQL that counts the statements on it, and is cut at the one that it is told.

It speaks just enough of the protocol to see where a statement begins and where its answer ends,
so that neither the program nor the server knows of it: what is cut is what a dying process or
a dying network cuts.
"""

import contextlib
import os
import socket
import struct
import tempfile
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from psycopg.conninfo import conninfo_to_dict, make_conninfo

COUNTED = b"application_name\0clearway\0"
"""Connections that carry commands; who only tells pages of changes has another name."""

_NO_ENCRYPTION = {80877103, 80877104}
_FRONT = {"execute": b"E", "query": b"Q", "parse": b"P", "bind": b"B", "sync": b"S"}


@dataclass
class Axe:
    """Where the line is cut: before the `at`-th statement is sent, or after it was answered.

    `blow` is called at that instant, just before the line is cut: it may kill the process. With
    `cuts` off, that is all that happens.
    """

    at: int
    after: bool
    blow: Callable[[], None] = lambda: None
    cuts: bool = True


class Wire:
    """A socket between a program and its database; use it as a context manager."""

    def __init__(self, url: str) -> None:
        self._goal = conninfo_to_dict(url)
        self._folder = tempfile.TemporaryDirectory(prefix="wire-")
        self._listener = socket.socket(socket.AF_UNIX)
        self._lock = threading.Lock()
        self._axe: Axe | None = None
        self._pairs: list[_Pair] = []
        self._seen: list[str] = []
        self.blows = 0
        """How often the axe has fallen."""
        self.url = make_conninfo(
            **{
                **self._goal,
                "host": self._folder.name,
                "port": "5432",
                "sslmode": "disable",
                "gssencmode": "disable",
            }
        )

    def __enter__(self) -> Self:
        self._listener.bind(f"{self._folder.name}/.s.PGSQL.5432")
        self._listener.listen()
        threading.Thread(target=self._accept, name="wire", daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.close()
        for pair in list(self._pairs):
            pair.cut()
        self._folder.cleanup()

    def lift(self, axe: Axe | None) -> None:
        """Begin to count anew; None: only count."""
        with self._lock:
            self._axe, self._seen = axe, []

    def seen(self) -> list[str]:
        """The statements since `lift`, in order."""
        with self._lock:
            return list(self._seen)

    def falls_before(self, statement: str) -> bool:
        """Count this statement; whether the axe falls before it is sent."""
        with self._lock:
            self._seen.append(statement)
            return self._is_there(after=False)

    def falls_after(self) -> bool:
        """Whether the axe falls once the statement that was counted last is answered."""
        with self._lock:
            return self._is_there(after=True)

    def fall(self) -> bool:
        """It falls once; whether the line is to be cut."""
        with self._lock:
            axe, self._axe = self._axe, None
        if axe is None:
            return True
        axe.blow()
        self.blows += 1
        return axe.cuts

    def _is_there(self, *, after: bool) -> bool:
        axe = self._axe
        return axe is not None and axe.after is after and axe.at == len(self._seen)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._pairs.append(_Pair(self, client, self._goal))


class _Pair:
    """One connection: what the program says goes up, what the server answers comes down."""

    def __init__(self, wire: Wire, client: socket.socket, goal: dict[str, object]) -> None:
        self._wire, self._client = wire, client
        self._server = _connected(goal)
        self._is_counted = False
        self._prepared: dict[bytes, str] = {}
        self._bound: dict[bytes, str] = {}
        self._sent = self._answered = 0
        self._syncs: deque[int] = deque()
        self._last: int | None = None
        for work in (self._up, self._down):
            threading.Thread(target=work, name="wire", daemon=True).start()

    def cut(self) -> None:
        """Nothing passes any more, in either direction."""
        for end in (self._client, self._server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _up(self) -> None:
        with contextlib.suppress(OSError, EOFError):
            source = self._client.makefile("rb")
            self._introduce(source)
            while True:
                kind, body = _message(source)
                if self._is_counted and self._falls_at(kind, body) and self._wire.fall():
                    break
                self._server.sendall(kind + struct.pack("!I", len(body) + 4) + body)
        self.cut()

    def _introduce(self, source: "socket.SocketIO | object") -> None:
        while True:
            head = source.read(8)
            if len(head) < 8:
                raise EOFError
            length, code = struct.unpack("!II", head)
            rest = source.read(length - 8)
            if code not in _NO_ENCRYPTION:
                break
            self._client.sendall(b"N")
        self._is_counted = COUNTED in rest
        self._server.sendall(head + rest)

    def _falls_at(self, kind: bytes, body: bytes) -> bool:
        """Keep count of what the program says."""
        if kind == _FRONT["parse"]:
            name, text, _ = body.split(b"\0", 2)
            self._prepared[name] = text.decode()
        elif kind == _FRONT["bind"]:
            portal, name, _ = body.split(b"\0", 2)
            self._bound[portal] = self._prepared.get(name, "?")
        elif kind == _FRONT["execute"]:
            return self._falls_here(self._bound.get(body.split(b"\0", 1)[0], "?"))
        elif kind == _FRONT["query"]:
            falls = self._falls_here(body.rstrip(b"\0").decode())
            self._syncs.append(self._sent)
            return falls
        elif kind == _FRONT["sync"]:
            self._syncs.append(self._sent)
        return False

    def _falls_here(self, statement: str) -> bool:
        if self._wire.falls_before(statement):
            return True
        self._sent += 1
        if self._wire.falls_after():
            self._last = self._sent
        return False

    def _down(self) -> None:
        with contextlib.suppress(OSError, EOFError):
            source = self._server.makefile("rb")
            while True:
                kind, body = _message(source)
                self._count_answer(kind)
                if self._is_answered() and self._wire.fall():
                    break
                self._client.sendall(kind + struct.pack("!I", len(body) + 4) + body)
        self.cut()

    def _is_answered(self) -> bool:
        """Whether the statement that was waited for has its answer now; True once."""
        if self._last is None or self._answered < self._last:
            return False
        self._last = None
        return True

    def _count_answer(self, kind: bytes) -> None:
        """Complete, empty or failed; what follows a failure is skipped up to the next sync."""
        if kind in (b"C", b"I", b"E"):
            self._answered += 1
        elif kind == b"Z" and self._syncs:
            self._answered = self._syncs.popleft()


def _message(source: "socket.SocketIO | object") -> tuple[bytes, bytes]:
    head = source.read(5)
    if len(head) < 5:
        raise EOFError
    body = source.read(struct.unpack("!I", head[1:])[0] - 4)
    return head[:1], body


def _connected(goal: dict[str, object]) -> socket.socket:
    host, port = str(goal.get("host") or "localhost"), str(goal.get("port") or 5432)
    if not host.startswith("/"):
        return socket.create_connection((host, int(port)))
    server = socket.socket(socket.AF_UNIX)
    server.connect(os.path.join(host, f".s.PGSQL.{port}"))
    return server
