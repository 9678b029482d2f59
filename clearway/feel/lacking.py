"""Whether something that an expression asks for may be null, found out at little cost."""

from collections.abc import Iterable, Mapping

from clearway.feel.compile_names import root_path
from clearway.feel.inside import nodes_in
from clearway.feel.syntax import Node, Path
from clearway.feel.values import is_context, is_list

Paths = tuple[tuple[str, ...], ...]
INPUT = "?"
"""What a test calls the value that it looks at."""


def lacks_inside(paths: Paths, value: object) -> bool:
    """The same of ways from a list or context that is tested; its own lack is not looked at."""
    is_looked_into = is_list(value) or is_context(value)
    return is_looked_into and lacks(paths, (), {INPUT: value})


def lacks(
    paths: Iterable[tuple[str, ...]], in_filters: Iterable[str], context: Mapping[str, object]
) -> bool:
    """Whether some value at the end of these paths may be null; at little cost.

    A name `in_filters` may go on to a component of what it stands for.
    """
    for path in paths:
        value: object = context
        for key in path:
            if not is_context(value) or (value is context and key not in context):
                break
            value = value.get(key)
        # What a list or a context holds may be null.
        if value is None or is_list(value) or (value is not context and is_context(value)):
            return True
    values = (context[name] for name in in_filters if name in context)
    return any(value is None or is_context(value) for value in values)


def goes_in(tree: Node) -> bool:
    """Whether it asks for a component of something that it has found or made itself."""
    return any(isinstance(node, Path) and root_path(node) is None for node in nodes_in(tree))


def is_nothing(value: object) -> bool:
    """Null, or a list without items."""
    return value is None or (is_list(value) and not value)


def lacks_something(value: object, deeper: int = 2) -> bool:
    """Whether a value is null, or one that is in it, or in one of those."""
    if value is None or not deeper:
        return value is None
    inside = value if is_list(value) else value.values() if is_context(value) else ()
    return any(lacks_something(each, deeper - 1) for each in inside)
