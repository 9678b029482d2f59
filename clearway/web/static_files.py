"""The bundled scripts and styles: which file stands for an entry now, and how it is served."""

import json
import logging
from pathlib import Path
from typing import Any, cast

from starlette.responses import Response
from starlette.staticfiles import StaticFiles

FOLDER = Path(__file__).parent / "static"
_MANIFEST = FOLDER / "build" / "manifest.json"
_LOG = logging.getLogger(__name__)


class Bundles:
    """Maps `portal.css` to the address of the file that was built of it.

    The manifest is read again when it changes, so a portal that runs serves a fresh build.
    """

    def __init__(self, manifest: Path = _MANIFEST) -> None:
        self._manifest = manifest
        self._read_at = -1
        self._names: dict[str, str] = {}

    def address(self, entry: str) -> str:
        """The address below /static; also of a file that was never built, which answers 404."""
        self._refresh()
        return f"/static/build/{self._names.get(entry, entry)}"

    def _refresh(self) -> None:
        try:
            changed_at = self._manifest.stat().st_mtime_ns
            if changed_at == self._read_at:
                return
            self._names = cast(dict[str, str], json.loads(self._manifest.read_text("utf-8")))
            self._read_at = changed_at
        except (OSError, ValueError):
            if self._read_at == -1:
                self._read_at = 0
                _LOG.warning("The portal's styles and scripts are not built: run `make`.")


class Immutable(StaticFiles):
    """Static files whose names change with their content, so browsers keep them for good."""

    def file_response(self, *args: Any, **words: Any) -> Response:
        """Answer the file, to be kept for a year when a build named it."""
        response = super().file_response(*args, **words)
        path = str(args[0]) if args else ""
        built = "/build/" in path and not path.endswith("manifest.json")
        keep = "public, max-age=31536000, immutable" if built else "public, max-age=3600"
        response.headers["Cache-Control"] = keep
        return response


def static_files() -> StaticFiles:
    """The application that serves the folder; it may not exist before the first build."""
    return Immutable(directory=FOLDER, check_dir=False)
