"""The command line: one file per group of commands, heavy rooms imported when a command runs."""

import os
import signal
import sys

_INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it."""


def main() -> None:
    """Entry point of the `clearway` command; Ctrl-C ends it with one line, whenever it comes."""
    is_asked = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_asked:
        # While modules are imported there is nothing to end but this process.
        signal.signal(signal.SIGINT, lambda _number, _frame: _leave())
    # Only now: it takes seconds, in which somebody may change their mind.
    from clearway.cli.app import app

    if is_asked:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        app()
    except KeyboardInterrupt:
        _tell()
        sys.exit(_INTERRUPTED)
    except SystemExit as end:
        if end.code == _INTERRUPTED:
            _tell()
        raise
    finally:
        if is_asked:
            # What the interpreter still tidies up may be cut off.
            signal.signal(signal.SIGINT, signal.SIG_DFL)


def _leave() -> None:
    _tell()
    os._exit(_INTERRUPTED)


def _tell() -> None:
    sys.stderr.write("Stopped with Ctrl-C.\n")
    sys.stderr.flush()


__all__ = ["main"]
