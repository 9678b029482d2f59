"""Every case there is: add a file and a line here."""

from benchmarks import completing, engine_turn, statements
from benchmarks.result import Case

CASES: tuple[Case, ...] = (completing.CASE, engine_turn.CASE, statements.CASE)
