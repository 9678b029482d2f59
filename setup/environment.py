"""Builds the environment of this checkout: `environment.py run` or `environment.py test`.

Each part has a stamp with the digest of what it was built from, so that a second run is quick and
a changed lock file is noticed.
"""

# Old releases of Python must get as far as the sentence that asks for a newer one.
from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

from machine import require_node, require_programs, require_python, require_room
from said import FULL, is_of_full_disk, run, stop

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
FOR_TESTS = {"chromium": "chromium", "prometheus-alertmanager": "prometheus-alertmanager"}
_AGAIN = "check the network, then run the same command again."


def main(purpose: str) -> None:
    """Build all parts that `purpose` (run or test) needs and that are not up to date."""
    if purpose not in ("run", "test"):
        stop(f"unknown purpose {purpose!r}: it is `run` or `test`.")
    os.chdir(ROOT)
    require_python()
    require_node()
    _build_environment(purpose)
    _fetch_node_modules()
    if purpose == "test":
        require_programs(FOR_TESTS, why="for the tests that use a browser or send alerts")


def _build_environment(purpose: str) -> None:
    python = _digest(sys.executable, sys.version)
    _once(ENVIRONMENT / ".python", python, _create_environment)
    lock = ROOT / "requirements" / f"{purpose}.txt"
    # Whoever has run the tests has all that running needs.
    if not (purpose == "run" and _is_done(_stamp("test"), _lock_digest("test"))):
        _once(_stamp(purpose), _lock_digest(purpose), lambda: _install_locked(lock))
    ours = [ROOT / name for name in ("pyproject.toml", "hatch_build.py", "requirements/run.in")]
    _once(_stamp("clearway"), _digest(python, *ours), _install_clearway)


def _create_environment() -> None:
    require_room(ROOT)
    print("clearway: making the Python environment .venv ...", flush=True)
    venv.create(ENVIRONMENT, with_pip=True, symlinks=True, clear=not _is_of_this_python())


def _is_of_this_python() -> bool:
    """Whether what is there can be built on, for example after a first try that was cut short."""
    notes = ENVIRONMENT / "pyvenv.cfg"
    version = ".".join(map(str, sys.version_info[:3]))
    return (
        notes.is_file()
        and f"version = {version}\n" in notes.read_text(encoding="utf-8")
        and (ENVIRONMENT / "bin" / "python").exists()
    )


def _install_locked(lock: Path) -> None:
    require_room(ROOT)
    # The lock is complete: nothing is left to resolve, and older releases of pip cannot resolve
    # extras among hashes.
    pip = [*_pip(), "--no-deps", "--require-hashes", "--requirement", str(lock)]
    run(f"installing what {lock.relative_to(ROOT)} names", pip, otherwise=_AGAIN)


def _install_clearway() -> None:
    pip = [*_pip(), "--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    run("installing Clearway itself", pip, otherwise="mend pyproject.toml, then again.")


def _fetch_node_modules() -> None:
    files = [ROOT / name for name in ("package-lock.json", "package.json", ".npmrc")]
    _once(ROOT / "node_modules" / ".clearway", _digest(*files), _npm_ci)


def _npm_ci() -> None:
    require_room(ROOT)
    run("fetching the front-end packages", ["npm", "ci", "--no-progress"], otherwise=_AGAIN)


def _pip() -> list[str]:
    return [str(ENVIRONMENT / "bin" / "python"), "-m", "pip", "--no-input", "install"]


def _stamp(part: str) -> Path:
    return ENVIRONMENT / f".{part}"


def _lock_digest(purpose: str) -> str:
    return _digest(ROOT / "requirements" / f"{purpose}.txt")


def _once(stamp: Path, digest: str, build: Callable[[], None]) -> None:
    if _is_done(stamp, digest):
        return
    stamp.unlink(missing_ok=True)
    build()
    stamp.write_text(digest, encoding="utf-8")


def _is_done(stamp: Path, digest: str) -> bool:
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == digest


def _digest(*parts: Path | str) -> str:
    whole = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else part.encode()
        whole.update(hashlib.sha256(content).digest())
    return whole.hexdigest()


if __name__ == "__main__":
    try:
        main(*sys.argv[1:2] or ["run"])
    except KeyboardInterrupt:
        # The next set-up begins again what this one has not finished.
        print("clearway: stopped with Ctrl-C.", file=sys.stderr)
        sys.exit(130)
    except (OSError, subprocess.CalledProcessError) as error:
        # `venv` hides the cause in the output of a program of its own.
        said = str(getattr(error, "output", None) or error)
        is_full = getattr(error, "errno", None) == errno.ENOSPC or is_of_full_disk(said)
        stop(FULL if is_full else f"the set-up cannot go on ({error}): mend it, then again.")
