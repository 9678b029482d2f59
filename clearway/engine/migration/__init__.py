"""Running instances that go on in another version of their process."""

from clearway.engine.migration.move import Moved, migrate
from clearway.engine.migration.relocation import Obstacle

__all__ = ["Moved", "Obstacle", "migrate"]
