"""What the command that opens a record reads: its first answer, the version, and the next key."""

from dataclasses import dataclass

from clearway.store.database import Transaction
from clearway.store.loading import first_answer
from clearway.store.rows import FirstAnswer

# A key is drawn only for the version that the values were checked against, so that refused and
# repeated commands leave no gaps.
_OPENING = """SELECT v.id, a.answered,
    CASE WHEN a.answered IS NULL AND v.id = %(expected)s THEN nextval(%(sequence)s::regclass) END
FROM (SELECT (SELECT id FROM version WHERE process = %(process)s
              ORDER BY number DESC LIMIT 1) AS id) v,
    (SELECT (SELECT jsonb_build_array(command, request_hash, answer)
             FROM answer WHERE key = %(once)s) AS answered) a"""


@dataclass(frozen=True)
class Opening:
    """`number` is None when the newest version is not the expected one, or after an answer."""

    version_id: int | None
    answered: FirstAnswer | None
    number: int | None


def opening(
    transaction: Transaction, process: str, *, expected: int, sequence: str, once: str
) -> Opening:
    """What is needed to open a record of this process, in one statement."""
    row = transaction.one(
        _OPENING,
        {"process": process, "expected": expected, "sequence": sequence, "once": once},
    )
    if row is None:
        raise AssertionError("a statement without conditions has one row")
    return Opening(row[0], first_answer(row[1]), row[2])
