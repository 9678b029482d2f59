"""What a message template may say: the part of Jinja that can neither call out nor run away."""

from collections.abc import Iterator, Mapping

from jinja2 import Environment, nodes

LONGEST_TEMPLATE = 64 * 1024
FILTERS = (
    "capitalize",
    "default",
    "first",
    "instant",
    "join",
    "last",
    "length",
    "lower",
    "round",
    "sort",
    "title",
    "trim",
    "truncate",
    "upper",
)
TESTS = (
    "boolean",
    "defined",
    "divisibleby",
    "eq",
    "even",
    "false",
    "ge",
    "gt",
    "in",
    "le",
    "lt",
    "mapping",
    "ne",
    "none",
    "number",
    "odd",
    "sequence",
    "string",
    "true",
    "undefined",
)
METERED = "metered_"
"""The filter that is put around what every loop runs over; no template can name it."""

_ALLOWED = (
    nodes.Add,
    nodes.And,
    nodes.Compare,
    nodes.Concat,
    nodes.CondExpr,
    nodes.Const,
    nodes.Div,
    nodes.Filter,
    nodes.FloorDiv,
    nodes.For,
    nodes.Getattr,
    nodes.Getitem,
    nodes.If,
    nodes.List,
    nodes.Name,
    nodes.Neg,
    nodes.Not,
    nodes.Operand,
    nodes.Or,
    nodes.Output,
    nodes.Pos,
    nodes.Sub,
    nodes.Template,
    nodes.TemplateData,
    nodes.Test,
    nodes.Tuple,
)
_WORDS: Mapping[type[nodes.Node], str] = {
    nodes.Assign: "set",
    nodes.AssignBlock: "set",
    nodes.Block: "block",
    nodes.Call: "a call",
    nodes.CallBlock: "call",
    nodes.Dict: "a dictionary",
    nodes.Extends: "extends",
    nodes.FilterBlock: "filter",
    nodes.FromImport: "import",
    nodes.Import: "import",
    nodes.Include: "include",
    nodes.Macro: "macro",
    nodes.Mod: "the operator %",
    nodes.Mul: "the operator *",
    nodes.Pow: "the operator **",
    nodes.Slice: "a slice",
    nodes.With: "with",
}


# What may hold a mapping or a list: a name, a part of one, or the first or last of a list.
_HAS_PARTS = (nodes.Name, nodes.Getattr, nodes.Getitem, nodes.Filter, nodes.CondExpr)


class NotAllowed(ValueError):
    """A template says what no message may say."""


def checked(environment: Environment, source: str) -> nodes.Template:
    """The template's tree, with its loops metered.

    Raises jinja2.TemplateSyntaxError, and NotAllowed with the line and what to write instead.
    """
    if len(source) > LONGEST_TEMPLATE:
        raise NotAllowed(f"It has more than {LONGEST_TEMPLATE} characters; shorten it.")
    tree = environment.parse(source)
    written = list(_every(tree))
    for node in written:
        _check(node)
    for node in written:
        if isinstance(node, nodes.For):
            node.iter = _metered(environment, node)
    return tree


def _every(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _every(child)


def _check(node: nodes.Node) -> None:
    if not isinstance(node, _ALLOWED):
        word = _WORDS.get(type(node), type(node).__name__)
        raise NotAllowed(f"Line {node.lineno}: {word} may not be used; only values, if and for.")
    if isinstance(node, nodes.Getattr | nodes.Getitem) and not isinstance(node.node, _HAS_PARTS):
        raise NotAllowed(f"Line {node.lineno}: only values have parts, as in record.caller.")
    if isinstance(node, nodes.Name) and node.name == "loop":
        raise NotAllowed(f"Line {node.lineno}: loop may not be used; only values, if and for.")
    if isinstance(node, nodes.Filter):
        _check_filter(node)
    if isinstance(node, nodes.Test) and node.name not in TESTS:
        raise NotAllowed(f"Line {node.lineno}: there is no test {node.name}; {', '.join(TESTS)}.")
    if isinstance(node, nodes.For) and node.recursive:
        raise NotAllowed(f"Line {node.lineno}: a loop may not be recursive.")


def _check_filter(node: nodes.Filter) -> None:
    if node.name not in FILTERS:
        raise NotAllowed(
            f"Line {node.lineno}: there is no filter {node.name}; use one of {', '.join(FILTERS)}."
        )
    given = [*node.args, *(pair.value for pair in node.kwargs)]
    # Separators made of values could multiply the text without end.
    if node.name != "default" and not all(isinstance(value, nodes.Const) for value in given):
        raise NotAllowed(f"Line {node.lineno}: write what the filter {node.name} is given in full.")
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        raise NotAllowed(f"Line {node.lineno}: write what the filter {node.name} is given in full.")


def _metered(environment: Environment, loop: nodes.For) -> nodes.Expr:
    metered = nodes.Filter(loop.iter, METERED, [], [], None, None, lineno=loop.lineno)
    metered.set_environment(environment)
    return metered
