"""Writes a documentation as one HTML page that needs nothing else and runs nothing."""

from html import escape

from clearway.diagrams.document import Block, Heading, Paragraph, Table, Verbatim
from clearway.diagrams.render_svg import Picture

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; }
figure { background: #fff; border: 1px solid #9aa5b1; margin: 1rem 0; overflow: auto; }
figure svg { display: block; height: auto; max-width: none; }
table { border-collapse: collapse; width: 100%; }
.wide { overflow-x: auto; }
th, td { border: 1px solid #9aa5b1; padding: .3rem .5rem; text-align: left; vertical-align: top; }
td { white-space: pre-line; }
pre { border: 1px solid #9aa5b1; overflow-x: auto; padding: .5rem; white-space: pre-wrap; }
@media print { figure svg { max-width: 100%; } }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def write_html(blocks: list[Block]) -> str:
    """The page."""
    title = next((it.text for it in blocks if isinstance(it, Heading)), "Process")
    body = "\n".join(_block(it) for it in blocks)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"{body}\n</main>\n</body>\n</html>\n"
    )


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level}>{escape(block.text)}</h{block.level}>"
    if isinstance(block, Paragraph):
        return f"<p>{escape(block.text)}</p>"
    if isinstance(block, Verbatim):
        return f'<pre tabindex="0">{escape(block.text)}</pre>'
    if isinstance(block, Picture):
        return f'<figure tabindex="0">{block.svg}</figure>'
    return _table(block)


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(it)}</th>' for it in table.head)
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows
    )
    return (
        f'<div class="wide" tabindex="0"><table>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody>\n</table></div>"
    )
