"""Whether a change was authorised, counted anew from the rows of the database."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg import Connection

BEGUN = {"implement", "backing_out", "review", "closed"}
YES = {"approve", "approve_with_conditions"}
RULES: Mapping[str, tuple[int, bool]] = {
    "group_lead_approves": (1, False),
    "both_agree": (2, False),
    "cab_majority": (2, True),
    "emergency_board": (2, False),
}
"""The fewest who say yes, and whether it needs a chair and more than half of the seats."""
_WINDOW = {"planned_start", "planned_end", "point_of_no_return"}

_CHANGE = "SELECT id, state, record FROM instance WHERE key = %s"
_ENTRIES = """SELECT id, at, kind, element, actor, state_after, details FROM entry
WHERE instance_id = %s ORDER BY id"""
_ROUNDS = """SELECT r.id, w.element, r.revision, r.rule, r.outcome FROM round r
JOIN work_item w ON w.id = r.work_item_id WHERE w.instance_id = %s ORDER BY r.id"""
_SEATS = """SELECT s.round_id, s.id, s.role, s.person, s.mandatory, s.veto, s.chair FROM seat s
JOIN round r ON r.id = s.round_id JOIN work_item w ON w.id = r.work_item_id
WHERE w.instance_id = %s"""
_BALLOTS = """SELECT s.round_id, b.seat_id, b.person, b.instead_of, b.choice, b.cast_at, b.replaced
FROM ballot b JOIN seat s ON s.id = b.seat_id JOIN round r ON r.id = s.round_id
JOIN work_item w ON w.id = r.work_item_id WHERE w.instance_id = %s ORDER BY b.id"""
_ROLES = "SELECT person, role FROM membership JOIN group_role USING (group_name)"
_ABSENCES = "SELECT person, delegate, from_at, until_at FROM absence WHERE delegate IS NOT NULL"


@dataclass(frozen=True)
class Registry:
    """Who has which role, and who stands in for whom and when, as the rows say."""

    roles: Collection[tuple[str, str]]
    absences: Sequence[tuple[str, str, datetime, datetime]]

    def behind(self, person: str, at: datetime) -> set[str]:
        """Everybody for whom this person stands in then, also by way of others, and they."""
        found, todo = {person}, [person]
        while todo:
            now = todo.pop()
            for away, delegate, start, end in self.absences:
                if delegate == now and start <= at < end and away not in found:
                    found.add(away)
                    todo.append(away)
        return found


def material_fields(record_file: Path) -> set[str]:
    """The fields whose change voids what was decided, by the words of the record's schema."""
    properties = json.loads(record_file.read_text(encoding="utf-8"))["properties"]
    return {name for name, it in properties.items() if it.get("x-material")}


def what_is_wrong(rows: Connection[Any], key: str, material: Collection[str]) -> list[str]:
    """A sentence for each thing about this change that nobody may find; none while all is well."""
    [(instance, state, record)] = rows.execute(_CHANGE, (key,)).fetchall()
    registry = Registry(
        set(rows.execute(_ROLES).fetchall()), list(rows.execute(_ABSENCES).fetchall())
    )
    entries = rows.execute(_ENTRIES, (instance,)).fetchall()
    rounds = rows.execute(_ROUNDS, (instance,)).fetchall()
    seats = {it[1]: it for it in rows.execute(_SEATS, (instance,)).fetchall()}
    ballots = rows.execute(_BALLOTS, (instance,)).fetchall()
    wrong = _interested(record, entries, registry) + _not_entitled(ballots, seats, registry)
    wrong += _approved_without(rounds, seats, ballots)
    if record.get("change_type") == "normal" and state in BEGUN:
        since = _last_moved(entries, material)
        said = [
            it for it, entry in _decided(rounds, entries) if entry > since and it[4] == "approved"
        ]
        # Each ballot has its line of history: they come in the same order.
        lines = [it[0] for it in entries if it[2] == "voted"]
        later = [it for it, line in zip(ballots, lines, strict=True) if line > since]
        wrong += _missing(record, said, seats, later, registry)
    return [f"{key} in {state}: {it}" for it in wrong]


def _last_moved(entries: Sequence[Any], material: Collection[str]) -> int:
    """The last line of history by which what is decided on became another.

    The change manager may bring the whole window forward; nothing else moves with it.
    """

    def moved(it: Any) -> set[str]:
        fields = set(it[6].get("fields", ())) & set(material)
        return fields - _WINDOW if it[3] == "bring_forward" else fields

    return max((it[0] for it in entries if it[5] == "draft" or moved(it)), default=0)


def _decided(rounds: Sequence[Any], entries: Sequence[Any]) -> list[tuple[Any, int]]:
    """Each round that was decided, with its line of history: they come in the same order."""
    told: dict[tuple[str, int], list[int]] = {}
    for it in entries:
        if it[2] == "decided_round":
            told.setdefault((it[3], it[6]["round"]), []).append(it[0])
    found: list[tuple[Any, int]] = []
    for it in rounds:
        if it[4] not in {None, "voided"}:
            found.append((it, told[it[1], it[2]].pop(0)))
    return found


def _interested(record: Mapping[str, Any], entries: Sequence[Any], registry: Registry) -> list[str]:
    """Votes of the author, the implementer, who wrote the plan, and who stands in for them."""
    author, implementer = record["author"], None
    planned: set[str] = set()
    wrong: list[str] = []
    for _, at, kind, element, actor, _, details in entries:
        fields = details.get("fields", {})
        # An opening and a voided round only name their fields.
        if isinstance(fields, dict) and kind != "voted" and "implementer" in fields:
            implementer = fields["implementer"][1]
        if kind == "done" and element == "plan":
            planned.add(actor)
        if kind == "voted":
            kept_out = {author, implementer} | planned
            if both := registry.behind(actor, at) & kept_out:
                wrong.append(f"{actor} voted at {element}, with the interest of {sorted(both)}")
    return wrong


def _not_entitled(
    ballots: Sequence[Any], seats: Mapping[int, Any], registry: Registry
) -> list[str]:
    wrong: list[str] = []
    for _, seat_id, person, instead_of, _, cast_at, _ in ballots:
        _, _, role, whose, *_ = seats[seat_id]
        mandate = instead_of or person
        is_theirs = mandate == whose if whose else (mandate, role) in registry.roles
        if not is_theirs:
            wrong.append(f"{mandate} has a vote for the seat of {whose or role}")
        if mandate not in registry.behind(person, cast_at):
            wrong.append(f"{person} voted for {mandate} and does not stand in for them")
    return wrong


def _approved_without(
    rounds: Sequence[Any], seats: Mapping[int, Any], ballots: Sequence[Any]
) -> list[str]:
    """Rounds that were approved, though their ballots do not say so."""
    wrong: list[str] = []
    for number, element, revision, rule, outcome in rounds:
        if outcome == "approved":
            here = [it for it in seats.values() if it[0] == number]
            cast = {it[1]: it for it in ballots if it[0] == number and not it[6]}
            if why := _not_carried(rule, here, cast):
                wrong.append(f"{element}, round {revision}, is approved: {why}")
    return wrong


def _not_carried(rule: str, seats: Sequence[Any], cast: Mapping[int, Any]) -> str | None:
    least, is_board = RULES[rule]
    says = {seat[1]: cast[seat[1]][4] for seat in seats if seat[1] in cast}
    yes = [it for it in says if says[it] in YES]
    no = [it for it in says if says[it] == "reject"]
    chairs = [it[1] for it in seats if it[6]]
    if any(it[5] and says.get(it[1]) == "reject" for it in seats):
        return "there is a veto"
    if any((it[4] or (is_board and it[6])) and it[1] not in says for it in seats):
        return "a seat is empty that must vote"
    if len({cast[it][2] for it in says}) < len(says):
        return "somebody has two votes"
    if len({cast[it][3] or cast[it][2] for it in says}) < len(says):
        return "somebody's vote counts twice"
    if is_board and (2 * len(says) <= len(seats) or not chairs):
        return "half of the seats or more are empty, or nobody leads"
    if len(yes) < least:
        return "too few say yes"
    if len(no) > len(yes) or (len(no) == len(yes) and not set(chairs) & set(yes)):
        return "as many say no"
    return None


def _missing(
    record: Mapping[str, Any],
    said: Sequence[Any],
    seats: Mapping[int, Any],
    ballots: Sequence[Any],
    registry: Registry,
) -> list[str]:
    """Who should have been asked about what is done now, and was not, or did not say yes."""
    numbers = {it[0] for it in said}
    heard = {
        it[3] or it[2] for it in ballots if it[0] in numbers and not it[6] and it[4] != "reject"
    }
    roles = {role for person, role in registry.roles if person in heard}
    band = record.get("risk_band")
    needed = {
        "any round": bool(said),
        "the manager": band != "moderate" or "change_manager" in roles,
        "the owner": band == "low" or record.get("service_owner") in heard,
        "the board": band not in {"high", "very_high"} or "cab_majority" in {it[3] for it in said},
        "an executive": band != "very_high" or "executive" in roles,
        "the line director": not record.get("expedited") or record.get("line_director") in heard,
        "security": not (record.get("security_flag") or record.get("privacy_flag"))
        or "security_officer" in roles,
        "the supplier manager": not record.get("vendor_run") or "supplier_manager" in roles,
    }
    return [f"{who} did not say yes to what is done" for who, there in needed.items() if not there]
