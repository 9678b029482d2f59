"""Installs a peer from its lock file into `.bench/<peer>/`, once, with pip or npm."""

import hashlib
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ENVIRONMENTS = ROOT / ".bench"
_NPM = ("package.json", "package-lock.json", ".npmrc")
_TOLD = 300  # characters of what an installer said last


class NotInstalled(Exception):
    """A peer cannot be installed here: why, in one sentence."""


def python_of(peer: str) -> Path:
    """The Python that has this peer; raises NotInstalled."""
    folder, lock = ENVIRONMENTS / peer, HERE / peer / "requirements.txt"
    python = folder / "bin" / "python"

    def build() -> None:
        venv.create(folder, with_pip=True, clear=True)
        pip = [str(python), "-m", "pip", "--no-input", "install", "--no-deps", "--require-hashes"]
        _run([*pip, "--requirement", str(lock)], folder)

    _once(peer, folder, sys.version.encode() + lock.read_bytes(), build)
    return python


def node_modules_of(peer: str) -> Path:
    """The folder whose `node_modules` has this peer; raises NotInstalled."""
    folder = ENVIRONMENTS / peer

    def build() -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name in _NPM:
            shutil.copy(HERE / peer / name, folder)
        _run(["npm", "ci", "--no-progress"], folder)

    _once(peer, folder, b"".join((HERE / peer / name).read_bytes() for name in _NPM), build)
    return folder


def _once(peer: str, folder: Path, made_from: bytes, build: Callable[[], None]) -> None:
    stamp, digest = folder / ".built", hashlib.sha256(made_from).hexdigest()
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == digest:
        return
    print(f"clearway: installing {peer} to compare with ...", file=sys.stderr, flush=True)
    stamp.unlink(missing_ok=True)
    try:
        build()
    except (OSError, subprocess.CalledProcessError) as error:
        raise NotInstalled(f"{peer} cannot be installed: {error}") from error
    stamp.write_text(digest, encoding="utf-8")


def _run(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = " ".join(done.stdout.split())[-_TOLD:]
        raise NotInstalled(f"{folder.name} cannot be installed: {command[0]} said: {said}")
