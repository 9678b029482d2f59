"""Rolling back: an earlier version becomes the newest again, as a version of its own."""

from clearway.service.deploy import Along, deploy, pull
from clearway.service.house import House
from clearway.service.permissions import refuse_unless
from clearway.service.values import Actor, Done, Refusal
from clearway.service.workshop.moves import begin_move
from clearway.store.database import Connection

_SHOWN = 10


def roll_back(
    house: House,
    actor: Actor,
    process: str,
    to_version: int,
    *,
    newest: int,
    reason: str,
    moves: bool = False,
    once: str,
) -> Done | Refusal:
    """Deploy the files of `to_version` again; `newest` is the version that it takes the place of.

    The gate looks at them as at any others. `moves`: the running records go along. Details: those
    of a deployment.
    """
    if (refusal := refuse_unless(actor, "roll_back")) is not None:
        return refusal
    bundle = pull(house, actor, process, to_version)
    if isinstance(bundle, Refusal):
        return bundle

    def keep(connection: Connection, number: int) -> None:
        if moves:
            begin_move(house, connection, actor, process, number, reason)

    evidence = {"rolled_back_from": newest, "rolled_back_to": to_version}
    return deploy(
        house,
        actor,
        bundle,
        parent=newest,
        reason=reason,
        once=once,
        shown=_SHOWN,
        along=Along(keep=keep, evidence=evidence),
    )
