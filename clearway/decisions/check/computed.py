"""Which kind of value a computed text gives, against the type that is declared for it."""

from collections.abc import Sequence

from clearway.decisions.check.columns import Names
from clearway.decisions.check.items import Items, Level, Seen
from clearway.decisions.check.kinds import kind_of, may_be
from clearway.decisions.declared import type_text
from clearway.feel.kinds import kind_given
from clearway.feel.syntax import Literal, Node, Test
from clearway.feel.types import Named, Type


def kind_computed(nodes: Sequence[Node | Test], names: Names) -> str | None:
    """The kind that the value of an expression is of; None for a constant, and if not known."""
    node = nodes[0] if nodes else None
    if node is None or isinstance(node, Literal | Test):
        return None
    told = kind_given(node, names.kind_at, names.taken)
    return told if told is not None else _kind_seen(node, names)


def _kind_seen(node: Node, names: Names) -> str | None:
    """The same, as far as the types of lists and their items tell: `its[1].p`."""
    level = Level({name: Seen(wanted) for name, wanted in names.known.items()})
    try:
        return kind_of(Items(names.types, {}, names.taken).seen(node, level).type, names.types)
    except RecursionError:
        return None


def misfit_of_kind(
    nodes: Sequence[Node | Test], wanted: Type | None, names: Names, what: str
) -> str | None:
    """Why no value of an expression is of the type, null aside; None where one may be."""
    given = kind_computed(nodes, names) if wanted is not None else None
    return None if given is None else misfit_of(given, wanted, names, what)


def misfit_of(given: str, wanted: Type | None, names: Names, what: str) -> str | None:
    """The same, for a kind that is known."""
    if wanted is None or may_be(Named(given), wanted, names.types):
        return None
    return f"{what} is a {given}, which is not {type_text(wanted)}"
