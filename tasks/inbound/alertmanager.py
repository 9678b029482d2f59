"""Alerts of Prometheus Alertmanager: what fires opens an incident, what ends may resolve it."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from clearway.errors import NotTaken
from clearway.service.alerts import (
    FIRING,
    OPENING,
    RESOLVED,
    AlertLedger,
    AlertRow,
    condition_ended,
    note,
    opened_as,
)
from clearway.service.house import House
from clearway.service.link import link
from clearway.service.sign_in import admit_channel
from clearway.service.standing import standing
from clearway.service.start import start
from clearway.service.values import Actor, Refusal
from tasks.inbound.alert_body import Alert, Unusable, Wrong, read_body
from tasks.inbound.alert_words import name_of, payload, shown

SOURCE = "alertmanager"
ROLE = "alerts"
"""The role of a token that may deliver alerts."""
PROCESS = "incident"
FIRED, RECOVERED, CLEARED = "alert.fired", "alert.recovered", "alert.cleared"
"""The messages that the incident's diagram catches."""
RESOLVED_STATES = frozenset({"resolved"})
"""Nobody works on such an incident: when its alert fires again, another one is opened."""

_log = logging.getLogger(__name__)
_MOST_TOLD = 50
"""How many places a refusal, or a line of the log, names at most."""
_ACTOR = Actor(SOURCE, roles=frozenset({"system"}), is_person=False)


class AlertsNotTaken(NotTaken):
    """Not every alert of the delivery was taken: send it again later, nothing counts twice."""


@dataclass(frozen=True)
class AlertError:
    """What is wrong in one place of a delivery, such as `alerts[2].fingerprint`."""

    field: str
    message: str


@dataclass(frozen=True)
class AlertResult:
    """What became of one alert.

    Outcome: opened, repeated (fires on, or delivered again), recovered (the incident is resolved),
    cleared (its owner was told), recorded (there is no open incident), late (an older episode),
    refused (it cannot be understood: `errors` has each place, and nothing came of it).
    `fingerprint` is None when it is what cannot be understood.
    """

    fingerprint: str | None
    outcome: str
    key: str | None
    errors: Sequence[AlertError] = ()


@dataclass(frozen=True)
class AlertsReceived:
    """One result for each alert, in the order of the delivery."""

    results: Sequence[AlertResult]

    @property
    def counts(self) -> Mapping[str, int]:
        """How often each outcome came."""
        return Counter(result.outcome for result in self.results)


def admit_alertmanager(house: House, token: str) -> None:
    """Let Alertmanager in with the operator's token (CLEARWAY_ALERT_TOKEN)."""
    admit_channel(house, SOURCE, token, [ROLE])


def receive_alerts(house: House, actor: Actor, body: bytes) -> AlertsReceived | Refusal:
    """Take a delivery; the same one again, whole or in part, has no further effect.

    An alert that cannot be understood is refused alone, and the others are taken: Alertmanager
    never repeats what gets 4xx, so that they would be lost. Only when the body is no delivery, or
    none of its alerts can be understood, all is refused: the fields of the Refusal are paths such
    as `alerts[2].fingerprint`. Raises AlertsNotTaken or a StoreError when it must be sent again:
    answer 503.
    """
    if actor.is_person or not actor.roles & {ROLE, "system"}:
        return Refusal(
            "not_allowed", "This token may not deliver alerts.", "Use the channel's own token."
        )
    found = read_body(body, house.now())
    if isinstance(found, Wrong):
        return _unusable([found])
    wrong = [one for each in found if isinstance(each, Unusable) for one in each.wrong]
    if wrong:
        told = "; ".join(f"{one.path!a}: {one.text}" for one in wrong[:_MOST_TOLD])
        _log.warning("Alerts of a delivery were refused (wrong fields: %d): %s", len(wrong), told)
        if not any(isinstance(each, Alert) for each in found):
            return _unusable(wrong)
    return AlertsReceived(_all_taken(house, found))


def _all_taken(house: House, found: Sequence[Alert | Unusable]) -> list[AlertResult]:
    results = {at: _refused(each) for at, each in enumerate(found) if isinstance(each, Unusable)}
    alerts = [(at, each) for at, each in enumerate(found) if isinstance(each, Alert)]
    not_taken: list[AlertsNotTaken] = []
    # Older episodes first, so that a shuffled delivery ends as an ordered one.
    for at, alert in sorted(alerts, key=lambda one: _happened(one[1])):
        try:
            results[at] = _taken(house, alert)
        except AlertsNotTaken as error:
            not_taken.append(error)
    if not_taken:
        # The others are taken all the same: one alert does not keep them back.
        raise AlertsNotTaken(" ".join(str(error) for error in not_taken[:_MOST_TOLD]))
    return [results[at] for at in range(len(found))]


def _refused(alert: Unusable) -> AlertResult:
    errors = tuple(AlertError(one.path, one.text) for one in alert.wrong)
    return AlertResult(alert.fingerprint, "refused", None, errors)


def _happened(alert: Alert) -> tuple[datetime, bool]:
    return alert.ended or alert.began, not alert.is_firing


def _unusable(wrong: Sequence[Wrong]) -> Refusal:
    shown = wrong[:_MOST_TOLD]
    return Refusal(
        "invalid",
        f"The delivery cannot be used: {shown[0].path}: {shown[0].text}",
        "Send the body of Alertmanager's webhook, version 4, unchanged.",
        {each.path: each.text for each in shown},
    )


# --- it fires ----------------------------------------------------------------------------------


def _taken(house: House, alert: Alert) -> AlertResult:
    ledger = AlertLedger(house, SOURCE, alert.fingerprint)
    known = ledger.known()
    if known is not None and known.status == OPENING:
        # Somebody opens its incident just now, or died while doing so.
        key = opened_as(house, _once(alert, known.first_seen_at, "fired"))
        known = known if key is None else _adopt(house, alert, ledger, known, key)
    if alert.ended is None:
        return _fired(house, alert, ledger, known)
    return _ended(house, alert, ledger, known, alert.ended)


def _fired(house: House, alert: Alert, ledger: AlertLedger, known: AlertRow | None) -> AlertResult:
    if known is not None and known.status != OPENING:
        if not _is_news(alert, known):
            return _heard_again(house, alert, ledger, known)
        if known.key and _is_worked_on(house, known.key):
            return _fired_anew(house, alert, ledger, known)
    row = ledger.opening(alert.began)
    if row.status != OPENING:
        # Somebody else was faster, and is done already.
        return _heard(alert, row)
    return _open(house, alert, ledger, row)


def _is_news(alert: Alert, known: AlertRow) -> bool:
    """Whether a new episode has begun. Without a date, only its end tells one from the next."""
    return alert.began > known.first_seen_at and (alert.is_dated or known.status == RESOLVED)


def _heard_again(house: House, alert: Alert, ledger: AlertLedger, known: AlertRow) -> AlertResult:
    """The episode is known: it counts, and opens nothing, even when its end came first."""
    ledger.counted()
    if known.status == RESOLVED and not known.key:
        # Its end came while somebody opened its incident, who may have died before saying so.
        once = _once(alert, alert.began, "fired")
        if (key := opened_as(house, once)) is not None:
            _adopt(house, alert, ledger, known, key)
            return _tell_end(house, alert, key, alert.began)
    return _heard(alert, known)


def _heard(alert: Alert, row: AlertRow) -> AlertResult:
    outcome = "late" if row.status == RESOLVED else "repeated"
    return AlertResult(alert.fingerprint, outcome, row.key or None)


def _fired_anew(house: House, alert: Alert, ledger: AlertLedger, known: AlertRow) -> AlertResult:
    """It had ended, and fires again while its incident is still open."""
    text = f"The alert {name_of(alert)} fires again since {shown(alert.began)}."
    once = _once(alert, alert.began, "again")
    # An end that the incident has not heard of yet is no longer true.
    done = note(house, _ACTOR, known.key, text, once=once, withdraws=(RECOVERED, CLEARED))
    if isinstance(done, Refusal):
        raise AlertsNotTaken(f"{known.key}: {done.text}")
    ledger.fires_again(alert.began)
    return AlertResult(alert.fingerprint, "repeated", known.key)


def _open(house: House, alert: Alert, ledger: AlertLedger, row: AlertRow) -> AlertResult:
    once = _once(alert, row.first_seen_at, "fired")
    done = start(house, _ACTOR, PROCESS, payload(house, alert), once=once, event=FIRED)
    if isinstance(done, Refusal):
        raise AlertsNotTaken(f"The alert {alert.fingerprint} opened no incident: {done.text}")
    now = _adopt(house, alert, ledger, row, done.key)
    if now.status == RESOLVED or now.key != done.key:
        # The end of this very episode was delivered while we opened its incident.
        return _tell_end(house, alert, done.key, row.first_seen_at)
    return AlertResult(alert.fingerprint, "repeated" if done.repeated else "opened", done.key)


def _adopt(house: House, alert: Alert, ledger: AlertLedger, row: AlertRow, key: str) -> AlertRow:
    """The incident of the episode in `row` is there: link it to the one before, write it down."""
    if row.key and row.key != key:
        once = _once(alert, row.first_seen_at, "earlier")
        link(house, _ACTOR, key, "relates_to", row.key, once=once)
    return ledger.opened(row, key)


# --- it ends -----------------------------------------------------------------------------------


def _ended(
    house: House, alert: Alert, ledger: AlertLedger, known: AlertRow | None, ended: datetime
) -> AlertResult:
    if known is None or known.status == OPENING:
        row = ledger.over(alert.began, ended)
        if row.key and (known is None or row.key != known.key):
            # It fired while we looked: its incident is there now.
            return _tell_end(house, alert, row.key, alert.began)
        return AlertResult(alert.fingerprint, "recorded", row.key or None)
    is_firing = known.status == FIRING
    if is_firing and (alert.began >= known.first_seen_at or ended > known.first_seen_at):
        # First the incident, then the row: what is lost in between is delivered again.
        result = _tell_end(house, alert, known.key, known.first_seen_at)
        ledger.over(alert.began, ended)
        return result
    row = ledger.over(alert.began, ended)
    is_late = is_firing or ended < known.first_seen_at
    outcome = "late" if is_late else "repeated" if row.key else "recorded"
    return AlertResult(alert.fingerprint, outcome, row.key or None)


def _tell_end(house: House, alert: Alert, key: str, began: datetime) -> AlertResult:
    """Tell an incident, once for the episode that began then, that its alert is over."""
    found = standing(house, key)
    if found is None or found.ended or found.state in RESOLVED_STATES:
        return AlertResult(alert.fingerprint, "recorded", key or None)
    text = f"The alert {name_of(alert)} is over: monitoring no longer sees it."
    done = condition_ended(
        house,
        _ACTOR,
        key,
        unclaimed=RECOVERED,
        claimed=CLEARED,
        text=text,
        payload={"fingerprint": alert.fingerprint, "text": text},
        once=_once(alert, began, "ended"),
    )
    if isinstance(done, Refusal):
        if done.code == "faulted":
            # The fault lies beside the incident, with what to do; sending it again helps nobody.
            return AlertResult(alert.fingerprint, "recorded", key)
        raise AlertsNotTaken(f"{key}: {done.text}")
    outcomes = {RECOVERED: "recovered", CLEARED: "cleared"}
    outcome = outcomes.get(str(done.details.get("message")), "recorded")
    return AlertResult(alert.fingerprint, outcome, key)


def _is_worked_on(house: House, key: str) -> bool:
    found = standing(house, key)
    return found is not None and not found.ended and found.state not in RESOLVED_STATES


def _once(alert: Alert, began: datetime, what: str) -> str:
    """What is done once for an episode, which our row names though its beginning may move."""
    return f"{SOURCE} {alert.fingerprint} {began.isoformat()} {what}"
