"""What a command writes besides the instance row: one CTE for each table that it touches."""
# ruff: noqa: S608 - the statements are put together from our own texts only

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from clearway.store.effect import Effect
from clearway.store.leaf import leaf

Rows = list[Mapping[str, object]]


@dataclass(frozen=True)
class Part:
    """One CTE: it is left out when its value is empty.

    The value travels under the part's name, unless it is not `is_given`: the heading has it.
    """

    name: str
    sql: str
    value: Callable[[Effect], object]
    is_json: bool = True
    is_given: bool = True


def _entries(effect: Effect) -> Rows:
    rows: Rows = []
    for line in effect.lines:
        words = {
            "kind": line.kind,
            "element": line.element,
            "state_before": line.state_before,
            "state_after": line.state_after,
            "details": line.details,
        }
        hashed = leaf(
            key=effect.key,
            revision=effect.instance.revision,
            at=effect.at,
            actor=effect.actor,
            command=effect.command,
            kind=line.kind,
            element=line.element,
            state_before=line.state_before,
            state_after=line.state_after,
            details=line.details,
        )
        rows.append({**words, "leaf": hashed.hex()})
    return rows


def _first_rounds(effect: Effect) -> object:
    return [round_ for round_ in effect.opened_rounds if round_.work_item_id is None]


def _next_rounds(effect: Effect) -> object:
    return [round_ for round_ in effect.opened_rounds if round_.work_item_id is not None]


def _replaced(effect: Effect) -> object:
    return [number for ballot in effect.ballots for number in ballot.replaces]


def _parked(effect: Effect) -> object:
    return [
        {"token": token, "parked": is_parked} for token, is_parked in effect.parked_timers.items()
    ]


def _renamed_jobs(effect: Effect) -> object:
    return [{"token": token, "element": element} for token, element in effect.renamed_jobs.items()]


def _settled_message(effect: Effect) -> object:
    if effect.settled_message is None:
        return None
    number, status = effect.settled_message
    return {"id": number, "status": status}


_ROUND_COLUMNS = (
    "token text, work_item_id bigint, revision int, rule text, excluded text[], "
    "result_field text, deadline timestamptz, seats jsonb"
)
_SEAT_COLUMNS = "name text, role text, person text, mandatory bool, veto bool, chair bool"

# What is changed is named by the instance's own id as well: PostgreSQL cannot guess how many rows a
# JSON text has, and would read all open work items of the house to find one.
PARTS: tuple[Part, ...] = (
    Part(
        "closed",
        """closed AS (
    UPDATE work_item w SET closed_at = %(at)s, closed_by = r.by, outcome = r.outcome, draft = NULL
    FROM new, jsonb_to_recordset(%(closed)s::jsonb) AS r(token text, by text, outcome text)
    WHERE w.instance_id = %(instance_id)s AND new.id = w.instance_id AND w.token = r.token
        AND w.closed_at IS NULL)""",
        lambda effect: effect.closed_items,
    ),
    Part(
        "changed",
        """changed AS (
    UPDATE work_item w SET assignee = r.assignee, excluded = r.excluded,
        due_at = r.due_at
    FROM new, jsonb_to_recordset(%(changed)s::jsonb) AS r(id bigint, assignee text,
        excluded text[], due_at timestamptz)
    WHERE w.instance_id = %(instance_id)s AND new.id = w.instance_id AND w.id = r.id
        AND w.closed_at IS NULL)""",
        lambda effect: effect.changed_items,
    ),
    Part(
        "renamed_items",
        """renamed_items AS (
    UPDATE work_item w SET element = r.element, name = r.name, role = r.role, form = r.form,
        apart_from = r.apart_from, assignee = r.assignee, excluded = r.excluded, due_at = r.due_at
    FROM new, jsonb_to_recordset(%(renamed_items)s::jsonb) AS r(id bigint, element text, name text,
        role text, form text, apart_from text[], assignee text, excluded text[], due_at timestamptz)
    WHERE w.instance_id = %(instance_id)s AND new.id = w.instance_id AND w.id = r.id
        AND w.closed_at IS NULL)""",
        lambda effect: effect.renamed_items,
    ),
    Part(
        "opened",
        """opened AS (
    INSERT INTO work_item (instance_id, token, element, name, role, group_name, assignee, form,
        rule, item, apart_from, excluded, opened_at, due_at)
    SELECT new.id, r.token, r.element, r.name, r.role, r."group", r.assignee, r.form, r.rule,
        r.item, r.apart_from, r.excluded, %(at)s, r.due_at
    FROM new, jsonb_to_recordset(%(opened)s::jsonb) AS r(token text, element text, name text,
        role text, "group" text, assignee text, form text, rule text, item jsonb,
        apart_from text[], excluded text[], due_at timestamptz)
    RETURNING id, token)""",
        lambda effect: effect.opened_items,
    ),
    Part(
        "first_rounds",
        f"""first_rounds AS (
    INSERT INTO round (work_item_id, revision, rule, excluded, result_field, opened_at, deadline)
    SELECT opened.id, r.revision, r.rule, r.excluded, r.result_field, %(at)s, r.deadline
    FROM opened JOIN jsonb_to_recordset(%(first_rounds)s::jsonb) AS r({_ROUND_COLUMNS})
        ON r.token = opened.token
    RETURNING id, work_item_id),
first_seats AS (
    INSERT INTO seat (round_id, name, role, person, mandatory, veto, chair)
    SELECT f.id, s.name, s.role, s.person, s.mandatory, s.veto, s.chair
    FROM first_rounds f JOIN opened ON opened.id = f.work_item_id
        JOIN jsonb_to_recordset(%(first_rounds)s::jsonb) AS r({_ROUND_COLUMNS})
            ON r.token = opened.token
        CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(r.seats) AS ({_SEAT_COLUMNS}))
            WITH ORDINALITY AS s(name, role, person, mandatory, veto, chair, place)
    ORDER BY f.id, s.place)""",
        _first_rounds,
    ),
    Part(
        "next_rounds",
        f"""next_rounds AS (
    INSERT INTO round (work_item_id, revision, rule, excluded, result_field, opened_at, deadline)
    SELECT r.work_item_id, r.revision, r.rule, r.excluded, r.result_field, %(at)s, r.deadline
    FROM new, jsonb_to_recordset(%(next_rounds)s::jsonb) AS r({_ROUND_COLUMNS})
    RETURNING id, work_item_id),
next_seats AS (
    INSERT INTO seat (round_id, name, role, person, mandatory, veto, chair)
    SELECT f.id, s.name, s.role, s.person, s.mandatory, s.veto, s.chair
    FROM next_rounds f JOIN jsonb_to_recordset(%(next_rounds)s::jsonb) AS r({_ROUND_COLUMNS})
            ON r.work_item_id = f.work_item_id
        CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(r.seats) AS ({_SEAT_COLUMNS}))
            WITH ORDINALITY AS s(name, role, person, mandatory, veto, chair, place)
    ORDER BY f.id, s.place)""",
        _next_rounds,
    ),
    Part(
        "closed_rounds",
        """closed_rounds AS (
    UPDATE round u SET closed_at = %(at)s, outcome = r.outcome, reason = r.reason
    FROM new, jsonb_to_recordset(%(closed_rounds)s::jsonb)
        AS r(id bigint, outcome text, reason text)
    WHERE u.id = r.id
    RETURNING u.id),
closed_seats AS (
    UPDATE seat s SET is_open = false FROM closed_rounds c WHERE s.round_id = c.id)""",
        lambda effect: effect.closed_rounds,
    ),
    Part(
        "replaced",
        """replaced AS (
    UPDATE ballot b SET replaced = true FROM new WHERE b.id = ANY(%(replaced)s::bigint[]))""",
        _replaced,
        is_json=False,
    ),
    Part(
        "ballots",
        """ballots AS (
    INSERT INTO ballot (seat_id, person, instead_of, choice, reason, conditions, independent,
        cast_at)
    SELECT r.seat_id, r.person, r.instead_of, r.choice, r.reason, r.conditions, r.independent,
        %(at)s
    FROM new, jsonb_to_recordset(%(ballots)s::jsonb) AS r(seat_id bigint, person text,
        instead_of text, choice text, reason text, conditions text, independent bool))""",
        lambda effect: effect.ballots,
    ),
    Part(
        "cleared_timers",
        """cleared_timers AS (
    DELETE FROM timer t USING new
    WHERE t.instance_id = new.id AND t.token = ANY(%(cleared_timers)s::text[]))""",
        lambda effect: list(effect.cleared_timers),
        is_json=False,
    ),
    Part(
        "set_timers",
        """set_timers AS (
    INSERT INTO timer (instance_id, token, element, due_at, repeats_left, missed)
    SELECT new.id, r.token, r.element, r.due_at, r.repeats_left, r.missed
    FROM new, jsonb_to_recordset(%(set_timers)s::jsonb) AS r(token text, element text,
        due_at timestamptz, repeats_left int, missed text)
    ON CONFLICT (instance_id, token) DO UPDATE SET element = excluded.element,
        due_at = excluded.due_at, repeats_left = excluded.repeats_left, missed = excluded.missed,
        parked = false)""",
        lambda effect: effect.set_timers,
    ),
    Part(
        "parked_timers",
        """parked_timers AS (
    UPDATE timer t SET parked = r.parked
    FROM new, jsonb_to_recordset(%(parked_timers)s::jsonb) AS r(token text, parked bool)
    WHERE t.instance_id = %(instance_id)s AND new.id = t.instance_id AND t.token = r.token)""",
        _parked,
    ),
    Part(
        "unsubscribed",
        """unsubscribed AS (
    DELETE FROM subscription s USING new
    WHERE s.instance_id = new.id AND s.token = ANY(%(unsubscribed)s::text[]))""",
        lambda effect: list(effect.unsubscribed),
        is_json=False,
    ),
    Part(
        "subscribed",
        """subscribed AS (
    INSERT INTO subscription (instance_id, token, element, kind, name, action, role, form)
    SELECT new.id, r.token, r.element, r.kind, r.name, r.action, r.role, r.form
    FROM new, jsonb_to_recordset(%(subscribed)s::jsonb) AS r(token text, element text, kind text,
        name text, action text, role text, form text)
    ON CONFLICT (instance_id, token) DO UPDATE SET element = excluded.element,
        kind = excluded.kind, name = excluded.name, action = excluded.action,
        role = excluded.role, form = excluded.form)""",
        lambda effect: effect.subscribed,
    ),
    Part(
        "cancelled_jobs",
        """cancelled_jobs AS (
    UPDATE job j SET status = 'cancelled', finished_at = %(at)s, lease_owner = NULL,
        lease_until = NULL
    FROM new WHERE j.instance_id = new.id AND j.token = ANY(%(cancelled_jobs)s::text[])
        AND j.status IN ('ready', 'faulted'))""",
        lambda effect: list(effect.cancelled_jobs),
        is_json=False,
    ),
    Part(
        "renamed_jobs",
        """renamed_jobs AS (
    UPDATE job j SET element = r.element
    FROM new, jsonb_to_recordset(%(renamed_jobs)s::jsonb) AS r(token text, element text)
    WHERE j.instance_id = %(instance_id)s AND new.id = j.instance_id AND j.token = r.token
        AND j.status IN ('ready', 'faulted'))""",
        _renamed_jobs,
    ),
    Part(
        "queued_jobs",
        """queued_jobs AS (
    INSERT INTO job (instance_id, token, element, step, inputs, retries, template_hash,
        created_at, run_at)
    SELECT new.id, r.token, r.element, r.step, r.inputs, r.retries, r.template_hash, %(at)s, %(at)s
    FROM new, jsonb_to_recordset(%(queued_jobs)s::jsonb) AS r(token text, element text, step text,
        inputs jsonb, retries int, template_hash text))""",
        lambda effect: effect.queued_jobs,
    ),
    Part(
        "messages",
        """messages AS (
    INSERT INTO message (sender_id, name, to_key, to_process, payload, sent_at, expires_at,
        status, settled_at)
    SELECT new.id, r.name, r.to_key, r.to_process, r.payload, %(at)s, r.expires_at,
        CASE WHEN late.is THEN 'expired' ELSE 'waiting' END, CASE WHEN late.is THEN %(at)s END
    FROM new, jsonb_to_recordset(%(messages)s::jsonb) AS r(name text, to_key text,
        to_process text, payload jsonb, expires_at timestamptz),
        -- Wanted only by who waits already: who begins to wait a moment later must not get it.
        LATERAL (SELECT r.expires_at <= %(at)s AND NOT EXISTS (
            SELECT FROM subscription s JOIN instance i ON i.id = s.instance_id
            WHERE i.key = r.to_key AND s.kind = 'message' AND s.name = r.name) AS is) AS late)""",
        lambda effect: effect.messages,
    ),
    # Only to who does not know it already: two records that look at each other come to rest.
    Part(
        "concerns",
        """concerns AS (
    INSERT INTO message (sender_id, name, to_key, payload, sent_at, expires_at)
    SELECT new.id, r.name, i.key, '{}'::jsonb, %(at)s::timestamptz, %(at)s::timestamptz
    FROM new, jsonb_to_recordset(%(concerns)s::jsonb) AS r(name text, to_key text, field text,
        key text, collides boolean) JOIN instance i ON i.key = r.to_key
    WHERE i.ended_at IS NULL AND coalesce(i.record -> r.field ? r.key, false) <> r.collides
        AND EXISTS (SELECT FROM subscription s
            WHERE s.instance_id = i.id AND s.kind = 'message' AND s.name = r.name))""",
        lambda effect: effect.concerns,
    ),
    Part(
        "links",
        """links AS (
    INSERT INTO link (from_key, kind, to_key, made_at, made_by)
    SELECT r.from_key, r.kind, r.to_key, %(at)s, %(actor)s
    FROM new, jsonb_to_recordset(%(links)s::jsonb) AS r(from_key text, kind text, to_key text)
    ON CONFLICT DO NOTHING)""",
        lambda effect: effect.links,
    ),
    Part(
        "signals",
        """signals AS (
    INSERT INTO message (sender_id, kind, name, to_key, payload, sent_at)
    SELECT DISTINCT new.id, 'signal', s.name, i.key, '{}'::jsonb, %(at)s::timestamptz
    FROM new, subscription s JOIN instance i ON i.id = s.instance_id
    WHERE s.kind = 'signal' AND s.name = ANY(%(signals)s::text[]) AND s.instance_id <> new.id)""",
        lambda effect: list(effect.signals),
        is_json=False,
    ),
    Part(
        "settled_message",
        """settled_message AS (
    UPDATE message m SET status = r.status, settled_at = %(at)s
    FROM new, jsonb_to_record(%(settled_message)s::jsonb) AS r(id bigint, status text)
    WHERE m.id = r.id)""",
        _settled_message,
    ),
    Part(
        "faults",
        """faults AS (
    INSERT INTO fault (instance_id, element, cause, remedy, who_can_fix, trigger, raised_at)
    SELECT new.id, r.element, r.cause, r.remedy, r.who_can_fix, r.trigger, %(at)s
    FROM new, jsonb_to_recordset(%(faults)s::jsonb) AS r(element text, cause text, remedy text,
        who_can_fix text, trigger jsonb))""",
        lambda effect: effect.faults,
    ),
    Part(
        "settled_faults",
        """settled_faults AS (
    UPDATE fault f SET settled_at = %(at)s, settled_by = %(actor)s
    FROM new WHERE f.instance_id = new.id AND f.id = ANY(%(settled_faults)s::bigint[])
        AND f.settled_at IS NULL)""",
        lambda effect: list(effect.settled_faults),
        is_json=False,
    ),
    # It reads the rows as they were before this statement: that is what the archive is for.
    Part(
        "archived",
        """archived AS (
    INSERT INTO state_archive (instance_id, revision, version_id, engine_state, state, done_by,
        people, went_on, at)
    SELECT i.id, %(revision)s, i.version_id, i.engine_state, i.state, i.done_by,
        (SELECT coalesce(jsonb_agg(jsonb_build_array(w.id, w.assignee, w.excluded)), '[]')
            FROM work_item w WHERE w.instance_id = i.id AND w.closed_at IS NULL),
        %(went_on)s, %(at)s
    FROM new JOIN instance i ON i.id = new.id
    ON CONFLICT (instance_id) DO UPDATE SET revision = excluded.revision,
        version_id = excluded.version_id, engine_state = excluded.engine_state,
        state = excluded.state, done_by = excluded.done_by, people = excluded.people,
        went_on = excluded.went_on, at = excluded.at)""",
        lambda effect: effect.version is not None and effect.version.keeps,
        is_given=False,
    ),
    Part(
        "unarchived",
        """unarchived AS (
    DELETE FROM state_archive a USING new WHERE a.instance_id = new.id)""",
        lambda effect: effect.version is not None and not effect.version.keeps,
        is_given=False,
    ),
    Part(
        "lines",
        """lines AS (
    INSERT INTO entry (instance_id, revision, at, actor, command, kind, element, state_before,
        state_after, details, leaf)
    SELECT new.id, %(revision)s, %(at)s, %(actor)s, %(command)s, r.kind, r.element,
        r.state_before, r.state_after, r.details, decode(r.leaf, 'hex')
    FROM new, jsonb_to_recordset(%(lines)s::jsonb) AS r(kind text, element text,
        state_before text, state_after text, details jsonb, leaf text))""",
        _entries,
    ),
    Part(
        "answer",
        """answered AS (
    INSERT INTO answer (key, command, request_hash, answer, at)
    SELECT %(answer_key)s, %(answer_command)s, %(answer_hash)s,
        %(answer)s::jsonb || jsonb_build_object('instance_id', new.id), %(at)s FROM new)""",
        lambda effect: effect.answer is not None,
        is_given=False,
    ),
)
