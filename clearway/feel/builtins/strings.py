"""Built-in functions over text."""

from decimal import Decimal

from clearway.feel.builtins.signature import BuiltIn, built_in
from clearway.feel.limits import Run
from clearway.feel.patterns import found_in, parts_of, replaced
from clearway.feel.values import is_list


def substring(run: Run, text: str, start: Decimal, length: Decimal | None = None) -> str | None:
    """`substring(string, start position, length)`, counted from 1 or from the end."""
    if not start or abs(start) > len(text) or (length is not None and length < 1):
        return None
    first = int(start) - 1 if start > 0 else len(text) + int(start)
    last = len(text) if length is None else first + int(min(length, len(text)))
    run.text_room(min(last, len(text)) - first)
    return text[first:last]


def string_length(_run: Run, text: str) -> Decimal:
    """`string length(string)`, in characters."""
    return Decimal(len(text))


def upper_case(run: Run, text: str) -> str:
    """`upper case(string)`."""
    run.text_room(len(text) * 3)
    return text.upper()


def lower_case(run: Run, text: str) -> str:
    """`lower case(string)`."""
    run.text_room(len(text) * 3)
    return text.lower()


def substring_before(run: Run, text: str, match: str) -> str:
    """`substring before(string, match)`; empty when it does not occur."""
    run.text_room(len(text))
    before, found, _ = text.partition(match) if match else ("", "", "")
    return before if found else ""


def substring_after(run: Run, text: str, match: str) -> str:
    """`substring after(string, match)`; empty when it does not occur."""
    run.text_room(len(text))
    return text.partition(match)[2] if match else text


def replace(
    run: Run, text: str, pattern: str, replacement: str, flags: str | None = None
) -> str | None:
    """`replace(input, pattern, replacement, flags)`."""
    return replaced(run, text, pattern, replacement, flags or "")


def contains(run: Run, text: str, match: str) -> bool:
    """`contains(string, match)`."""
    run.text_room(len(text))
    return match in text


def starts_with(run: Run, text: str, match: str) -> bool:
    """`starts with(string, match)`."""
    run.text_room(len(match))
    return text.startswith(match)


def ends_with(run: Run, text: str, match: str) -> bool:
    """`ends with(string, match)`."""
    run.text_room(len(match))
    return text.endswith(match)


def matches(run: Run, text: str, pattern: str, flags: str | None = None) -> bool | None:
    """`matches(input, pattern, flags)`: whether the pattern occurs anywhere."""
    return found_in(run, text, pattern, flags or "")


def split(run: Run, text: str, delimiter: str) -> list[object] | None:
    """`split(string, delimiter)` by a pattern."""
    return parts_of(run, text, delimiter)


def string_join(run: Run, items: list[object], delimiter: str | None = None) -> str | None:
    """`string join(list, delimiter)`; nulls are left out."""
    run.spend(len(items))
    texts = [item for item in items if isinstance(item, str)]
    if len(texts) + sum(item is None for item in items) != len(items):
        return None
    run.text_room(sum(map(len, texts)) + len(delimiter or "") * len(texts))
    return (delimiter or "").join(texts)


def negation(_run: Run, value: object) -> bool | None:
    """`not(negand)`: null for what is no boolean."""
    value = value[0] if is_list(value) and len(value) == 1 else value
    return not value if isinstance(value, bool) else None


FUNCTIONS: tuple[BuiltIn, ...] = (
    built_in("not", ("negand: any", negation)),
    built_in("substring", ("string: string, start position: number, [length: number?]", substring)),
    built_in("string length", ("string: string", string_length)),
    built_in("upper case", ("string: string", upper_case)),
    built_in("lower case", ("string: string", lower_case)),
    built_in("substring before", ("string: string, match: string", substring_before)),
    built_in("substring after", ("string: string, match: string", substring_after)),
    built_in(
        "replace",
        ("input: string, pattern: string, replacement: string, [flags: string?]", replace),
    ),
    built_in("contains", ("string: string, match: string", contains)),
    built_in("starts with", ("string: string, match: string", starts_with)),
    built_in("ends with", ("string: string, match: string", ends_with)),
    built_in("matches", ("input: string, pattern: string, [flags: string?]", matches)),
    built_in("split", ("string: string, delimiter: string", split)),
    built_in("string join", ("list: list, [delimiter: string?]", string_join)),
)
