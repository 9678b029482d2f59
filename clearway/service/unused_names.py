"""Form fields that give somebody or something a name (`x-new`): it must not be in use."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from clearway.service.forms import Form, Values

_IN_USE: Mapping[str, str] = {
    "people": "Somebody in the registry has the sign-in name {} already: choose another.",
    "groups": "There is a group {} already: choose another name.",
    "services": "There is a service {} already: choose another name.",
    "assets": "There is a device or system {} already: choose another name.",
}

Wanted = Mapping[str, set[str]]
"""Names by the registry's table: `people`, `groups`, `services`, `assets`."""


class _New(NamedTuple):
    """A field, the registry's table that it must not be in, and the name given."""

    field: str
    table: str
    name: str


def used_names(
    form: Form, values: Values, record: Values, in_use: Callable[[Wanted], set[tuple[str, str]]]
) -> dict[str, str]:
    """Field -> why its new name cannot be: the registry has it, active or not.

    `in_use` answers which of the wanted names are there: (table, name). What the record says
    already is not looked at again: it may have become somebody's by this very record.
    """
    given = list(_new_names(form, values, record))
    if not given:
        return {}
    wanted: dict[str, set[str]] = {}
    for it in given:
        wanted.setdefault(it.table, set()).add(it.name)
    used = in_use(wanted)
    problems: dict[str, str] = {}
    for it in given:
        if (it.table, it.name) in used:
            problems.setdefault(it.field, _IN_USE[it.table].format(it.name))
    return problems


def _new_names(form: Form, values: Values, record: Values) -> Iterator[_New]:
    for field, schema in form.fields.items():
        table, value = schema.get("x-new"), values.get(field)
        if table not in _IN_USE or schema.get("readOnly") or value == record.get(field):
            continue
        several = cast(Sequence[object], value) if isinstance(value, list | tuple) else (value,)
        for name in several:
            if isinstance(name, str) and name.strip():
                plain = name.strip()
                # The registry has people's names in small letters only.
                yield _New(field, str(table), plain.lower() if table == "people" else plain)
