"""What the API is sent: every field declared, and a field that is not declared refused."""

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator


def _finite(values: dict[str, object]) -> dict[str, object]:
    """JSON has no NaN and no infinity, though Python's reader lets them in."""
    _refuse_unreal(values)
    return values


def _refuse_unreal(value: object) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("NaN and infinity are no JSON numbers")
    if isinstance(value, Mapping):
        for one in cast(Mapping[str, object], value).values():
            _refuse_unreal(one)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for one in cast(Sequence[object], value):
            _refuse_unreal(one)


Values = Annotated[
    dict[str, object],
    AfterValidator(_finite),
    Field(description="Fields of the form, by name; only those that the form declares."),
]

Context = Annotated[dict[str, object], AfterValidator(_finite)]


def _plain(text: str) -> str:
    if "\0" in text:
        raise ValueError("this must not hold the character NUL: take it out")
    return text


Text = Annotated[str, AfterValidator(_plain)]
_MANY = 1_000_000


class Body(BaseModel):
    """Base of all bodies."""

    model_config = ConfigDict(extra="forbid", strict=True)


class StartBody(Body):
    """Open a record."""

    process: Text
    values: Values = Field(default_factory=dict)
    event: Text | None = Field(None, description="The message start event, when there are several.")
    follows: Text | None = Field(
        None, max_length=40, description="The key of the record that this one takes up again."
    )


class ActionBody(Body):
    """Send one of the record's actions, or a message by its name."""

    action: Text
    values: Values = Field(default_factory=dict)


class CommentBody(Body):
    """Say something on a record."""

    text: Text
    public: bool = Field(False, description="Also for those who only asked for the record.")


class ReasonBody(Body):
    """Why it is done."""

    reason: Text


class LinkBody(Body):
    """Link with another record."""

    kind: Text
    to: Text


class AssignBody(Body):
    """Give a task to somebody."""

    person: Text


class CompleteBody(Body):
    """Complete a task."""

    values: Values = Field(default_factory=dict)


class VoteBody(Body):
    """Cast the ballot of a seat."""

    round: int = Field(
        ge=1, le=_MANY, description="`round.revision` of the task as the voter has read it."
    )
    seat: Text
    choice: Text
    reason: Text = ""
    conditions: Text = ""
    independent: bool | None = Field(
        None,
        description="That who votes has no interest in the outcome. Where the round asks it "
        "(`round.asks_interest`), a yes or a no needs it.",
    )


class EvaluationBody(Body):
    """What a decision is to decide by: a context, a record, or a record with more beside it."""

    context: Context | None = Field(None, description="What the decision sees, by name.")
    record: Text | None = Field(
        None, max_length=40, description="The key of a record, seen as `record`, `key`, `linked`."
    )
    version: int | None = Field(
        None,
        ge=1,
        le=2**31 - 1,
        description="The version of the process whose table decides; without it the record's own, "
        "or else the newest.",
    )

    @model_validator(mode="after")
    def _decides_by_something(self) -> "EvaluationBody":
        if self.context is None and self.record is None:
            raise ValueError("give a `context`, a `record`, or both")
        return self


class WindowBody(Body):
    """A window: a freeze, or a time for maintenance."""

    kind: Text = Field(description="freeze or maintenance")
    title: Text
    strength: Text | None = Field(None, description="Of a freeze: hard or soft.")
    begins: Text = Field(description="By the clocks of its zone: 2026-12-20T18:00.")
    ends: Text = Field(description="The same.")
    zone: Text = Field(description="An IANA zone, such as Europe/Lisbon.")
    things: list[Text] = Field(
        default_factory=list[str], max_length=200, description="Services and assets; none: all."
    )
    repeats: Text | None = Field(
        None, description="A rule of RFC 5545 such as FREQ=WEEKLY;BYDAY=SU; null: once."
    )
