"""How a command on the registry runs: once for each key, in one transaction, with its entry."""

from collections.abc import Callable, Mapping

from clearway.service.commands import LONGEST_KEY
from clearway.service.house import House
from clearway.service.values import Actor, Done, Refusal
from clearway.store import registry_log
from clearway.store.database import Connection
from clearway.store.registry_log import FirstAnswer


def answer_once(
    house: House,
    actor: Actor,
    command: str,
    request: Mapping[str, object],
    once: str,
    work: Callable[[Connection], Done | Refusal],
) -> Done | Refusal:
    """Run `work` in one transaction, or answer what it answered for the same key before.

    Refusals are not kept: what was wrong may have been put right since.
    """
    if not 0 < len(once) <= LONGEST_KEY:
        return Refusal(
            "invalid", f"An idempotency key has 1 to {LONGEST_KEY} characters.", "Send another."
        )
    hashed = registry_log.request_hash(command, {"actor": actor.name, **request})

    def attempt(connection: Connection) -> Done | Refusal:
        first = registry_log.first_answer(connection, once)
        if first is not None:
            return _repeated(first, command, hashed)
        result = work(connection)
        if isinstance(result, Done):
            kept = FirstAnswer(command, hashed, result.details)
            registry_log.keep_answer(connection, once, kept, house.now())
        return result

    return house.store.change(attempt)


def record_entry(
    house: House,
    connection: Connection,
    actor: Actor,
    command: str,
    details: Mapping[str, object],
) -> None:
    """Write the command's line of history; it belongs to no instance."""
    registry_log.add_entry(
        connection, at=house.now(), actor=actor.name, command=command, details=details
    )


def _repeated(first: FirstAnswer, command: str, hashed: str) -> Done | Refusal:
    if (first.command, first.request_hash) != (command, hashed):
        return Refusal(
            "conflict",
            "This idempotency key was used for another command.",
            "Send the command with a new key.",
        )
    return Done(details=first.answer, repeated=True)
