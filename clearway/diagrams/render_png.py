"""Makes a PNG of a picture; the only room that knows the renderer, and that it needs fonts."""

from functools import cache
from pathlib import Path

import resvg_py

from clearway.diagrams.errors import CannotDraw
from clearway.diagrams.render_svg import Picture

_FONT_SIGNS = (b"\x00\x01\x00\x00", b"OTTO", b"true")
_WINDOWS_FAMILY = (3, 1)
_MOST_PIXELS = 80_000_000
_PROBE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">'
    '<text x="2" y="16" font-size="16" font-family="{}">M</text></svg>'
)
FAMILIES = ("DejaVu Sans", "Liberation Sans", "Noto Sans", "Verdana", "Arial", "Helvetica")
NO_FONT = (
    "No font was found, so the PNG would have no text. Install one (on Debian: "
    "apt-get install fonts-dejavu-core), name a font file with --font, or write an .svg."
)


def render_png(
    picture: Picture, scale: float = 2.0, font: Path | None = None, system_fonts: bool = True
) -> bytes:
    """The picture as PNG, `scale` pixels for each of the drawing's; fewer where it is huge.

    Raises CannotDraw where no text could be shown, rather than leave it out.
    """
    files = (str(font),) if font is not None else ()
    family = _family(files, system_fonts)
    if family is None:
        raise CannotDraw(NO_FONT)
    size = picture.width * picture.height
    zoom = min(scale, (_MOST_PIXELS / size) ** 0.5) if size else scale
    try:
        return _made(picture.svg, files, system_fonts, family, zoom)
    except (ValueError, OSError) as error:
        raise CannotDraw(f"The picture cannot be made: {error}.") from error


@cache
def _family(files: tuple[str, ...], system_fonts: bool) -> str | None:
    """A family that draws a letter; None when there is none."""
    families = (*map(_family_in, files), *FAMILIES)
    return next((it for it in families if it and _draws(it, files, system_fonts)), None)


def _family_in(file: str) -> str:
    """The family of a font file: its name table says so, in the record with the number 1."""
    try:
        family = _named_in(Path(file).read_bytes())
    except (OSError, UnicodeDecodeError) as error:
        raise CannotDraw(f"{file} cannot be read as a font: {error}.") from error
    if not family:
        raise CannotDraw(f"{file} is no font file. Name one that ends with .ttf or .otf.")
    return family


def _named_in(data: bytes) -> str:
    if data[:4] not in _FONT_SIGNS:
        return ""
    for table in range(int.from_bytes(data[4:6])):
        entry = data[12 + 16 * table : 28 + 16 * table]
        if entry[:4] == b"name":
            break
    else:
        return ""
    names = data[int.from_bytes(entry[8:12]) :]
    texts = names[int.from_bytes(names[4:6]) :]
    for number in range(int.from_bytes(names[2:4])):
        record = names[6 + 12 * number : 18 + 12 * number]
        if (int.from_bytes(record[:2]), int.from_bytes(record[6:8])) == _WINDOWS_FAMILY:
            length, start = int.from_bytes(record[8:10]), int.from_bytes(record[10:12])
            return texts[start : start + length].decode("utf-16-be")
    return ""


def _draws(family: str, files: tuple[str, ...], system_fonts: bool) -> bool:
    probe = _PROBE.format(family)
    try:
        written = _made(probe, files, system_fonts, family, 1)
        empty = _made(probe.replace(">M<", "> <"), files, system_fonts, family, 1)
    except (ValueError, OSError):
        return False
    return written != empty


def _made(svg: str, files: tuple[str, ...], system_fonts: bool, family: str, zoom: float) -> bytes:
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            zoom=zoom,
            font_files=list(files),
            font_family=family,
            sans_serif_family=family,
            skip_system_fonts=not system_fonts,
        )
    )
