"""Pictures and documentation: all is shown, nothing in a file can break out of its place."""

import re
import struct
import zlib
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clearway.cli.app import app
from clearway.diagrams.document import document
from clearway.diagrams.document_html import write_html
from clearway.diagrams.document_markdown import write_markdown
from clearway.diagrams.errors import CannotDraw
from clearway.diagrams.render_png import render_png
from clearway.diagrams.render_svg import ids_of, render_svg
from clearway.diagrams.source import parse
from clearway.engine.values import Bundle

ROOT = Path(__file__).resolve().parents[2]
EVIL = "</text><script>alert(1)</script> \"&' ]]> | `` <img src=x onerror=y>"
HOSTILE = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d">
  <process id="evil" name="{0}"><documentation>{0}</documentation>
    <userTask id="t" name="{0}"/><exclusiveGateway id="g" name="{0}"/>
    <textAnnotation id="n"><text>{0}</text></textAnnotation>
    <sequenceFlow id="f" name="{0}" sourceRef="t" targetRef="g">
      <conditionExpression>{0}</conditionExpression></sequenceFlow>
  </process>
</definitions>"""


def test_every_drawn_element_is_in_the_picture(
    miwg: dict[str, bytes], shipped: dict[str, bytes], features: dict[str, bytes]
):
    for name, stored in (miwg | shipped | features).items():
        picture = render_svg(stored)

        root = parse(stored).root
        planes = {it.get("bpmnElement") for it in root.walk() if it.local == "BPMNPlane"}
        drawn = {it.get("bpmnElement") for it in root.walk() if it.get("bpmnElement")} - planes
        wanted = {it.rpartition(":")[2] for it in drawn}
        assert wanted - ids_of(picture, wanted) == set(), name
        assert picture.missing == (), name


def test_every_name_can_be_read_in_the_picture(miwg: dict[str, bytes], shipped: dict[str, bytes]):
    for name, stored in (miwg | shipped).items():
        svg = parse(render_svg(stored).svg.encode()).root
        texts = [
            "".join(it.text for it in text.walk()) for text in svg.walk() if text.local == "text"
        ]
        letters = re.sub(r"\s", "", "".join(texts))
        root = parse(stored).root
        by_id = {it.get("id"): it for it in root.walk() if it.get("id")}
        for it in root.walk():
            element = by_id.get(it.get("bpmnElement").rpartition(":")[2])
            if it.local in ("BPMNShape", "BPMNEdge") and element is not None:
                assert re.sub(r"\s", "", element.get("name")) in letters, name


def test_the_picture_says_what_it_is(shipped: dict[str, bytes]):
    root = parse(render_svg(shipped["incident"]).svg.encode()).root

    assert root.get("role") == "img"
    labelled = root.get("aria-labelledby").split()
    assert "Incident" in [it.text for it in root.walk() if it.get("id") in labelled]


def test_nothing_in_a_file_becomes_markup():
    text = (
        EVIL.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").replace(">", "&gt;")
    )
    xml = HOSTILE.format(text).encode()
    files = {
        "evil/evil.bpmn": xml,
        "evil/record.json": b'{"title": "<script>", "properties": {"<b>": {"title": "|<i>|"}}}',
        "evil/forms/t.json": b'{"title": "`<u>", "properties": {"a": {"enum": ["<s>", "|"]}}}',
        "evil/forms/broken.json": b"{",
        "evil/table.dmn": b"<a><decision name='&lt;b&gt;'><decisionTable><rule><inputEntry>"
        b"<text>&lt;hr&gt;|</text></inputEntry></rule></decisionTable></decision></a>",
        "evil/broken.dmn": b"<a>",
        "evil/messages/m.md.j2": b"</pre><script>1</script>\n```\n# no heading\n````\n",
    }
    blocks = document(Bundle("evil", files))

    page, text = write_html(blocks), write_markdown(blocks, "evil.svg")

    seen = _Tags()
    seen.feed(page)
    assert not seen.names & {"script", "img", "b", "i", "u", "s", "hr"}
    assert not [it for it in seen.attributes if it.startswith("on")]
    assert "This file cannot be read" in page
    assert "broken.dmn" in page
    fenced = re.sub(r"(`{3,})text\n.*?\n\1\n", "", text, flags=re.DOTALL)
    assert "`````text\n</pre><script>" in text
    assert not re.search(r"<(?!br>|evil\.svg>)", fenced)
    assert all(
        line.count("|") - line.count(r"\|") in (0, 2, 4, 7, 8) for line in fenced.splitlines()
    )


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_the_documentation_tells_what_the_files_say(tmp_path: Path):
    out = tmp_path / "change.html"

    done = CliRunner().invoke(app, ["render", str(ROOT / "bpmn/change"), "-o", str(out)])

    page = out.read_text(encoding="utf-8")
    assert done.exit_code == 0, done.output
    for said in (
        "<svg ",
        "<h1>Change</h1>",
        "Change advisory board",
        "form Write the plan of a change",
        "Name the risk",
        "→ ",
        "timer: at record.planned_start",
        "window_missed.md.j2",
        "planned_start",
        "office",
    ):
        assert said in page, said
    assert "http-equiv" in page
    assert "<script" not in page


@pytest.mark.parametrize("ending", ["svg", "png", "md"])
def test_the_command_writes_what_the_ending_says(ending: str, tmp_path: Path):
    out = tmp_path / f"out.{ending}"
    file = ROOT / "bpmn/weekly_review/weekly_review.bpmn"

    done = CliRunner().invoke(app, ["render", str(file), "-o", str(out)])

    assert done.exit_code == 0, done.output
    assert str(out) in done.stdout
    starts = {"svg": b"<svg ", "png": b"\x89PNG", "md": b"# "}
    assert out.read_bytes().startswith(starts[ending])
    if ending == "md":
        assert "](<out.svg>)" in out.read_text(encoding="utf-8")
        assert (tmp_path / "out.svg").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["gone.bpmn", "-o", "x.svg"], "No such file or directory"),
        (["README.md", "-o", "x.svg"], "is no .bpmn file"),
        (["bpmn/change", "-o", "x.pdf"], "ends with none of .svg, .png, .html, .md"),
        (["bpmn/change", "-o", "gone/x.svg"], "No such file or directory"),
    ],
)
def test_what_cannot_be_drawn_is_said(arguments: list[str], said: str, monkeypatch):
    monkeypatch.chdir(ROOT)

    done = CliRunner().invoke(app, ["render", *arguments])

    assert done.exit_code == 2
    assert said in done.stderr


def test_a_png_shows_text(shipped: dict[str, bytes]):
    picture = render_svg(shipped["weekly_review"])
    bare = replace(picture, svg=re.sub(r"<text.*?</text>", "", picture.svg))

    assert _ink(render_png(picture, 1)) > _ink(render_png(bare, 1)) + 500


def test_a_png_without_fonts_is_refused_with_the_remedy(shipped: dict[str, bytes]):
    with pytest.raises(CannotDraw, match="fonts-dejavu-core"):
        render_png(render_svg(shipped["weekly_review"]), system_fonts=False)


def test_a_font_file_is_enough(shipped: dict[str, bytes]):
    fonts = sorted(Path("/usr/share/fonts").rglob("*Serif.ttf"))
    if not fonts:
        pytest.skip("This machine has no font of this kind.")
    picture = render_svg(shipped["weekly_review"])
    bare = replace(picture, svg=re.sub(r"<text.*?</text>", "", picture.svg))

    shown = render_png(picture, 1, font=fonts[0], system_fonts=False)

    assert _ink(shown) > _ink(render_png(bare, 1)) + 500


def test_what_is_no_font_is_named(shipped: dict[str, bytes]):
    with pytest.raises(CannotDraw, match="no font file"):
        render_png(render_svg(shipped["weekly_review"]), font=Path(__file__))


@pytest.mark.parametrize(
    ("old", "new"),
    [(b'x="242"', b'x="far"'), (b'x="242"', b'x="1e300"'), (b'x="242"', b'x="nan"')],
)
def test_places_that_are_none_are_named(old: bytes, new: bytes, shipped: dict[str, bytes]):
    with pytest.raises(CannotDraw, match="line"):
        render_svg(shipped["control_exception"].replace(old, new))


def test_nothing_to_draw_is_said():
    with pytest.raises(CannotDraw, match="nothing in the file"):
        render_svg(b"<a/>")


def _ink(png: bytes) -> int:
    """How many bytes of a PNG without palette are not white, filters left aside."""
    data, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += 12 + length
    return len(zlib.decompress(data).replace(b"\x00", b""))
