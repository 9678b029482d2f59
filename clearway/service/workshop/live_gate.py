"""The gate while somebody draws: what it finds in unsaved files, and what mends it at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from clearway.engine.examine import Examined
from clearway.engine.expressions import BUILT_IN_NAMES
from clearway.engine.gate.known_names import names_around
from clearway.engine.values import Bundle, Finding, Surroundings
from clearway.service.gate import examine_whole
from clearway.service.workshop.fixes import Fix, fix_of


@dataclass(frozen=True)
class LiveFinding:
    """A finding, and the change that mends it where that is certain."""

    finding: Finding
    fix: Fix | None


@dataclass(frozen=True)
class LiveReport:
    """What the gate says of the files as they are on the screen.

    `everywhere` are the names that every expression may use, `at` those that mean something only
    at an element, because of the loops around it.
    """

    findings: Sequence[LiveFinding]
    everywhere: Sequence[str]
    at: Mapping[str, Sequence[str]]


def laid_over(
    bundle: Bundle, unsaved: Mapping[str, str], saved: Mapping[str, str] | None = None
) -> Bundle:
    """The stored files with what is not saved yet.

    `saved` has the hash of each file that is saved: where it is that of the stored file, that
    file itself counts, because an editor may not write all that stands in it.
    """
    same = {
        path
        for path, hashed in (saved or {}).items()
        if path in bundle.files and sha256(bundle.files[path]).hexdigest() == hashed
    }
    files = {path: text.encode() for path, text in unsaved.items() if path not in same}
    return Bundle(bundle.process, {**bundle.files, **files})


def examine_live(bundle: Bundle, surroundings: Surroundings) -> LiveReport:
    """The same rules as `clearway lint`, with fixes and the names that expressions may use."""
    checked = examine_whole(bundle, surroundings)
    findings = [
        LiveFinding(it, fix_of(it, checked.examined, surroundings)) for it in checked.findings
    ]
    return LiveReport(findings, _everywhere(checked.examined), _at(checked.examined))


def _everywhere(examined: Examined) -> list[str]:
    variables = examined.compiled.variables if examined.compiled is not None else frozenset[str]()
    return sorted(BUILT_IN_NAMES | variables)


def _at(examined: Examined) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for diagram in examined.diagrams.values():
        for process in diagram.processes.values():
            for node in process.all_nodes():
                names = sorted(name for name in names_around(node) if name)
                if names:
                    found[node.id] = names
    return found
