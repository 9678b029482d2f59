"""Built-in functions that make one number of a list of numbers."""

from collections import Counter
from decimal import Decimal

from clearway.feel import arithmetic
from clearway.feel.builtins.signature import Body, BuiltIn, built_in
from clearway.feel.limits import Run
from clearway.feel.values import NUMBERS, operand_of


def total(run: Run, items: list[object]) -> object:
    """`sum(list)` of numbers, or of durations of one kind; null when empty."""
    run.spend(len(items))
    if not items:
        return None
    result = operand_of(items[0])
    if arithmetic.negate(result) is None:
        return None
    for item in items[1:]:
        result = arithmetic.add(run, result, item)
    return result


def product(run: Run, items: list[object]) -> Decimal | None:
    """`product(list)`; null when empty."""
    numbers = _numbers(run, items)
    if not numbers:
        return None
    result = Decimal(1)
    for number in numbers:
        result = NUMBERS.multiply(result, number)
    return result


def mean(run: Run, items: list[object]) -> object:
    """`mean(list)` of numbers, or of durations of one kind."""
    return arithmetic.divide(run, total(run, items), Decimal(len(items)))


def median(run: Run, items: list[object]) -> Decimal | None:
    """`median(list)`: the middle one, or the mean of the two in the middle."""
    numbers = _numbers(run, items)
    if not numbers:
        return None
    numbers.sort()
    middle = len(numbers) // 2
    if len(numbers) % 2:
        return numbers[middle]
    return NUMBERS.divide(NUMBERS.add(numbers[middle - 1], numbers[middle]), Decimal(2))


def deviation(run: Run, items: list[object]) -> Decimal | None:
    """`stddev(list)`: of a sample; null for fewer than two numbers."""
    numbers = _numbers(run, items)
    if numbers is None or len(numbers) < 2:
        return None
    middle = NUMBERS.divide(_sum(numbers), Decimal(len(numbers)))
    squares = [NUMBERS.power(NUMBERS.subtract(number, middle), Decimal(2)) for number in numbers]
    return NUMBERS.sqrt(NUMBERS.divide(_sum(squares), Decimal(len(numbers) - 1)))


def mode(run: Run, items: list[object]) -> list[object] | None:
    """`mode(list)`: the most frequent numbers, ascending."""
    numbers = _numbers(run, items)
    if numbers is None:
        return None
    counted = Counter(numbers)
    most = max(counted.values(), default=0)
    return [number for number in sorted(counted) if counted[number] == most]


def _numbers(run: Run, items: list[object]) -> list[Decimal] | None:
    run.spend(len(items))
    numbers = [number for item in items if isinstance(number := operand_of(item), Decimal)]
    return numbers if len(numbers) == len(items) else None


def _sum(numbers: list[Decimal]) -> Decimal:
    result = Decimal(0)
    for number in numbers:
        result = NUMBERS.add(result, number)
    return result


def _over_numbers(name: str, body: Body) -> BuiltIn:
    def finite(run: Run, items: list[object]) -> object:
        try:
            return body(run, items)
        except ArithmeticError:
            return None

    def spread(run: Run, *items: object) -> object:
        return finite(run, list(items))

    return built_in(name, ("list: list", finite), ("n: any*", spread))


FUNCTIONS: tuple[BuiltIn, ...] = tuple(
    _over_numbers(name, body)
    for name, body in (
        ("sum", total),
        ("product", product),
        ("mean", mean),
        ("median", median),
        ("stddev", deviation),
        ("mode", mode),
    )
)
