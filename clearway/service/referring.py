"""Form fields that name other records (`x-link`): those must be there, and be what is meant."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from clearway.service.deployed import Deployed
from clearway.service.forms import Form, Schema, Values, keys_in
from clearway.service.house import House
from clearway.service.link import refuse_open, seen
from clearway.service.values import Actor
from clearway.store import links
from clearway.store.database import Transaction
from clearway.store.rows import Snapshot


class Filling(NamedTuple):
    """Who fills a form in, of which version and for which record; `snapshot` None: a new one."""

    house: House
    transaction: Transaction
    actor: Actor
    deployed: Deployed
    snapshot: Snapshot | None = None


def unfit_records(filling: Filling, form: Form, values: Values) -> Mapping[str, str]:
    """Fields that name a record which the actor may not see or which is not what is meant.

    `x-of` names the processes that it may be of (also where only a condition of the form says
    so), `x-in` the states that it may be in, `x-open` wants one that has not ended. What the
    record says already is not looked at again. The others are held, so that none of them ends
    before it is known who is linked with it.
    """
    problems: dict[str, str] = {}
    for field, schema, key in _keys(form, values, filling.snapshot):
        if (problem := _problem(filling, schema, key)) is not None:
            problems.setdefault(field, problem)
    return problems


def _keys(form: Form, values: Values, here: Snapshot | None) -> Iterator[tuple[str, Schema, str]]:
    record: Values = here.record if here else {}
    for field, schema in form.fields.items():
        if "x-link" in schema and not schema.get("readOnly"):
            for key in keys_in(values.get(field), but=record.get(field)):
                yield field, form.shape(field, values), key


def _problem(filling: Filling, schema: Schema, key: str) -> str | None:
    here = filling.snapshot
    if here is not None and key == here.key:
        return f"{key} is this record itself: name another one."
    links.hold(filling.transaction, key)
    other = seen(filling.house, filling.transaction, filling.actor, key)
    if other is None:
        return f"There is no record {key} that you may see."
    processes = cast(Sequence[str], schema.get("x-of", ()))
    if processes and other.process not in processes:
        meant = " or ".join(it.replace("_", " ") for it in processes)
        return f"{key} is of another kind: what fits here is {meant}."
    if schema.get("x-open") and other.ended_at is not None:
        state = (other.state or "ended").replace("_", " ")
        return f"{key} is over ({state}): name one that is still open."
    if schema["x-link"] == "follows" and (still := refuse_open(other)) is not None:
        return f"{still.text} {still.remedy}"
    states = cast(Sequence[str], schema.get("x-in", ()))
    if states and other.state not in states:
        state = (other.state or "not begun").replace("_", " ")
        meant = " or ".join(it.replace("_", " ") for it in states)
        return f"{key} is {state}: name one that is {meant}."
    if here is None or schema["x-link"] != "part_of":
        return None
    larger = links.larger_of(filling.transaction, here.key)
    if larger not in (None, key):
        return f"{here.key} is part of {larger} already."
    is_above = links.is_above(filling.transaction, here.key, key)
    return f"{key} is itself a part of {here.key}." if is_above else None
