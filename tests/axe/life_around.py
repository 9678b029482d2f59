"""The part of the day around records: signing in, the registry, schedules, alerts, heartbeats."""

from datetime import UTC, datetime, timedelta

import scene
from sayings import ALERTS, ALICE
from step import MINUTE, Step, key

from clearway.service import alerts, feed, heartbeats, ledger, registry, sign_in
from clearway.service.deploy import deploy
from clearway.service.house import House
from clearway.service.values import SYSTEM
from clearway.service.windows import remove_window, save_window
from clearway.store.windows import Window

DUE = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)

SIGN_IN = (
    Step(
        "set_password",
        lambda house, _: sign_in.set_password(house, SYSTEM, "alice", "Correct-Horse-7-Staple"),
        again="same",
    ),
    Step(
        "sign_in",
        lambda house, _: sign_in.sign_in(house, "alice", "Correct-Horse-7-Staple", source="here"),
        again="same",
        parts=True,
    ),
    Step(
        "touch_session",
        lambda house, _: sign_in.who_is(house, scene.KNOWN_TOKEN) is not None,
        again="same",
        passes=2 * MINUTE,
    ),
    Step("sign_out", lambda house, _: sign_in.sign_out(house, scene.KNOWN_TOKEN), again="same"),
    Step(
        "issue_token",
        lambda house, _: sign_in.issue_token(house, SYSTEM, "robot", roles=["alerts"]),
        again="anew",
    ),
    Step(
        "admit_channel",
        lambda house, _: sign_in.admit_channel(house, "pager", "a token of its own", ["system"]),
        again="same",
    ),
    Step(
        "revoke_token",
        lambda house, _: sign_in.revoke_token(house, SYSTEM, "robot"),
        again="gone",
    ),
    Step(
        "tidy_sign_in",
        lambda house, _: sign_in.tidy_sign_in(house),
        again="nothing",
        passes=timedelta(hours=13),
    ),
)

REGISTRY = (
    Step(
        "import_csv",
        lambda house, once: registry.import_csv(
            house, SYSTEM, "people", "name,full_name\nheidi,Heidi\nivan,Ivan\n", once=once
        ),
    ),
    Step(
        "set_absence",
        lambda house, once: registry.set_absence(
            house, ALICE, "alice", scene.MORNING, scene.MORNING + timedelta(days=1), once=once
        ),
    ),
    Step(
        "remove_from_registry",
        lambda house, once: registry.remove(
            house, SYSTEM, "absences", ["alice", scene.MORNING], once=once
        ),
    ),
    Step(
        "save_window",
        lambda house, once: save_window(
            house,
            SYSTEM,
            Window(
                "quiet",
                "freeze",
                "Quiet days",
                "hard",
                "2026-03-03T07:00",
                "2026-03-04T07:00",
                "UTC",
            ),
            once=once,
        ),
    ),
    Step("remove_window", lambda house, once: remove_window(house, SYSTEM, "quiet", once=once)),
    Step(
        "deploy",
        lambda house, once: deploy(
            house, SYSTEM, scene.bundle("chatter"), parent=None, reason=scene.DESPITE, once=once
        ),
    ),
)

SCHEDULES = (
    Step(
        "note_due",
        lambda house, _: ledger.note_due(house, "nightly", [DUE, DUE + timedelta(days=1)]),
        again="same",
    ),
    Step(
        "note_missed",
        lambda house, _: ledger.note_missed(
            house, "nightly", DUE + timedelta(days=1), "nobody came", {}
        ),
        again="same",
    ),
    Step(
        "begin_run",
        lambda house, _: ledger.begin_run(house, "nightly", DUE, "runner"),
        again="ours",
    ),
    Step(
        "release_run",
        lambda house, _: ledger.release_run(house, "nightly", DUE, "runner"),
        again="same",
    ),
    Step(
        "begin_run_again",
        lambda house, _: ledger.begin_run(house, "nightly", DUE, "runner"),
        again="same",
        struck=False,
    ),
    Step("keep_evidence", lambda house, _: ledger.keep_evidence(house, {"a": 1}), again="same"),
    Step(
        "finish_run",
        lambda house, _: ledger.finish_run(house, "nightly", DUE, "runner", outcome="passed"),
        again="same",
    ),
    Step(
        "mark_missed",
        lambda house, _: ledger.mark_missed(house, "nightly", [DUE + timedelta(days=1)]),
        again="nothing",
    ),
)


def _alert(house: House) -> alerts.AlertLedger:
    return alerts.AlertLedger(house, "alertmanager", "f1")


def _opened(house: House, _: str, key: str) -> object:
    row = alerts.known_alert(house, "alertmanager", "f1")
    return _alert(house).opened(row, key) if row else None


ALERT = (
    Step("alert_opening", lambda house, _: _alert(house).opening(DUE), again="same"),
    Step("alert_opened", _opened, key("child"), again="same"),
    Step("alert_counted", lambda house, _: _alert(house).counted(), again="same"),
    Step("alert_fires_again", lambda house, _: _alert(house).fires_again(DUE), again="same"),
    Step(
        "alert_over",
        lambda house, _: _alert(house).over(DUE, DUE + timedelta(hours=1)),
        again="same",
    ),
    Step(
        "condition_ended",
        lambda house, once, key: alerts.condition_ended(
            house, ALERTS, key, unclaimed="x", claimed="y", text="over", payload={}, once=once
        ),
        key("child"),
    ),
    Step(
        "note",
        lambda house, once, key: alerts.note(
            house, ALERTS, key, "it is over", once=once, withdraws=["x"]
        ),
        key("child"),
    ),
)

HEARTBEATS = (
    Step("beat", lambda house, _: heartbeats.beat(house, "worker w"), again="same"),
    Step("miss", lambda house, _: heartbeats.miss(house, "worker w", {}), again="same"),
    Step("say_goodbye", lambda house, _: heartbeats.say_goodbye(house, "worker w"), again="same"),
)

FEED = (
    Step("make_feed", lambda house, _: feed.make_feed(house, ALICE), again="anew"),
    Step("revoke_feed", lambda house, _: feed.revoke_feed(house, ALICE), again="gone"),
)
