"""A document that is kept: headings, facts and lists, free of how they are set in type."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Part:
    """A part with its heading: facts as label and text, paragraphs, then lists and texts.

    A text stands under its title as somebody wrote it, with its lines and blanks.
    """

    heading: str
    facts: Sequence[tuple[str, str]] = ()
    paragraphs: Sequence[str] = ()
    lists: Sequence[tuple[str, Sequence[str]]] = ()
    texts: Sequence[tuple[str, str]] = ()
    level: int = 2
    on_new_page: bool = False


@dataclass(frozen=True)
class Paper:
    """A title, what it is about in one line, and its parts."""

    title: str
    about: str
    parts: Sequence[Part]


_STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;
padding:0 1rem}
h1{font-size:1.7rem;line-height:1.2}h2{margin-top:2.5rem;border-top:1px solid #8886;
padding-top:1rem}
dl{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.25rem 1rem}
dt{color:#6a6a6a}dd{margin:0;white-space:pre-line}p{white-space:pre-line}
p.written{white-space:pre-wrap}dd,p,li{overflow-wrap:anywhere}
@media(max-width:36rem){dl{grid-template-columns:1fr}dd{margin-bottom:.5rem}}
@media(prefers-color-scheme:dark){body{background:#181a1d;color:#e4e4e4}dt{color:#a2a2a2}}"""


def as_html(paper: Paper) -> bytes:
    """One page without scripts, and without anything that is fetched."""
    parts = "".join(_part(it) for it in paper.parts)
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(paper.title)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(paper.title)}</h1><p>{escape(paper.about)}</p>{parts}</body></html>\n"
    )
    return page.encode()


def _part(part: Part) -> str:
    tag = f"h{part.level}"
    facts = "".join(f"<dt>{escape(it)}</dt><dd>{escape(text)}</dd>" for it, text in part.facts)
    told = [f"<{tag}>{escape(part.heading)}</{tag}>"]
    told += [f"<dl>{facts}</dl>"] if facts else []
    told += [f"<p>{escape(it)}</p>" for it in part.paragraphs]
    under = f"h{part.level + 1}"
    for title, lines in part.lists:
        items = "".join(f"<li>{escape(it)}</li>" for it in lines)
        told.append(f"<{under}>{escape(title)}</{under}><ul>{items}</ul>")
    for title, text in part.texts:
        told.append(f'<{under}>{escape(title)}</{under}><p class="written">{escape(text)}</p>')
    return "".join(told) + "\n"
