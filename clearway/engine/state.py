"""How an instance rests between two turns: a few hundred bytes that name their version's hash.

The bytes `CW`, one byte for the format, then zstd of JSON, with a checksum; older states have none.
Specs are named, never embedded; finished tokens are not kept; a token without its scope is an
error, never skipped. Format 2 keeps what could be undone as a ledger; `old_state` reads format 1.
"""

import threading
from typing import TYPE_CHECKING, Any, cast

import orjson
import zstandard

from clearway.engine import limits, old_state
from clearway.engine.instance import Instance, Running, Subscope
from clearway.engine.keeping import KeptMessage
from clearway.engine.token import Token
from clearway.engine.values import World
from clearway.errors import ClearwayError
from clearway.feel import decode, encode

if TYPE_CHECKING:
    from clearway.engine.blueprint import Blueprint

MAGIC = b"CW"
FORMAT = 2


class StateError(ClearwayError):
    """A saved instance cannot be read: it is damaged, or was written by another version."""


class _Tools(threading.local):
    def __init__(self) -> None:
        self.pack = zstandard.ZstdCompressor(level=3, write_checksum=True)
        self.unpack = zstandard.ZstdDecompressor()


_TOOLS = _Tools()


def save(instance: Instance) -> bytes:
    """The instance as bytes; raises StateError when it has grown beyond measure."""
    data = {
        "version": instance.blueprint.hash,
        "count": instance.count,
        "state": instance.last_state,
        "told": instance.told_state,
        "variables": {name: encode(value) for name, value in instance.variables.items()},
        "kept": [[kept.name, encode(dict(kept.payload))] for kept in instance.kept],
        "scopes": [] if instance.completed else [_saved(s) for s in instance.scopes()],
    }
    packed = orjson.dumps(data)
    if len(packed) > limits.STATE_BYTES:
        raise StateError(
            f"The instance needs {len(packed)} bytes, more than {limits.STATE_BYTES}. "
            "Keep large values in the record, not in variables."
        )
    return MAGIC + bytes([FORMAT]) + _TOOLS.pack.compress(packed)


def load(blueprint: "Blueprint", state: bytes, world: World) -> Instance:
    """The instance that `save` wrote; raises StateError when it is not of this version."""
    data = read(state)
    written = data.get("version")
    if not isinstance(written, str):
        raise StateError("The saved instance is damaged: it does not say of which version it is.")
    if written != blueprint.hash:
        raise StateError(
            f"The instance belongs to version {written[:12]}, not {blueprint.hash[:12]}. "
            "Load it with its own version, or move it to the new one first."
        )
    return restored(blueprint, data, world)


def restored(blueprint: "Blueprint", data: dict[str, Any], world: World) -> Instance:
    """The instance from its plain data, as `read` gives it; raises StateError."""
    instance = Instance(blueprint, world)
    try:
        _restore(instance, data)
    # What is damaged can fail anywhere.
    except Exception as error:
        raise StateError(f"The saved instance is damaged: it does not fit: {error!r}.") from error
    return instance


def read(state: bytes) -> dict[str, Any]:
    """The plain data of a saved instance, without looking at its version."""
    if state[:2] != MAGIC:
        raise StateError("These bytes are no saved instance.")
    written = state[2] if len(state) > 2 else 0
    if written not in (*old_state.UPGRADES, FORMAT):
        raise StateError(
            f"The instance was saved in format {state[2:3].hex() or 'none'}; "
            f"this release reads formats up to {FORMAT}. "
            "Install the release that wrote it, or a newer one."
        )
    try:
        data = orjson.loads(_unpacked(state[3:]))
        for number in range(written, FORMAT):
            old_state.UPGRADES[number](data)
    except Exception as error:
        raise StateError(f"The saved instance is damaged: {error}.") from error
    if not isinstance(data, dict):
        raise StateError("The saved instance is damaged: it is no object.")
    return cast("dict[str, Any]", data)


def _unpacked(packed: bytes) -> bytes:
    """The JSON; a size that no state has is not believed, or memory would be taken for it."""
    if zstandard.frame_content_size(packed) > limits.STATE_BYTES:
        raise ValueError("it says that it is larger than a state may be")
    return _TOOLS.unpack.decompress(
        packed, max_output_size=limits.STATE_BYTES, allow_extra_data=False
    )


def _saved(scope: Running) -> list[Any]:
    flags = (1 if scope.interrupted else 0) | (2 if scope.fulfilled else 0)
    tokens = [
        [token.id, token.task_spec.name, int(token.state), token.internal_data]
        for token in scope.live
    ]
    return [scope.id, scope.spec.name, flags, scope.arms, scope.ledger, tokens]


def _restore(instance: Instance, data: dict[str, Any]) -> None:
    instance.count = data["count"]
    instance.last_state, instance.told_state = data["state"], data["told"]
    instance.variables = {name: decode(value) for name, value in data["variables"].items()}
    instance.kept = [KeptMessage(name, decode(payload)) for name, payload in data["kept"]]  # pyright: ignore[reportArgumentType] encoded from a mapping
    instance.completed = not data["scopes"]
    for number, saved in enumerate(data["scopes"]):
        _restore_scope(instance, number, saved)


def _restore_scope(instance: Instance, number: int, saved: list[Any]) -> None:
    identifier, spec, flags, arms, ledger, tokens = saved
    scope: Running = instance
    if number > 0:
        scope = Subscope(instance.subprocess_specs[spec], instance.tokens[identifier])
        instance.subprocesses[identifier] = scope
    scope.arms, scope.ledger = arms, ledger
    scope.interrupted, scope.fulfilled = bool(flags & 1), bool(flags & 2)
    for token_id, node, state, kept in tokens:
        token = Token(scope, instance.blueprint.nodes[node], scope.task_tree, state, token_id)
        token.internal_data = kept
