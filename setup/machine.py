"""What the machine must have, and how Debian is asked for what it lacks."""

# Old releases of Python must get as far as the sentence that asks for a newer one.
from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from said import run, stop

OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20
_ROOM_NEEDED = 1_000_000_000


def require_python() -> None:
    """This Python is new enough and can make environments."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:2]))
        stop(
            f"Python 3.11 or newer is needed and `{sys.executable}` is {found}: "
            "install one and name it, for example `make up PYTHON=python3.12`."
        )
    if importlib.util.find_spec("ensurepip") is None:
        # Debian keeps this part of Python in a package of its own.
        name = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        install_packages([name], why="to make a Python environment")


def require_node() -> None:
    """Node and npm are there and new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        missing = "node" if node is None else "npm"
        stop(f"`{missing}` is missing: install node {OLDEST_NODE} or newer with npm, then again.")
    asked = subprocess.run(  # noqa: S603 - node itself
        [node, "--version"], capture_output=True, text=True, check=False
    )
    said = asked.stdout
    found = re.match(r"v(\d+)\.", said)
    if found is None or int(found[1]) < OLDEST_NODE:
        stop(f"node {OLDEST_NODE} or newer is needed and `{node}` is {said.strip() or 'broken'}.")


def require_room(folder: Path) -> None:
    """There is room for the environment."""
    free = shutil.disk_usage(folder).free
    if free < _ROOM_NEEDED:
        stop(
            f"the disk with {folder} is full ({free // 1_000_000} MB free): "
            f"make room for {_ROOM_NEEDED // 1_000_000} MB, then run the same command again."
        )


def require_programs(programs: dict[str, str], *, why: str) -> None:
    """Each program (name -> Debian package) is there, or is installed now."""
    missing = sorted({package for name, package in programs.items() if not _has(name)})
    if missing:
        install_packages(missing, why=why)


def install_packages(packages: list[str], *, why: str) -> None:
    """Install Debian packages, or say in one sentence how to get them."""
    names = " ".join(packages)
    remedy = f"install them by hand {why}: apt-get install {names}"
    if shutil.which("apt-get") is None:
        stop(f"{names} is missing and this is no Debian: {remedy}")
    root = [] if os.geteuid() == 0 else _sudo(remedy)
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    run("reading Debian's list of packages", [*apt, "update"], otherwise=remedy)
    install = [*apt, "install", "--yes", "--no-install-recommends", *packages]
    run(f"installing {names} {why}", install, otherwise=remedy)


def _sudo(remedy: str) -> list[str]:
    if shutil.which("sudo") is None:
        stop(f"this needs root and there is no sudo: as root, {remedy}")
    return ["sudo"]


def _has(program: str) -> bool:
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") is not None
