"""What a compiled expression sees while it runs, and the functions it defines."""

from collections.abc import Callable, Mapping
from operator import is_

from clearway.feel.limits import Run
from clearway.feel.types import Type, fitted
from clearway.feel.values import ITEMS_PER_STEP, Function


class Frame:
    """The caller's context, the local values by slot, and the purse."""

    __slots__ = ("context", "run", "slots")

    def __init__(self, context: Mapping[str, object], slots: list[object], run: Run) -> None:
        self.context = context
        self.slots = slots
        self.run = run


Code = Callable[[Frame], object]


class Closure(Function):
    """A function defined in FEEL, with the values of the place where it was defined."""

    def __init__(
        self,
        source: str,
        parameters: tuple[tuple[str, Type | None, int], ...],
        body: Code,
        weight: int,
        frame: Frame,
        types: Mapping[str, Type],
    ) -> None:
        self.name = "function"
        self.source = source
        self._parameters = parameters
        self._body = body
        self._weight = weight
        self._context = frame.context
        self._captured = list(frame.slots)
        self._types = types

    def call(self, run: Run, arguments: list[object]) -> object:
        """The result for arguments by position; null when their number or a type is wrong."""
        if len(arguments) != len(self._parameters):
            return None
        given = fitted(arguments, [wanted for _, wanted, _ in self._parameters], self._types)
        if given is None:
            return None
        slots = list(self._captured)
        for (_, _, slot), value in zip(self._parameters, given, strict=True):
            slots[slot] = value
        # Each call has its own copy of the local values.
        run.enter(self._weight + len(slots) // ITEMS_PER_STEP)
        result = self._body(Frame(self._context, slots, run))
        run.leave()
        return result

    def call_named(self, run: Run, arguments: Mapping[str, object]) -> object:
        """The result for arguments by name; null when a name does not fit."""
        names = [name for name, _, _ in self._parameters]
        if set(arguments) != set(names):
            return None
        return self.call(run, [arguments[name] for name in names])

    def conforms(self, count: int) -> bool:
        """Whether `count` arguments may be given."""
        return count == len(self._parameters)

    def same_as(self, other: Function) -> bool:
        """Whether both have the same parameters, body and scope (DMN table 53)."""
        return (
            isinstance(other, Closure)
            and self.source == other.source
            and self._context is other._context
            and len(self._captured) == len(other._captured)
            and all(map(is_, self._captured, other._captured))
        )

    def know(self, slot: int, value: object) -> None:
        """Let the function see a name that was bound to it, so that it can call itself."""
        self._captured[slot] = value
