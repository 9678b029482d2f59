"""What the editor asks of a draft: choices, findings and the problem of one expression."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from clearway.diagrams.errors import DiagramError
from clearway.diagrams.layout import layout
from clearway.diagrams.outline import outline
from clearway.engine.examine import examine
from clearway.service.house import House
from clearway.service.permissions import refuse_unless
from clearway.service.values import Actor, Refusal
from clearway.service.workshop.choices import choices_of
from clearway.service.workshop.completion import problem_of
from clearway.service.workshop.drafts import held
from clearway.service.workshop.fixes import Fix
from clearway.service.workshop.live_gate import LiveFinding, examine_live, laid_over
from clearway.service.workshop.record_schema import record_schema
from clearway.store import registry, versions


def choices_for(
    house: House, actor: Actor, process: str, draft_id: int
) -> Mapping[str, object] | Refusal:
    """Everything that the diagram of this draft can name, ready for the page."""
    found = held(house, actor, process, draft_id)
    if isinstance(found, Refusal):
        return found
    groups = house.store.ask(registry.all_groups)
    running = house.store.ask(versions.current_ids)
    about = {name: _about(step) for name, step in house.steps.items()}
    choices = choices_of(
        examine(found.bundle),
        house.surroundings(),
        groups=[group.name for group in groups],
        processes=list(running),
        steps=about,
    )
    return asdict(choices)


def _about(step: object) -> str:
    return (getattr(step, "__doc__", None) or "").strip().partition("\n")[0]


def lint_of(
    house: House,
    actor: Actor,
    process: str,
    draft_id: int,
    unsaved: Mapping[str, str],
    saved: Mapping[str, str],
) -> Mapping[str, object] | Refusal:
    """What the gate finds, ready for the page; `unsaved` lies over what is stored.

    `saved` has the hashes of files that are saved as they are: these are looked at as stored.
    """
    found = held(house, actor, process, draft_id)
    if isinstance(found, Refusal):
        return found
    report = examine_live(laid_over(found.bundle, unsaved, saved), house.surroundings())
    return {
        "findings": [_told(it) for it in report.findings],
        "names": {"everywhere": report.everywhere, "at": report.at},
    }


def _told(live: LiveFinding) -> dict[str, object]:
    found = asdict(live.finding)
    return found if live.fix is None else {**found, "fix": _change(live.fix)}


def _change(fix: Fix) -> dict[str, object]:
    told: dict[str, object] = asdict(fix)
    told["from"] = told.pop("from_")
    return told


def laid_out(actor: Actor, xml: str) -> Mapping[str, object] | Refusal:
    """The diagram with a drawing of all that has none, ready for the page."""
    if (refusal := refuse_unless(actor, "drafts")) is not None:
        return refusal
    try:
        found = layout(xml.encode())
    except DiagramError as error:
        return Refusal("invalid", str(error), "Nothing was moved.")
    return {"xml": found.data.decode(), "note": found.note}


def outline_of(actor: Actor, xml: str) -> Sequence[Mapping[str, object]] | Refusal:
    """The diagram as a list to read, ready for the page."""
    if (refusal := refuse_unless(actor, "drafts")) is not None:
        return refusal
    try:
        return [asdict(it) for it in outline(xml.encode())]
    except DiagramError as error:
        return Refusal("invalid", str(error), "Look at the drawing instead.")


def problem_in(
    house: House,
    actor: Actor,
    process: str,
    draft_id: int,
    text: str,
    place: str,
    known: Sequence[str],
) -> Mapping[str, object] | Refusal | None:
    """What is wrong with one expression at its place, ready for the page."""
    if (refusal := refuse_unless(actor, "drafts")) is not None:
        return refusal
    record = record_schema(house, actor, process, draft_id)
    if isinstance(record, Refusal):
        return record
    found = problem_of(text, place, known, record)
    return None if found is None else asdict(found)
