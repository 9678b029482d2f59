"""How a delivery of Alertmanager and its answer are described: only what is read and sent."""

from collections.abc import Mapping

_TEXTS: Mapping[str, object] = {"type": "object", "additionalProperties": {"type": "string"}}
_ALERT: Mapping[str, object] = {
    "type": "object",
    "properties": {
        "status": {"type": "string", "enum": ["firing", "resolved"]},
        "labels": {
            "type": "object",
            "properties": {"alertname": {"type": "string", "minLength": 1}},
            "required": ["alertname"],
            "additionalProperties": {"type": "string"},
        },
        "annotations": _TEXTS,
        "startsAt": {"type": "string", "format": "date-time"},
        "fingerprint": {"type": "string", "pattern": "^[0-9A-Za-z_.:-]{1,128}$"},
    },
    "required": ["status", "labels", "startsAt", "fingerprint"],
}

DELIVERY: Mapping[str, object] = {
    "type": "object",
    "description": "The body of Prometheus Alertmanager's webhook, version 4; what is not named "
    "here is not read.",
    "properties": {"alerts": {"type": "array", "items": _ALERT, "maxItems": 5000}},
    "required": ["alerts"],
}
"""What is read of a delivery."""

RESULTS: Mapping[str, object] = {
    "type": "object",
    "properties": {
        "results": {
            "type": "array",
            "description": "One result for each alert, in the order of the delivery.",
            "items": {
                "type": "object",
                "properties": {
                    "fingerprint": {"type": "string"},
                    "outcome": {"type": "string", "description": "What became of it."},
                    "key": {
                        "type": ["string", "null"],
                        "description": "The key of its incident, when there is one.",
                    },
                },
                "required": ["fingerprint", "outcome", "key"],
            },
        }
    },
    "required": ["results"],
}
"""What is answered to it."""
