"""Whether Prefect is there: asked without its library, and let alone when it is not."""

import logging
import re
import threading
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable

from clearway.service import heartbeats
from clearway.service.house import House
from clearway.store.errors import StoreError

_log = logging.getLogger(__name__)

_VERSION = re.compile(rb'"\d+(\.\w+)*"')
"""What Prefect answers when it is asked for the version of its API."""
_FIRST_PAUSE, _LONGEST_PAUSE = 10.0, 300.0
_PATIENCE = 4.0  # seconds; longer than a busy server takes, so that one look is enough


class Breaker:
    """Opens when Prefect fails, for a time that doubles up to five minutes."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._pause = _FIRST_PAUSE
        self._open_until = float("-inf")

    def is_closed(self) -> bool:
        """Whether Prefect may be tried."""
        return self._now() >= self._open_until

    def trip(self) -> None:
        """Prefect was slow or away."""
        _log.warning("Prefect did not answer in time; work goes on without it")
        self._open_until = self._now() + self._pause
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)

    def reset(self) -> None:
        """Prefect answered."""
        self._pause = _FIRST_PAUSE


def is_alive(address: str, auth: str = "", seconds: float = 2.0) -> bool:
    """Whether a Prefect that lets us in (`auth` is `user:password`) answers at this API address.

    Another program that has its port, or somebody else's Prefect, does not.
    """
    if not address.startswith(("http://", "https://")):
        return False
    asked = urllib.request.Request(f"{address}/version")  # noqa: S310 - checked above
    if auth:
        asked.add_header("Authorization", f"Basic {b64encode(auth.encode()).decode()}")
    try:
        with urllib.request.urlopen(asked, timeout=seconds) as answer:  # noqa: S310 - checked above
            return answer.status == 200 and _VERSION.fullmatch(answer.read(100)) is not None
    except (urllib.error.URLError, OSError, ValueError):
        return False


class PrefectWatch:
    """Writes down for the doctor whether Prefect's server answers.

    It looks `every` so many seconds, and waits `patience` seconds for the answer: who asks the
    doctor hears of a silent server no later than after both of them.
    """

    def __init__(
        self,
        house: House,
        address: str,
        auth: str = "",
        *,
        every: float = 15.0,
        patience: float = _PATIENCE,
    ) -> None:
        self._house, self._address, self._auth = house, address, auth
        self._every, self._patience = every, patience
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="prefect-watch", daemon=True)

    def start(self) -> None:
        """Begin to watch, in a thread of its own."""
        self._thread.start()

    def close(self) -> None:
        """Stop watching."""
        self._stop.set()
        self._thread.join(timeout=5)

    def look(self) -> bool:
        """Look once; whether Prefect is there."""
        alive = is_alive(self._address, self._auth, self._patience)
        tell = heartbeats.beat if alive else heartbeats.miss
        tell(self._house, heartbeats.PREFECT, {"address": self._address})
        return alive

    def _run(self) -> None:
        while True:
            try:
                self.look()
            except StoreError as error:
                _log.warning("Prefect's sign of life could not be written: %s", error)
            if self._stop.wait(self._every):
                return
