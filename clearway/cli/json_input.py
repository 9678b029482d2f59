"""JSON that is given to a command: numbers exactly, and one sentence for what cannot be read."""

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, cast

from clearway.cli.output import stop
from clearway.engine.bundle import Unreadable, read_file

_LONGEST_NUMBER = 1000  # characters
_LARGEST_EXPONENT = 6144  # of decimal128, IEEE 754-2008


def context_object(text: str) -> dict[str, object]:
    """What an expression is to see; ends with 2 and one sentence when it is no JSON object."""
    try:
        seen = _exact(text)
    except RecursionError:
        stop("--context nests too deep: at most 100 levels are read.", 2)
    except ValueError as error:
        stop(f"--context is not JSON: {str(error).rstrip('.')}.", 2)
    if not isinstance(seen, dict):
        stop("--context must be a JSON object, such as '{\"impact\": 1}'.", 2)
    return cast("dict[str, object]", seen)


def context_argument(text: str) -> dict[str, object]:
    """The same, for a text or for `@FILE`, the name of a file that holds it."""
    if not text.startswith("@"):
        return context_object(text)
    return context_object(_text(Path(text[1:])))


def json_file(file: Path) -> Any:
    """The JSON of a file; ends with 2 and one sentence when there is none."""
    try:
        return json.loads(_text(file))
    except RecursionError:
        stop(f"{file} cannot be read as JSON: it nests too deep.", 2)
    except ValueError as error:
        stop(f"{file} cannot be read as JSON: {error}", 2)


def json_items(file: Path) -> Iterator[object]:
    """The items of a JSON array, or one from each line; numbers are exact.

    Ends with 2 and one sentence when there are none.
    """
    if not file.is_file():
        stop(f"{file} cannot be read: there is no such file. Name one of recorded evaluations.", 2)
    line = 0
    try:
        with file.open(encoding="utf-8-sig") as lines:
            for text in lines:
                line += 1
                if text.lstrip().startswith("["):
                    yield from _items(text + lines.read())
                elif text.strip():
                    yield _exact(text)
    except RecursionError:
        stop(f"{file} cannot be read as JSON: line {line} nests too deep.", 2)
    except OSError as error:
        stop(f"{file} cannot be read: {error.strerror}.", 2)
    except ValueError as error:
        told = str(error).rstrip(".")
        stop(
            f"{file} cannot be read as JSON, line {line}: {told}. "
            "Write one array, or one object on each line.",
            2,
        )


def _items(text: str) -> list[object]:
    found = _exact(text)
    return cast("list[object]", found) if isinstance(found, list) else [found]


def _text(file: Path) -> str:
    try:
        return read_file(file).decode("utf-8")
    except Unreadable as error:
        stop(f"{file} cannot be read as JSON: {error.problem}", 2)
    except (OSError, ValueError) as error:
        stop(f"{file} cannot be read as JSON: {error}", 2)


def _exact(text: str) -> object:
    return json.loads(text, parse_float=_number, parse_int=_number, parse_constant=_number)


def _number(text: str) -> Decimal:
    """A JSON number; raises ValueError for what FEEL cannot hold (decimal128)."""
    if len(text) > _LONGEST_NUMBER:
        raise ValueError(f"a number has more than {_LONGEST_NUMBER} characters")
    outside = f"the number {text} is outside of 1e-{_LARGEST_EXPONENT} to 1e{_LARGEST_EXPONENT}"
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(outside) from error
    if not number.is_finite():
        raise ValueError(f"{text} is no JSON number")
    if number and abs(number.adjusted()) > _LARGEST_EXPONENT:
        raise ValueError(outside)
    return number
