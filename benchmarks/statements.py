"""B3: how many statements and commits each command takes, which no machine changes."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from benchmarks.result import Case, Result, Size
from benchmarks.stage import TRIAGE, Stage, done
from clearway.service.assign import assign
from clearway.service.attach import attach
from clearway.service.cancel import cancel
from clearway.service.claim import claim, unclaim
from clearway.service.comment import comment
from clearway.service.complete import complete
from clearway.service.deliver import deliver_waiting, send
from clearway.service.jobs import claim_jobs, extend_lease, fail_job, finish_job
from clearway.service.link import link
from clearway.service.timers import fire_due

_HOLD: Mapping[str, object] = {"hold_reason": "scheduled", "resume_by": "2100-01-04T09:00:00Z"}
_LEASE = timedelta(hours=1)


def run(stage: Stage, _size: Size) -> Result:
    """Run each command once and count what it sends."""
    # A first pass, so that the version is in memory, as it is in a running house.
    _all_commands(stage)
    rows = [
        {"command": name, "statements": statements, "commits": commits}
        for name, (statements, commits) in _all_commands(stage).items()
    ]
    return Result(rows, ratios={}, notes=["a commit of a question that changes nothing counts too"])


CASE = Case("B3", "statements and commits of each command", run)


def _all_commands(stage: Stage) -> dict[str, tuple[int, int]]:
    house, bob, erin = stage.house, stage.actors["bob"], stage.actors["erin"]
    counts: dict[str, tuple[int, int]] = {}

    def count(name: str, command: Callable[[], object]) -> object:
        sent: list[str] = []
        with house.store.watched_by(sent.append):
            answer = command()
        commits = sent.count("COMMIT")
        counts[name] = len(sent) - commits, commits
        return answer

    stage.answer_steps()
    count("start", stage.report)
    [context, *_notices] = claim_jobs(house, "benchmark", 1, _LEASE)
    count("extend_lease", lambda: extend_lease(house, context.id, context.fence, _LEASE))
    count("fail_job", lambda: done(fail_job(house, context.id, context.fence, "not yet")))
    first, second = stage.incidents(2)
    task, key = first.work_item_id, first.key
    count("claim", lambda: done(claim(house, bob, task, once=stage.once())))
    count("unclaim", lambda: done(unclaim(house, bob, task, once=stage.once())))
    count("assign", lambda: done(assign(house, bob, task, "peggy", once=stage.once())))
    done(assign(house, stage.actors["grace"], task, "bob", once=stage.once()))
    count("complete", lambda: done(complete(house, bob, task, TRIAGE, once=stage.once())))
    said = "It works with the other account."
    count(
        "comment",
        lambda: done(comment(house, erin, key, said, public=False, once=stage.once())),
    )
    count(
        "attach",
        lambda: done(
            attach(house, erin, key, "log.txt", "text/plain", b"all is well", once=stage.once())
        ),
    )
    count("send", lambda: done(send(house, erin, key, "hold", _HOLD, once=stage.once())))
    count(
        "link",
        lambda: done(link(house, bob, key, "relates_to", second.key, once=stage.once())),
    )
    _count_background(stage, count)
    count(
        "cancel",
        lambda: done(cancel(house, stage.actors["grace"], key, "a test", once=stage.once())),
    )
    return counts


def _count_background(stage: Stage, count: Callable[[str, Callable[[], object]], object]) -> None:
    """What workers do when there is nothing to do, and for one job."""
    house = stage.house
    stage.answer_steps()
    count("claim_jobs, none ready", lambda: claim_jobs(house, "benchmark", 50, _LEASE))
    count("fire_due, none due", lambda: fire_due(house, 50))
    count("deliver_waiting, none waits", lambda: deliver_waiting(house, 50))
    stage.report()
    leased = claim_jobs(house, "benchmark", 50, _LEASE)
    [step] = [it for it in leased if it.step == "find_context"]
    [notice] = [it for it in leased if it.step == "notice"]
    count(
        "finish_job, a step", lambda: done(finish_job(house, step.id, step.fence, {"known": False}))
    )
    count("finish_job, a notice", lambda: done(finish_job(house, notice.id, notice.fence, {})))
