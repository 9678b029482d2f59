"""What authors are told when a message names what is not there, or cannot be read."""

from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast

from jinja2 import StrictUndefined, UndefinedError
from jinja2.utils import missing

_LISTED = 20
_given: ContextVar[Collection[str]] = ContextVar("given", default=())

_IN_OUR_WORDS = (
    ("'end of print statement'", "}}"),
    ("'end of statement block'", "%}"),
    ("'begin of print statement'", "{{"),
    ("'begin of statement block'", "{%"),
    ("Encountered unknown tag ", "out of place: "),
    ("Jinja was looking for the following tags: ", "Expected here: "),
    ("The innermost block that needs to be closed is ", "Still open: "),
    ("Expected an expression, got ", "a value is missing before "),
    ("expected token ", "expected "),
)


class Unknown(StrictUndefined):
    """A name that a message does not have; reading it tells what there is instead."""

    __slots__ = ()

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = missing,
        name: str | None = None,
        exc: type[UndefinedError] = UndefinedError,
    ) -> None:
        super().__init__(hint or _no_name(name or "", _given.get()), obj, name, exc)


@contextmanager
def given(names: Collection[str]) -> Generator[None]:
    """Within this, a name that is unknown is answered with these names."""
    token = _given.set(names)
    try:
        yield
    finally:
        _given.reset(token)


def no_part(of: object, part: object) -> str:
    """Why `of`, a plain value, has no such part."""
    if isinstance(of, Mapping):
        names = cast(Mapping[object, object], of)
        return f"there is no {part} in it. {_what_there_is([str(it) for it in names])}"
    if isinstance(of, list):
        count = len(cast(list[object], of))
        return f"there is no {part} in a list; it has {count}, counted from 0"
    return f"there is no {part} in a single value, which has no parts"


def in_our_words(problem: str) -> str:
    """Why a template cannot be read: the library's sentence, without its own words."""
    for theirs, ours in _IN_OUR_WORDS:
        problem = problem.replace(theirs, ours)
    return problem.rstrip(".")


def _no_name(name: str, names: Collection[str]) -> str:
    return f"there is no {name} here. {_what_there_is(names)}"


def _what_there_is(names: Collection[str]) -> str:
    if not names:
        return "There is nothing that could be named"
    listed = sorted(names)
    more = f" and {len(listed) - _LISTED} more" if len(listed) > _LISTED else ""
    return f"There is: {', '.join(listed[:_LISTED])}{more}"
