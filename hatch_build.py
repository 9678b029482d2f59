"""Takes what the package needs from requirements/run.in, so that it is written down once."""

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

# Needed to build the package, not to run it.
_FOR_BUILDING = ("hatchling", "editables")


class RunRequirements(MetadataHookInterface):
    """Fills the `dependencies` that pyproject.toml declares as dynamic."""

    def update(self, metadata: dict[str, Any]) -> None:
        lines = Path(self.root, "requirements", "run.in").read_text(encoding="utf-8").splitlines()
        wanted = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        metadata["dependencies"] = [line for line in wanted if line not in _FOR_BUILDING]
