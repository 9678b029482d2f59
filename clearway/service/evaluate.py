"""Asking a decision beside any diagram: what a table says to a context or to a record."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from clearway.service.commands import Command, carry_out
from clearway.service.deciding import evaluated
from clearway.service.deed import Deed
from clearway.service.deployed import Deployed
from clearway.service.house import House
from clearway.service.permissions import cannot_see, refuse_unless
from clearway.service.plan import Outcome, planned
from clearway.service.processes import unknown_process, version_of
from clearway.service.reading import may_see_within
from clearway.service.registry_command import answer_once
from clearway.service.values import Actor, Done, Refusal
from clearway.store import evaluations, links, loading
from clearway.store.database import Connection, Transaction
from clearway.store.evaluations import Asked
from clearway.store.rows import Snapshot

_BROUGHT = ("record", "now", "key", "linked")
"""What a record brings itself, as in a diagram."""


@dataclass(frozen=True)
class Question:
    """Which decision is asked; `version` None: the record's own version, else the newest.

    With a record the context may add names, but not those that the record brings.
    """

    process: str
    decision: str
    context: Mapping[str, object]
    record: str | None = None
    version: int | None = None


def evaluate(house: House, actor: Actor, question: Question, *, once: str) -> Done | Refusal:
    """Ask a decision; the details of the answer are the fields of an EvaluationView.

    Kept in the history of the record, of which nothing else changes; without a record, in a table
    of its own. Whoever sees a record may ask about it; whoever may read the files of a process may
    ask without one. Refused with its place when the decision gives no answer.
    """
    if question.record is None:
        return _without_record(house, actor, question, once)
    return _about_record(house, actor, question, question.record, once)


def _without_record(house: House, actor: Actor, question: Question, once: str) -> Done | Refusal:
    if (refusal := refuse_unless(actor, "evaluate_anything")) is not None:
        return refusal
    deployed = version_of(house, question.process, question.version)
    if isinstance(deployed, Refusal):
        return deployed

    def work(connection: Connection) -> Done | Refusal:
        now = house.now()
        made = evaluated(deployed, question.decision, question.context, {"now": now}, now)
        if isinstance(made, Refusal):
            return made
        asked = Asked(
            deployed.version_id,
            deployed.process,
            question.decision,
            now,
            actor.name,
            question.context,
            made.kept,
        )
        evaluations.add(connection, asked)
        return Done(details=made.answer)

    return answer_once(house, actor, "evaluate", _request(question), once, work)


def _about_record(
    house: House, actor: Actor, question: Question, key: str, once: str
) -> Done | Refusal:
    command = Command(actor, "evaluate", _request(question), once, cannot_see("record"))
    chosen: Deployed | None = None
    if question.version is not None:
        found = version_of(house, question.process, question.version)
        if isinstance(found, Refusal):
            return found
        chosen = found
    elif house.last_known(question.process) is None:
        return unknown_process(question.process)

    def plan(transaction: Transaction, deployed: Deployed, snapshot: Snapshot) -> Outcome:
        if not may_see_within(transaction, deployed, actor, snapshot):
            return cannot_see("record")
        if (refusal := _refuse(question, snapshot)) is not None:
            return refusal
        asked, now = chosen or deployed, house.now()
        deed = Deed(deployed, actor, "evaluate", now, snapshot=snapshot)
        world = deed.world()
        if asked.blueprint.asks_links and not deployed.blueprint.asks_links:
            world = replace(world, linked=links.leading_to(transaction, key))
        brought = {
            "record": dict(world.record),
            "now": world.now,
            "key": world.key,
            "linked": world.linked,
        }
        made = evaluated(asked, question.decision, question.context, brought, now, record=key)
        if isinstance(made, Refusal):
            return made
        deed.line("evaluated", None, **made.kept, context=question.context)
        return planned(deed, None, **made.answer)

    return carry_out(
        house,
        command,
        lambda transaction, asking: loading.by_key(transaction, asking, key),
        plan,
        lambda _: None,
    )


def _refuse(question: Question, snapshot: Snapshot) -> Refusal | None:
    if snapshot.process != question.process:
        told = f"{snapshot.key} is a record of {snapshot.process}, not of {question.process}."
        remedy = f"Ask a decision of {snapshot.process}."
        return Refusal("invalid", told, remedy, {"record": told})
    doubled = [name for name in _BROUGHT if name in question.context]
    if doubled:
        told = f"{' and '.join(doubled)} cannot be given: {snapshot.key} brings it."
        fields = {f"context.{name}": "The record brings it." for name in doubled}
        return Refusal("invalid", told, "Leave it out, or leave the record out.", fields)
    return None


def _request(question: Question) -> Mapping[str, object]:
    return asdict(question)
