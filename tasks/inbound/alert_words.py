"""What an incident is told of the alert that opens it."""

from collections.abc import Mapping
from datetime import datetime

from clearway.service.house import House
from clearway.service.registry import service_context
from processes.blank import is_blank
from tasks.inbound.alert_body import Alert

LONGEST_TITLE = 160


def payload(house: House, alert: Alert) -> dict[str, object]:
    """What the diagram's start event reads. Its tables make impact and urgency of it."""
    labels, notes = alert.labels, alert.annotations
    summary = _said(notes, "summary") or _on(alert)
    lines = [_said(notes, "description") or _said(notes, "message") or summary, ""]
    lines += [f"{name}: {value}" for name, value in sorted(labels.items())]
    lines += [f"{name}: {value}" for name, value in sorted(notes.items()) if "url" in name]
    return {
        "summary": _short(summary, LONGEST_TITLE),
        "description": _short("\n".join(lines), 8000),
        "service": _short(_said(labels, "service"), 100) or None,
        "asset": _asset(house, labels),
        "fingerprint": alert.fingerprint,
        "severity": _short(_said(labels, "severity"), 100) or None,
    }


def name_of(alert: Alert) -> str:
    """What an alert is called: its `alertname`, which may be missing, or all of its labels."""
    labels = alert.labels
    said = (f"{name}={_said(labels, name)}" for name in labels if _said(labels, name))
    name = _said(labels, "alertname") or ", ".join(said)
    return _short(name or f"An alert without a name ({alert.fingerprint})", LONGEST_TITLE)


def shown(instant: datetime) -> str:
    """An instant as people read it."""
    return instant.strftime("%Y-%m-%d %H:%M UTC")


def _on(alert: Alert) -> str:
    """The name, with where it is; without an `alertname` the labels have said that already."""
    instance = _said(alert.labels, "instance") if _said(alert.labels, "alertname") else ""
    return f"{name_of(alert)} on {instance}" if instance else name_of(alert)


def _asset(house: House, labels: Mapping[str, str]) -> str | None:
    """The asset by its label, or the host of `instance` when the registry knows it."""
    if asset := _said(labels, "asset"):
        return _short(asset, 100)
    instance = _said(labels, "instance")
    for name in (instance, instance.rpartition(":")[0]):
        if name and service_context(house, None, name).known:
            return name
    return _short(instance, 100) or None


def _said(texts: Mapping[str, str], name: str) -> str:
    """A text without the blanks around it: what is only blank says nothing."""
    text = texts.get(name, "").strip()
    return "" if is_blank(text) else text


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
