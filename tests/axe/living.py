"""A process of another program, held fast: its number could be another's by the time it is hit."""

import os
import select
import signal


class Living:
    """A process that was alive when its number was told."""

    def __init__(self, pid: int) -> None:
        self._handle = os.pidfd_open(pid)

    def kill(self) -> None:
        """It ends in the middle of what it does."""
        self._send(signal.SIGKILL)

    def freeze(self) -> None:
        """It stands still, and does not know it."""
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        self._send(signal.SIGCONT)

    def ask_to_stop(self) -> None:
        """It ends after what it does."""
        self._send(signal.SIGTERM)

    def is_alive(self) -> bool:
        """Whether it has not ended."""
        ended, _, _ = select.select([self._handle], [], [], 0)
        return not ended

    def _send(self, number: signal.Signals) -> None:
        try:
            signal.pidfd_send_signal(self._handle, number)
        except ProcessLookupError:
            return

    def __del__(self) -> None:
        os.close(self._handle)
