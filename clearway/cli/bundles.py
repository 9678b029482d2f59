"""Finds the process folder that a path on the command line means."""

from pathlib import Path

from clearway.engine import read_bundle
from clearway.engine.bundle import Unreadable, read_file
from clearway.engine.values import Bundle
from clearway.errors import ClearwayError

NAME_A_PROCESS = "Name a .bpmn file, or the folder of a process."


def bundle_at(path: Path) -> Bundle:
    """The bundle of a process folder, or of a `.bpmn` file.

    A file named like its folder stands for the whole folder; any other file stands alone.
    Raises OSError or ClearwayError when there is nothing to read.
    """
    path = path.resolve()
    if path.is_dir():
        return read_bundle(path.parent, path.name)
    if path.is_file() and path.suffix != ".bpmn":
        raise _no_diagram(path)
    if path.is_file() and path.stem == path.parent.name:
        return read_bundle(path.parent.parent, path.stem)
    return Bundle(path.stem, {f"{path.stem}/{path.name}": read_file(path)})


def bundles_under(path: Path) -> tuple[list[Bundle], str | None]:
    """The bundles a path means, and the one scenario file if it names one."""
    path = path.resolve()
    if path.is_file() and path.parent.name == "scenarios":
        return [bundle_at(path.parents[1])], path.name
    if path.is_dir() and not (path / f"{path.name}.bpmn").exists():
        found = [bundle_at(folder) for folder in process_folders(path)]
        if not found:
            raise ClearwayError("there is no process in this folder.")
        return found, None
    return [bundle_at(path)], None


def process_folders(bpmn: Path) -> list[Path]:
    """The folders in `bpmn/` that hold a diagram of their own name, in order."""
    return sorted(f for f in bpmn.iterdir() if f.is_dir() and (f / f"{f.name}.bpmn").exists())


def _no_diagram(path: Path) -> Unreadable:
    """What to name instead: the folder whose diagram the file lies beside, when there is one."""
    for folder in path.parents[:2]:
        if (folder / f"{folder.name}.bpmn").is_file():
            return Unreadable(
                f"{path.name} is no .bpmn file, but one of the files of the process {folder.name}.",
                f"Name the folder of the process: {folder}",
            )
    return Unreadable(f"{path.name} is no .bpmn file.", NAME_A_PROCESS)
