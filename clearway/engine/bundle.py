"""The files of one process: read from a folder, named by what they contain."""

import hashlib
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from clearway.engine import limits
from clearway.engine.values import Bundle
from clearway.errors import ClearwayError

_CALLED = re.compile(rb"calledElement\s*=\s*[\"']([^\"']+)[\"']")
_PROCESS = re.compile(rb"<(?:[\w.-]+:)?process\s[^>]*?\bid\s*=\s*[\"']([^\"']+)[\"']")
_NAME = re.compile(r"^[a-z][a-z0-9_-]*$")
_YAML = (".yaml", ".yml")
SHARED = "shared"
SMALLER = "Take out pictures and what the process does not need, or split it into called processes."


class BundleError(ClearwayError):
    """The folder of a process cannot be read as one."""


class Unreadable(BundleError):
    """What is named is nothing that can be read: why, what to do, and the rule that says so."""

    rule = "unreadable"

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy


class BundleTooLarge(Unreadable):
    """There is more than anybody draws: which file, how large, what the limit is, what to do."""

    rule = "unreadable-size"

    def __init__(self, problem: str, remedy: str = SMALLER) -> None:
        super().__init__(problem, remedy)


def read_bundle(folder: Path, process: str) -> Bundle:
    """The files of `process` in the folder `bpmn/`, with the shared files that it may use.

    All calendars and shared messages are included, and the diagrams that hold processes it calls,
    however deep.
    Raises BundleError when there is no such process, it is too large, or holds what is no file.
    """
    own = folder / process
    if not is_process_name(process) or not own.is_dir():
        raise BundleError(
            f"There is no process `{process}` in {folder}. "
            f"A process is a folder there with a file {process}.bpmn in it."
        )
    files = _files(folder, own)
    if f"{process}/{process}.bpmn" not in files:
        raise BundleError(f"The folder {own} has no file {process}.bpmn; add the diagram.")
    files |= _shared(folder, files)
    if (together := sum(map(len, files.values()))) > limits.BUNDLE_BYTES:
        largest = max(files, key=lambda path: len(files[path]))
        raise BundleTooLarge(
            f"The files of `{process}` have {limits.mebibytes(together)} together, the largest "
            f"({largest}) {limits.mebibytes(len(files[largest]))}; a process has at most "
            f"{limits.mebibytes(limits.BUNDLE_BYTES)}."
        )
    if len(files) > limits.BUNDLE_FILES:
        raise _too_many(own)
    return Bundle(process, dict(sorted(files.items())))


def read_file(path: Path) -> bytes:
    """One file of a process, never more than a whole process may have.

    Raises OSError, BundleTooLarge for one that is larger, and Unreadable for what is no file:
    a device or a pipe may never come to an end.
    """
    kind = _kind(path.stat().st_mode)
    if kind is not None:
        raise Unreadable(
            f"{path} is no file but a {kind}.", "Put a file in its place, or name another."
        )
    # Without waiting: what was a file a moment ago may be a pipe now.
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        # Never trust the stated size: read one byte more than what is allowed.
        found = b"" if size > limits.BUNDLE_BYTES else stream.read(limits.BUNDLE_BYTES + 1)
    size = max(size, len(found))
    if size > limits.BUNDLE_BYTES:
        most = limits.mebibytes(limits.most_bytes(path.name))
        raise BundleTooLarge(
            f"{path} has {limits.mebibytes(size)}; such a file has at most {most}."
        )
    return found


def is_process_name(name: str) -> bool:
    """Whether a process, and so its folder, may be called so."""
    return _NAME.match(name) is not None


def scenario_files(bundle: Bundle) -> list[str]:
    """The paths of the scenarios of a process, in order."""
    own = f"{bundle.process}/scenarios/"
    return sorted(it for it in bundle.files if it.startswith(own) and it.endswith(_YAML))


def manifest(bundle: Bundle) -> dict[str, str]:
    """Path -> SHA-256 of the content, in the order of the paths."""
    return {path: hashlib.sha256(bundle.files[path]).hexdigest() for path in sorted(bundle.files)}


def bundle_hash(bundle: Bundle) -> str:
    """One SHA-256 for the process and all its files; equal bundles have equal hashes."""
    return manifest_hash(bundle.process, manifest(bundle))


def manifest_hash(process: str, manifest: Mapping[str, str]) -> str:
    """The same for who knows the hashes of the files (path -> hash) and not what is in them."""
    digest = hashlib.sha256(process.encode())
    for path, content in sorted(manifest.items()):
        digest.update(f"\n{path} {content}".encode())
    return digest.hexdigest()


def _files(folder: Path, inside: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    _refuse_leaving(inside, folder, "folder")
    for path in sorted(inside.rglob("*")):
        name = path.relative_to(folder).as_posix()
        # Hidden files belong to editors.
        if "/." in f"/{name}":
            continue
        _refuse_leaving(path, folder, "file")
        if path.is_dir():
            continue
        if len(found) > limits.BUNDLE_FILES:
            raise _too_many(inside)
        found[name] = read_file(path)
    return found


def _refuse_leaving(path: Path, folder: Path, what: str) -> None:
    """Raises Unreadable for a link out of the folder, to nothing, or to a folder for a file.

    What lies elsewhere may be anybody's, and could be copied into a version that others read.
    """
    if not path.is_symlink():
        return
    # Links that lead in a round are nothing that exists; Path.resolve would fail on them.
    target = Path(os.path.realpath(path))
    if not target.is_relative_to(folder.resolve()):
        why = f"which lies outside of {folder}"
    elif not target.exists():
        why = "which is not there"
    elif what == "file" and target.is_dir():
        why = "a folder, and is not looked into"
    else:
        return
    raise Unreadable(
        f"{path} is a symbolic link to {os.readlink(path)}, {why}.",
        f"Put the {what} itself in its place, or take the link out.",
    )


def _kind(mode: int) -> str | None:
    """What it is instead of a file; None for a file."""
    if stat.S_ISREG(mode):
        return None
    kinds = ((stat.S_ISDIR, "folder"), (stat.S_ISFIFO, "pipe"), (stat.S_ISSOCK, "socket"))
    return next((name for is_kind, name in kinds if is_kind(mode)), "device")


def _too_many(folder: Path) -> BundleTooLarge:
    return BundleTooLarge(
        f"{folder} has more than {limits.BUNDLE_FILES} files.",
        "Take out what the process does not need.",
    )


def _shared(folder: Path, files: dict[str, bytes]) -> dict[str, bytes]:
    shared = folder / SHARED
    if not shared.is_dir():
        return {}
    everything = _files(folder, shared)
    found = {
        path: data
        for path, data in everything.items()
        if "/calendars/" in path or path.startswith(f"{SHARED}/messages/")
    }
    homes = {
        name: path
        for path, data in everything.items()
        if path.endswith(".bpmn")
        for name in _PROCESS.findall(data)
    }
    open_ends = [data for path, data in files.items() if path.endswith(".bpmn")]
    while open_ends:
        for name in _CALLED.findall(open_ends.pop()):
            path = homes.get(name.rpartition(b":")[2])
            if path is not None and path not in found:
                found[path] = everything[path]
                open_ends.append(everything[path])
    return found
