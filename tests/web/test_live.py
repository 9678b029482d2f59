"""What open pages are told of changes, and that nothing falls between reading and listening."""

import asyncio
import queue

from clearway.store.errors import Unavailable
from clearway.web.live import Live


class Wire:
    """The notices of a database, as the tests let them come; None is a lost connection."""

    def __init__(self):
        self.notices = queue.Queue()

    def __call__(self, until):
        yield []
        while not until():
            try:
                keys = self.notices.get(timeout=0.01)
            except queue.Empty:
                continue
            if keys is None:
                raise Unavailable("gone")
            yield keys


def hear(work):
    """Run a story over what was told, with a wire and one reader who makes it listen."""
    wire = Wire()
    live = Live(wire)

    async def story():
        first = live.changes("", gather=0)
        assert (await anext(first)).keys == []
        await asyncio.wait_for(work(live, wire, first), 10)

    try:
        asyncio.run(story())
    finally:
        live.end()


def test_changes_between_reading_and_listening_are_told():
    async def story(live, wire, first):
        read_at = live.position()
        wire.notices.put(["INC-1"])
        await anext(first)

        assert (await anext(live.changes(read_at))).keys == ["INC-1"]

    hear(story)


def test_what_was_told_is_not_told_again():
    async def story(live, wire, first):
        wire.notices.put(["INC-1"])
        position = (await anext(first)).position
        wire.notices.put(["INC-2"])

        assert (await anext(live.changes(position))).keys == ["INC-2"]

    hear(story)


def test_who_stands_where_nobody_knows_is_told_to_look():
    async def story(live, wire, first):
        wire.notices.put(["INC-1"])
        await anext(first)

        for strange in ("", "another-1", "1", "-", f"{live.position()}0"):
            assert (await anext(live.changes(strange))).keys == []

    hear(story)


def test_who_is_too_far_behind_is_told_to_look():
    async def story(live, wire, first):
        read_at = live.position()
        for number in range(600):
            wire.notices.put([f"INC-{number}"])
        while live.position().rpartition("-")[2] != "601":
            await anext(first)

        assert (await anext(live.changes(read_at))).keys == []

    hear(story)


def test_what_happened_while_nobody_listened_is_not_known(monkeypatch):
    monkeypatch.setattr("clearway.web.live._PAUSE", 0.0)

    async def story(live, wire, first):
        read_at = live.position()
        wire.notices.put(None)

        assert (await anext(first)).keys == []
        assert (await anext(live.changes(read_at))).keys == []

    hear(story)
