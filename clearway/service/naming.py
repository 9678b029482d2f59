"""Form fields that name somebody or something: it must be there, and fit what it is named for."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple, cast

from clearway.service.deciders import unfit_deciders
from clearway.service.forms import Form, Schema, Values, invalid
from clearway.service.permissions import REQUESTER
from clearway.service.referring import Filling, unfit_records
from clearway.service.unused_names import used_names
from clearway.service.values import Refusal
from clearway.store import candidates, named

_ONE_OF: Mapping[str, str] = {
    "people": "person",
    "groups": "group",
    "services": "service",
    "assets": "device or system",
}


class _Name(NamedTuple):
    """A field, the registry's table that it names from, and a name."""

    field: str
    table: str
    name: str


def refuse_unfit(filling: Filling, form: Form | None, values: Values) -> Refusal | None:
    """None when everybody and everything that the form's fields name is there and fits.

    Names of the registry (`x-suggest`) must be known and active. Where a work item goes to the
    person or the group in that field, they must have its role, and the person must be in that
    group. Who decides (`x-decider`) is looked at by `unfit_deciders`, other records (`x-link`) by
    `unfit_records`, new names (`x-new`) by `used_names`. What the record says already and nobody
    gets work by is left as it is: an alert may name a device that the registry does not know.
    Nothing is asked for fields that are not given; what a field shows and nobody can change is not
    looked at, nor what is no text: the form refuses that.
    """
    if form is None:
        return None
    record: Values = filling.snapshot.record if filling.snapshot else {}
    given = [it for it in _named(form, values) if not _stood_there(filling, it, values, record)]
    problems = _unfit_names(filling, given, values) if given else {}
    problems = unfit_deciders(filling, form, values) | problems
    problems |= unfit_records(filling, form, values)
    problems |= used_names(form, values, record, partial(named.in_use, filling.transaction))
    return invalid(problems) if problems else None


def _stood_there(filling: Filling, it: _Name, values: Values, record: Values) -> bool:
    is_same = values.get(it.field) == record.get(it.field)
    return is_same and not filling.deployed.roles_needed(it.field)


def _unfit_names(filling: Filling, given: Sequence[_Name], values: Values) -> dict[str, str]:
    wanted: dict[str, set[str]] = {}
    for it in given:
        wanted.setdefault(it.table, set()).add(it.name)
    known = named.known(filling.transaction, wanted)
    problems: dict[str, str] = {}
    for it in given:
        roles = known.get((it.table, it.name))
        needed = filling.deployed.roles_needed(it.field) if it.table in ("people", "groups") else ()
        if roles is None:
            problem = _unknown(it)
        else:
            problem = _unentitled(it, sorted({*needed} - roles)) or _outside(filling, it, values)
        if problem is not None:
            problems.setdefault(it.field, problem)
    return problems


def _named(form: Form, values: Values) -> Iterator[_Name]:
    for field, schema in form.fields.items():
        table = _table(schema)
        if table is None or schema.get("readOnly"):
            continue
        value = values.get(field)
        several = cast(Sequence[object], value) if isinstance(value, list | tuple) else (value,)
        for name in several:
            if isinstance(name, str):
                yield _Name(field, table, name)


def _table(schema: Schema) -> str | None:
    """A list says it itself or for its items."""
    items: object = schema.get("items")
    of_items = cast(Schema, items).get("x-suggest") if isinstance(items, Mapping) else None
    table = schema.get("x-suggest") or of_items
    return table if table in named.TABLES else None


def _unknown(it: _Name) -> str:
    if not it.name.strip():
        return f"Name a {_ONE_OF[it.table]}, or leave it out."
    return f"There is no {_ONE_OF[it.table]} {it.name}."


def _unentitled(it: _Name, missing: Sequence[str]) -> str | None:
    # Who has asked for something is one person, and no role of the registry.
    missing = [role for role in missing if role != REQUESTER]
    if not missing:
        return None
    if it.table == "people":
        return f"{it.name} does not have the role {missing[0]}: choose somebody who has it."
    return f"Nobody in the group {it.name} has the role {missing[0]}: choose another group."


def _outside(filling: Filling, it: _Name, values: Values) -> str | None:
    """Who gets a work item of a group, by a form that may name both, is in that group."""
    beside = filling.deployed.group_field_of(it.field) if it.table == "people" else None
    if beside is None:
        return None
    record: Values = filling.snapshot.record if filling.snapshot else {}
    group = values.get(beside, record.get(beside))
    person = candidates.person(filling.transaction, it.name)
    if not isinstance(group, str) or not group or person is None or group in person.groups:
        return None
    return f"{it.name} is not in the group {group}: choose somebody who is, or another group."
