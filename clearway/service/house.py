"""What every command and question needs: the store, the time, the steps and the rules."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from clearway.engine.values import Bundle, Surroundings
from clearway.errors import ClearwayError
from clearway.now import TimeSource, system_time
from clearway.service import permissions
from clearway.service.deployed import Deployed
from clearway.service.values import GateReport
from clearway.store import versions
from clearway.store.database import Store
from clearway.store.versions import Version
from processes.catalogue import RULES, Rule
from processes.planned import PlannedFields

Step = Callable[[Mapping[str, object]], Mapping[str, object]]
"""An automated step: its inputs by name -> its result. It raises StepError for what the diagram
may catch."""

_KEPT = 200
_REPORTS = 50


class UnknownVersion(ClearwayError):
    """An instance names a version that is not in the database: restore it from a backup."""


@dataclass
class House:
    """The use cases' surroundings, put together by wiring. Safe to share between threads.

    `steps` are called by scenario runs only; `roles` are names that the gate accepts besides
    those in the registry.
    """

    store: Store
    now: TimeSource = system_time
    steps: Mapping[str, Step] = field(default_factory=dict[str, Step])
    rules: Mapping[str, Rule] = field(default_factory=lambda: RULES)
    roles: frozenset[str] = permissions.BUILT_IN_ROLES
    planned_versions: dict[int, tuple[str, PlannedFields | None]] = field(
        default_factory=dict[int, tuple[str, PlannedFields | None]], init=False, repr=False
    )
    """Process, and the fields with the time of its records, of the versions read so far."""
    _versions: "OrderedDict[int, Deployed]" = field(
        default_factory=OrderedDict[int, Deployed], init=False, repr=False
    )
    _current: dict[str, int] = field(default_factory=dict[str, int], init=False, repr=False)
    _reports: "OrderedDict[tuple[str, Surroundings], GateReport]" = field(
        default_factory=OrderedDict[tuple[str, Surroundings], GateReport], init=False, repr=False
    )
    _lock: threading.RLock = field(default_factory=threading.RLock, init=False, repr=False)

    def surroundings(self) -> Surroundings:
        """The names that a diagram may use now."""
        known = self.store.ask(versions.registry_roles)
        return Surroundings(
            steps=frozenset(self.steps),
            rules=frozenset(self.rules),
            roles=self.roles | known,
        )

    def ready(self, version_id: int) -> Deployed | None:
        """The version if it is in memory already; asks no database."""
        with self._lock:
            found = self._versions.get(version_id)
            if found is not None:
                self._versions.move_to_end(version_id)
            return found

    def version(self, version_id: int) -> Deployed:
        """The version, built when it is not in memory. Not to be called inside a transaction.

        Raises UnknownVersion when the database has no such version.
        """
        found = self.ready(version_id)
        if found is not None:
            return found
        version, files = self._load(version_id)
        deployed = Deployed(
            Bundle(version.process, files),
            version_id=version.id,
            number=version.number,
            hash=version.hash,
        )
        with self._lock:
            self._versions[version_id] = deployed
            while len(self._versions) > _KEPT:
                self._versions.popitem(last=False)
        return deployed

    def current(self, process: str) -> Deployed | None:
        """The newest version of a process, by the database."""
        version_id = self.store.ask(versions.current_ids).get(process)
        if version_id is None:
            return None
        self.remember_current(process, version_id)
        return self.version(version_id)

    def last_known(self, process: str) -> Deployed | None:
        """What was the newest version when last looked; the writer must make sure that it is."""
        version_id = self._current.get(process)
        return self.current(process) if version_id is None else self.version(version_id)

    def remember_current(self, process: str, version_id: int) -> None:
        """Note which version is the newest."""
        self._current[process] = version_id

    def all_current(self) -> list[Deployed]:
        """The newest version of every process, by name."""
        found = self.store.ask(versions.current_ids)
        return [self.version(version_id) for _process, version_id in sorted(found.items())]

    def report(
        self, hashed: str, around: Surroundings, look: Callable[[], GateReport]
    ) -> GateReport:
        """What the gate says of the files with this hash: the same as before while nothing around
        them changes. For who only shows it; whoever deploys has the gate look again."""
        key = (hashed, around)
        with self._lock:
            found = self._reports.get(key)
        if found is None:
            found = look()
            with self._lock:
                self._reports[key] = found
                while len(self._reports) > _REPORTS:
                    self._reports.popitem(last=False)
        return found

    def _load(self, version_id: int) -> tuple[Version, Mapping[str, bytes]]:
        loaded = self.store.ask(lambda it: versions.load(it, version_id))
        if loaded is None:
            raise UnknownVersion(
                f"The database has no version {version_id}, though an instance runs on it: "
                "restore it from a backup."
            )
        return loaded
