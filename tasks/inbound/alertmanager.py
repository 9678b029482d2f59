"""Alerts of Prometheus Alertmanager: what fires opens an incident, what ends may resolve it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from clearway.service.alerts import AlertRow, condition_ended, heard, known_alert, note
from clearway.service.house import House
from clearway.service.link import link
from clearway.service.registry import service_context
from clearway.service.sign_in import admit_channel
from clearway.service.standing import standing
from clearway.service.start import start
from clearway.service.values import Actor, Refusal
from clearway.store.errors import Contended
from tasks.inbound.alert_body import Alert, Wrong, read_body

SOURCE = "alertmanager"
ROLE = "alerts"
"""The role of a token that may deliver alerts."""
PROCESS = "incident"
FIRED, RECOVERED, CLEARED = "alert.fired", "alert.recovered", "alert.cleared"
"""The messages that the incident's diagram catches."""
RESOLVED_STATES = frozenset({"resolved"})
"""Nobody works on such an incident: when its alert fires again, another one is opened."""

_ACTOR = Actor(SOURCE, roles=frozenset({"system"}), is_person=False)


class AlertsNotTaken(Contended):
    """Not every alert of the delivery was taken: send it again later, nothing counts twice."""


@dataclass(frozen=True)
class AlertResult:
    """What became of one alert.

    Outcome: opened, repeated (fires on, or delivered again), recovered (the incident is resolved),
    cleared (its owner was told), recorded (there is no open incident), late (an older episode).
    """

    fingerprint: str
    outcome: str
    key: str | None


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

    A body that cannot be used is refused as a whole: the fields of the Refusal are paths such as
    `alerts[2].fingerprint`. Raises AlertsNotTaken or another StoreError when it must be sent
    again: answer 503, because Alertmanager does not repeat what gets 4xx.
    """
    if actor.is_person or not actor.roles & {ROLE, "system"}:
        return Refusal(
            "not_allowed", "This token may not deliver alerts.", "Use the channel's own token."
        )
    found = read_body(body)
    wrong = [each for each in found if isinstance(each, Wrong)]
    if wrong:
        return _refused(wrong)
    # Older episodes first, so that a shuffled delivery ends as an ordered one.
    alerts = [each for each in found if isinstance(each, Alert)]
    order = sorted(range(len(alerts)), key=lambda at: (alerts[at].began, not alerts[at].is_firing))
    results = {at: _taken(house, alerts[at]) for at in order}
    return AlertsReceived([results[at] for at in range(len(alerts))])


def _refused(wrong: Sequence[Wrong]) -> Refusal:
    shown = wrong[:50]
    return Refusal(
        "invalid",
        f"The delivery cannot be used: {shown[0].path}: {shown[0].text}",
        "Send the body of Alertmanager's webhook, version 4, unchanged.",
        {each.path: each.text for each in shown},
    )


def _taken(house: House, alert: Alert) -> AlertResult:
    return _fired(house, alert) if alert.is_firing else _ended(house, alert)


# --- it fires ----------------------------------------------------------------------------------


def _fired(house: House, alert: Alert) -> AlertResult:
    known = known_alert(house, SOURCE, alert.fingerprint)
    if known is not None and alert.began <= known.first_seen_at:
        return _heard_again(house, alert, known)
    if known is not None and known.key and _is_worked_on(house, known.key):
        return _fired_anew(house, alert, known)
    return _open(house, alert, known)


def _heard_again(house: House, alert: Alert, known: AlertRow) -> AlertResult:
    """The episode is known: it counts, and opens nothing, even when its end came first."""
    is_late = alert.began < known.first_seen_at or known.status == "resolved"
    row = heard(house, SOURCE, alert.fingerprint, began=alert.began, status="firing")
    return AlertResult(alert.fingerprint, "late" if is_late else "repeated", row.key or None)


def _fired_anew(house: House, alert: Alert, known: AlertRow) -> AlertResult:
    """It had ended, and fires again while its incident is still open."""
    text = f"The alert {alert.labels['alertname']} fires again since {_shown(alert.began)}."
    done = note(house, _ACTOR, known.key, text, once=_once(alert, "again"))
    if isinstance(done, Refusal):
        raise AlertsNotTaken(f"{known.key}: {done.text}")
    heard(house, SOURCE, alert.fingerprint, began=alert.began, status="firing", key=known.key)
    return AlertResult(alert.fingerprint, "repeated", known.key)


def _open(house: House, alert: Alert, known: AlertRow | None) -> AlertResult:
    values = _payload(house, alert)
    done = start(house, _ACTOR, PROCESS, values, once=_once(alert, "fired"), event=FIRED)
    if isinstance(done, Refusal):
        raise AlertsNotTaken(f"The alert {alert.fingerprint} opened no incident: {done.text}")
    if known is not None and known.key:
        link(house, _ACTOR, done.key, "relates_to", known.key, once=_once(alert, "earlier"))
    row = heard(house, SOURCE, alert.fingerprint, began=alert.began, status="firing", key=done.key)
    if row.status == "resolved" and row.first_seen_at == alert.began:
        # The end of this very episode was delivered while we opened its incident.
        return _tell_end(house, alert, row)
    return AlertResult(alert.fingerprint, "repeated" if done.repeated else "opened", done.key)


# --- it ends -----------------------------------------------------------------------------------


def _ended(house: House, alert: Alert) -> AlertResult:
    known = known_alert(house, SOURCE, alert.fingerprint)
    if known is not None and alert.began < known.first_seen_at:
        row = heard(house, SOURCE, alert.fingerprint, began=alert.began, status="resolved")
        return AlertResult(alert.fingerprint, "late", row.key or None)
    if known is not None and known.key and known.status == "firing":
        # First the incident, then the row: what is lost in between is delivered again.
        result = _tell_end(house, alert, known)
        heard(house, SOURCE, alert.fingerprint, began=alert.began, status="resolved")
        return result
    row = heard(house, SOURCE, alert.fingerprint, began=alert.began, status="resolved")
    if known is None and row.key:
        # It fired while we looked: its incident is there now.
        return _tell_end(house, alert, row)
    outcome = "recorded" if known is None or not row.key else "repeated"
    return AlertResult(alert.fingerprint, outcome, row.key or None)


def _tell_end(house: House, alert: Alert, row: AlertRow) -> AlertResult:
    found = standing(house, row.key)
    if found is None or found.ended or found.state in RESOLVED_STATES:
        return AlertResult(alert.fingerprint, "recorded", row.key)
    text = f"The alert {alert.labels['alertname']} is over: monitoring no longer sees it."
    done = condition_ended(
        house,
        _ACTOR,
        row.key,
        unclaimed=RECOVERED,
        claimed=CLEARED,
        text=text,
        payload={"fingerprint": alert.fingerprint, "text": text},
        once=_once(alert, "ended"),
    )
    if isinstance(done, Refusal):
        if done.code == "faulted":
            # The fault lies beside the incident, with what to do; sending it again helps nobody.
            return AlertResult(alert.fingerprint, "recorded", row.key)
        raise AlertsNotTaken(f"{row.key}: {done.text}")
    outcomes = {RECOVERED: "recovered", CLEARED: "cleared"}
    outcome = outcomes.get(str(done.details.get("message")), "recorded")
    return AlertResult(alert.fingerprint, outcome, row.key)


# --- words -------------------------------------------------------------------------------------


def _is_worked_on(house: House, key: str) -> bool:
    found = standing(house, key)
    return found is not None and not found.ended and found.state not in RESOLVED_STATES


def _payload(house: House, alert: Alert) -> dict[str, object]:
    """What the diagram's start event reads. Its tables make impact and urgency of it."""
    labels, notes = alert.labels, alert.annotations
    summary = notes.get("summary") or _name(labels)
    lines = [notes.get("description") or notes.get("message") or summary, ""]
    lines += [f"{name}: {value}" for name, value in sorted(labels.items())]
    lines += [f"{name}: {value}" for name, value in sorted(notes.items()) if "url" in name]
    return {
        "summary": _short(summary, 160),
        "description": _short("\n".join(lines), 8000),
        "service": _short(labels["service"], 100) if labels.get("service") else None,
        "asset": _asset(house, labels),
        "fingerprint": alert.fingerprint,
        "severity": _short(labels.get("severity", ""), 100) or None,
    }


def _name(labels: Mapping[str, str]) -> str:
    return " on ".join(part for part in (labels["alertname"], labels.get("instance")) if part)


def _asset(house: House, labels: Mapping[str, str]) -> str | None:
    """The asset by its label, or the host of `instance` when the registry knows it."""
    if labels.get("asset"):
        return _short(labels["asset"], 100)
    instance = labels.get("instance", "")
    for name in (instance, instance.rpartition(":")[0]):
        if name and service_context(house, None, name).known:
            return name
    return _short(instance, 100) or None


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _shown(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M UTC")


def _once(alert: Alert, what: str) -> str:
    return f"{SOURCE} {alert.fingerprint} {alert.began.isoformat()} {what}"
