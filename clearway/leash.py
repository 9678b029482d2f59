"""Ends a program when the process that started it ends, whatever ended that one.

This file is also a program of its own, run by `exec_command` and `guard_command`, so it imports
nothing of ours. The kernel ties the leash to the *thread* that started the program: start leashed
programs from the main thread only.
"""

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_PR_SET_PDEATHSIG = 1
_PR_CAPBSET_READ = 23
_PR_SET_SECUREBITS = 28
_PR_SET_CHILD_SUBREAPER = 36
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_SECBIT_NO_SETUID_FIXUP = 1 << 2
_CAP_DAC_OVERRIDE = 1
_CAP_DAC_READ_SEARCH = 2
_CAPABILITY_VERSION_3 = 0x20080522


@dataclass(frozen=True)
class RunAs:
    """The user a program runs as when root starts it.

    `reach` lets it pass through folders that are closed to that user, for a checkout that lies
    below a private folder such as /root.
    """

    uid: int
    gid: int
    reach: bool = False


def exec_command(
    argv: Sequence[str], *, ending: signal.Signals, run_as: RunAs | None = None
) -> list[str]:
    """The command that becomes `argv` itself and gets `ending` when its parent dies."""
    user = run_as or RunAs(uid=-1, gid=-1)
    words = [str(int(ending)), str(user.uid), str(user.gid), str(int(user.reach))]
    return [*_myself("exec"), *words, *argv]


def guard_command(argv: Sequence[str], *, grace: float) -> list[str]:
    """The command that runs `argv` below a guard.

    On SIGTERM the guard passes it on, waits `grace` seconds, kills what is left of the program and
    of everything it started, and ends with the program's exit code. It does the same when its own
    parent dies. On SIGINT it kills at once.
    """
    return [*_myself("guard"), str(grace), *argv]


def _myself(mode: str) -> list[str]:
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), mode]


def _main(words: Sequence[str]) -> int:
    parent, mode, rest = int(words[0]), words[1], words[2:]
    if mode == "exec":
        return _run_in_place(parent, rest)
    return _Guard(grace=float(rest[0])).run(parent, rest[1:])


def _run_in_place(parent: int, words: Sequence[str]) -> int:
    ending, uid, gid, reach = (int(word) for word in words[:4])
    argv = words[4:]
    if uid >= 0:
        _become(uid, gid, reach=bool(reach))
    # After the change of user, which would clear it.
    _die_with(parent, ending)
    os.execv(argv[0], list(argv))  # noqa: S606 - a shell is what we do not want here


def _die_with(parent: int, ending: int) -> None:
    _prctl(_PR_SET_PDEATHSIG, ending)
    if os.getppid() != parent:
        sys.exit("the process that started this program has ended already")


def _become(uid: int, gid: int, *, reach: bool) -> None:
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    if reach:
        # Or else access(2), by which PostgreSQL finds its programs, would ignore capabilities.
        _prctl(_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP)
    os.setresuid(uid, uid, uid)
    if reach:
        _keep_reach()


def _keep_reach() -> None:
    """Keep the smaller of the two capabilities that open closed folders; containers lack one."""
    search = _prctl(_PR_CAPBSET_READ, _CAP_DAC_READ_SEARCH) == 1
    capability = _CAP_DAC_READ_SEARCH if search else _CAP_DAC_OVERRIDE
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    mask = 1 << capability
    # Two triples (low and high word) of: effective, permitted, inheritable.
    sets = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
    _checked(_libc.capset(ctypes.byref(header), ctypes.byref(sets)))
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability)


class _Guard:
    """Watches one program and the whole tree below it."""

    _WATCHED = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)

    def __init__(self, *, grace: float) -> None:
        self._grace = grace
        self._program = 0
        self._code: int | None = None
        self._deadline: float | None = None

    def run(self, parent: int, argv: Sequence[str]) -> int:
        signal.pthread_sigmask(signal.SIG_BLOCK, self._WATCHED)
        # What the program leaves behind comes to us, so that nothing can slip away.
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)
        _die_with(parent, signal.SIGTERM)
        self._program = self._start(argv)
        while self._reap():
            self._press()
            arrived = signal.sigtimedwait(self._WATCHED, self._patience())
            if arrived and arrived.si_signo == signal.SIGTERM:
                self._end_program()
            if arrived and arrived.si_signo == signal.SIGINT:
                self._deadline = time.monotonic()
        return self._code or 0

    def _start(self, argv: Sequence[str]) -> int:
        guard = os.getpid()
        program = os.fork()
        if program:
            return program
        try:
            os.setpgid(0, 0)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, self._WATCHED)
            _die_with(guard, signal.SIGKILL)
            os.execvp(argv[0], list(argv))  # noqa: S606 - a shell is what we do not want here
        except OSError as error:
            sys.stderr.write(f"{argv[0]} cannot be started: {error.strerror}\n")
        finally:
            os._exit(127)

    def _reap(self) -> bool:
        """Take note of what has ended; false when nothing is left."""
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return True
                if pid == self._program:
                    code = os.waitstatus_to_exitcode(status)
                    self._code = code if code >= 0 else 128 - code
                    self._end_rest()
        return False

    def _end_program(self) -> None:
        if self._deadline is None:
            self._deadline = time.monotonic() + self._grace
            _send(self._program, signal.SIGTERM)

    def _end_rest(self) -> None:
        soon = time.monotonic() + min(self._grace, 2.0)
        self._deadline = min(self._deadline or soon, soon)
        for pid in descendants(os.getpid()):
            _send(pid, signal.SIGTERM)

    def _press(self) -> None:
        if self._deadline is not None and time.monotonic() >= self._deadline:
            for pid in descendants(os.getpid()):
                _send(pid, signal.SIGKILL)

    def _patience(self) -> float:
        if self._deadline is None:
            return 3600.0
        return max(0.05, self._deadline - time.monotonic())


def descendants(root: int) -> list[int]:
    """Process ids of everything below `root`, from /proc."""
    children: dict[int, list[int]] = {}
    for pid, parent in _parents():
        children.setdefault(parent, []).append(pid)
    found: list[int] = []
    waiting = [root]
    while waiting:
        below = children.get(waiting.pop(), [])
        found.extend(below)
        waiting.extend(below)
    return found


def _parents() -> Iterator[tuple[int, int]]:
    for name in os.listdir("/proc"):
        if name.isdigit():
            # A process may end between the listing and the look.
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat", "rb") as stat:
                yield int(name), int(stat.read().rpartition(b")")[2].split()[1])


def _send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


_libc = ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, first: int = 0, second: int = 0) -> int:
    words = (ctypes.c_ulong(word) for word in (first, second, 0, 0))
    return _checked(_libc.prctl(option, *words))


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
