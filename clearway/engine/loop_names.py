"""What one round of a repeated activity sees and keeps to itself."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from clearway.engine.token import Token
from clearway.engine.values import Value
from clearway.feel import decode, encode

if TYPE_CHECKING:
    from clearway.engine.instance import Instance


def local_names(instance: "Instance", token: Token) -> dict[str, Value]:
    """The names that exist only in this round: its counter, its item and what it computed."""
    body = body_of(instance, token)
    if body is None:
        return {}
    loop = body.task_spec.node.loop
    index: int = token.internal_data["round"]
    found: dict[str, Value] = {"loopCounter": Decimal(index + 1)}
    if loop.output_item is not None:
        found[loop.output_item] = None
    if loop.item is not None:
        found[loop.item] = item_of(body, index)
    for name, value in token.internal_data.get("own", {}).items():
        found[name] = decode(value)
    return found


def item_of(body: Token, index: int) -> Value:
    """The item of a round; its number where the loop only counts."""
    items: list[Any] | None = body.internal_data["loop"].get("items")
    return Decimal(index + 1) if items is None else decode(items[index])


def body_of(instance: "Instance", token: Token) -> Token | None:
    """The token of the whole repeated activity, for the token of one round."""
    body = token.internal_data.get("body")
    return None if body is None else instance.tokens.get(body)


def keeps(instance: "Instance", token: Token, name: str) -> bool:
    """Whether a name written in this round belongs to the round alone."""
    body = body_of(instance, token)
    if body is None:
        return False
    loop = body.task_spec.node.loop
    return name in (loop.output_item, loop.item)


def keep(token: Token, name: str, value: Value) -> None:
    """Keep a value for this round."""
    token.internal_data.setdefault("own", {})[name] = encode(value)
