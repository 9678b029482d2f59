"""What differs between two texts, in blocks of lines that follow each other."""

from collections.abc import Iterator
from difflib import SequenceMatcher

from clearway.diagrams.compare.changes import QUOTE, Change, Kind, shown

_MOST_LINES = 5_000


def changed_text(before: bytes, after: bytes, file: str, called: str) -> Iterator[Change]:
    """The blocks in which two texts differ; `called` is how a sentence names the file."""
    one, other = _text(before), _text(after)
    if one is None or other is None:
        sizes = f"{len(before)} bytes", f"{len(after)} bytes"
        said = f"The file {called} is another one: it has {sizes[1]}, it had {sizes[0]}."
        yield Change(file, None, Kind.CHANGED, "content", *sizes, said)
        return
    yield from _blocks(one.splitlines(), other.splitlines(), file, called)


def _blocks(one: list[str], other: list[str], file: str, called: str) -> Iterator[Change]:
    if max(len(one), len(other)) > _MOST_LINES:
        texts = "\n".join(one), "\n".join(other)
        yield Change(file, None, Kind.CHANGED, "lines", *texts, f"The text of {called} changed.")
        return
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    for tag, left, left_end, right, right_end in matcher.get_opcodes():
        was, now = "\n".join(one[left:left_end]), "\n".join(other[right:right_end])
        if tag == "insert":
            said = f"{_lines(right, right_end)} of {called} {_verb(right, right_end)} new"
            yield Change(file, None, Kind.ADDED, "lines", None, now, f"{said}{_told(now)}.")
        elif tag == "delete":
            said = f"{_lines(left, left_end)} of {called} {_verb(left, left_end)} gone"
            yield Change(file, None, Kind.REMOVED, "lines", was, None, f"{said}{_told(was)}.")
        elif tag == "replace":
            said = f"{_lines(right, right_end)} of {called} changed"
            texts = shown(now, QUOTE), shown(was, QUOTE)
            if None not in texts:
                said = (
                    f"{_lines(right, right_end)} of {called} reads {texts[0]}, it read {texts[1]}"
                )
            yield Change(file, None, Kind.CHANGED, "lines", was, now, f"{said}.")


def _text(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _lines(begin: int, end: int) -> str:
    return f"Line {begin + 1}" if end - begin == 1 else f"Lines {begin + 1} to {end}"


def _verb(begin: int, end: int) -> str:
    return "is" if end - begin == 1 else "are"


def _told(text: str) -> str:
    told = shown(text, QUOTE)
    return f": {told}" if told else ""
