"""A house after many years: a million open and ten million closed work items, by set-wise SQL."""

from collections.abc import Sequence
from typing import LiteralString

import psycopg

from benchmarks.stage import Stage

OPEN = 1_000_000
CLOSED = 10_000_000
_PER_RECORD = 10  # closed work items of a record that has ended
GROUPS = 200
READERS_GROUPS = 12
_PEOPLE = 2_000  # every tenth has left, and left ten open work items behind
READER = "reader"

_SHAPE: Sequence[LiteralString] = (
    """INSERT INTO person (name, full_name, active)
    SELECT 'person-' || n, 'Person ' || n, n %% 10 <> 0 FROM generate_series(1, %(people)s) n
    UNION ALL SELECT %(reader)s, 'Reader', true""",
    """INSERT INTO "group" (name, title)
    SELECT 'group-' || n, 'Group ' || n FROM generate_series(1, %(groups)s) n""",
    """INSERT INTO group_role (group_name, role)
    SELECT 'group-' || n, unnest(ARRAY['requester', 'resolver', 'service_desk', 'cab_member'])
    FROM generate_series(1, %(groups)s) n""",
    """INSERT INTO membership (group_name, person)
    SELECT 'group-' || (n + 67 * k) %% %(groups)s + 1, 'person-' || n
    FROM generate_series(1, %(people)s) n, generate_series(0, 2) k
    UNION ALL SELECT 'group-' || n, %(reader)s FROM generate_series(1, %(readers_groups)s) n""",
    # Records: open ones first, each with one open work item; then those that have ended.
    """INSERT INTO instance (key, process, version_id, revision, engine_state, record, state, title,
        requester, started_at, changed_at, ended_at)
    SELECT 'OLD-' || n, o.process, o.version_id, 1, o.engine_state,
        jsonb_build_object('priority', n %% 5 + 1, 'description', 'Something fails'), 'new',
        'It fails again, number ' || n, 'person-' || n %% %(people)s + 1,
        now(), now(), CASE WHEN n > %(open)s THEN now() END
    FROM instance o, generate_series(1, %(open)s + %(closed)s / %(per_record)s) n
    WHERE o.id = %(original)s""",
    # Of ten open ones: four are nobody's, four have an owner, one is the requester's to answer,
    # and one waits for the service desk, whichever group.
    """INSERT INTO work_item (instance_id, token, element, name, role, group_name, assignee, form,
        opened_at, due_at)
    SELECT i.id, 't', 'triage', 'Look at it',
        CASE n %% 10 WHEN 0 THEN 'requester' WHEN 1 THEN 'service_desk' ELSE 'resolver' END,
        CASE WHEN n %% 10 > 1 THEN 'group-' || n %% 997 %% %(groups)s + 1 END,
        CASE WHEN n %% 25000 = 2 THEN %(reader)s
             WHEN n %% 500 = 3 THEN 'person-' || (n / 500 %% (%(people)s / 10) + 1) * 10
             WHEN n %% 10 BETWEEN 2 AND 5
                 THEN 'person-' || n / 10 %% (%(people)s / 10) * 10 + n / 20000 %% 9 + 1 END,
        'forms/triage.json', now(),
        CASE WHEN n %% 4 > 0 THEN now() + (n %% 86399) * interval '1 second' END
    FROM (SELECT id, substr(key, 5)::int AS n FROM instance
          WHERE key LIKE 'OLD-%%' AND ended_at IS NULL) i""",
    """INSERT INTO work_item (instance_id, token, element, name, role, group_name, assignee, form,
        opened_at, due_at, closed_at, closed_by, outcome)
    SELECT i.id, 't' || k, 'triage', 'Look at it', 'resolver', 'group-' || n %% %(groups)s + 1,
        'person-' || n %% %(people)s + 1, 'forms/triage.json', now(), now(), now(),
        'person-' || n %% %(people)s + 1, 'completed'
    FROM (SELECT id, substr(key, 5)::int AS n FROM instance
          WHERE key LIKE 'OLD-%%' AND ended_at IS NOT NULL) i,
        generate_series(1, %(per_record)s) k""",
    # A thousand open rounds of five seats; one in ten has a seat of the reader's role.
    """WITH asked AS (
        UPDATE work_item w SET rule = 'majority', role = NULL, group_name = NULL, assignee = NULL
        FROM (SELECT id FROM work_item WHERE closed_at IS NULL AND element = 'triage'
              ORDER BY id LIMIT 1000) few WHERE w.id = few.id RETURNING w.id),
    opened AS (
        INSERT INTO round (work_item_id, revision, rule, result_field, opened_at)
        SELECT id, 1, 'majority', 'approval', now() FROM asked RETURNING id)
    INSERT INTO seat (round_id, name, role, mandatory, veto, chair)
    SELECT id, 'seat-' || k,
        CASE WHEN k = 1 AND id %% 10 = 0 THEN 'cab_member' ELSE 'board-' || k END,
        false, false, false
    FROM opened, generate_series(1, 5) k""",
)


def settle(stage: Stage) -> None:
    """Fill the database of the stage; takes minutes, and about 4 GB."""
    [original] = stage.incidents(1)
    values = {
        "people": _PEOPLE,
        "groups": GROUPS,
        "reader": READER,
        "readers_groups": READERS_GROUPS,
        "open": OPEN,
        "closed": CLOSED,
        "per_record": _PER_RECORD,
        "original": original.instance_id,
    }
    with psycopg.connect(stage.url) as connection:
        for statement in _SHAPE:
            connection.execute(statement, values)
    with psycopg.connect(stage.url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
