"""Form fields that name somebody or something: what they name must be in the registry."""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from clearway.service.forms import Form, Schema, Values, invalid
from clearway.service.values import Refusal
from clearway.store import named
from clearway.store.database import Transaction

_ONE_OF: Mapping[str, str] = {
    "people": "person",
    "groups": "group",
    "services": "service",
    "assets": "device or system",
}


def refuse_unknown(transaction: Transaction, form: Form | None, values: Values) -> Refusal | None:
    """None when all that the fields marked `x-suggest` name is there and active.

    Nothing is asked when none of them is given. What a field shows and nobody can change is not
    looked at, nor what is no text: the form itself refuses that.
    """
    given = list(_named(form, values)) if form is not None else []
    if not given:
        return None
    wanted: dict[str, set[str]] = {}
    for _field, table, name in given:
        wanted.setdefault(table, set()).add(name)
    known = named.known(transaction, wanted)
    problems: dict[str, str] = {}
    for field, table, name in given:
        if (table, name) not in known:
            problems.setdefault(field, _problem(table, name))
    return invalid(problems) if problems else None


def _named(form: Form, values: Values) -> Iterator[tuple[str, str, str]]:
    """Each field with the table it names from, and a name."""
    for field, schema in form.fields.items():
        table = _table(schema)
        if table is None or schema.get("readOnly"):
            continue
        value = values.get(field)
        several = cast(Sequence[object], value) if isinstance(value, list | tuple) else (value,)
        for name in several:
            if isinstance(name, str):
                yield field, table, name


def _table(schema: Schema) -> str | None:
    """A list says it itself or for its items."""
    items: object = schema.get("items")
    of_items = cast(Schema, items).get("x-suggest") if isinstance(items, Mapping) else None
    table = schema.get("x-suggest") or of_items
    return table if table in named.TABLES else None


def _problem(table: str, name: str) -> str:
    if not name.strip():
        return f"Name a {_ONE_OF[table]}, or leave it out."
    return f"There is no {_ONE_OF[table]} {name}."
