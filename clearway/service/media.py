"""What a file may be: its media type by its content, and a name that harms nobody."""

import re
import unicodedata

from processes.blank import is_blank

LARGEST = 20 * 1024 * 1024
"""Bytes of one file."""

_WEBP = b"RIFF....WEBP"
_MAGIC: tuple[tuple[bytes, frozenset[str]], ...] = (
    (b"\x89PNG\r\n\x1a\n", frozenset({"image/png"})),
    (b"\xff\xd8\xff", frozenset({"image/jpeg"})),
    (b"GIF8", frozenset({"image/gif"})),
    (_WEBP, frozenset({"image/webp"})),
    (b"%PDF-", frozenset({"application/pdf"})),
    (b"\x1f\x8b", frozenset({"application/gzip"})),
    (
        b"PK\x03\x04",
        frozenset(
            {
                "application/zip",
                "application/vnd.oasis.opendocument.text",
                "application/vnd.oasis.opendocument.spreadsheet",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            }
        ),
    ),
)
_TEXT = frozenset({"text/plain", "text/csv", "text/markdown", "application/json", "message/rfc822"})
ALLOWED = _TEXT.union(*(types for _, types in _MAGIC))
"""Nothing among these is run by a browser or a shell."""

_LONGEST_NAME = 150
_UNSAFE = re.compile(r'[\\/:*?"<>|]')


def checked_type(declared: str, content: bytes) -> str:
    """The media type when content and declaration agree; raises ValueError saying what is not."""
    media_type = declared.partition(";")[0].strip().lower()
    if media_type not in ALLOWED:
        raise ValueError(f"Files of the type {media_type[:80] or 'unknown'} are not taken.")
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        content = _WEBP + content
    fits = next((types for magic, types in _MAGIC if content.startswith(magic)), _TEXT)
    if media_type not in fits:
        raise ValueError(f"The content is not of the type {media_type}.")
    if media_type in _TEXT and not _is_text(content):
        raise ValueError(f"The content is not of the type {media_type}: it is no UTF-8 text.")
    return media_type


def safe_name(given: str) -> str:
    """The last part of the name without anything that a file system or a screen stumbles on."""
    last = given.replace("\\", "/").rsplit("/", 1)[-1]
    normal = unicodedata.normalize("NFC", last)
    shown = "".join(each for each in normal if unicodedata.category(each)[0] != "C")
    name = _UNSAFE.sub("_", shown).strip().lstrip(".").rstrip(". ")
    if len(name) > _LONGEST_NAME:
        stem, dot, ending = name.rpartition(".")
        keep = _LONGEST_NAME - len(ending) - 1
        short = dot and 0 < len(ending) <= 10
        name = f"{stem[:keep]}.{ending}" if short else name[:_LONGEST_NAME]
    return "file" if is_blank(name) else name


def _is_text(content: bytes) -> bool:
    try:
        return "\0" not in content.decode()
    except UnicodeDecodeError:
        return False
