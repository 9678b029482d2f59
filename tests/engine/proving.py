"""All that the proof of soundness says about a drawing that is otherwise only read."""

from clearway.engine.examine import examine
from clearway.engine.findings import Findings
from clearway.engine.gate.say import Say
from clearway.engine.soundness import check
from clearway.engine.values import Bundle, Finding


def found_in(bundle: Bundle) -> list[Finding]:
    """The findings of its process and of those that it calls."""
    draft = examine(bundle, strict=False, trusted=True)
    findings = Findings()
    for process in draft.read.called():
        check(process, draft.read.processes, Say("p/p.bpmn", findings))
    return list(findings.found)
