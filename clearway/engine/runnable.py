"""Which processes of a diagram are meant to run."""

from clearway.engine.findings import Findings
from clearway.engine.reader import read_diagram
from clearway.engine.xml import read_xml


def runnable(data: bytes, named: str) -> list[str]:
    """The ids to look at in a file that is named so: the one of its name, else those that run.

    All when none is marked as executable; empty when the file holds none, or cannot be read.
    """
    findings = Findings()
    root = read_xml(data, named, findings, trusted=False)
    if root is None:
        return []
    processes = read_diagram(root, named, findings).processes
    if named in processes:
        return [named]
    return [it.id for it in processes.values() if it.id and it.executable] or list(
        filter(None, processes)
    )
