"""What a field may be filled with from the registry, for fields that say so (`x-suggest`)."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from clearway.service import registry
from clearway.service.house import House
from clearway.service.values import Actor, Refusal
from clearway.web.forms import Form

_Named = Sequence[tuple[str, str]]


def _people(house: House, actor: Actor) -> _Named | Refusal:
    found = registry.people(house, actor)
    if isinstance(found, Refusal):
        return found
    return [(one.name, one.full_name) for one in found if one.active]


def _groups(house: House, actor: Actor) -> _Named | Refusal:
    found = registry.groups(house, actor)
    return found if isinstance(found, Refusal) else [(one.name, one.title) for one in found]


def _services(house: House, actor: Actor) -> _Named | Refusal:
    found = registry.services(house, actor)
    return found if isinstance(found, Refusal) else [(one.name, one.title) for one in found]


def _assets(house: House, actor: Actor) -> _Named | Refusal:
    found = registry.assets(house, actor)
    return found if isinstance(found, Refusal) else [(one.name, one.title) for one in found]


TABLES: Mapping[str, Callable[[House, Actor], _Named | Refusal]] = {
    "people": _people,
    "groups": _groups,
    "services": _services,
    "assets": _assets,
}


def suggestions(house: House, actor: Actor, forms: Iterable[Form]) -> Mapping[str, _Named]:
    """The names of each table that a field of these forms asks for; others are not read."""
    wanted = {field.suggest for form in forms for field in form.fields if field.suggest in TABLES}
    found = {table: TABLES[table](house, actor) for table in sorted(wanted)}
    return {table: names for table, names in found.items() if not isinstance(names, Refusal)}
