"""One difference between two versions of a process, and all of them together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

OTHER = "other"
"""What no rule of ours has a word for; the sentence names the way to it in the file."""
QUOTE = "“"
"""What people wrote for people stands between such quotes, not as code."""
_CLOSING = {QUOTE: "”"}
_LONGEST = 160


class Kind(StrEnum):
    """What has become of it."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class Change:
    """A difference: where, what, the texts before and after (None where there is none).

    `element` is the id in the newer version, or in the older one of what is gone; None for what is
    no element. `is_whole`: the element, or the file, came or went itself, not a part of it.
    `sentence` can be read aloud: names stand between asterisks, code between backticks.
    """

    file: str
    element: str | None
    kind: Kind
    what: str
    before: str | None
    after: str | None
    sentence: str
    is_whole: bool = False


@dataclass(frozen=True)
class Comparison:
    """All that differs between two versions.

    `layouts`: for each diagram the elements that are only drawn elsewhere or otherwise.
    `text_only`: files whose text differs, but by blanks, comments and spelling of the same.
    `renamed`: for each diagram the ids that changed, the older one first.
    """

    changes: tuple[Change, ...] = ()
    layouts: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    text_only: tuple[str, ...] = ()
    renamed: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])

    @property
    def layout(self) -> frozenset[str]:
        """All elements that are only drawn elsewhere or otherwise."""
        return frozenset[str]().union(*self.layouts.values())

    @property
    def layout_sentence(self) -> str:
        """The one sentence about them; empty when there is none."""
        count = len(self.layout)
        if not count:
            return ""
        told = "1 element is" if count == 1 else f"{count} elements are"
        return f"{told} drawn elsewhere or otherwise, which changes nothing of the process."

    @property
    def text_sentence(self) -> str:
        """The one sentence about files that differ in nothing that means something."""
        if not self.text_only:
            return ""
        files = ", ".join(f"`{each}`" for each in self.text_only)
        return f"Only the text of the file differs (blanks, comments, order, spelling): {files}."

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs that means something."""
        return not self.changes


def shown(text: str, mark: str = "`") -> str | None:
    """A text inside a sentence; None when it is too long to be read aloud."""
    if "\n" in text or len(text) > _LONGEST:
        return None
    if "`" in text and mark == "`":
        mark = QUOTE
    return f"{mark}{text}{_CLOSING.get(mark, mark)}" if text else "empty"
