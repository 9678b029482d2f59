"""An evaluation told to a person."""

from clearway.decisions.evaluation import Evaluation
from clearway.feel import feel_text


def explain(evaluation: Evaluation) -> list[str]:
    """A sentence for each input, then what fired and what came of it; needed decisions first."""
    told = [sentence for each in evaluation.needed for sentence in explain(each)]
    told += [f"{name} is {feel_text(value)}." for name, value in evaluation.inputs.items()]
    told.append(f"{_how(evaluation)} {_what(evaluation)}.")
    told += [f"Note: {note}" for note in evaluation.notes]
    return told


def _how(evaluation: Evaluation) -> str:
    if not evaluation.hit_policy:
        return f"The expression of {evaluation.decision} answers"
    if not evaluation.rules:
        return f"No rule of {evaluation.decision} fits, so by default it answers"
    numbers = [str(number) for number in evaluation.rules]
    if len(numbers) == 1:
        return (
            f"Rule {numbers[0]} of {evaluation.decision} ({evaluation.hit_policy}) fits and answers"
        )
    listed = f"{', '.join(numbers[:-1])} and {numbers[-1]}"
    return f"Rules {listed} of {evaluation.decision} ({evaluation.hit_policy}) fit and answer"


def _what(evaluation: Evaluation) -> str:
    return ", ".join(f"{name} = {feel_text(value)}" for name, value in evaluation.outputs.items())
