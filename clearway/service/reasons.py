"""Why something is done: a command that others must understand later asks for it."""

from clearway.service.values import Refusal
from processes.blank import is_blank

_NEEDED = "A reason is needed, so that others can understand it later."


def refuse_unexplained(reason: str, *, beyond: str = "") -> Refusal | None:
    """None when the reason says something, besides the words `beyond` that only begin it."""
    if not is_blank(reason.strip().removeprefix(beyond.strip())):
        return None
    return Refusal("invalid", _NEEDED, "Give a reason.", {"reason": _NEEDED})
