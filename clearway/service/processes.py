"""The processes as deployed: what each is for, its versions, its diagram."""

from collections.abc import Mapping

from clearway.service.deployed import Deployed
from clearway.service.house import House
from clearway.service.outlined import outlined
from clearway.service.plan_start import may_start
from clearway.service.values import Actor, ProcessView, Refusal, VersionView
from clearway.store import versions as rows
from clearway.store.database import Connection
from clearway.store.versions import Version


def processes(house: House, actor: Actor, *, counted: bool = True) -> list[ProcessView]:
    """Every process by its newest version; `counted`: with how many records are open.

    To count a million of them takes its time.
    """
    counts = house.store.ask(rows.open_by_process) if counted else None
    return [
        _view(it, actor, None if counts is None else counts.get(it.process, 0))
        for it in house.all_current()
    ]


def process(house: House, actor: Actor, process: str) -> ProcessView | Refusal:
    """One process by its newest version."""
    deployed = house.current(process)
    if deployed is None:
        return unknown_process(process)
    counts = house.store.ask(rows.open_by_process)
    return _view(deployed, actor, counts.get(process, 0))


def versions(house: House, actor: Actor, process: str) -> list[VersionView]:  # noqa: ARG001 - open to all, asked like the others
    """Every version of a process, the newest first."""

    def ask(connection: Connection) -> tuple[list[Version], dict[int, int]]:
        return rows.all_of(connection, process), rows.open_instances(connection)

    found, counts = house.store.ask(ask)
    return [
        VersionView(
            it.number,
            it.parent,
            it.deployed_at,
            it.deployed_by,
            it.reason,
            it.hash,
            counts.get(it.id, 0),
        )
        for it in found
    ]


def diagram(
    house: House,
    actor: Actor,  # noqa: ARG001 - open to all, asked like the others
    process: str,
    number: int | None = None,
) -> str | Refusal:
    """The XML of a version's diagram; of the newest when `number` is None."""

    def ask(connection: Connection) -> Version | None:
        if number is None:
            return rows.current(connection, process)
        return rows.by_number(connection, process, number)

    found = house.store.ask(ask)
    return house.version(found.id).xml if found else unknown_process(process)


def process_outline(house: House, process: str) -> list[Mapping[str, object]]:
    """The newest version as a list that says what its diagram shows; empty when there is none."""
    deployed = house.current(process)
    return outlined(deployed) if deployed else []


def _view(deployed: Deployed, actor: Actor, open_instances: int | None) -> ProcessView:
    start = deployed.start_event(None)
    form = deployed.form_of(start.element) if start else None
    return ProcessView(
        process=deployed.process,
        title=deployed.title,
        documentation=deployed.blueprint.documentation,
        current=deployed.number,
        open_instances=open_instances,
        may_start=start is not None and may_start(actor, start),
        start_schema=form.schema if form else None,
        start_label=start.label if start else "",
    )


def version_of(house: House, process: str, number: int | None = None) -> Deployed | Refusal:
    """A version of a process, ready to be used; the newest when `number` is None."""
    if number is None:
        return house.current(process) or unknown_process(process)
    found = house.store.ask(lambda it: rows.by_number(it, process, number))
    if found is not None:
        return house.version(found.id)
    if house.current(process) is None:
        return unknown_process(process)
    told = f"{process} has no version {number}."
    return Refusal("not_found", told, "Look at the list of its versions.", {"version": told})


def unknown_process(process: str) -> Refusal:
    """The answer for a process that is not deployed."""
    return Refusal("not_found", f"There is no process {process}.", "Look at the list of processes.")
