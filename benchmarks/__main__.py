"""The command `python -m benchmarks`: runs the cases and prints what they found."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.cases import CASES
from benchmarks.machine import machine
from benchmarks.result import Result, Size, as_json, as_text, facts
from benchmarks.stage import stage


def main() -> None:
    """Run all cases, or those that are named, on one stage."""
    asked = _arguments()
    size = Size(asked.rounds, asked.pieces)
    found: dict[str, Result] = {}
    with stage() as it:
        here = dict(machine(it))
        if asked.output == "table":
            print(f"{_HEAD}\n{facts(here)}\n")
        for case in CASES:
            if asked.cases and case.name not in asked.cases:
                continue
            found[case.name] = case.run(it, size)
            if asked.output == "table":
                print(f"{as_text(case, found[case.name])}\n", flush=True)
    here["load at the end"] = round(os.getloadavg()[0], 2)
    if asked.output == "json":
        print(as_json(here, size, found))
    else:
        print(f"  load at the end: {here['load at the end']}")
    if asked.json is not None:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(as_json(here, size, found) + "\n", encoding="utf-8")


_HEAD = (
    "Clearway's benchmarks. Candidate and floor took turns on the same database in the same run:\n"
    "only the ratios mean anything elsewhere; the other figures are those of this machine:"
)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = [case.name for case in CASES]
    parser.add_argument("cases", nargs="*", metavar="case", help=f"of {', '.join(names)}; or all")
    parser.add_argument("--rounds", type=_at_least(5), default=7, help="at least 5, default 7")
    parser.add_argument("--pieces", type=_at_least(1), default=60, help="per round, default 60")
    parser.add_argument("-o", "--output", choices=("table", "json"), default="table")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures there as JSON")
    asked = parser.parse_args()
    if unknown := set(asked.cases) - set(names):
        parser.error(f"there is no case {', '.join(sorted(unknown))}; choose of {', '.join(names)}")
    return asked


def _at_least(least: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = int(text)
        if number < least:
            raise argparse.ArgumentTypeError(f"at least {least}")
        return number

    return read


if __name__ == "__main__":
    sys.exit(main())
