"""Random texts for FEEL: whatever they are, they end soon, with a value or a declared error.

`make fuzz` runs a million; `FUZZ=5000000 FUZZ_SEED=7 make fuzz` others.
"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from xml.etree import ElementTree

from clearway.feel import (
    FeelError,
    Limits,
    compile_expression,
    compile_unary_tests,
    feel_text,
    from_json,
    to_plain,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)
STANDARD = Path(__file__).parents[1] / "feel" / "standard"
LIMITS = Limits(steps=100_000, depth=32, size=100_000)
# A tenth of the usual steps takes some 0.1 s; with one pattern that runs away, 0.3 s more.
MOST_SECONDS = 2.0
NAMES = ("a", "b", "c", "first value", "a-b")
CONTEXT = {
    "a": {"b": 1, "c": [1, 2, {"a": "x"}]},
    "b": [3, 1, 2, None],
    "c": "2026-03-01",
    "first value": 7.5,
    "a-b": True,
}
PIECES = """
0 1 2.5 1e3 .5 -1 a b c item partial ? null true false if then else for in return some every
satisfies between and or not( function( function(x) instance of number list< context<a: range< < <=
> >= = != + - * / ** ( ) [ ] { } . , : .. @ "x" "2026-01-01" @"P1D" @"2026-01-01" @"10:00:00Z"
date( time( duration( string( sum( count( sort( flatten( string~length( replace( matches( split(
"(a|b)*" "[a-z" "\\d+" "$1" range( "[1..2]" before( decimal( modulo( exp( 1e6000 context~put(
get~value( list~replace( index~of( distinct~values( mode( stddev( // /* */ ; " \\ ' é 🐎 \ud83d
first~value a-b {a: } -> external now() today() is( date~and~time( "@Europe/Berlin"
"""
WORDS = tuple(piece.replace("~", " ") for piece in PIECES.split())
GRAMMAR = {
    "E": "E + E|E - E|E * E|E / E|E ** E|-E|E and E|E or E|E = E|E != E|E < E|E >= E"
    "|E between E and E|E in (E, < E)|E in [E..E)|E in E|E instance of T|E.N|E[E]|F(E)|F(E, E)"
    "|F(E, E, E)|F()|[E, E]|[E]|[]|{N: E, N: E}|{}|[E..E]|(E..E]|(< E)|if E then E else E"
    "|for N in E return E|for N in E..E return E|for N in E, N in E return E"
    "|some N in E satisfies E|every N in E satisfies E|function(N) E"
    "|function(N: T, N) E|(function(N) E)(E)|(E)|L|L|L|N|N|N",
    "N": "a|b|c|item|partial|x|first value|a-b",
    "T": "number|string|list<T>|context<a: T>|function<T> -> T|range<T>|Any|date and time",
    "L": '1|0|2.5|-3|10|1e20|1e-30|"x"|"ab"|"a b"|"2026-02-28"|true|false|null|@"P1Y"|@"PT5H"'
    '|"[a-c]+"|@"2026-01-01"|@"2026-01-01T10:00:00Z"|@"10:00:00@Europe/Berlin"|"(a*)*b"|"\\\\d{2,}"|"$1"|"i"',
    "F": "abs|ceiling|contains|context|context merge|context put|count|date|date and time"
    "|day of week|decimal|distinct values|duration|ends with|even|exp|flatten|floor|get entries"
    "|get value|includes|index of|insert before|is|list contains|list replace|log|lower case"
    "|matches|max|mean|median|min|mode|modulo|not|number|odd|overlaps|product|range|remove|replace"
    "|reverse|round half up|round up|sort|split|sqrt|starts with|stddev|string|string join"
    "|string length|sublist|substring|substring after|sum|time|union|upper case|week of year"
    "|years and months duration|all|any|append|concatenate|before|during",
}
CHOICES = {sign: tuple(text.split("|")) for sign, text in GRAMMAR.items()}


def known_texts() -> list[str]:
    """Real expressions: those of the standard's cases, and those of the kit where it is there."""
    found = [
        line.rpartition(" => ")[0]
        for file in sorted(STANDARD.glob("*.txt"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if " => " in line
    ]
    data = os.environ.get("CLEARWAY_TEST_DATA")
    for file in sorted(Path(data, "dmn-tck").rglob("*.dmn")) if data else ():
        root = ElementTree.parse(file).getroot()
        found += [each.text for each in root.iter() if each.tag.endswith("}text") and each.text]
    return found


class Texts:
    """Endless random texts from a seed."""

    def __init__(self, seed: int, known: list[str]) -> None:
        self._random = Random(seed)
        self._known = known

    def __iter__(self) -> Iterator[str]:
        ways = (self._grown, self._grown, self._mutated, self._mutated, self._joined, self._raw)
        while True:
            yield self._random.choice(ways)()

    def _grown(self) -> str:
        text = "E"
        for _ in range(self._random.randint(1, 5)):
            text = "".join(map(self._grow, text))
        for _ in range(2):
            text = "".join(map(self._settled, text))
        return text

    def _grow(self, sign: str) -> str:
        return self._random.choice(CHOICES["E"]) if sign == "E" else sign

    def _settled(self, sign: str) -> str:
        # The signs of the grammar are its only capitals; literals come last and may hold others.
        return (
            self._random.choice(CHOICES["L" if sign == "E" else sign]) if sign in CHOICES else sign
        )

    def _mutated(self) -> str:
        text = self._random.choice(self._known)
        for _ in range(self._random.randint(1, 4)):
            text = self._changed(text)
        return text

    def _changed(self, text: str) -> str:
        start, end = sorted(self._random.randint(0, len(text)) for _ in range(2))
        way = self._random.randrange(6)
        if way == 0:
            return text[:start] + text[min(end, start + 8) :]
        if way == 1:
            return text[:end] + text[start:end] + text[end:]
        if way == 2:
            return text[:start] + self._random.choice(self._known) + text[end:]
        if way == 3:
            return f"{text[:start]} {self._random.choice(WORDS)} {text[start:]}"
        if way == 4:
            return text[:start] + chr(self._random.choice((9, 34, 92, 0x41, 0x300))) + text[start:]
        return text[:start] + text[start:end][::-1] + text[end:]

    def _joined(self) -> str:
        return " ".join(self._random.choices(WORDS, k=self._random.randint(1, 25)))

    def _raw(self) -> str:
        if self._random.random() < 0.5:
            return self._random.randbytes(self._random.randint(0, 60)).decode("latin-1")
        points = (self._random.randrange(0x11000) for _ in range(self._random.randint(0, 30)))
        return "".join(map(chr, points))


def kind_of_end(text: str, as_tests: bool) -> str:
    """Compile and run one text: "value" or the name of the declared error."""
    context = CONTEXT_READY
    try:
        if as_tests:
            compile_unary_tests(text, NAMES).matches("x", context, now=NOW, limits=LIMITS)
        else:
            value = compile_expression(text, NAMES).evaluate(context, now=NOW, limits=LIMITS)
            feel_text(value)
            to_plain(value)
    except FeelError as error:
        assert error.cause
        return type(error).__name__
    return "value"


CONTEXT_READY: dict[str, object] = {name: from_json(value) for name, value in CONTEXT.items()}


def run(count: int, seed: int) -> tuple[Counter[str], float, list[str]]:
    """How the texts of a seed ended, the slowest in seconds of CPU, and what must not be."""
    ends: Counter[str] = Counter()
    slowest, wrong = 0.0, list[str]()
    for number, text in zip(range(count), Texts(seed, known_texts()), strict=False):
        before = time.process_time()
        try:
            ends[kind_of_end(text, number % 4 == 3)] += 1
        except BaseException as error:  # noqa: BLE001 any error at all is a finding here
            wrong.append(f"{error!r} of {text!r}")
        took = time.process_time() - before
        slowest = max(slowest, took)
        if took > MOST_SECONDS:
            wrong.append(f"{took:.1f} s of {text!r}")
    return ends, slowest, wrong


def main() -> int:
    """Run from the command line; ends with one line of counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    parts = 20 * given.processes
    seeds = [given.seed * 1_000_003 + part for part in range(parts)]
    counts = [given.inputs // parts + (part < given.inputs % parts) for part in range(parts)]
    ends: Counter[str] = Counter()
    slowest, wrong = 0.0, list[str]()
    with ProcessPoolExecutor(given.processes) as pool:
        for some, slow, found in pool.map(run, counts, seeds):
            ends += some
            slowest = max(slowest, slow)
            wrong += found
    for each in wrong:
        print(each[:2000])
    told = ", ".join(f"{number} {end}" for end, number in ends.most_common())
    print(
        f"fuzz: {given.inputs} inputs, seed {given.seed}: {told}; "
        f"slowest {slowest:.2f} s; {len(wrong)} wrong"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
