"""The same large decision tables for both engines, and the questions that they are asked.

Each answers exactly one of its rules. In `constant` the cells are constants; in `computed` they
depend on other values of the context, so that no index can be made of them; in `different` no two
of these are the same either.
"""

import itertools
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
INPUTS = (
    ("amount", "number"), ("category", "string"), ("impact", "number"), ("urgent", "boolean")
)  # fmt: skip
DIFFERENT = "different"
KINDS = ("constant", "computed", DIFFERENT)
LARGEST_DIFFERENT = 1000
CATEGORIES, IMPACTS = 10, 5
QUESTIONS = 200


@dataclass(frozen=True)
class Cells:
    """How a language writes the cells of one rule."""

    span: Callable[[str, str], str]
    truth: Mapping[bool, str]


FEEL = Cells(lambda low, high: f"[{low}..{high}[", {True: "true", False: "false"})
PYTHON = Cells(lambda low, high: f"{low} <= ? < {high}", {True: "True", False: "False"})


def table(kind: str, rules: int, language: Cells) -> bytes:
    """A DMN file with one UNIQUE table, the decision `large`, of so many rules."""
    columns = "".join(
        f'<input id="in_{name}" label="{name}"><inputExpression id="ask_{name}" typeRef="{type_}">'
        f"<text>{name}</text></inputExpression></input>"
        for name, type_ in INPUTS
    )
    rows = "".join(_rule(number, _cells(kind, number, language)) for number in range(rules))
    return (
        f'<definitions xmlns="{NAMESPACE}" id="large_tables" name="large" namespace="urn:large">'
        f'<decision id="large" name="large"><decisionTable id="large_table" hitPolicy="UNIQUE">'
        f'{columns}<output id="out" name="rule" label="rule" typeRef="number"/>{rows}'
        "</decisionTable></decision></definitions>"
    ).encode()


def sizes_of(kind: str, sizes: Iterable[int]) -> Sequence[int]:
    """The sizes of a kind that are measured: where each cell is asked, large ones take minutes."""
    return [size for size in sizes if kind != DIFFERENT or size <= LARGEST_DIFFERENT]


def questions(kind: str, rules: int) -> list[tuple[dict[str, object], int]]:
    """Contexts with whole numbers, and the rule that each fits; the same for every engine."""
    chance = random.Random(rules)
    numbers = (chance.randrange(rules) for _ in range(QUESTIONS))
    return [_question(kind, number) for number in numbers]


def _parts(kind: str, number: int) -> tuple[int, str, int, bool]:
    """Of a rule by number from 0: its span of amounts, its category, impact and urgency."""
    if kind == DIFFERENT:
        return number, f"category {number}", number + 1, bool(number % 2)
    rest, urgent = divmod(number, 2)
    rest, impact = divmod(rest, IMPACTS)
    span, category = divmod(rest, CATEGORIES)
    return span, f"category {category}", impact + 1, bool(urgent)


def _cells(kind: str, number: int, language: Cells) -> Sequence[str]:
    span, category, impact, urgent = _parts(kind, number)
    low, high = 10 * span, 10 * span + 10
    if kind == "constant":
        amounts = language.span(str(low), str(high))
        return amounts, f'"{category}"', str(impact), language.truth[urgent]
    amounts = language.span(f"base + {low}", f"base + {high}")
    truth = "yes" if urgent else "no"
    if kind == DIFFERENT:
        truth += f" and base < {number + 1}"
    return amounts, f'prefix + "{category}"', f"base + {impact}", truth


def _question(kind: str, number: int) -> tuple[dict[str, object], int]:
    span, category, impact, urgent = _parts(kind, number)
    context: dict[str, object] = {
        "amount": 10 * span + 3, "category": category, "impact": impact, "urgent": urgent,
        "base": 0, "prefix": "", "yes": True, "no": False,
    }  # fmt: skip
    return context, number + 1


def _rule(number: int, cells: Sequence[str]) -> str:
    entries = "".join(
        f'<inputEntry id="r{number}_{at}"><text>{escape(cell)}</text></inputEntry>'
        for at, cell in enumerate(cells)
    )
    answer = f'<outputEntry id="r{number}_out"><text>{number + 1}</text></outputEntry>'
    return f'<rule id="r{number}">{entries}{answer}</rule>'


def asked_in_turn(
    asked: Sequence[tuple[dict[str, object], int]], answer: Callable[[dict[str, object]], int]
) -> Callable[[int], None]:
    """Ask so many of the questions, one after another; RuntimeError for a wrong answer."""
    endless = itertools.cycle(asked)

    def work(count: int) -> None:
        for context, rule in itertools.islice(endless, count):
            found = answer(context)
            if found != rule:
                raise RuntimeError(f"rule {rule} fits {context}, the answer is {found}")

    return work
