"""Where the values inside of an expression come from, as ways from the names of its context."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from clearway.feel.builtins.catalogue import BUILTINS
from clearway.feel.compile_names import root_path
from clearway.feel.inside import inside_of, nodes_in
from clearway.feel.syntax import (
    Call,
    ContextOf,
    Filter,
    For,
    FunctionOf,
    If,
    ListOf,
    Literal,
    Name,
    Node,
    Path,
    Quantified,
    Test,
)

Way = tuple[str, ...]
"""A name of the context and the components that follow; it goes on through the items of lists."""
Ways = frozenset[Way]
NOWHERE: Ways = frozenset()
CLOSED = "\0"
"""No name of FEEL: at the end of a way it says that components of it are not those of the input."""
OF_ITS_ITEMS = frozenset(
    ("flatten", "concatenate", "union", "sort", "append", "insert before", "reverse")
) | {"distinct values", "sublist", "remove", "get value"}
"""Functions that give items, or a component, of what they are given."""
MANY = 64
"""Of an expression with more ways than so, those that are left are not followed."""


def origins_of(roots: Iterable[Node | Test]) -> dict[int, Ways]:
    """The ways to the value of each node, by its identity; of what is computed there are none.

    Parameters of functions may be whatever the expression asks for.
    """
    roots = tuple(roots)
    tree = _Origins(given_paths(roots))
    for each in roots:
        tree.of(each.operand if isinstance(each, Test) else each)
    return tree.found


@dataclass(frozen=True, slots=True)
class _Origins:
    """Goes through an expression with the names it binds, and the items of filters around."""

    every: Ways
    names: Mapping[str, Ways] = field(default_factory=dict[str, Ways])
    items: tuple[Ways, ...] = ()
    depths: Mapping[str, int] = field(default_factory=dict[str, int])
    found: dict[int, Ways] = field(default_factory=dict[int, Ways])

    def of(self, node: Node) -> Ways:
        """The ways to a node's value; those of what is inside of it are noted."""
        ways = self._of(node)
        self.found[id(node)] = ways if len(ways) <= MANY else frozenset(sorted(ways)[:MANY])
        return self.found[id(node)]

    def _of(self, node: Node) -> Ways:
        if isinstance(node, Name):
            return self._name(node.name)
        if isinstance(node, Path):
            return self._component(node.base, node.name)
        if isinstance(node, Filter):
            base = self.of(node.base)
            replace(self, items=(*self.items, base)).of(node.condition)
            return base
        if isinstance(node, If):
            self.of(node.condition)
            return self.of(node.then) | self.of(node.otherwise)
        if isinstance(node, ListOf):
            return NOWHERE.union(*map(self.of, node.items))
        if isinstance(node, Call):
            return self._given(node)
        if isinstance(node, For | Quantified | FunctionOf | ContextOf):
            return self._binding(node)
        self._inside(node)
        return NOWHERE

    def _inside(self, node: object) -> None:
        """What is computed: its parts each have ways, and it has none itself."""
        for each in inside_of(node):
            if isinstance(each, Node):
                self.of(each)
            else:
                self._inside(each)

    def _name(self, name: str) -> Ways:
        if name == "item" and self.items:
            return self.items[-1]
        around = self.names.get(name)
        if around is None:
            around = NOWHERE if name in BUILTINS else frozenset(((name,),))
        # What is bound inside of a filter is not an entry of its items.
        items_inside = self.items[self.depths.get(name, 0) :] if around else self.items
        return around.union(*(_components(items, name) for items in items_inside))

    def _component(self, base: Node, name: str) -> Ways:
        ways = self.of(base)
        if isinstance(base, ContextOf):
            return next((self.found[id(it)] for key, it in base.entries if key == name), NOWHERE)
        return _components(ways, name)

    def _given(self, node: Call) -> Ways:
        if not isinstance(node.function, Name):
            self.of(node.function)
        given = [*node.arguments, *(each for _, each in node.named)]
        ways = NOWHERE.union(*map(self.of, given))
        name = node.function.name if isinstance(node.function, Name) else ""
        if name == "get value" and len(node.arguments) == 2:
            key = node.arguments[1]
            if isinstance(key, Literal) and isinstance(key.value, str):
                return _components(ways, key.value)
        if name in OF_ITS_ITEMS:
            return ways
        return frozenset(way if way[-1] == CLOSED else (*way, CLOSED) for way in ways)

    def _binding(self, node: For | Quantified | FunctionOf | ContextOf) -> Ways:
        inside = self
        if isinstance(node, ContextOf):
            ways = NOWHERE
            for key, value in node.entries:
                own = inside.of(value)
                ways, inside = ways | own, inside._with(key, own)
            return ways
        if isinstance(node, FunctionOf):
            for name, _ in node.parameters:
                # What a function is given may be of an item around it.
                inside = replace(inside._with(name, self.every), depths=self.depths)
            inside.of(node.body)
            return NOWHERE
        for each in node.iterators:
            ways = inside.of(each.source)
            if each.last is not None:
                inside.of(each.last)
                ways = NOWHERE
            inside = inside._with(each.name, ways)
        if isinstance(node, Quantified):
            inside.of(node.condition)
            return NOWHERE
        return inside._with("partial", NOWHERE).of(node.body)

    def _with(self, name: str, ways: Ways) -> "_Origins":
        depths = {**self.depths, name: len(self.items)}
        return replace(self, names={**self.names, name: ways}, depths=depths)


def _components(ways: Ways, name: str) -> Ways:
    return frozenset((*way, name) for way in ways if way[-1] != CLOSED)


def given_paths(nodes: Iterable[object]) -> Ways:
    """The paths that expressions ask for, the longest ones only; bound names are among them."""
    found: set[Way] = set()
    for root in nodes:
        waiting = [root]
        while waiting:
            node = waiting.pop()
            path = root_path(node) if isinstance(node, Name | Path) else None
            if path is not None:
                found |= {path} if path[0] not in BUILTINS else set()
                continue
            waiting += inside_of(node)
    return frozenset(found)


def given_to(tree: Node, function: str, place: int, parameter: str) -> Node | None:
    """What a call of a function gives for a parameter; None where there is no such call."""
    for node in nodes_in(tree):
        if isinstance(node, Call) and ".".join(root_path(node.function) or ()) == function:
            named = dict(node.named)
            given = named.get(parameter) if named else None
            if not named and place < len(node.arguments):
                given = node.arguments[place]
            if given is not None:
                return given
    return None
