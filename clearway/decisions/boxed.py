"""Boxed expressions of DMN, each compiled to a function of context and purse."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from clearway.decisions.bound_names import hidden_by_entries
from clearway.decisions.declared import constant_value, held
from clearway.decisions.errors import NotUnderstood, NoValue, Place, split_root
from clearway.decisions.functions import BoxedFunction, refused_function
from clearway.decisions.item_types import type_named
from clearway.decisions.languages import refused_language
from clearway.decisions.loops import loop, operand_of, quantified, selection
from clearway.decisions.markup import Element, child, children, text_of
from clearway.decisions.model import Around, Asked, Context, Signature, Value
from clearway.decisions.texts import Room, expression, typed_text
from clearway.feel import Function
from clearway.feel.limits import Run
from clearway.feel.scope import NOT_KNOWN, Called
from clearway.feel.syntax import Call, Literal, Node, Test
from clearway.feel.types import Type

RESULT = ""
# Of a context with more entries it is not told what each of them asks of those before it.
MOST_FOLLOWED = 200
CONDITIONS = ("if", "satisfies")
NEEDED = (*CONDITIONS, "in", "match")


def value_of(element: Element, room: Room) -> Value:
    """Any boxed expression; raises NotUnderstood."""
    name = element.name
    if name == "decisionTable":
        return room.table(element, replace(room, is_handed_on=False))
    if name not in KINDS:
        raise NotUnderstood(
            room.place, f"`{name or 'an element'}` is no expression that is carried out",
            "Use a table or an expression in FEEL.",
        )  # fmt: skip
    value = KINDS[name](element, room)
    wanted = type_named(element.get("typeRef")) if name != "functionDefinition" else None
    return typed_value(value, element, wanted, "the value", room)


def typed_value(
    value: Value, element: Element, wanted: Type | None, what: str, room: Room
) -> Value:
    """The same value, held to a type; `element` is the expression that gives it."""
    if wanted is None:
        return value
    text = text_of(element) if element.name == "literalExpression" else None
    if text is not None:
        room.typed.append(typed_text(text, room, wanted, what))
    return lambda context, run: held(value(context, run), wanted, room.types, room.place, what, run)


def function_of(
    element: Element, room: Room, name: str = "function", result: Type | None = None
) -> tuple[Signature, Callable[[Context, Run], BoxedFunction]]:
    """A function definition; raises NotUnderstood for one that is not FEEL."""
    if element.get("kind", "FEEL") not in ("", "FEEL"):
        raise NotUnderstood(
            room.place, f"the function is of kind {element.get('kind')}",
            "Write it in FEEL; programs outside are not called.",
        )  # fmt: skip
    parameters = tuple(
        (each.get("name"), type_named(each.get("typeRef")))
        for each in children(element, "formalParameter")
    )
    _refuse_twice("parameters", (each for each, _ in parameters), room.place)
    inner = only_expression(element, room.place, "formalParameter")
    # What it is given may be null, and is looked at where it is counted on.
    given = tuple(Around(key, None, wanted) for key, wanted in parameters)
    part = replace(room, is_handed_on=False, around=(*room.around, *given))
    body = value_of(inner, part)
    text = text_of(inner) if inner.name == "literalExpression" else None
    if text is not None and result is not None:
        room.typed.append(typed_text(text, room, result, f"what `{name}` gives"))
    signature = Signature(parameters, result)
    return signature, lambda context, _run: BoxedFunction(
        name, signature, body, context, room.types, room.place
    )


def _refuse_twice(what: str, names: Iterable[str], place: Place) -> None:
    """Raises NotUnderstood where two of the names are the same."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise NotUnderstood(place, f"two {what} are called `{name}`", "Rename one of them.")
        seen.add(name)


def only_expression(element: Element, place: Place, *beside: str) -> Element:
    """The one child that is an expression; raises NotUnderstood for none or several."""
    skipped = {"", "description", "extensionElements", "variable", *beside}
    found = [each for each in element if each.name not in skipped]
    if len(found) != 1:
        raise NotUnderstood(
            place, f"{element.name} holds {len(found)} expressions", "Give it exactly one."
        )
    return found[0]


def _literal(element: Element, room: Room) -> Value:
    language = refused_language(element)
    if language:
        raise NotUnderstood(
            room.place, f"the expression is written in {language}", "Write it in FEEL."
        )
    if child(element, "importedValues") is not None:
        raise NotUnderstood(
            room.place, "imported values are not read", "Write the expression here."
        )
    return expression(text_of(element), room, room.place)


def _context(element: Element, room: Room) -> Value:
    entries: list[tuple[str, Value]] = []
    inside = replace(room, around=(*room.around, *hidden_by_entries(element, room.around)))
    found = children(element, "contextEntry")
    for entry in found:
        variable = child(entry, "variable")
        key = variable.get("name") if variable is not None else RESULT
        inner = only_expression(entry, room.place)
        wanted = type_named(variable.get("typeRef")) if variable is not None else None
        part = replace(inside, is_handed_on=key != RESULT or room.is_handed_on)
        value = typed_value(value_of(inner, part), inner, wanted, f"the entry `{key}`", room)
        entries.append((key, value))
        if inner.name == "literalExpression" and len(found) <= MOST_FOLLOWED:
            own = Around(key, operand_of(room.asked[-1].nodes[0]), wanted, is_whole=True)
            inside = replace(inside, around=(*inside.around, own))
    _refuse_twice("entries", (key for key, _ in entries if key != RESULT), room.place)
    if any(key == RESULT for key, _ in entries[:-1]):
        cause = (
            "a context has an entry without a name that is not the last: only that is the result"
        )
        raise NotUnderstood(room.place, cause, "Name the entry, or put it last.")

    def run(context: Context, purse: Run) -> object:
        made: dict[str, object] = {}
        seen = dict(context)
        for key, value in entries:
            result = value(seen, purse)
            if key == RESULT:
                return result
            made[key] = seen[key] = result
            if isinstance(result, BoxedFunction):
                result.context[key] = result
        return made

    return run


def _list(element: Element, room: Room) -> Value:
    part = replace(room, is_handed_on=True)
    items = [
        value_of(item, part)
        for item in element
        if item.name not in ("", "description", "extensionElements")
    ]
    return lambda context, run: [item(context, run) for item in items]


def _relation(element: Element, room: Room) -> Value:
    wanted = [type_named(each.get("typeRef")) for each in children(element, "column")]
    columns = [each.get("name") for each in children(element, "column")]
    _refuse_twice("columns", columns, room.place)
    rows: list[list[Value]] = []
    part = replace(room, is_handed_on=True)
    for row in children(element, "row"):
        cells = [cell for cell in row if cell.name]
        if len(cells) != len(columns):
            raise NotUnderstood(
                room.place,
                f"a row has {len(cells)} cells for {len(columns)} columns",
                "Fill the row.",
            )
        rows.append(
            [
                typed_value(value_of(cell, part), cell, each, f"the entry `{key}`", room)
                for key, each, cell in zip(columns, wanted, cells, strict=True)
            ]
        )

    def run(context: Context, purse: Run) -> object:
        return [
            {key: cell(context, purse) for key, cell in zip(columns, cells, strict=True)}
            for cells in rows
        ]

    return run


def _invocation(element: Element, room: Room) -> Value:
    inner = only_expression(element, room.place, "binding")
    function = value_of(inner, room)
    called = room.asked[-1] if inner.name == "literalExpression" else None
    bindings: list[tuple[str, Value]] = []
    texts: dict[str, str] = {}
    arguments: list[tuple[str, object]] = []
    nodes: dict[str, Node | Test | None] = {}
    for binding in children(element, "binding"):
        parameter = child(binding, "parameter")
        if parameter is None:
            raise NotUnderstood(room.place, "a binding names no parameter", "Name it.")
        given = only_expression(binding, room.place, "parameter")
        part = replace(room, is_handed_on=True)
        bindings.append((parameter.get("name"), value_of(given, part)))
        path = tuple(part.strip() for part in (text_of(given) or "").split("."))
        if given.name == "literalExpression" and path in room.asked[-1].paths:
            texts[parameter.get("name")] = ".".join(path)
        is_text = given.name == "literalExpression"
        nodes[parameter.get("name")] = room.asked[-1].nodes[0] if is_text else None
        arguments.append((parameter.get("name"), _known_beforehand(given)))
    _refuse_twice("bindings", (name for name, _ in bindings), room.place)
    path = [part.strip() for part in (text_of(inner) or "").split(".")]
    if called is not None and tuple(path) in called.paths:
        call = Called(tuple(path), tuple(arguments))
        said = _as_call(called.nodes[0], nodes)
        room.asked.append(Asked(room.place, frozenset(), calls=(call,), nodes=(said,)))

    def run(context: Context, purse: Run) -> object:
        called = function(context, purse)
        if not isinstance(called, Function):
            return refused_function(purse, room.place, called)
        arguments = {name: value(context, purse) for name, value in bindings}
        try:
            return called.call_named(purse, arguments)
        except NoValue as error:
            first, rest = split_root(error.name)
            if not error.function or first not in texts:
                raise
            raise NoValue(room.place, f"{texts[first]}{rest}") from error

    return run


def _as_call(function: Node | Test, given: Mapping[str, Node | Test | None]) -> Call:
    """A boxed call as one in FEEL, with null for what is boxed inside of it."""
    named = ((key, Literal(None, 0) if it is None else operand_of(it)) for key, it in given.items())
    return Call(operand_of(function), (), tuple(named), 0)


def _known_beforehand(element: Element) -> object:
    """The value of a literal in FEEL; NOT_KNOWN for whatever takes an evaluation."""
    text = text_of(element) if element.name == "literalExpression" else None
    return NOT_KNOWN if text is None else constant_value(text)


def _function(element: Element, room: Room) -> Value:
    return function_of(element, room)[1]


def _conditional(element: Element, room: Room) -> Value:
    condition, then, otherwise = (_part(element, name, room) for name in ("if", "then", "else"))
    return lambda context, run: (then if condition(context, run) is True else otherwise)(
        context, run
    )


def _part(element: Element, name: str, room: Room) -> Value:
    part = child(element, name)
    if part is None:
        raise NotUnderstood(room.place, f"{element.name} has no `{name}`", "Complete it.")
    inner = only_expression(part, room.place)
    is_handed_on = room.is_handed_on and name not in NEEDED
    value = value_of(inner, replace(room, is_handed_on=is_handed_on))
    if name in CONDITIONS and inner.name == "literalExpression":
        room.asked[-1] = replace(room.asked[-1], is_condition=True)
    return value


KINDS: dict[str, Callable[[Element, Room], Value]] = {
    "literalExpression": _literal,
    "context": _context,
    "list": _list,
    "relation": _relation,
    "invocation": _invocation,
    "functionDefinition": _function,
    "conditional": _conditional,
    "for": lambda element, room: loop(element, room, _part),
    "some": lambda element, room: quantified(element, room, _part),
    "every": lambda element, room: quantified(element, room, _part),
    "filter": lambda element, room: selection(element, room, _part),
}
