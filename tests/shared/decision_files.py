"""A small decision table for the tests of commands, as a file, and what a refusal looks like."""

from pathlib import Path

from click.testing import Result
from dmn_table import Column, DmnTable, Row

TABLE = DmnTable(
    (Column("record.impact", "Impact", "number"),),
    (Column("priority"),),
    (Row(("1",), ("1",), "r1", "At once"), Row(("> 1",), ("0.2 * 2",), "r2")),
)


def written(path: Path, content: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refused(result: Result, code: int, *words: str) -> None:
    assert result.exit_code == code, result.output
    assert isinstance(result.exception, SystemExit)
    assert result.stdout == ""
    for word in words:
        assert word in result.stderr
    assert len(result.stderr.splitlines()) == 1
