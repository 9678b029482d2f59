"""Counts what a check does, where a clock would only measure the machine."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType
from typing import Any


class TooManySteps(Exception):
    """More than the test allows."""


@contextmanager
def at_most(calls: int) -> Generator[None]:
    """Stop what calls more functions than that."""
    left = calls

    def count(_frame: FrameType, event: str, _detail: Any) -> None:
        nonlocal left
        left -= event == "call"
        if left < 0:
            sys.setprofile(None)
            raise TooManySteps(f"more than {calls} calls")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(before)
