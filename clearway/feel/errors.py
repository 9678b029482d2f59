"""What can be wrong with an expression: one class for each kind, each with place and cause."""

from clearway.errors import ClearwayError

SHOWN = 80


class FeelError(ClearwayError):
    """An expression cannot be used.

    `cause` is a sentence, `text` the expression, `position` its (line, column), both counted
    from 1, or None where no single place is to blame.
    """

    def __init__(self, cause: str, text: str = "", position: tuple[int, int] | None = None) -> None:
        super().__init__(cause)
        self.cause = cause
        self.text = text
        self.position = position

    def locate(self, text: str, offset: int) -> None:
        """Say where it happened, unless that is known already."""
        if not self.text:
            self.text = text
            self.position = place_of(text, offset)

    def __str__(self) -> str:
        shown = self.text if len(self.text) <= SHOWN else self.text[: SHOWN - 1] + "…"
        place = f" (line {self.position[0]}, column {self.position[1]})" if self.position else ""
        return f"{self.cause}{place} in `{shown}`" if shown else f"{self.cause}{place}"


class FeelSyntaxError(FeelError):
    """The text is not FEEL."""


class FeelEvaluationError(FeelError):
    """The expression is FEEL, but what it asks for is not there."""


class FeelUnknownNameError(FeelEvaluationError):
    """A name that the context does not hold; `name` is it."""

    def __init__(self, name: str, text: str, position: tuple[int, int]) -> None:
        super().__init__(f"nothing here is named `{name}`", text, position)
        self.name = name


class FeelMissingValueError(FeelEvaluationError):
    """A value that the expression counts on is null; `name` is it, or the path to it.

    A path through a list tells the items: `list, item 2, price`.
    """

    def __init__(self, name: str, text: str, position: tuple[int, int]) -> None:
        super().__init__(f"{quoted(name)} has no value", text, position)
        self.name = name


class FeelLimitError(FeelError):
    """The expression is larger, deeper or longer running than it may be."""


def quoted(name: str) -> str:
    """A path as a reader sees it, each name in quotes: `list`, item 2, `price`."""
    parts = name.split(", ")
    return ", ".join(it if it.startswith("item ") else f"`{it}`" for it in parts)


def place_of(text: str, offset: int) -> tuple[int, int]:
    """Line and column, counted from 1, of a character offset."""
    line = text.count("\n", 0, offset) + 1
    return line, offset - (text.rfind("\n", 0, offset) + 1) + 1
