"""The process that reads XML nobody trusts: started once, asked often, killed when it is slow."""

import atexit
import contextlib
import os
import select
import subprocess
import sys
import threading
import time
from functools import cache

from clearway.engine import limits, xml_worker
from clearway.engine.spiff import BPMN_SCHEMA

_MOST_FILES = 500
"""After so many it is started anew: whatever they left behind in it is gone."""


class Worker:
    """One process at a time; whoever asks while it is busy waits for its answer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._asked = 0
        self._owner = 0
        atexit.register(self.close)

    def ask(self, data: bytes) -> bytes:
        """What it says of a file.

        Raises TimeoutError when it takes too long and OSError when it dies of it; then it is
        killed, and the next file gets a new one.
        """
        with self._lock:
            process = self._standing()
            try:
                return self._answer(process, data)
            except BaseException:
                self._end()
                raise

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._end()

    def _standing(self) -> subprocess.Popen[bytes]:
        if self._owner != os.getpid():
            # A fork has the pipes of the process that it came from: they are not its own.
            self._process, self._owner = None, os.getpid()
        is_used_up = self._asked >= _MOST_FILES
        if self._process is not None and (is_used_up or self._process.poll() is not None):
            self._end()
        if self._process is None:
            self._process, self._asked = _started(), 0
        self._asked += 1
        return self._process

    def _answer(self, process: subprocess.Popen[bytes], data: bytes) -> bytes:
        assert process.stdin is not None and process.stdout is not None  # noqa: S101 - both are pipes
        until = time.monotonic() + limits.XML_SECONDS
        whole = memoryview(f"{len(data):0{xml_worker.LENGTH_DIGITS}d}".encode() + data)
        source, sink = process.stdout.fileno(), process.stdin.fileno()
        while whole:
            _wait(until, writes=sink)
            whole = whole[os.write(sink, whole) :]
        answer = b""
        while not answer.endswith(b"\n"):
            _wait(until, reads=source)
            part = os.read(source, 65536)
            if not part:
                raise BrokenPipeError("the reader of XML has died")
            answer += part
        return answer

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        process.wait()


def _started() -> subprocess.Popen[bytes]:
    words = [0, limits.XML_MEMORY, limits.XML_DEPTH, limits.XML_ELEMENTS]
    command = [sys.executable, "-I", xml_worker.__file__, str(BPMN_SCHEMA), *map(str, words)]
    # The command is our own file; nothing of it comes from outside.
    process = subprocess.Popen(  # noqa: S603
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
    )
    assert process.stdin is not None  # noqa: S101 - a pipe
    os.set_blocking(process.stdin.fileno(), False)
    return process


def _wait(until: float, *, reads: int | None = None, writes: int | None = None) -> None:
    left = until - time.monotonic()
    pipe = select.poll()
    if reads is not None:
        pipe.register(reads, select.POLLIN)
    if writes is not None:
        pipe.register(writes, select.POLLOUT)
    if left <= 0 or not pipe.poll(left * 1000):
        raise TimeoutError("reading the file takes too long")


@cache
def standing_worker() -> Worker:
    """The one of this process of the operating system."""
    return Worker()
