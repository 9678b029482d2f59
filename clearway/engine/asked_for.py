"""What an element reads of what comes from outside: a step's answer, a message, an error's code."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from clearway.engine.blueprint import Blueprint
from clearway.engine.expressions import Formula
from clearway.engine.specs.activities import ActivitySpec, ServiceSpec
from clearway.engine.specs.base import NodeSpec


def answer_names(blueprint: Blueprint, element: str) -> Mapping[str, str | None]:
    """The names that a service task reads of its step's answer, each with the field of the record
    that it goes to as it is; None: it is computed with."""
    spec = blueprint.nodes.get(element)
    return _names("result", spec.outputs_of) if isinstance(spec, ServiceSpec) else {}


def payload_names(blueprint: Blueprint, element: str) -> Mapping[str, str | None]:
    """The names that a message event reads of its message, each with its field as above."""
    spec = blueprint.nodes.get(element)
    return {} if spec is None else _names("message", spec.message_outputs)


def error_codes(blueprint: Blueprint, element: str) -> list[str]:
    """The errors that the diagram catches: those at this element first, then all others."""
    spec = blueprint.nodes.get(element)
    own = spec.boundaries if isinstance(spec, ActivitySpec) else ()
    return list(dict.fromkeys([*_caught(own), *_caught(blueprint.nodes.values())]))


def _names(root: str, outputs: Sequence[tuple[str, Formula]]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for field, formula in outputs:
        for path in sorted(formula.expression.paths):
            if path[0] == root and len(path) > 1:
                is_whole = formula.text.strip().lstrip("=").strip() == f"{root}.{path[1]}"
                found[path[1]] = field if is_whole else found.get(path[1])
    return found


def _caught(specs: Iterable[NodeSpec]) -> Iterator[str]:
    for spec in specs:
        yield from (it.name for it in spec.catches if it.kind == "error" and it.name)
