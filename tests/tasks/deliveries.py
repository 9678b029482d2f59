"""What Alertmanager delivers, and what came of it."""

import json
from collections.abc import Mapping

from clearway.service.house import House
from clearway.service.search import search
from clearway.service.values import Actor, RecordRow
from tasks.inbound.alertmanager import AlertsReceived, receive_alerts

MONITORING = Actor("alertmanager", roles=frozenset({"alerts"}), is_person=False)
BEGAN = "2026-11-23T03:18:32.544837308Z"
LATER = "2026-11-24T10:00:00Z"


def alert(status: str = "firing", began: str = BEGAN, **changes: object) -> dict[str, object]:
    labels = {
        "alertname": "DiskFull",
        "instance": "db01:9100",
        "service": "payroll",
        "severity": "critical",
    }
    return {
        "status": status,
        "labels": labels,
        "annotations": {"summary": "disk 98%"},
        "startsAt": began,
        "endsAt": "0001-01-01T00:00:00Z",
        "fingerprint": "bfe524a6f7f2da52",
        **changes,
    }


def body(*alerts: Mapping[str, object]) -> bytes:
    return json.dumps({"version": "4", "status": "firing", "alerts": alerts}).encode()


def receive(house: House, *alerts: Mapping[str, object]) -> list[str]:
    received = receive_alerts(house, MONITORING, body(*alerts))
    assert isinstance(received, AlertsReceived), received
    return [result.outcome for result in received.results]


def incidents(house: House, bob: Actor) -> list[RecordRow]:
    return list(reversed(search(house, bob, "", process="incident").rows))
