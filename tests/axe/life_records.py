"""The part of the day with records: opened, decided, held, moved, ended, and told to each other."""

from datetime import timedelta

import scene
from sayings import (
    ALERTS,
    ALICE,
    BOB,
    CAROL,
    DAVE,
    ERIN,
    GRACE,
    LEASE,
    chatters,
    completes,
    deliveries,
    fails,
    finishes,
    lease,
    moves,
    moves_all,
    opens,
    sends,
)
from step import Step, fault, item, job, key, keys

from clearway.service.assign import assign
from clearway.service.attach import attach
from clearway.service.cancel import cancel
from clearway.service.claim import claim, unclaim
from clearway.service.comment import comment
from clearway.service.deliver import send
from clearway.service.deploy import deploy
from clearway.service.faults import retry
from clearway.service.jobs import extend_lease
from clearway.service.link import link
from clearway.service.migrate import undo_migration
from clearway.service.start import start
from clearway.service.timers import fire_due
from clearway.service.values import SYSTEM
from clearway.service.vote import vote

LONG = "a name that is longer than a name may be"

ERRAND = (
    Step("start", opens("a piano")),
    Step("claim", lambda house, once, item: claim(house, BOB, item, once=once), item("sort")),
    Step("unclaim", lambda house, once, item: unclaim(house, BOB, item, once=once), item("sort")),
    Step(
        "assign",
        lambda house, once, item: assign(house, BOB, item, "carol", once=once),
        item("sort"),
    ),
    Step("complete", completes(CAROL, weight=99, remark="heavy"), item("sort")),
    Step(
        "vote",
        lambda house, once, item: vote(house, DAVE, item, "chair", "approve", once=once),
        item("approve"),
    ),
    Step("send_beside", sends("news"), key("a piano")),
    Step(
        "vote_that_decides",
        lambda house, once, item: vote(house, ERIN, item, "one", "approve", once=once),
        item("approve"),
    ),
    lease("lease", struck=True),
    lease("lease_again"),
    Step(
        "extend_lease",
        lambda house, _, job, fence: extend_lease(house, job, fence, LEASE),
        job,
        again="same",
    ),
    Step("fail_job", fails(), job, again="same"),
    lease("lease_once_more"),
    Step("finish_job", finishes(place="shelf 7"), job, again="stale"),
    Step("send", sends("hold", question="Which one?"), key("a piano")),
    Step(
        "comment",
        lambda house, once, key: comment(
            house, ALICE, key, "The black one.", public=True, once=once
        ),
        key("a piano"),
    ),
    Step(
        "attach",
        lambda house, once, key: attach(
            house, ALICE, key, "a.txt", "text/plain", b"a piano", once=once
        ),
        key("a piano"),
    ),
    Step("start_another", opens("a stool")),
    Step(
        "link",
        lambda house, once, one, other: link(house, BOB, one, "relates_to", other, once=once),
        keys("a piano", "a stool"),
    ),
    Step(
        "fire_due",
        lambda house, _: fire_due(house, 10),
        again="nothing",
        parts=True,
        passes=timedelta(days=2),
    ),
    lease("lease_notice"),
    lease("lease_notice_again"),
    Step("finish_notice", finishes(sent=1), job, again="stale"),
    Step("migrate", moves, key("a piano")),
    Step(
        "undo_migration",
        lambda house, once, key: undo_migration(house, GRACE, key, once=once),
        key("a piano"),
    ),
    Step("migrate_all", moves_all, key("a piano"), again="same", parts=True),
    Step("complete_that_ends", completes(BOB), item("bring")),
)

STOOL = (
    Step("complete_small", completes(BOB, weight=1), item("sort"), struck=False),
    lease("lease_stool"),
    lease("lease_stool_again"),
    Step("fail_for_business", fails("not_found"), job, again="stale"),
    Step(
        "cancel",
        lambda house, once, key: cancel(house, GRACE, key, "no need", once=once),
        key("a stool"),
    ),
    Step(
        "start_that_follows",
        lambda house, once, key: start(
            house, ALICE, "errand", {"what": "a bench"}, once=once, follows=key
        ),
        key("a piano"),
    ),
    Step(
        "cancel_it",
        lambda house, once, key: cancel(house, GRACE, key, "no need", once=once),
        key("a bench"),
        struck=False,
    ),
)

FAULTS = (
    Step(
        "start_that_faults",
        lambda house, once: start(house, ALERTS, "errand", {"what": 7}, once=once, event="call"),
        again="faulted",
        parts=True,
    ),
    Step(
        "deploy_mended",
        lambda house, once: deploy(
            house, SYSTEM, scene.errand_3(), parent=2, reason=scene.DESPITE, once=once
        ),
        struck=False,
    ),
    Step(
        "retry_start",
        lambda house, once, fault: retry(house, GRACE, fault, once=once),
        fault,
        parts=True,
    ),
    Step("start_third", opens("a lamp"), struck=False),
    Step("complete_third", completes(BOB, weight=1), item("sort"), struck=False),
    lease("lease_third"),
    lease("lease_third_again"),
    Step("finish_job_that_faults", finishes(place=7), job, again="stale", parts=True),
    Step("retry", lambda house, once, fault: retry(house, GRACE, fault, once=once), fault),
    lease("lease_1"),
    lease("lease_2"),
    lease("lease_3"),
    lease("lease_4", parts=True, struck=True),
    lease("lease_in_vain", parts=True),
)

MESSAGES = (
    Step("start_mother", chatters("mother"), struck=False),
    Step("start_child", chatters("child"), struck=False),
    Step(
        "send_to_others",
        lambda house, once, mother, child: send(
            house, BOB, mother, "begin", {"others": [child], "words": 1}, once=once
        ),
        keys("mother", "child"),
    ),
    deliveries("deliver_there_and_back"),
    Step("send_that_opens", sends("breed", heir="kim"), key("mother")),
    deliveries("deliver_that_opens"),
    Step("send_too_much", sends("breed", heir=LONG), key("mother"), struck=False),
    deliveries("deliver_that_faults"),
    Step(
        "retry_opening",
        lambda house, once, fault: retry(house, GRACE, fault, once=once),
        fault,
        again="same",
    ),
    deliveries("deliver_that_faults_again", struck=False),
)

SIGNALS = (
    Step(
        "start_watch", lambda house, once: start(house, BOB, "beacon", {}, once=once), struck=False
    ),
    Step(
        "start_light",
        lambda house, once: start(house, BOB, "beacon", {"lights": True}, once=once),
        struck=False,
    ),
    Step("complete_that_signals", completes(BOB), item("light")),
    deliveries("deliver_signal"),
)
