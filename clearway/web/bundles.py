"""The files of a process as they travel: uploaded, zipped, carried through a page, downloaded."""

import base64
import binascii
import io
import stat
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from clearway.engine.bundle import SMALLER
from clearway.engine.limits import mebibytes
from clearway.engine.values import Bundle
from clearway.errors import ClearwayError
from clearway.service.workshop.places import ENDINGS, LARGEST, MOST_FILES

_SPECIAL = {".bpmn": "", ".dmn": "", ".j2": "messages/"}


class UnusableUpload(ClearwayError):
    """What was uploaded is no process; the text says what to send instead."""


def merged(current: Bundle, uploaded: Iterable[tuple[str, bytes]]) -> Bundle:
    """The current files with those that were uploaded in place of theirs.

    A zip is the whole folder: what is not in it is gone, shared files aside. Raises
    UnusableUpload.
    """
    files = dict(current.files)
    for name, content in uploaded:
        if name.lower().endswith(".zip"):
            folder = _unzipped(current.process, content)
            files = {path: one for path, one in files.items() if path.startswith("shared/")}
            files.update(folder)
        else:
            files[_place(current, name)] = content
    return _checked(Bundle(current.process, files))


def zipped(bundle: Bundle) -> bytes:
    """The files as a zip, the same bytes for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(bundle.files):
            # A fixed date, so that the same version always downloads as the same file.
            archive.writestr(zipfile.ZipInfo(path, (2000, 1, 1, 0, 0, 0)), bundle.files[path])
    return buffer.getvalue()


def packed(bundle: Bundle) -> str:
    """The files as text for a hidden field. Nothing rests on it: the gate looks at it again."""
    return base64.b64encode(zipped(bundle)).decode("ascii")


def unpacked(process: str, text: str) -> Bundle:
    """The files out of the hidden field; raises UnusableUpload."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise UnusableUpload("The checked files were lost. Upload them again.") from None
    return from_zip(process, content)


def from_zip(process: str, content: bytes) -> Bundle:
    """The files out of a zip of the folder; raises UnusableUpload."""
    return _checked(Bundle(process, _unzipped(process, content)))


def _place(current: Bundle, name: str) -> str:
    """Where a single file belongs: in place of the one with its name, or where its kind lies."""
    plain = PurePosixPath(name.replace("\\", "/")).name
    same = [path for path in current.files if PurePosixPath(path).name == plain]
    if len(same) > 1:
        raise UnusableUpload(
            f"There are {len(same)} files called {plain} ({', '.join(sorted(same))}). "
            "Upload a zip of the whole folder instead."
        )
    if same:
        return same[0]
    ending = PurePosixPath(plain).suffix
    if ending == ".bpmn":
        # People save a diagram under another name; a process has only one.
        return f"{current.process}/{current.process}.bpmn"
    if ending in _SPECIAL:
        return f"{current.process}/{_SPECIAL[ending]}{plain}"
    raise UnusableUpload(
        f"{plain} belongs to no file of this process. To add a file that is no diagram, table "
        "or message, upload a zip of the whole folder."
    )


def _unzipped(process: str, content: bytes) -> Mapping[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [one for one in archive.infolist() if not one.is_dir()]
            if len(entries) > MOST_FILES:
                raise UnusableUpload(f"The zip has more than {MOST_FILES} files.")
            return _read(process, archive, entries)
    except (zipfile.BadZipFile, EOFError, RuntimeError, NotImplementedError, OSError) as error:
        raise UnusableUpload(f"The zip cannot be read ({error}). Make it again.") from error


def _read(
    process: str, archive: zipfile.ZipFile, entries: Iterable[zipfile.ZipInfo]
) -> Mapping[str, bytes]:
    files: dict[str, bytes] = {}
    left = LARGEST
    for entry in entries:
        path = _safe_path(process, entry.filename)
        if path is None:
            continue
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise UnusableUpload(f"{path} is a link: put the file itself into the zip.")
        with archive.open(entry) as stream:
            # Never trust the stated size: read one byte more than what is still allowed.
            found = stream.read(left + 1)
        if len(found) > left:
            raise _too_large(path, max(entry.file_size, len(found)))
        left -= len(found)
        files[path] = found
    return files


def _safe_path(process: str, name: str) -> str | None:
    """The path inside `bpmn/`, or None for what a system adds by itself."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if ".." in parts or name.startswith("/") or any(":" in part for part in parts):
        raise UnusableUpload(f"The zip holds {name!r}, which lies outside its folder.")
    if any(part.startswith((".", "__MACOSX")) for part in parts):
        return None
    if parts[:1] == ("bpmn",):
        parts = parts[1:]
    if parts[:1] not in ((process,), ("shared",)):
        parts = (process, *parts)
    return "/".join(parts)


def _checked(bundle: Bundle) -> Bundle:
    if sum(len(one) for one in bundle.files.values()) > LARGEST:
        path = max(bundle.files, key=lambda path: len(bundle.files[path]))
        raise _too_large(path, len(bundle.files[path]))
    for path in bundle.files:
        if PurePosixPath(path).suffix.lower() not in ENDINGS:
            raise UnusableUpload(
                f"{path} is no file of a process. Take it out: a process holds diagrams, "
                "tables, forms, texts and scenarios only."
            )
    own = f"{bundle.process}/"
    if not any(path.startswith(own) and path.endswith(".bpmn") for path in bundle.files):
        raise UnusableUpload(
            f"The zip holds no .bpmn file of {bundle.process}. Put the whole folder of the process "
            f"into it, with its diagram {bundle.process}.bpmn."
        )
    return bundle


def _too_large(path: str, size: int) -> UnusableUpload:
    return UnusableUpload(
        f"The files are larger than {mebibytes(LARGEST)} together; {path} alone has "
        f"{mebibytes(size)}. {SMALLER}"
    )
