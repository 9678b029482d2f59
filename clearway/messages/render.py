"""Renders what people are told: a subject, plain text, and HTML in which values stay text."""

import contextlib
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jinja2 import Template, TemplateError, Undefined, UndefinedError, meta, nodes
from jinja2.filters import FILTERS as EVERY_FILTER
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS as EVERY_TEST
from markdown_it import MarkdownIt

from clearway.errors import ClearwayError
from clearway.messages.grammar import FILTERS, METERED, TESTS, NotAllowed, checked
from clearway.messages.unknown import Unknown, given, in_our_words, no_part

LONGEST_OUTPUT = 256 * 1024
LONGEST_SECONDS = 1.0
LONGEST_SUBJECT = 200

CODE = re.compile(r"(\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\})", re.DOTALL)
"""A tag of a template: a comment, a value or a statement."""
_DEEPEST = 20
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table")
_deadline: ContextVar[float] = ContextVar("deadline")


class MessageError(ClearwayError):
    """A message cannot be rendered; the text says what is wrong with the template or the values."""


@dataclass(frozen=True)
class Rendered:
    """A message as people get it."""

    subject: str
    text: str
    html: str


def render(template: str, values: Mapping[str, object]) -> Rendered:
    """Render a message; the template's first line is the subject, the rest is Markdown.

    The plain text goes without the stars of bold words. `values` are plain: text, numbers, truth
    values, instants, durations, lists and mappings. What they hold is never read as Markdown or
    HTML. Raises MessageError: a value is missing (it is named) or not plain, the template says
    what it may not, or the result is too long.
    """
    plain = {name: _plain(value, _DEEPEST) for name, value in values.items()}
    subject_source, body_source = _parts(template)
    subject = _bounded(_compiled(subject_source, as_markdown=False), plain)
    text = _bounded(_compiled(_without_bold(body_source), as_markdown=False), plain)
    markdown = _bounded(_compiled(body_source, as_markdown=True), plain)
    return Rendered(_one_line(subject), text.strip() + "\n", str(_MARKDOWN.render(markdown)))


def check_template(template: str) -> str | None:
    """What is wrong with a template, in a sentence for its author; None when nothing is."""
    try:
        for source in _parts(template):
            _compiled(source, as_markdown=False)
    except MessageError as error:
        return str(error)
    return None


def names_used(template: str) -> frozenset[str]:
    """The values that a template reads; raises MessageError when it cannot be understood."""
    names: set[str] = set()
    for source in _parts(template):
        _compiled(source, as_markdown=False)
        names |= meta.find_undeclared_variables(_TEXT.parse(source))
    return frozenset(names)


@dataclass(frozen=True)
class PartUsed:
    """A part of a value that a template reads, such as `caller` of `record`, with its line."""

    name: str
    part: str
    line: int


def parts_used(template: str) -> list[PartUsed]:
    """The parts of values that a template reads; raises as `names_used`. Loops have own names."""
    found: list[PartUsed] = []
    for before, source in enumerate(_parts(template)):
        outside = meta.find_undeclared_variables(_TEXT.parse(source))
        for node in _TEXT.parse(source).find_all((nodes.Getattr, nodes.Getitem)):
            if isinstance(node.node, nodes.Name) and node.node.name in outside:
                part = node.attr if isinstance(node, nodes.Getattr) else _told_part(node.arg)
                found.append(PartUsed(node.node.name, part, before + node.lineno))
    return found


def _told_part(node: nodes.Node) -> str:
    return str(node.value) if isinstance(node, nodes.Const) else "[...]"


class _Environment(ImmutableSandboxedEnvironment):
    """Values are looked up in mappings and lists only: nothing has attributes or can be called."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Mapping) and attribute in obj:
            return cast(Mapping[str, object], obj)[attribute]
        return _unknown(cast(object, obj), attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, Mapping | list):
            with contextlib.suppress(LookupError, TypeError):
                return cast(Mapping[object, object], obj)[argument]
        return _unknown(cast(object, obj), argument)

    def is_safe_callable(self, obj: Any) -> bool:
        del obj
        return False


def _unknown(obj: object, part: object) -> Undefined:
    # What is missing first is what is told: it has no parts of its own.
    if isinstance(obj, Undefined):
        return obj
    return Unknown(no_part(obj, part), obj, str(part))


def _environment(finalize: Callable[[object], str]) -> _Environment:
    environment = _Environment(
        undefined=Unknown,
        finalize=finalize,
        autoescape=False,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    every: dict[str, Callable[..., object]] = {**EVERY_FILTER, "instant": _instant}
    environment.filters.clear()
    environment.filters.update({name: every[name] for name in FILTERS}, **{METERED: _metered})
    environment.tests.clear()
    environment.tests.update({name: EVERY_TEST[name] for name in TESTS})
    environment.globals.clear()
    return environment


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_as_text(item) for item in cast(list[object], value))
    return str(value)


def _as_markdown(value: object) -> str:
    """Text that Markdown shows as it is."""
    return _PUNCTUATION.sub(r"\\\1", _as_text(value))


def _parts(template: str) -> tuple[str, str]:
    first, _, rest = template.lstrip("\ufeff").replace("\r\n", "\n").partition("\n")
    if not first.strip():
        raise MessageError("The message has no subject: write it in the first line.")
    return first, rest


def _without_bold(source: str) -> str:
    """The stars that the template itself has: not those of values, nor in what it computes."""
    parts = CODE.split(source)
    # What the template says and what it computes take turns.
    parts[::2] = [part.replace("**", "") for part in parts[::2]]
    return "".join(parts)


@lru_cache(maxsize=512)
def _compiled(source: str, *, as_markdown: bool) -> Template:
    environment = _MARKED if as_markdown else _TEXT
    try:
        tree = checked(environment, source)
        return environment.from_string(tree)
    except TemplateError as error:
        line = getattr(error, "lineno", 1)
        raise MessageError(
            f"The template cannot be read at line {line}: {in_our_words(error.message or '')}. "
            "The subject, in the first line, and the text below must each be complete."
        ) from error
    except NotAllowed as error:
        raise MessageError(f"The template says what it may not. {error}") from error
    except RecursionError:
        raise MessageError("The template is nested too deeply; make it simpler.") from None


def _bounded(template: Template, values: Mapping[str, object]) -> str:
    token = _deadline.set(time.monotonic() + LONGEST_SECONDS)
    pieces: list[str] = []
    length = 0
    try:
        with given(values):
            for piece in template.generate(values):
                length += len(piece)
                if length > LONGEST_OUTPUT:
                    raise MessageError(f"The message has more than {LONGEST_OUTPUT} characters.")
                pieces.append(piece)
    except UndefinedError as error:
        raise MessageError(
            f"The message needs a value that is missing: {error.message}."
        ) from error
    except (TemplateError, NotAllowed, TypeError, ValueError, ArithmeticError) as error:
        raise MessageError(f"The message cannot be rendered: {error}.") from error
    finally:
        _deadline.reset(token)
    return "".join(pieces)


def _metered(items: Iterable[object]) -> Iterator[object]:
    for item in items:
        if time.monotonic() > _deadline.get():
            raise MessageError(f"The message took more than {LONGEST_SECONDS} seconds.")
        yield item


def _one_line(subject: str) -> str:
    """No line break and no control character can leave the subject's line."""
    visible = "".join(each if each.isprintable() else " " for each in subject)
    line = " ".join(visible.split())
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1] + "…"


def _plain(value: object, depth: int) -> object:
    if depth == 0:
        raise MessageError("The values of a message are nested too deeply.")
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, date | time_of_day | timedelta):
        return str(value)
    if isinstance(value, Mapping):
        items = cast(Mapping[object, object], value).items()
        return {str(name): _plain(item, depth - 1) for name, item in items}
    if isinstance(value, list | tuple):
        return [_plain(item, depth - 1) for item in cast(Iterable[object], value)]
    raise MessageError(f"A message is given plain values only, not a {type(value).__name__}.")


def _instant(value: object, zone: str = "UTC") -> str:
    """`2026-03-02 09:00 UTC` for an instant or its ISO 8601 text, in the zone asked for."""
    try:
        instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        there = instant.astimezone(UTC if zone == "UTC" else ZoneInfo(zone))
    except ZoneInfoNotFoundError:
        raise ValueError(f"there is no time zone {zone}") from None
    return there.strftime("%Y-%m-%d %H:%M ") + zone


_TEXT = _environment(_as_text)
_MARKED = _environment(_as_markdown)
