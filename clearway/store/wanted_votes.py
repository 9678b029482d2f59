"""Who could still cast a ballot in an open round, as the registry stands now."""
# ruff: noqa: S608 - the statements are put together from our own texts only

from datetime import datetime

from clearway.store.absences import EVERYBODY
from clearway.store.database import Transaction

TIMES = "round:"
"""How the tokens of timers begin that belong to a round, and not to the engine."""
# Whoever is away with somebody to stand in is asked through them.
_WANTED = f"""WITH RECURSIVE {EVERYBODY},
asked AS (
    SELECT id, excluded FROM round WHERE work_item_id = %(work_item_id)s AND closed_at IS NULL),
cast_ AS (
    SELECT b.seat_id, b.person, b.instead_of FROM ballot b
    JOIN seat s ON s.id = b.seat_id JOIN asked r ON r.id = s.round_id WHERE NOT b.replaced),
empty AS (
    SELECT s.person, s.role FROM seat s JOIN asked r ON r.id = s.round_id
    WHERE s.id NOT IN (SELECT seat_id FROM cast_)),
holder AS (
    SELECT person AS name FROM empty WHERE person IS NOT NULL
    UNION
    SELECT m.person FROM empty e JOIN group_role g USING (role) JOIN membership m USING (group_name)
    WHERE e.person IS NULL)
SELECT DISTINCT p.name FROM holder h
    LEFT JOIN away a ON a.person = h.name
    JOIN person p ON p.name = coalesce(a.delegate, h.name)
    CROSS JOIN asked r
WHERE p.active AND p.name <> ALL(r.excluded) AND h.name <> ALL(r.excluded)
    AND NOT EXISTS (SELECT FROM behind b WHERE b.name = p.name AND b.person = ANY(r.excluded))
    AND NOT EXISTS (
        SELECT FROM cast_ c WHERE c.person = p.name OR coalesce(c.instead_of, c.person) = h.name)
ORDER BY p.name"""


def still_wanted(transaction: Transaction, work_item_id: int, now: datetime) -> list[str]:
    """Who may vote in the open round of this approval now, and has not; by name."""
    rows = transaction.all(_WANTED, {"work_item_id": work_item_id, "now": now})
    return [row[0] for row in rows]
