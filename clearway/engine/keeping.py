"""Messages that an instance sends to itself: kept until something in it waits for them.

BPMN leaves open what becomes of a message that nobody waits for yet. Here it stays with the
instance until it is caught, so that the order in which branches run loses nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clearway.engine import catching, limits
from clearway.engine.values import ProcessFault, Value

if TYPE_CHECKING:
    from clearway.engine.instance import Instance


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """A message on its way inside the instance."""

    name: str
    payload: Mapping[str, Value]


def send(instance: "Instance", name: str, payload: Mapping[str, Value], element: str) -> None:
    """Deliver to what waits now, or keep; raises ProcessFault when too many pile up."""
    if catching.fire_all(instance, "message", name, payload=payload):
        return
    if len(instance.kept) >= limits.KEPT_MESSAGES:
        raise ProcessFault(
            element,
            f"{limits.KEPT_MESSAGES} messages wait inside this instance and nothing catches them.",
            "Draw an event that catches the message, or say with clearway:to whom it is for.",
        )
    instance.kept.append(KeptMessage(name, payload))


def deliver(instance: "Instance") -> bool:
    """Deliver the oldest kept message that something waits for; False when there is none."""
    for message in instance.kept:
        if catching.waiting_for(instance, "message", message.name):
            instance.kept.remove(message)
            catching.fire_all(instance, "message", message.name, payload=message.payload)
            return True
    return False
