"""Pieces of SVG: escaped, with short numbers, and text that is wrapped by its width."""

import re
from xml.sax.saxutils import escape, quoteattr

INK = "#22303c"
PAPER = "#ffffff"
FRAME = "#f1f4f7"
QUIET = "#5b6875"
FONTS = "'DejaVu Sans', 'Liberation Sans', 'Noto Sans', Verdana, Arial, sans-serif"
SIZE = 12.0
LINE = 14.4
_WIDEST = 170.0

_NARROW = frozenset("iljtfIr.,:;'|!()[]/\\-` ")
_WIDE = frozenset("mwMW@%&")
_HYPHENS = re.compile(r"[^-/_.]*[-/_.]+|[^-/_.]+")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def tag(name: str, *inside: str, **values: object) -> str:
    """An element; `stroke_width=2` becomes `stroke-width="2"`, and None is left out."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(shown(value))}"
        for key, value in values.items()
        if value is not None
    )
    return f"<{name}{written}>{''.join(inside)}</{name}>" if inside else f"<{name}{written}/>"


def shown(value: object) -> str:
    """A value as text; numbers have at most two digits behind the point."""
    if isinstance(value, float):
        return f"{round(value, 2):g}" if abs(value) < 1e6 else f"{value:.0f}"
    return _UNPRINTABLE.sub("", str(value))


def escaped(text: str) -> str:
    """Text that stands between tags."""
    return escape(_UNPRINTABLE.sub("", text))


def path(data: str, **values: object) -> str:
    """A path, drawn with a line unless it says otherwise."""
    return tag("path", d=data, **{"fill": "none", "stroke": INK, "stroke_width": 1.5} | values)


def width_of(text: str, size: float = SIZE) -> float:
    """About how wide a text is; rather too wide, since fonts differ."""
    return sum(_width(letter) for letter in text) * size


def wrapped(text: str, width: float, size: float = SIZE) -> list[str]:
    """A text in lines that fit; words that are too long are cut."""
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        line = ""
        for word in paragraph.split():
            for number, part in enumerate(_parts(word, width, size)):
                longer = f"{line} {part}" if line and not number else line + part
                if line and width_of(longer, size) > width:
                    lines.append(line)
                    line = part
                else:
                    line = longer
        if line:
            lines.append(line)
    return lines


def text_block(
    lines: list[str],
    x: float,
    top: float,
    anchor: str = "middle",
    size: float = SIZE,
    halo: bool = False,
    **values: object,
) -> str:
    """Lines below each other, the first one's upper edge at `top`."""
    if not lines:
        return ""
    step = LINE * size / SIZE
    around = {"paint_order": "stroke", "stroke": PAPER, "stroke_width": 3} if halo else {}
    spans = [
        tag("tspan", escaped(line), x=x, y=top + size * 0.95 + number * step)
        for number, line in enumerate(lines)
    ]
    wanted = {"text_anchor": anchor, "font_size": size, "fill": INK, **around, **values}
    return tag("text", *spans, **wanted)


def height_of(lines: list[str], size: float = SIZE) -> float:
    """How high lines are together."""
    return len(lines) * LINE * size / SIZE


def label_lines(text: str, width: float) -> list[str]:
    """A label beside a shape: as wide as wanted, or as its longest word, but not too wide."""
    longest = max((width_of(it) for it in text.split()), default=0.0)
    return wrapped(text, max(width, min(longest + 1, _WIDEST)))


def fits(text: str, width: float, size: float = SIZE) -> bool:
    """Whether no word has to be cut."""
    return all(len(_parts(it, width, size)) < 2 or "-" in it for it in text.split())


def _parts(word: str, width: float, size: float) -> list[str]:
    if width_of(word, size) <= width:
        return [word]
    parts = [""]
    halves = _HYPHENS.findall(word)
    if len(halves) > 1 and all(width_of(it, size) <= width for it in halves):
        return halves
    for letter in word:
        if parts[-1] and width_of(parts[-1] + letter, size) > width:
            parts.append("")
        parts[-1] += letter
    return parts


def _width(letter: str) -> float:
    if letter in _NARROW:
        return 0.38
    if letter in _WIDE:
        return 0.95
    if ord(letter) > 0x2E80:
        return 1.05
    return 0.7 if letter.isupper() else 0.61
