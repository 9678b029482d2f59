"""Resolves each peer's requirements.in anew, with hashes, with the resolver of `make lock`."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
RESOLVER = HERE.parent.parent / "build" / "resolver" / "bin" / "uv"


def main() -> None:
    """Write each requirements.txt with hashes and without any address; npm does its own."""
    if not RESOLVER.exists():
        sys.exit("clearway: the resolver is missing: run `make lock` once, then again.")
    for source in sorted(HERE.glob("*/requirements.in")):
        lock = source.with_suffix(".txt")
        uv = [str(RESOLVER), "pip", "compile", "--universal", "--generate-hashes", "--no-header"]
        uv += ["--no-config", "--no-annotate", "--python-version", "3.11", "--quiet"]
        subprocess.run(
            [*uv, source.name, "--output-file", lock.name], cwd=source.parent, check=True
        )


if __name__ == "__main__":
    main()
