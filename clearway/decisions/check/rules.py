"""Checks across rules: gaps, overlaps, contradictions, and rules that never answer."""

from collections.abc import Iterator, Sequence
from itertools import islice

from clearway.decisions.check.columns import Part
from clearway.decisions.check.cover import uncovered
from clearway.decisions.check.subject import LISTED, Subject
from clearway.decisions.errors import told
from clearway.decisions.findings import Finding
from clearway.decisions.index import places
from clearway.decisions.model import Aggregation, HitPolicy, Rules
from clearway.decisions.table import ALL_HITS
from clearway.feel import DEFAULT_LIMITS, feel_text
from clearway.feel.limits import Run
from clearway.feel.logic import equal

CONSTANT_OUTPUTS = "Write constants as outputs, or let no input fit both rules."


def gaps(subject: Subject) -> Iterator[Finding]:
    """Inputs that no rule fits, where the table has no answer for that."""
    if _answers_without_rules(subject):
        return
    masks = [[(part.may, part) for part in column.parts] for column in subject.columns]
    found = list(islice(uncovered(masks, subject.all_rules, subject.looking), LISTED + 1))
    if found and subject.is_tied:
        yield from _real_gaps(subject, found[0])
        return
    for gap in found[:LISTED]:
        yield subject.error(
            "decision-gap",
            f"no rule fits {subject.told(gap)}",
            "Add a rule for this case or a default output; or list the allowed values of the "
            "input, if the case cannot be.",
            example=subject.tests(gap),
        )
    if len(found) > LISTED:
        yield subject.error(
            "decision-gap", "there are more gaps", "Close those above, and check again."
        )
    yield from _gaps_beside(subject)


def _real_gaps(subject: Subject, gap: Sequence[Part]) -> Iterator[Finding]:
    """Gaps of inputs that are computed from one value: only what can be is an error."""
    real = [each for each in subject.real if not each.may]
    for each in real[:1]:
        yield subject.error(
            "decision-gap",
            f"no rule fits {told(each.values)}",
            "Add a rule for this case or a default output.",
        )
    if not real:
        yield subject.warning(
            "decision-not-proven",
            f"no rule fits {subject.told(gap)}, and it is not known whether that can be: these "
            "inputs are computed from one value",
            "Ask for the value itself in one column, or add a default output.",
        )


def _gaps_beside(subject: Subject) -> Iterator[Finding]:
    """Inputs that no rule fits because they have a zone and the cells' constants have none.

    Or the other way round. Whether such values come is not said by the type: it is a warning.
    """
    for at, column in enumerate(subject.columns):
        masks = [[(part.may, part) for part in each.parts] for each in subject.columns]
        masks[at] = [(part.may, part) for part in column.beside]
        for gap in islice(uncovered(masks, subject.all_rules, subject.looking), 1):
            yield subject.warning(
                "decision-not-proven",
                f"no rule fits {subject.told(gap)}: of {' and '.join(column.labels)}, only values "
                "with a zone or only those without have an order with what the cells say",
                "Add a rule or a default output for the others; or list allowed values, such as "
                "a range from the first to the last, that leave them out.",
            )


def overlaps(subject: Subject) -> Iterator[Finding]:
    """Inputs that two rules of a UNIQUE table fit."""
    if subject.table.policy is not HitPolicy.UNIQUE:
        return
    found = list(islice(subject.pairs(), LISTED + 1))
    for one, other in found[:LISTED]:
        yield subject.error(
            "decision-overlap",
            f"rules {one + 1} and {other + 1} fit {subject.told_of(one, other)}, but "
            "hit policy UNIQUE allows one rule only",
            "Narrow one of the rules, or choose another hit policy.",
            numbers=(one + 1, other + 1),
        )
    yield from _unmet(subject)
    if len(found) > LISTED:
        yield subject.error(
            "decision-overlap", "more rules overlap", "Part those above, and check again."
        )


def _unmet(subject: Subject) -> Iterator[Finding]:
    if subject.unmet is not None:
        one, other = subject.unmet
        yield subject.warning(
            "decision-not-proven",
            f"rules {one + 1} and {other + 1} may fit one input, and it is not known whether that "
            "can be: the inputs are computed from one value",
            "Ask for the value itself in one column.",
        )


def contradictions(subject: Subject) -> Iterator[Finding]:
    """Inputs that two rules of an ANY table fit with different answers."""
    if subject.table.policy is not HitPolicy.ANY:
        return
    pairs = [(pair, _agree(subject, *pair)) for pair in subject.pairs()]
    against = [pair for pair, agree in pairs if agree is False]
    for one, other in against[:LISTED]:
        answers = " and ".join(_told_row(subject.rows[place] or ()) for place in (one, other))
        yield subject.error(
            "decision-contradiction",
            f"rules {one + 1} and {other + 1} fit {subject.told_of(one, other)} and "
            f"answer {answers}, but hit policy ANY allows one answer only",
            "Let both answer the same, or narrow one of them.",
            numbers=(one + 1, other + 1),
        )
    if len(against) > LISTED:
        yield subject.error(
            "decision-contradiction", "more rules contradict", "Mend those above, and check again."
        )
    yield from _unmet(subject)
    unknown = [pair for pair, agree in pairs if agree is None]
    for one, other in unknown[:1]:
        yield subject.warning(
            "decision-not-proven",
            f"rules {one + 1} and {other + 1} fit {subject.told_of(one, other)}, and "
            "whether they answer the same depends on more than this table",
            CONSTANT_OUTPUTS,
        )


def shadowed(subject: Subject) -> Iterator[Finding]:
    """Rules that never answer, because others that go before them fit whatever they fit."""
    for place, before in islice(subject.hidden.items(), LISTED):
        shown, example = _shown(subject, place, before)
        yield subject.error(
            "decision-shadowed",
            f"rule {place + 1} never answers: whatever fits it, a rule that goes before it "
            f"answers; {example}",
            "Move the rule up, narrow those before it, or remove it.",
            numbers=(place + 1, shown + 1),
        )
    if len(subject.hidden) > LISTED:
        yield subject.error(
            "decision-shadowed", "more rules never answer", "Mend those above, and check again."
        )


def _shown(subject: Subject, place: int, before: Rules) -> tuple[int, str]:
    """A rule that goes before one and fits with it, and an input of both that can be."""
    shown = next(subject.shared(place, before))
    if not subject.is_tied:
        return shown, f"{subject.told(subject.meeting(place, shown))} fits rule {shown + 1} as well"
    for each in subject.real:
        if each.fits >> place & 1 and each.fits & before:
            shown = next(places(each.fits & before))
            return shown, f"{told(each.values)} fits rule {shown + 1} as well"
    return shown, (
        "it is not proven that any input fits it, since the inputs are computed from one value"
    )


def _answers_without_rules(subject: Subject) -> bool:
    """Whether the table answers when no rule fits: by defaults, or with nothing collected."""
    table = subject.table
    collects = table.policy in ALL_HITS and table.aggregation in (None, Aggregation.COUNT)
    return collects or all(output.default is not None for output in table.outputs)


def _agree(subject: Subject, one: int, other: int) -> bool | None:
    """Whether two rules answer the same; None when that is not known."""
    rows = subject.rows[one], subject.rows[other]
    if rows[0] is not None and rows[1] is not None:
        return equal(Run(DEFAULT_LIMITS, None), list(rows[0]), list(rows[1])) is True
    answers = (subject.table.rules[place].answers for place in (one, other))
    texts = [[answer.text for answer in each] for each in answers]
    return True if texts[0] == texts[1] else None


def _told_row(row: Sequence[object]) -> str:
    return ", ".join(feel_text(value) for value in row)
