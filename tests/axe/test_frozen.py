"""A process that stands still with a record in its hands: nothing is lost, and others are told."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import life
import pytest
from day import Day, Told, day
from sayings import CAROL
from victims import Victim
from wire import Wire

from clearway.service.complete import complete
from clearway.service.values import Done
from clearway.service.verify import verify
from clearway.store import database
from clearway.store.errors import Contended

pytestmark = pytest.mark.database

Copies = Callable[[], AbstractContextManager[str]]

_LOCKED = 2  # its BEGIN, and the statement that locks and loads the record
_HOLDERS = """SELECT count(*) FROM pg_stat_activity WHERE xact_start IS NOT NULL
    AND application_name = 'clearway' AND datname = current_database()"""


@pytest.fixture
def impatient(victim: Victim) -> Victim:
    """The same for a server that waits one second for who stands still, not twenty."""
    return victim.broken("impatient")


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others wait for a lock a moment, not ten seconds."""
    changed = database._SETTINGS.replace("lock_timeout=10s", "lock_timeout=50ms")
    assert changed != database._SETTINGS
    monkeypatch.setattr(database, "_SETTINGS", changed)


@dataclass(frozen=True)
class Frozen:
    """A process that stands still in the middle of a command."""

    here: Day
    thawed: Callable[[], Told]
    """Goes on; answers what the command answered."""

    def holds(self) -> bool:
        """Whether anybody is in the middle of a transaction."""
        return self.here.find(_HOLDERS) != [(0,)]


@contextmanager
def frozen(copies: Copies, victim: Victim, command: str, at: int) -> Iterator[Frozen]:
    """The day up to this command, whose process stands still once a statement is answered."""
    step = life.STEPS[command]
    with copies() as url, Wire(url) as wire, day(url, wire) as here:
        for earlier in life.up_to(command)[:-1]:
            here.do(earlier, here.begin(earlier))
        with victim.frozen_at(wire, here, step, here.begin(step), at) as thawed:
            yield Frozen(here, thawed)


def test_others_are_told_to_come_again_and_it_goes_on(copies, victim, hurried):
    with frozen(copies, victim, "complete", _LOCKED) as it:
        assert it.holds()
        [(item,)] = it.here.find("SELECT id FROM work_item WHERE closed_at IS NULL")

        def other() -> object:
            return complete(it.here.house, CAROL, item, {"weight": 1}, once="the other")

        with pytest.raises(Contended, match="try again"):
            other()
        late = it.thawed()
        after = other()

        assert (late["kind"], late["state"]) == (Done.__name__, "approval")
        assert getattr(after, "code", None) == "already_done"
        assert it.here.find("SELECT count(*) FROM entry WHERE kind = 'done'") == [(1,)]
        assert verify(it.here.house) == []


@pytest.mark.parametrize(
    ("command", "at", "effect"),
    [
        ("complete", _LOCKED, "SELECT count(*) FROM entry WHERE kind = 'done'"),
        ("set_absence", 8, "SELECT count(*) FROM absence"),
    ],
)
def test_the_server_lets_go_of_it_and_it_is_carried_out_once_it_goes_on(
    copies, impatient, eventually, command, at, effect
):
    with frozen(copies, impatient, command, at) as it:
        assert it.holds()
        eventually(lambda: not it.holds(), "the server waits on and on", 10)

        late = it.thawed()

        assert late["kind"] == Done.__name__, late
        assert it.here.find(effect) == [(1,)]
        assert verify(it.here.house) == []
