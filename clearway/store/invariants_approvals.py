"""What must always be true of approvals: their rounds, seats and ballots, and who did what."""

_VOTED_TWICE = """SELECT i.key, b.person FROM ballot b
JOIN seat s ON s.id = b.seat_id JOIN round r ON r.id = s.round_id
JOIN work_item w ON w.id = r.work_item_id JOIN instance i ON i.id = w.instance_id
WHERE NOT b.replaced GROUP BY i.key, r.id, b.person HAVING count(*) > 1"""
_MANDATE_TWICE = """SELECT i.key, coalesce(b.instead_of, b.person) FROM ballot b
JOIN seat s ON s.id = b.seat_id JOIN round r ON r.id = s.round_id
JOIN work_item w ON w.id = r.work_item_id JOIN instance i ON i.id = w.instance_id
WHERE NOT b.replaced GROUP BY i.key, r.id, coalesce(b.instead_of, b.person)
HAVING count(*) > 1 AND count(DISTINCT b.person) > 1"""
_SEAT_TWICE = """SELECT i.key, s.name FROM ballot b
JOIN seat s ON s.id = b.seat_id JOIN round r ON r.id = s.round_id
JOIN work_item w ON w.id = r.work_item_id JOIN instance i ON i.id = w.instance_id
WHERE NOT b.replaced GROUP BY i.key, s.id, s.name HAVING count(*) > 1"""
_INTERESTED = """SELECT i.key, b.person FROM ballot b
JOIN seat s ON s.id = b.seat_id JOIN round r ON r.id = s.round_id
JOIN work_item w ON w.id = r.work_item_id JOIN instance i ON i.id = w.instance_id
WHERE b.person = ANY(r.excluded)"""
_ROUNDLESS = """SELECT w.id, i.key FROM work_item w JOIN instance i ON i.id = w.instance_id
WHERE w.rule IS NOT NULL AND w.closed_at IS NULL AND 1 <> (
    SELECT count(*) FROM round r WHERE r.work_item_id = w.id AND r.closed_at IS NULL)"""
_SAME_PERSON = """SELECT i.key, w.name, w.closed_by FROM work_item w
JOIN instance i ON i.id = w.instance_id
WHERE w.outcome = 'completed' AND w.closed_by = ANY(w.excluded)"""
_NOT_THEIR_SEAT = """SELECT i.key, b.person, s.name, s.person FROM ballot b
JOIN seat s ON s.id = b.seat_id JOIN round r ON r.id = s.round_id
JOIN work_item w ON w.id = r.work_item_id JOIN instance i ON i.id = w.instance_id
WHERE coalesce(b.instead_of, b.person) <> s.person"""
_VOTES = """WITH cast_ AS (
    SELECT w.instance_id, b.person, s.name AS seat, b.choice, r.revision, b.cast_at AS at,
        coalesce(b.instead_of, '') AS for_, coalesce(b.reason, '') AS reason,
        coalesce(b.conditions, '') AS conditions, count(*) AS many
    FROM ballot b JOIN seat s ON s.id = b.seat_id JOIN round r ON r.id = s.round_id
    JOIN work_item w ON w.id = r.work_item_id GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9),
told AS (
    SELECT e.instance_id, e.actor AS person, e.details->>'seat' AS seat,
        e.details->>'choice' AS choice, (e.details->>'round')::int AS revision, e.at,
        coalesce(e.details->>'for', '') AS for_, coalesce(e.details->>'reason', '') AS reason,
        coalesce(e.details->>'conditions', '') AS conditions, count(*) AS many
    FROM entry e WHERE e.kind = 'voted' GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9)
SELECT i.key, coalesce(cast_.many, 0), person, seat, choice, coalesce(told.many, 0)
FROM cast_ FULL JOIN told
    USING (instance_id, person, seat, choice, revision, at, for_, reason, conditions)
JOIN instance i ON i.id = instance_id WHERE cast_.many IS DISTINCT FROM told.many
ORDER BY i.id, person"""
# Whoever casts takes back what they said for another seat, what was said for the seat, and what
# somebody else said for them.
_HIDDEN = """SELECT i.key, b.person, s.name FROM ballot b
JOIN seat s ON s.id = b.seat_id JOIN round r ON r.id = s.round_id
JOIN work_item w ON w.id = r.work_item_id JOIN instance i ON i.id = w.instance_id
WHERE b.replaced AND NOT EXISTS (
    SELECT FROM ballot later JOIN seat ON seat.id = later.seat_id
    WHERE seat.round_id = r.id AND later.id > b.id AND (later.seat_id = b.seat_id
        OR later.person = b.person OR coalesce(later.instead_of, later.person) = b.instead_of))"""
_DECIDED = """WITH ended AS (
    SELECT w.instance_id, w.element, r.revision AS number, r.rule, r.outcome, count(*) AS many
    FROM round r JOIN work_item w ON w.id = r.work_item_id
    WHERE r.closed_at IS NOT NULL AND r.outcome <> 'voided' GROUP BY 1, 2, 3, 4, 5),
told AS (
    SELECT instance_id, element, (details->>'round')::int AS number, details->>'rule' AS rule,
        details->>'outcome' AS outcome, count(*) AS many
    FROM entry WHERE kind = 'decided_round' GROUP BY 1, 2, 3, 4, 5)
SELECT i.key, coalesce(ended.many, 0), outcome, number, coalesce(told.many, 0)
FROM ended FULL JOIN told USING (instance_id, element, number, rule, outcome)
JOIN instance i ON i.id = instance_id WHERE ended.many IS DISTINCT FROM told.many ORDER BY i.id"""
_ROUNDS = """SELECT i.key, w.name, count(*), max(r.revision) FROM round r
JOIN work_item w ON w.id = r.work_item_id JOIN instance i ON i.id = w.instance_id
GROUP BY i.id, w.id HAVING count(*) <> max(r.revision) OR min(r.revision) <> 1
    OR bool_or(r.closed_at IS NULL AND w.closed_at IS NOT NULL) ORDER BY i.id"""
_SEATS = """SELECT DISTINCT i.key, s.name FROM seat s JOIN round r ON r.id = s.round_id
JOIN work_item w ON w.id = r.work_item_id JOIN instance i ON i.id = w.instance_id
WHERE s.is_open <> (r.closed_at IS NULL)"""
# Another version may call the elements otherwise: where none was, nobody is missing.
_FORGOTTEN = """SELECT DISTINCT i.key, d.person, d.element FROM (
    SELECT e.instance_id, e.element, e.actor AS person FROM entry e WHERE e.kind = 'done'
    UNION
    SELECT w.instance_id, w.element, v.person FROM ballot b
    JOIN seat s ON s.id = b.seat_id JOIN round r ON r.id = s.round_id
    JOIN work_item w ON w.id = r.work_item_id
    CROSS JOIN LATERAL (VALUES (b.person), (b.instead_of)) v (person)
    WHERE NOT b.replaced AND r.outcome <> 'voided' AND v.person IS NOT NULL) d
JOIN instance i ON i.id = d.instance_id
WHERE NOT coalesce(i.done_by->d.element ? d.person, false)
    AND NOT EXISTS (SELECT FROM entry m WHERE m.instance_id = i.id AND m.kind = 'migrated')"""

QUESTIONS: dict[str, str] = {
    "In a round of {0}, {1} has two ballots that count.": _VOTED_TWICE,
    "In a round of {0}, the vote of {1} counts twice.": _MANDATE_TWICE,
    "In a round of {0}, the seat {1} has two ballots that count.": _SEAT_TWICE,
    "In a round of {0}, {1} voted, who has an interest in the outcome.": _INTERESTED,
    "The approval {0} of {1} is open, but not with one round.": _ROUNDLESS,
    "In {0}, {1} was completed by {2}, who may not have done it.": _SAME_PERSON,
    "In a round of {0}, {1} voted for the seat {2}, which is {3}'s.": _NOT_THEIR_SEAT,
    "{0} has {1} ballots of {2} for the seat {3} that say {4}, its history {5}.": _VOTES,
    "In a round of {0}, {1}'s vote for the seat {2} does not count, and nothing replaced it.": (
        _HIDDEN
    ),
    "{0} has {1} rounds with the number {3} that ended as {2}, its history {4}.": _DECIDED,
    "{0} has {2} rounds of {1}, up to number {3}, or an open one of what is closed.": _ROUNDS,
    "The seat {1} of {0} is open and its round is not, or the other way round.": _SEATS,
    "{0} does not know any more that {1} did {2}.": _FORGOTTEN,
}
"""Sentence for each row that must not be there -> the question for such rows."""
