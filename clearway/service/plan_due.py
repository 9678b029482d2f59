"""The rules of what is due: a timer as drawn, a reminder of a round, or its end."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from clearway.service.asked_round import ballots_of, bare_round
from clearway.service.deed import Deed
from clearway.service.deployed import Deployed
from clearway.service.end_round import end_round
from clearway.service.plan import Outcome, planned
from clearway.service.plan_events import plan_timer
from clearway.service.round_times import END, time_of
from clearway.service.values import Actor
from clearway.store.rows import Round, Snapshot, Timer, WorkItem
from processes.catalogue import Rule
from processes.verdict import progress

WANTED = "vote_wanted"
"""The message that reminds of a vote."""

StillWanted = Callable[[WorkItem], Sequence[str]]
"""Who may vote in the open round of this approval now, and has not."""


def plan_due(
    deployed: Deployed,
    snapshot: Snapshot,
    actor: Actor,
    timer: Timer,
    rules: Mapping[str, Rule],
    still_wanted: StillWanted,
    now: datetime,
) -> Outcome:
    """Something is due. Raises ProcessFault."""
    found = time_of(timer.token)
    if found is None:
        return plan_timer(deployed, snapshot, actor, timer, now)
    what, token = found
    item = next((it for it in snapshot.open_items() if it.token == token), None)
    deed = Deed(deployed, actor, "timer", now, snapshot=snapshot)
    deed.cleared_timers.append(timer.token)
    if item is None or item.round is None:
        deed.line("skipped", timer.element, due=timer.due_at)
    elif what == END:
        _end(deed, item, item.round, rules)
    else:
        _remind(deed, item, item.round, rules, still_wanted(item))
    return planned(deed)


def _end(deed: Deed, item: WorkItem, round_: Round, rules: Mapping[str, Rule]) -> None:
    rule, ballots = rules[round_.rule], ballots_of(round_)
    may_defer = deed.deployed.elements[item.element].may_defer
    verdict = rule.conclude(bare_round(round_, rule, may_defer=may_defer), ballots)
    end_round(deed, item, round_, verdict, ballots)


def _remind(
    deed: Deed, item: WorkItem, round_: Round, rules: Mapping[str, Rule], people: Sequence[str]
) -> None:
    if not people:
        deed.line("reminded_nobody", item.element, name=item.name, round=round_.revision)
        return
    may_defer = deed.deployed.elements[item.element].may_defer
    asked = bare_round(round_, rules[round_.rule], may_defer=may_defer)
    values = {
        "approval": item.name,
        "deadline": round_.deadline,
        "progress": progress(asked, ballots_of(round_)),
        "task": item.id,
    }
    deed.tell(item.element, WANTED, people, values)
