"""Checks of decision services: what their decisions need has to be given to them."""

from collections.abc import Iterator

from clearway.decisions.errors import DecisionError
from clearway.decisions.findings import Finding, finding_of
from clearway.decisions.model import Service
from clearway.decisions.reader import Decisions


def missing_inputs(decisions: Decisions) -> Iterator[Finding]:
    """Input data that a decision of a service needs, and that the service is not given.

    A service sees nothing but what it is given, so that every call of it would be refused.
    """
    for service in decisions.services.values():
        for needing, missing in _missing(decisions, service):
            name = decisions.inputs[missing].name
            cause = f"its decision `{needing}` needs `{name}`, which the service is not given"
            remedy = f"Make `{name}` an input of the service."
            error = DecisionError(service.place, cause, remedy)
            yield finding_of(error, "decision-requirement-missing")


def decisions_outside(decisions: Decisions) -> Iterator[Finding]:
    """Decisions that a service would need and that are no part of it: not encapsulated, not given.

    What they need in turn is told when these are in it.
    """
    for service in decisions.services.values():
        inside = (*service.outputs, *service.encapsulated)
        has = {*inside, *service.parameters}
        told: set[str] = set()
        for needing in dict.fromkeys(each for each in inside if each not in service.parameters):
            decision = decisions.decisions.get(needing)
            for each in decision.needs.decisions if decision is not None else ():
                if each not in decisions.decisions or each in has or each in told:
                    continue
                told.add(each)
                cause = (
                    f"its decision `{needing}` needs `{each}`, which is neither encapsulated in "
                    "the service nor given to it"
                )
                remedy = f"Encapsulate `{each}`, or make it an input decision of the service."
                error = DecisionError(service.place, cause, remedy)
                yield finding_of(error, "decision-requirement-missing")


def _missing(decisions: Decisions, service: Service) -> Iterator[tuple[str, str]]:
    """Each input with the decision of the service that needs it first."""
    seen = set(service.parameters)
    waiting = [each for each in service.outputs if each not in seen]
    while waiting:
        decision = decisions.decisions.get(waiting.pop())
        if decision is None or decision.id in seen:
            continue
        seen.add(decision.id)
        waiting += decision.needs.decisions
        for each in decision.needs.inputs:
            if each in decisions.inputs and each not in seen:
                seen.add(each)
                yield decision.id, each
