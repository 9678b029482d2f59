"""Which input without a value stands behind the answer of a decision that another one needs."""

from clearway.decisions.model import Context, Decision
from clearway.decisions.reader import Decisions
from clearway.feel.blame import Blame
from clearway.feel.limits import Run


def lacking_input(
    decisions: Decisions, decision: Decision, name: str, context: Context, run: Run
) -> str | None:
    """The input, as a reader knows it, that what is called `name` and needed is made of.

    None where no such input lacks a value, or where it is that of another file.
    """
    known = decisions.decisions
    waiting = [it for it in decision.needs.decisions if it in known and known[it].variable == name]
    seen: set[str] = set()
    while waiting:
        identity = waiting.pop()
        if identity in seen:
            continue
        seen.add(identity)
        run.spend(1)
        needs = known[identity].needs
        for each in (decisions.inputs.get(it) for it in needs.inputs):
            told = Blame(frozenset(((each.name,),))).told(context, run) if each else None
            if told is not None:
                return told
        waiting += (it for it in needs.decisions if it in known)
    return None
