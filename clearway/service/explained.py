"""How a recorded evaluation is told to a person: what was asked, which row fired, what it gave."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import cast

from clearway.decisions import Evaluation, explain
from clearway.service.deployed import Deployed
from clearway.service.wording import Say, Wording

KINDS = ("decided", "evaluated")
"""The lines of history that hold an evaluation: by a business rule task, and by the API."""


def explanation(
    details: Mapping[str, object], deployed: Deployed, say: Say | None = None
) -> list[str]:
    """A sentence for each input, then which row fired with its outputs and its note.

    `details` are those of the line, of any age; `deployed` has the words of the record's schema.
    """
    return explain(_evaluation(details), _Words(details, deployed, say))


class _Words(Wording):
    """Names and values as the record's schema has them."""

    def __init__(self, details: Mapping[str, object], deployed: Deployed, say: Say | None) -> None:
        super().__init__(deployed, say)
        # What the columns of another version's table ask for is not known here.
        is_same = details.get("hash") == self._hash(str(details.get("decision")))
        self._asked = cache(deployed.fields_asked) if is_same else _nothing_known
        self._written = _mapping(details.get("fields"))
        self._top = str(details.get("decision"))

    def decision(self, made: Evaluation) -> str:
        return self.deployed.decision_name(made.decision)

    def input(self, made: Evaluation, label: str, value: object) -> str:
        if value is None:
            return "not given"
        return self.value(self._asked(made.decision).get(label, ""), value)

    def output(self, made: Evaluation, name: str, value: object) -> str:
        field = self._field(made, name)
        return f"{self.title(field)} = {self.value(field, value)}"

    def _field(self, made: Evaluation, name: str) -> str:
        """The field that an output went to: of the same name, or the only one that was written."""
        fields = self.deployed.record_schema.fields
        is_only = made.decision == self._top and len(made.outputs) == len(self._written) == 1
        return name if name in fields or not is_only else next(iter(self._written))

    def _hash(self, decision: str) -> object:
        return self.deployed.table_of(decision).get("hash")


def _nothing_known(_decision: str) -> Mapping[str, str]:
    return {}


def _evaluation(details: Mapping[str, object]) -> Evaluation:
    needed = cast(Sequence[Mapping[str, object]], details.get("needed") or ())
    return Evaluation(
        decision=str(details.get("decision")),
        outputs=dict(_mapping(details.get("outputs"))),
        rules=tuple(cast(Sequence[int], details.get("rules") or ())),
        inputs=dict(_mapping(details.get("inputs"))),
        hit_policy=str(details.get("hit_policy") or ""),
        notes=tuple(cast(Sequence[str], details.get("notes") or ())),
        needed=tuple(_evaluation(each) for each in needed),
    )


def _mapping(value: object) -> Mapping[str, object]:
    return cast(Mapping[str, object], value) if isinstance(value, Mapping) else {}
