"""Form fields that name who decides: the owner or the lead, and others only in their place."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, cast

from clearway.service.forms import Form, Schema, Values
from clearway.service.referring import Filling
from clearway.store import candidates
from clearway.store.absences import people_behind
from processes.planned import names_of

KEY = "x-decider"
"""The key of a field that names who decides."""

_Said = Mapping[str, object]


class _Keeper(NamedTuple):
    """Who decides for something by the registry: `judy owns mail`."""

    name: str
    told: str


def unfit_deciders(filling: Filling, form: Form, values: Values) -> dict[str, str]:
    """Field -> why whom it names may not decide there.

    Where the registry names the owner of the service (`service`: the field with it) or the lead of
    the group (`group`), nobody else decides, unless they have left, or are in one of the fields of
    `apart-from`, or stand in for somebody who is. Whoever is named in their place is neither, and
    has one of the `roles`. What stands there already is held against the registry alone.
    """
    record: Values = filling.snapshot.record if filling.snapshot else {}
    problems: dict[str, str] = {}
    for field, schema in form.fields.items():
        said = _said(schema)
        if said is not None and (problem := _problem(filling, field, said, values, record)):
            problems[field] = problem
    return problems


def _said(schema: Schema) -> _Said | None:
    said: object = schema.get(KEY)
    named = isinstance(said, Mapping) and not schema.get("readOnly")
    return cast(_Said, said) if named else None


def _problem(
    filling: Filling, field: str, said: _Said, values: Values, record: Values
) -> str | None:
    def stands(name: object) -> object:
        return values.get(str(name), record.get(str(name)))

    named = names_of(stands(field))
    apart = {it for name in names_of(said.get("apart-from")) for it in names_of(stands(name))}
    keeper = _keeper(filling, stands(said.get("service")), stands(said.get("group")))
    if keeper is not None and not _is_barred(filling, keeper.name, apart):
        others = [it for it in named if it != keeper.name]
        return f"{keeper.told} and may decide: name {keeper.name}." if others else None
    before = names_of(record.get(field))
    new = [it for it in named if it not in before]
    roles = names_of(said.get("roles"))
    return next((why for it in new if (why := _unfit(filling, it, apart, roles))), None)


def _keeper(filling: Filling, service: object, group: object) -> _Keeper | None:
    if isinstance(service, str) and (owner := candidates.owner(filling.transaction, service)):
        return _Keeper(owner, f"{owner} owns {service}")
    if isinstance(group, str) and (lead := candidates.lead(filling.transaction, group)):
        return _Keeper(lead, f"{lead} leads {group}")
    return None


def _unfit(filling: Filling, name: str, apart: set[str], roles: Sequence[str]) -> str | None:
    person = candidates.person(filling.transaction, name)
    if person is None:
        return None  # That nobody is called so is told by the names of the form.
    if _is_barred(filling, name, apart):
        return f"{name} has an interest in it, or stands in for who has: name somebody else."
    if not {*person.roles} & {*roles}:
        listed = ", ".join(it.replace("_", " ") for it in roles)
        return f"{name} decides in somebody's place, and has none of the roles {listed}."
    return None


def _is_barred(filling: Filling, name: str, apart: set[str]) -> bool:
    """Who has left, is kept apart, or stands in for somebody who is."""
    person = candidates.person(filling.transaction, name)
    if person is None or not person.active or name in apart:
        return True
    now = filling.house.now()
    return any(it.name in apart for it in people_behind(filling.transaction, name, now))
