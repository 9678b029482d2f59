"""XML as it was written: a tree that can be changed and keeps every byte that was not."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from clearway.diagrams.errors import NotReadable
from clearway.engine import limits, xml_worker

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"
DRAWING = (BPMNDI, DC, DI)
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_XML = "http://www.w3.org/XML/1998/namespace"

_TOKEN = re.compile(
    r"""<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<(?:[^>"']++|"[^"]*+"|'[^']*+')*+>|[^<]++""",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""(\s+)([^\s=/>"']+)(\s*=\s*)(?:"([^"]*)"|'([^']*)')""")
_OPEN = re.compile(r"<([^\s/>]+)")
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(amp|lt|gt|quot|apos));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(eq=False, slots=True)
class Attribute:
    """One attribute: the white space before it, its name, and its value as written."""

    lead: str
    name: str
    equals: str
    quote: str
    raw: str
    key: str
    """The name with its namespace: `{uri}local`, or `local` in none."""

    @property
    def value(self) -> str:
        """What the attribute says."""
        return unescape(re.sub(r"\r\n|[\r\n\t]", " ", self.raw))

    def set(self, value: str) -> None:
        """Say something else, between the same quotes."""
        self.raw = escape_value(value, self.quote)

    def __str__(self) -> str:
        return f"{self.lead}{self.name}{self.equals}{self.quote}{self.raw}{self.quote}"


@dataclass(eq=False, slots=True)
class Run:
    """What stands between tags: text, CDATA, a comment or a processing instruction."""

    kind: Literal["text", "cdata", "comment", "instruction"]
    raw: str

    @property
    def is_space(self) -> bool:
        """Whether this is only white space."""
        return self.kind == "text" and not self.raw.strip(" \t\r\n")

    @property
    def text(self) -> str:
        """What it adds to the text of its element."""
        if self.kind == "text":
            return unescape(self.raw.replace("\r\n", "\n").replace("\r", "\n"))
        return self.raw[9:-3].replace("\r\n", "\n") if self.kind == "cdata" else ""

    def __str__(self) -> str:
        return self.raw


@dataclass(eq=False, slots=True)
class Element:
    """One element as written, with all that stands in it."""

    name: str
    tag: str
    """The name with its namespace, `{uri}local`."""
    scope: dict[str, str]
    """Prefix -> namespace, as it holds inside; the default one has the prefix ``."""
    attributes: list[Attribute] = field(default_factory=list[Attribute])
    tail: str = ""
    """White space before `>` or `/>`."""
    empty: bool = True
    close: str = ""
    inside: "list[Element | Run]" = field(default_factory=list["Element | Run"])
    parent: "Element | None" = None
    line: int = 0

    @property
    def local(self) -> str:
        """The name without its namespace."""
        return self.tag.rpartition("}")[2]

    @property
    def children(self) -> "list[Element]":
        """The elements in it, in order."""
        return [it for it in self.inside if isinstance(it, Element)]

    @property
    def last(self) -> "Element | None":
        """The last element in it."""
        return next((it for it in reversed(self.inside) if isinstance(it, Element)), None)

    @property
    def text(self) -> str:
        """Its own text; what only sets elements apart is none."""
        found = "".join(it.text for it in self.inside if isinstance(it, Run))
        return "" if not found.strip() and self.children else found

    @property
    def values(self) -> dict[str, str]:
        """Its attributes by their names with namespace; declarations of namespaces left out."""
        return {it.key: it.value for it in self.attributes if it.key}

    def attribute(self, key: str) -> Attribute | None:
        """One attribute by its name with namespace."""
        return next((it for it in self.attributes if it.key == key), None)

    def get(self, key: str, default: str = "") -> str:
        """What one attribute says."""
        found = self.attribute(key)
        return default if found is None else found.value

    def walk(self) -> "Iterator[Element]":
        """This element and all in it, in the order of the file."""
        waiting: list[Element] = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting += reversed(element.children)

    def find(self, tag: str) -> "Element | None":
        """The first child with this name."""
        return next((it for it in self.children if it.tag == tag), None)

    def write(self) -> Iterator[str]:
        """The pieces of the element as text."""
        waiting: list[Element | Run | str] = [self]
        while waiting:
            piece = waiting.pop()
            if isinstance(piece, str):
                yield piece
            elif isinstance(piece, Run):
                yield piece.raw
            else:
                yield f"<{piece.name}{''.join(map(str, piece.attributes))}{piece.tail}"
                yield "/>" if piece.empty else ">"
                if not piece.empty:
                    waiting.append(piece.close)
                    waiting += reversed(piece.inside)


@dataclass(eq=False, slots=True)
class Document:
    """A whole file: what stands before and after the root, and how its bytes are made."""

    mark: bytes
    codec: str
    before: list[Run]
    root: Element
    after: list[Run]

    @property
    def text(self) -> str:
        """The file as text, without its byte order mark."""
        around = ["".join(map(str, self.before)), *self.root.write(), *map(str, self.after)]
        return "".join(around)

    def to_bytes(self) -> bytes:
        """The file; letters that its encoding lacks become references."""
        return self.mark + self.text.encode(self.codec, "xmlcharrefreplace")


def parse(data: bytes, what: str = "The file") -> Document:
    """Read a file; raises NotReadable for what is too large, hostile or no XML."""
    encoding = _checked(data, what)
    mark = next((it for it in _BOMS if data.startswith(it)), b"")
    codec = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}.get(mark, encoding)
    try:
        text = data[len(mark) :].decode(codec)
    except (LookupError, UnicodeDecodeError) as error:
        raise NotReadable(f"{what} is not written in {encoding}: {error}.") from error
    document = _tree(text, mark, codec)
    if document.to_bytes() != data:
        raise NotReadable(f"{what} is written in a way that is not kept; save it as UTF-8.")
    return document


def unescape(raw: str) -> str:
    """What text or a value means; there are no other entities, for there is no DOCTYPE."""
    return _REFERENCE.sub(_meant, raw) if "&" in raw else raw


def escape_text(text: str) -> str:
    """Text as it may stand between tags."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#13;")


def escape_value(text: str, quote: str = '"') -> str:
    """Text as it may stand in an attribute."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = text.replace("\n", "&#10;").replace("\t", "&#9;").replace("\r", "&#13;")
    return text.replace('"', "&quot;") if quote == '"' else text.replace("'", "&apos;")


def _meant(reference: re.Match[str]) -> str:
    base16, base10, name = reference.groups()
    return _NAMED[name] if name else chr(int(base16, 16) if base16 else int(base10))


def _checked(data: bytes, what: str) -> str:
    """The encoding of a file that is well-formed and harmless."""
    if len(data) > limits.XML_BYTES:
        most = limits.mebibytes(limits.XML_BYTES)
        raise NotReadable(f"{what} has {limits.mebibytes(len(data))}; it may have at most {most}.")
    try:
        root = xml_worker.etree.fromstring(data, xml_worker.hardened_parser())
    except (xml_worker.etree.XMLSyntaxError, ValueError) as error:
        raise _refused(what, xml_worker.syntax_problem(data, error)) from error
    problem = xml_worker.shape_problem(root, limits.XML_DEPTH, limits.XML_ELEMENTS)
    if problem is not None:
        raise _refused(what, problem)
    return str(root.getroottree().docinfo.encoding or "utf-8").lower()


def _refused(what: str, problem: xml_worker.Problem) -> NotReadable:
    line = f" (line {problem[1]})" if problem[1] else ""
    return NotReadable(f"{what} cannot be read: {problem[2]}{line}")


def _tree(text: str, mark: bytes, codec: str) -> Document:
    before: list[Run] = []
    after: list[Run] = []
    root: Element | None = None
    open_elements: list[Element] = []
    line = 1
    for token in _TOKEN.findall(text):
        inner = open_elements[-1] if open_elements else None
        if token.startswith("</") and inner is not None:
            inner.close = token
            open_elements.pop()
        elif _is_tag(token):
            element = _element(token, inner, line)
            if inner is None:
                root = element
            else:
                inner.inside.append(element)
            if not element.empty:
                open_elements.append(element)
        else:
            place = inner.inside if inner is not None else before if root is None else after
            place.append(_run(token))
        line += token.count("\n")
    assert root is not None  # noqa: S101 a well-formed document has one
    return Document(mark, codec, before, root, after)


def _is_tag(token: str) -> bool:
    return token.startswith("<") and not token.startswith(("<!", "<?"))


def _run(token: str) -> Run:
    if token.startswith("<!--"):
        return Run("comment", token)
    if token.startswith("<?"):
        return Run("instruction", token)
    return Run("cdata" if token.startswith("<![CDATA[") else "text", token)


def _element(token: str, parent: Element | None, line: int) -> Element:
    opened = _OPEN.match(token)
    assert opened is not None  # noqa: S101 the token begins with a name
    empty = token.endswith("/>")
    end = len(token) - (2 if empty else 1)
    found = list(_ATTRIBUTE.finditer(token, opened.end(), end))
    scope = dict(parent.scope) if parent else {"xml": _XML}
    changed = False
    for it in found:
        if it[2] == "xmlns" or it[2].startswith("xmlns:"):
            scope[it[2][6:]] = unescape(it[4] if it[4] is not None else it[5])
            changed = True
    element = Element(
        opened[1],
        expanded(opened[1], scope),
        scope if changed or parent is None else parent.scope,
        empty=empty,
        parent=parent,
        line=line,
    )
    for it in found:
        quote, raw = ('"', it[4]) if it[4] is not None else ("'", it[5])
        is_declaration = it[2] == "xmlns" or it[2].startswith("xmlns:")
        key = "" if is_declaration else expanded(it[2], scope, attribute=True)
        element.attributes.append(Attribute(it[1], it[2], it[3], quote, raw, key))
    element.tail = token[found[-1].end() if found else opened.end() : end]
    return element


def expanded(name: str, scope: dict[str, str], attribute: bool = False) -> str:
    """A name with its namespace; an attribute without a prefix has none."""
    prefix, colon, local = name.rpartition(":")
    if attribute and not colon:
        return local
    uri = scope.get(prefix, "")
    return f"{{{uri}}}{local}" if uri else local
