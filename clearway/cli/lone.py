"""A diagram that is linted without its folder: which of its processes, and what is told of it."""

from dataclasses import replace
from pathlib import Path

from clearway.engine.bundle import is_process_name, read_file
from clearway.engine.gate.check import in_order
from clearway.engine.runnable import runnable
from clearway.engine.values import Bundle, Finding, Severity, Surroundings
from clearway.service.gate import examine


def is_alone(path: Path) -> bool:
    """Whether this is a diagram that no folder of its name belongs to."""
    path = path.resolve()
    return path.is_file() and path.suffix == ".bpmn" and path.stem != path.parent.name


def examine_alone(path: Path, surroundings: Surroundings) -> list[Finding]:
    """What the gate says of the process that the file is named after, else of all that run.

    A record that only a folder could hold is a warning, and so is a name that is not the
    process's: the file may be on its way to a folder. Raises OSError or ClearwayError when it
    cannot be read.
    """
    data = read_file(path)
    processes = runnable(data, path.stem)
    found: dict[Finding, None] = {}
    for process in processes or [path.stem]:
        own = f"{process}/{process}.bpmn"
        bundle = Bundle(process, {own: data})
        for finding in examine(bundle, surroundings):
            found[_told_alone(finding, own, path.name)] = None
    if processes and path.stem not in processes:
        found[_other_name(path, processes)] = None
    return in_order(found)


def _told_alone(finding: Finding, own: str, name: str) -> Finding:
    if finding.file == own:
        return replace(finding, file=name)
    # Nobody has named the folder in which the record may be.
    is_beside = finding.rule == "record-missing"
    return replace(finding, severity=Severity.WARNING) if is_beside else finding


def _other_name(path: Path, processes: list[str]) -> Finding:
    named = [f"`{it}`" for it in processes]
    message = f"The file is named `{path.stem}`, its process {named[0]}: it is not deployed so."
    if len(processes) > 1:
        message = (
            f"The file is named `{path.stem}` and holds the processes {', '.join(named[:-1])} and "
            f"{named[-1]}: each was examined by itself, and none is deployed so."
        )
    remedy = (
        f"To deploy it, make it `{processes[0]}.bpmn` in a folder `{processes[0]}` of bpmn/."
        if len(processes) == 1
        else "To deploy them, give each a file and a folder of its id in bpmn/."
    )
    if not all(map(is_process_name, processes)):
        remedy = (
            "To deploy it, give the process an id of small letters, digits, `_` and `-`, "
            "and a file and a folder of that name in bpmn/."
        )
    return Finding(path.name, None, "process-name", Severity.WARNING, message, remedy)
