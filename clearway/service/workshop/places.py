"""Which files a draft may hold: where they lie, what they are, and how large they may be."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath

from clearway.engine.bundle import SHARED, SMALLER
from clearway.engine.limits import mebibytes, most_bytes
from clearway.service.values import Refusal

MOST_FILES = 200
LARGEST = 4 * 1024 * 1024
"""Bytes of all files together."""
ENDINGS = frozenset({".bpmn", ".dmn", ".json", ".yaml", ".yml", ".md", ".j2"})

_LONGEST_PATH = 200
_DRAWN = (".bpmn", ".dmn")
_PART = re.compile(r"[^\W_][\w .()+,@&=~!#$%'-]*")


def refuse_path(process: str, path: str, others: Collection[str]) -> Refusal | None:
    """None when a file may lie there, beside these others: inside the folder of the process or the
    shared one, and nowhere else."""
    parts = path.split("/")
    wrong = None
    if parts[0] not in (process, SHARED) or len(parts) < 2:
        wrong = f"A file of {process} lies in {process}/ or {SHARED}/."
    elif len(path) > _LONGEST_PATH:
        wrong = f"The name of a file has at most {_LONGEST_PATH} characters."
    elif not all(_PART.fullmatch(part) and part[-1] not in " ." for part in parts[1:]):
        wrong = "Its name has parts that no folder should hold."
    elif unicodedata.normalize("NFC", path) != path:
        wrong = "Its letters are written in a way that other systems change."
    elif PurePosixPath(path).suffix not in ENDINGS:
        wrong = f"A process holds files that end in {', '.join(sorted(ENDINGS))}."
    elif other := _in_the_way(path, others):
        wrong = f"It cannot lie beside {other}."
    elif len(others) >= MOST_FILES:
        wrong = f"A process has at most {MOST_FILES} files."
    if wrong is None:
        return None
    remedy = f"Save it under a name such as {process}/forms/approve.json."
    return Refusal("invalid", f"{_shown(path)} cannot be a file here. {wrong}", remedy)


def refuse_content(path: str, content: bytes) -> Refusal | None:
    """None when these bytes can be what the path says, whether right or not."""
    if not content:
        return Refusal("invalid", f"{path} would be empty.", "Remove the file instead.")
    most = most_bytes(path)
    if len(content) > most:
        text = f"{path} has {mebibytes(len(content))}; such a file has at most {mebibytes(most)}."
        return Refusal("too_large", text, SMALLER)
    if path.endswith(_DRAWN):
        # A diagram may come in another encoding; whether it can be read is for the gate to say.
        return None
    try:
        is_text = "\0" not in content.decode()
    except UnicodeDecodeError:
        is_text = False
    if is_text:
        return None
    return Refusal("invalid", f"{path} is no UTF-8 text.", "Save it as UTF-8 text.")


def refuse_size(path: str, before: Mapping[str, int], size: int) -> Refusal | None:
    """None when the files may be as large together, with this one of `size` bytes.

    A process that was deployed larger than that may be saved as long as it does not grow.
    """
    after = {**before, path: size}
    together = sum(after.values())
    if together <= max(LARGEST, sum(before.values())):
        return None
    largest = max(after, key=lambda it: after[it])
    text = (
        f"The files would have {mebibytes(together)} together, the largest ({largest}) "
        f"{mebibytes(after[largest])}; they may have {mebibytes(LARGEST)}."
    )
    return Refusal("too_large", text, SMALLER)


def _in_the_way(path: str, others: Collection[str]) -> str | None:
    """A file that could not lie beside it in every folder of every system."""
    low = path.lower()
    for other in others:
        theirs = other.lower()
        if theirs == low or theirs.startswith(f"{low}/") or low.startswith(f"{theirs}/"):
            return other
    return None


def _shown(path: str) -> str:
    plain = "".join(letter if letter.isprintable() else "?" for letter in path)
    return plain if len(plain) <= _LONGEST_PATH else f"{plain[:_LONGEST_PATH]}..."
