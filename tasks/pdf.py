"""A document set in type as PDF: the only file that imports fpdf."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from clearway.errors import ClearwayError
from tasks.paper import Paper, Part

_BUILT = Path(__file__).resolve().parent.parent / "clearway" / "web" / "static" / "build"
"""Where the build puts the fonts, from their npm package."""
_FONTS = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf"}
_FAMILY = "text"
_GREY = 95
_WIDTH = 170.0
"""Millimetres of a line on A4 with its margins."""
_LABEL = 46.0


def as_pdf(paper: Paper, at: datetime) -> bytes:
    """The document on A4; the same document at the same instant is the same bytes.

    A letter that the font lacks is written as its number, such as [U+4E2D]. Raises ClearwayError
    when the font is not there.
    """
    sheet = _Sheet(paper.title)
    sheet.set_creation_date(at)
    sheet.add_page()
    sheet.say(paper.title, size=19, bold=True, gap=2)
    sheet.say(paper.about, grey=True, gap=3)
    for part in paper.parts:
        _set_part(sheet, part)
    return bytes(sheet.output())


def _set_part(sheet: "_Sheet", part: Part) -> None:
    if part.on_new_page:
        sheet.add_page()
    sheet.heading(part.heading, size=14 if part.level == 2 else 12)
    for label, text in part.facts:
        sheet.fact(label, text)
    for text in part.paragraphs:
        sheet.say(text, gap=1.5)
    for title, lines in part.lists:
        sheet.heading(title, size=11)
        for line in lines:
            sheet.item(line)
    for title, text in part.texts:
        sheet.heading(title, size=11)
        sheet.say(text, gap=1.5)


class _Sheet(FPDF):
    """A4 with our font, and the number of each page below."""

    def __init__(self, title: str) -> None:
        super().__init__()
        for style, name in _FONTS.items():
            file = _BUILT / name
            if not file.exists():
                raise ClearwayError(f"The font {name} is not there: run `make`, then again.")
            self.add_font(_FAMILY, style, str(file))
        self.known: Mapping[int, object] = self.fonts[_FAMILY].cmap  # type: ignore[union-attr]
        self.set_title(title)
        self.set_lang("en")
        self.set_margins(20, 18, 20)
        self.set_auto_page_break(True, margin=20)
        self._running = title

    def footer(self) -> None:
        """Title and number of the page."""
        self.set_y(-14)
        self.set_font(_FAMILY, "", 8)
        self.set_text_color(_GREY)
        self.cell(_WIDTH - 25, 5, self._known(self._running)[:110])
        self.cell(25, 5, f"{self.page_no()}", align="R")
        self.set_text_color(0)

    def heading(self, text: str, *, size: float) -> None:
        """A heading that does not stand alone at the end of a page."""
        if self.will_page_break(24):
            self.add_page()
        self.ln(2.5)
        self.say(text, size=size, bold=True, gap=1)

    def say(
        self, text: str, *, size: float = 10, bold: bool = False, grey: bool = False, gap: float = 0
    ) -> None:
        """A paragraph."""
        self.set_font(_FAMILY, "B" if bold else "", size)
        self.set_text_color(_GREY if grey else 0)
        self._lines(_WIDTH, size, text)
        self.set_text_color(0)
        self.ln(gap)

    def fact(self, label: str, text: str) -> None:
        """A label, and beside it what it says."""
        if self.will_page_break(12):
            self.add_page()
        top, page = self.get_y(), self.page
        self.set_font(_FAMILY, "", 10)
        self.set_text_color(_GREY)
        self._lines(_LABEL - 3, 10, label)
        below = self.get_y()
        self.set_text_color(0)
        self.set_xy(self.l_margin + _LABEL, top)
        self._lines(_WIDTH - _LABEL, 10, text)
        if self.page == page:
            self.set_y(max(self.get_y(), below))
        self.ln(1)

    def item(self, text: str) -> None:
        """A line of a list."""
        self.set_font(_FAMILY, "", 10)
        self.cell(5, 5, "•")
        self._lines(_WIDTH - 5, 10, text)
        self.ln(0.6)

    def _lines(self, width: float, size: float, text: str) -> None:
        height = size * 0.5
        self.multi_cell(
            width, height, self._known(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )

    def _known(self, text: str) -> str:
        return "".join(
            letter if letter == "\n" or ord(letter) in self.known else f"[U+{ord(letter):04X}]"
            for letter in text.replace("\r", "").expandtabs(4)
        )
