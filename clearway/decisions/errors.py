"""What can be wrong with a decision, always with its place and a remedy."""

from collections.abc import Mapping
from dataclasses import dataclass

from clearway.errors import ClearwayError
from clearway.feel import feel_text
from clearway.feel.errors import quoted


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file of decisions something is; rules count from 1, a column is its label."""

    file: str
    decision: str = ""
    rule: int | None = None
    column: str = ""

    @property
    def within(self) -> str:
        """Where in its decision it is: `rule 3, column Impact`; empty for all of it."""
        parts = [f"rule {self.rule}"] if self.rule is not None else []
        parts += [f"column {self.column}"] if self.column else []
        return ", ".join(parts)

    def __str__(self) -> str:
        parts = (self.file, f"decision {self.decision}" if self.decision else "", self.within)
        return ", ".join(part for part in parts if part)


class DecisionError(ClearwayError):
    """A decision cannot be read or cannot be made.

    `place` says where, `cause` what is wrong, `remedy` what to do, `kind` names the check.
    """

    kind = "decision"

    def __init__(self, place: Place, cause: str, remedy: str) -> None:
        super().__init__(f"{place}: {cause}. {remedy}")
        self.place = place
        self.cause = cause
        self.remedy = remedy

    @property
    def file(self) -> str:
        """The file it is in."""
        return self.place.file

    @property
    def decision(self) -> str:
        """The id of the decision, or empty for the file itself."""
        return self.place.decision


class NotUnderstood(DecisionError):
    """The file says something that is not carried out, so it is refused."""

    kind = "decision-not-understood"


class MissingInput(DecisionError):
    """The decision needs a value that the context does not hold; `name` is it.

    Where `name` is an expression that computes null, `seen` are the values it was given, and
    `lacking` is the one that it counts on and that is null. It `is_null` unless nothing is there.
    """

    kind = "decision-missing-input"

    def __init__(
        self,
        place: Place,
        name: str,
        seen: Mapping[str, object] | None = None,
        lacking: str | None = None,
        *,
        is_null: bool = False,
    ) -> None:
        cause = f"the input `{name}` is missing"
        remedy = f"Give a value named `{name}`, or correct the expression that asks for it."
        if seen is not None:
            because = f", since {quoted(lacking)} has no value" if lacking else ""
            cause = f"the input `{name}` gives null for {told(seen)}{because}"
            remedy = "Correct the expression or these values, or add a rule for `null`."
        super().__init__(place, cause, remedy)
        self.name = name
        self.seen = seen
        self.lacking = lacking
        self.is_null = is_null or seen is not None


class SomethingMissing(MissingInput):
    """The decision counts on a value that is missing, and nobody can tell which; no `name`."""

    def __init__(self, place: Place) -> None:
        super().__init__(place, "", is_null=True)
        what = f"`{place.decision}`" if place.decision else "it"
        self.cause = f"a missing value is inside of what {what} is given or computes"
        self.remedy = (
            "Give all values, or say what holds without one, by a test such as `x = null`."
        )
        self.args = (f"{place}: {self.cause}. {self.remedy}",)


class NoValue(MissingInput):
    """The decision counts on an input that is there and null; `name` is it, or the path to it.

    What counts on it may know it `through` a decision that was made of it.
    Where it is a parameter, `function` is whose, and `index` the place of the parameter from 0.
    """

    function: str = ""
    index: int = 0

    def __init__(self, place: Place, name: str, through: str = "") -> None:
        super().__init__(place, name, is_null=True)
        last = (through or name).rpartition(", ")[2]
        last = "item" if last.startswith("item ") else last
        test = (
            f"by `{last} = null`"
            if last == (through or name)
            else f"by a test such as `{last} = null`"
        )
        self.cause = f"the input {quoted(name)} is missing"
        if through:
            self.cause += f", and {quoted(through)}, which is made of it, has no value"
        self.remedy = f"Give it a value, or say what holds without one, {test}."
        self.args = (f"{place}: {self.cause}. {self.remedy}",)


def split_root(name: str) -> tuple[str, str]:
    """The first name of what is missing, and how it goes on from there."""
    first = name.partition(", ")[0].partition(".")[0]
    return first, name[len(first) :]


class WrongValue(DecisionError):
    """A value is not of the type, or not among the values, that the table declares."""

    kind = "decision-wrong-value"


class NoRuleMatched(DecisionError):
    """No rule fits the inputs and there is no default."""

    kind = "decision-no-rule"

    def __init__(self, place: Place, inputs: Mapping[str, object]) -> None:
        super().__init__(
            place,
            f"no rule fits {told(inputs)}",
            "Add a rule for this case, or a default output.",
        )
        self.inputs = dict(inputs)


class RulesOverlap(DecisionError):
    """Several rules fit where the hit policy allows one, or one answer; `rules` are numbers."""

    kind = "decision-overlap"

    def __init__(
        self, place: Place, inputs: Mapping[str, object], rules: tuple[int, ...], policy: str
    ) -> None:
        numbers = " and ".join(str(rule) for rule in rules)
        allowed = "one answer" if policy == "ANY" else "one rule"
        super().__init__(
            place,
            f"rules {numbers} fit {told(inputs)}, but hit policy {policy} allows {allowed} only",
            "Narrow the rules so that they part these cases, or choose another hit policy.",
        )
        self.inputs = dict(inputs)
        self.rules = rules


def told(inputs: Mapping[str, object]) -> str:
    """The inputs as a reader sees them: `impact = 1, urgency = "high"`."""
    if not inputs:
        return "without inputs"
    return ", ".join(f"{name} = {_short(value)}" for name, value in inputs.items())


def _short(value: object) -> str:
    text = feel_text(value)
    return text if len(text) <= 60 else text[:59] + "…"
