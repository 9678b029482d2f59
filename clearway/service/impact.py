"""What a change of services and assets reaches, by the registry as it stands now."""

from collections.abc import Sequence
from dataclasses import dataclass

from clearway.service.house import House
from clearway.service.permissions import refuse_unless
from clearway.service.values import Actor, Refusal
from clearway.store import registry as rows
from clearway.store.database import Connection
from clearway.store.registry import Asset, Service
from processes.impact import Reached, Relation, impact

MOST_CHANGED = 50


@dataclass(frozen=True)
class Impact:
    """One service or asset that is reached: what it is, and the way to it as a sentence."""

    thing: Service | Asset
    reached: Reached

    @property
    def way(self) -> str:
        """From its end: payroll runs on db01, which depends on switch."""
        return self.reached.sentence()


@dataclass(frozen=True)
class ImpactView:
    """What was asked for, and what it reaches: services by criticality, then assets by distance."""

    changed: Sequence[str]
    services: Sequence[Impact]
    assets: Sequence[Impact]


def impact_of(house: House, actor: Actor, changed: Sequence[str]) -> ImpactView | Refusal:
    """What a change of these services and assets at once reaches; each way is listed."""
    if refusal := refuse_unless(actor, "impact"):
        return refusal
    names = list(dict.fromkeys(name.strip() for name in changed if name.strip()))
    if len(names) > MOST_CHANGED:
        return Refusal(
            "invalid",
            f"These are {len(names)} names, and at most {MOST_CHANGED} can be asked about at once.",
            "Ask about some of them.",
        )
    return house.store.ask(lambda it: _impact(it, names))


@dataclass(frozen=True)
class AffectedService:
    """A service that a change reaches: the way to it, and who owns it.

    `goes_on`: something takes its place meanwhile, or only its backup is away.
    """

    name: str
    owner: str | None
    way: str
    goes_on: bool


def affected_services(
    house: House, actor: Actor, changed: Sequence[str]
) -> Sequence[AffectedService] | Refusal:
    """The services among `changed` and those that a change of all of them reaches.

    What is named itself comes first; its way is its name. However many names there are: a change
    touches what it touches.
    """
    if refusal := refuse_unless(actor, "impact"):
        return refusal
    return house.store.ask(lambda it: _services(it, list(dict.fromkeys(changed))))


def _services(connection: Connection, names: Sequence[str]) -> Sequence[AffectedService] | Refusal:
    found = _impact(connection, names)
    if isinstance(found, Refusal):
        return found
    services = {it.name: it for it in rows.all_services(connection)}
    named = [services[name] for name in found.changed if name in services]
    own = [AffectedService(it.name, it.owner, it.name, goes_on=False) for it in named]
    return [*own, *(_affected(it.reached, services[it.thing.name]) for it in found.services)]


def _affected(reached: Reached, service: Service) -> AffectedService:
    goes_on = reached.is_covered or reached.loses_backup
    return AffectedService(service.name, service.owner, reached.sentence(), goes_on)


def _impact(connection: Connection, names: Sequence[str]) -> ImpactView | Refusal:
    services = {it.name: it for it in rows.all_services(connection)}
    assets = {it.name: it for it in rows.all_assets(connection)}
    if unknown := [name for name in names if name not in services and name not in assets]:
        return Refusal(
            "not_found",
            f"There is no service or asset {' and no '.join(unknown)}.",
            "Choose a name from the tables of services and assets.",
        )
    relations = [
        Relation(it.from_name, it.kind, it.to_name) for it in rows.all_relations(connection)
    ]
    reached = impact(names, relations)
    found = [Impact(services[it.name], it) for it in reached if it.name in services]
    others = [Impact(assets[it.name], it) for it in reached if it.name in assets]
    return ImpactView(names, sorted(found, key=_by_weight), others)


def _by_weight(one: Impact) -> tuple[bool, bool, int, int]:
    """What is really reached comes first, and of that the most critical."""
    it = one.reached
    return it.loses_backup, it.is_covered, one.thing.criticality, len(it.way)
