"""Writes a scenario as a file in the words and the order in which people write one by hand."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

import yaml

from clearway.service.scenario_file import Scenario, Step

_WIDEST = 110  # letters of one line, for what may stand in one
_ENDLESS = 1_000_000


def as_plain(scenario: Scenario) -> dict[str, object]:
    """What stands in the file of a scenario: names, texts, numbers, lists and mappings."""
    found: dict[str, object] = {"scenario": scenario.name, "start": scenario.start}
    if scenario.person is not None:
        found["as"] = scenario.person
    if scenario.event is not None:
        found["event"] = scenario.event
    if scenario.at is not None:
        found["at"] = scenario.at.isoformat().replace("+00:00", "Z")
    registry: dict[str, object] = {
        name: {key: sorted(items) for key, items in table.items()}
        for name, table in (("people", scenario.people), ("groups", scenario.groups))
        if table
    }
    if scenario.absences:
        registry["absences"] = dict(scenario.absences)
    if registry:
        found["registry"] = registry
    found["steps"] = [step_as_plain(step) for step in scenario.steps]
    return found


def step_as_plain(step: Step) -> dict[str, object]:
    """One step with the words beside it."""
    return {step.kind: step.what, **step.words}


def written(scenario: Scenario) -> bytes:
    """The file; reading it gives the same scenario, and writing that the same file."""
    plain = as_plain(scenario)
    steps = cast("list[Mapping[str, object]]", plain.pop("steps"))
    lines = [line for name, value in plain.items() for line in _entry(name, value, 0)]
    lines.append("steps:" if steps else "steps: []")
    for step in steps:
        first, *rest = [line for name, value in step.items() for line in _entry(name, value, 4)]
        lines += [f"  - {first.lstrip()}", *rest]
    return ("\n".join(lines) + "\n").encode()


def _entry(name: str, value: object, indent: int) -> list[str]:
    """A name with its value: in one line where that is short enough to be read at once."""
    pad, key = " " * indent, _flow(name)
    line = f"{pad}{key}: {_flow(value)}"
    if len(line) <= _WIDEST or _is_plain(value):
        return [line]
    if isinstance(value, Mapping):
        inner = cast(Mapping[str, object], value)
        nested = [it for key, item in inner.items() for it in _entry(key, item, indent + 2)]
        return [f"{pad}{key}:", *nested]
    # What stands in a list is seldom long: one entry on each line.
    items = cast(Sequence[object], value)
    return [f"{pad}{key}:", *(f"{pad}  - {_flow(item)}" for item in items)]


def _is_plain(value: object) -> bool:
    return not isinstance(value, Mapping | list | tuple) or not value


def _flow(value: object) -> str:
    text = yaml.dump(
        value,
        Dumper=_Plain,
        default_flow_style=True,
        allow_unicode=True,
        width=_ENDLESS,
        sort_keys=False,
    )
    return text.removesuffix("\n").removesuffix("\n...")


class _Plain(yaml.SafeDumper):
    """Writes values without aliases, which a scenario has none of, and decimals in full."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - whatever it is
        return True


def _decimal(dumper: yaml.SafeDumper, value: Decimal) -> yaml.ScalarNode:
    text = format(value, "f")
    kind = "float" if "." in text else "int"
    tag = f"tag:yaml.org,2002:{kind}"
    return dumper.represent_scalar(tag, text)  # pyright: ignore[reportUnknownMemberType] its stubs are partial


_Plain.add_representer(Decimal, _decimal)
