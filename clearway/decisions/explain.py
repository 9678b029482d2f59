"""An evaluation told to a person."""

from collections.abc import Iterator
from typing import Protocol

from clearway.decisions.evaluation import Evaluation
from clearway.feel import feel_text


class Words(Protocol):
    """How names and values are said."""

    def decision(self, made: Evaluation) -> str:
        """What the decision is called."""
        ...

    def input(self, made: Evaluation, label: str, value: object) -> str:
        """A value that it was given."""
        ...

    def output(self, made: Evaluation, name: str, value: object) -> str:
        """An output with its value."""
        ...


class FeelWords:
    """Names as the file has them, values as FEEL writes them."""

    def decision(self, made: Evaluation) -> str:
        """The id."""
        return made.decision

    def input(self, made: Evaluation, label: str, value: object) -> str:  # noqa: ARG002 - the same for all
        """The literal."""
        return feel_text(value)

    def output(self, made: Evaluation, name: str, value: object) -> str:  # noqa: ARG002 - the same for all
        """The name with the literal."""
        return f"{name} = {feel_text(value)}"


def explain(evaluation: Evaluation, words: Words | None = None) -> list[str]:
    """A sentence for each input, then what fired and what came of it; needed decisions first.

    A decision that several others needed is told once. `words` say names and values in another
    way than the file.
    """
    said = words or FeelWords()
    return [told for each in in_order(evaluation) for told in _explained(each, said)]


def in_order(evaluation: Evaluation) -> list[Evaluation]:
    """All evaluations that led to it, each once, what was needed before what needed it."""
    found: dict[int, Evaluation] = {}
    _collect(evaluation, found)
    return list(found.values())


def _collect(evaluation: Evaluation, found: dict[int, Evaluation]) -> None:
    for each in evaluation.needed:
        if id(each) not in found:
            _collect(each, found)
    found[id(evaluation)] = evaluation


def _explained(made: Evaluation, words: Words) -> Iterator[str]:
    for label, value in made.inputs.items():
        yield f"{label} is {words.input(made, label, value)}."
    outputs = [words.output(made, name, value) for name, value in made.outputs.items()]
    yield f"{_how(made, words.decision(made))} {', '.join(outputs)}."
    for note in made.notes:
        yield f"Note: {note}"


def _how(made: Evaluation, name: str) -> str:
    if not made.hit_policy:
        return f"The expression of {name} answers"
    if not made.rules:
        return f"No rule of {name} fits, so by default it answers"
    numbers = [str(number) for number in made.rules]
    if len(numbers) == 1:
        return f"Rule {numbers[0]} of {name} ({made.hit_policy}) fits and answers"
    listed = f"{', '.join(numbers[:-1])} and {numbers[-1]}"
    return f"Rules {listed} of {name} ({made.hit_policy}) fit and answer"
