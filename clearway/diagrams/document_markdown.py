"""Writes a documentation as Markdown, with the picture in a file beside it."""

import re

from clearway.diagrams.document import Block, Heading, Paragraph, Table, Verbatim
from clearway.diagrams.render_svg import Picture

_SPECIAL = re.compile(
    r"([\\`*_{}\[\]|~$]|(?<=^\d)\.|(?<=^\d\d)\.|^\s*[-+=#](?=\s|[-=#]))", re.MULTILINE
)
_TICKS = re.compile(r"`{3,}")


def write_markdown(blocks: list[Block], picture: str) -> str:
    """The text; `picture` is the name of the file that holds the picture."""
    return "\n\n".join(_block(it, picture) for it in blocks) + "\n"


def _block(block: Block, picture: str) -> str:
    if isinstance(block, Heading):
        return f"{'#' * block.level} {_plain(' '.join(block.text.split()))}"
    if isinstance(block, Paragraph):
        return _plain(block.text.strip())
    if isinstance(block, Picture):
        return f"![Diagram](<{picture}>)"
    if isinstance(block, Verbatim):
        longest = max((len(it) for it in _TICKS.findall(block.text)), default=2)
        fence = "`" * (longest + 1)
        return f"{fence}text\n{block.text.rstrip()}\n{fence}"
    return _table(block)


def _table(table: Table) -> str:
    rows = [table.head, ("---",) * len(table.head), *table.rows]
    return "\n".join(
        "| " + " | ".join(it if number == 1 else _cell(it) for it in row) + " |"
        for number, row in enumerate(rows)
    )


def _cell(text: str) -> str:
    return "<br>".join(_plain(line) for line in text.splitlines())


def _plain(text: str) -> str:
    """Text in which nothing is markup: no HTML, no links, no lists."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\1", text)
