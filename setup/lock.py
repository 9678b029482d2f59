"""Resolves requirements/*.in into *.txt, with hashes, for all platforms, without any address."""

import venv
from pathlib import Path

from machine import require_python
from said import run

ROOT = Path(__file__).resolve().parent.parent
RESOLVER = ROOT / "build" / "resolver"
RESOLVER_VERSION = "uv==0.9.30"
_AGAIN = "check the network and requirements/*.in, then run `make lock` again."


def main() -> None:
    """Write both lock files; the tests' one agrees with the one that runs."""
    require_python()
    if not (RESOLVER / "bin" / "uv").exists():
        venv.create(RESOLVER, with_pip=True)
        pip = [str(RESOLVER / "bin" / "python"), "-m", "pip", "install", RESOLVER_VERSION]
        run("fetching the resolver", pip, otherwise=_AGAIN)
    _lock("run")
    _lock("test", "--constraints", "requirements/run.txt")


def _lock(name: str, *options: str) -> None:
    paths = [f"requirements/{name}.in", "--output-file", f"requirements/{name}.txt"]
    uv = [str(RESOLVER / "bin" / "uv"), "pip", "compile", "--universal", "--generate-hashes"]
    uv += ["--no-header", "--no-config", "--python-version", "3.11", *options, *paths]
    run(f"resolving {paths[0]}", uv, otherwise=_AGAIN)


if __name__ == "__main__":
    main()
