"""Calls whose regular expression is written down, and is none."""

from clearway.feel.constants import settled
from clearway.feel.patterns import why_no_pattern
from clearway.feel.syntax import Call, Node

PARAMETERS = {
    "matches": ("input", "pattern", "flags"),
    "replace": ("input", "pattern", "replacement", "flags"),
    "split": ("string", "delimiter"),
}
"""The functions that take a pattern, with what they call what they are given."""


def why_refused(name: str, node: Call) -> str | None:
    """Why every evaluation of the call of a built-in function is refused; None where it may not be.

    A pattern that is computed is known when it is evaluated.
    """
    if name not in PARAMETERS:
        return None
    by_place = zip(PARAMETERS[name], node.arguments, strict=False)
    given: dict[str, Node] = {**dict(by_place), **dict(node.named)}
    pattern = _text(given.get("pattern", given.get("delimiter")))
    flags, replacement = _text(given.get("flags")), _text(given.get("replacement"))
    cause = why_no_pattern(pattern or "", flags or "", replacement if pattern is not None else None)
    return f"a call of `{name}` that is never answered: {cause}" if cause is not None else None


def _text(node: Node | None) -> str | None:
    found = settled(node) if node is not None else None
    return found.value if found is not None and isinstance(found.value, str) else None
