"""What DMN 1.4 chapter 10 says of each construct: ordinary, null, misfit, named, at the edge.

The files in `standard/` hold one case a line, `expression => value` as FEEL writes it, or
`refused` where an error says what is wrong.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clearway.feel import FeelError, compile_expression, feel_text

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FILES = sorted((Path(__file__).parent / "standard").glob("*.txt"))


def cases(file: Path) -> Iterator[tuple[str, str]]:
    """The expressions of a file with what they must give."""
    for line in file.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(("## ", "// ")):
            expression, _, value = line.rpartition(" => ")
            yield expression, value


def outcome(expression: str) -> str:
    try:
        return feel_text(compile_expression(expression).evaluate({}, now=NOW))
    except FeelError as error:
        assert error.cause
        return "refused"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_standard_is_kept(file: Path):
    told = dict(cases(file))

    assert len(told) > 20
    assert {each: outcome(each) for each in told} == told
