"""Every case there is: add a file and a line here."""

from benchmarks import (
    bulk_migration,
    completing,
    conditions,
    crowd,
    due_timers,
    durable,
    engine_turn,
    engines,
    flows,
    heat,
    large_inbox,
    large_tables,
    planned_work,
    statements,
    years,
)
from benchmarks.result import Case

CASES: tuple[Case, ...] = (
    completing.CASE,
    engine_turn.CASE,
    statements.CASE,
    years.CASE,
    engines.CASE,
    flows.CASE,
    durable.CASE,
    crowd.CASE,
    due_timers.CASE,
    bulk_migration.CASE,
    large_inbox.CASE,
    large_tables.CASE,
    conditions.CASE,
    heat.CASE,
    planned_work.CASE,
)
