"""How a delivery of Alertmanager and its answer are described: only what is read and sent."""

from collections.abc import Mapping

_TEXTS: Mapping[str, object] = {"type": "object", "additionalProperties": {"type": "string"}}
_ALERT: Mapping[str, object] = {
    "type": "object",
    "properties": {
        "status": {"type": "string", "enum": ["firing", "resolved"]},
        "labels": {**_TEXTS, "minProperties": 1},
        "annotations": _TEXTS,
        "startsAt": {"type": "string", "format": "date-time"},
        "fingerprint": {"type": "string", "pattern": "^[0-9A-Za-z_.:-]{1,128}$"},
    },
    "required": ["status", "labels", "startsAt", "fingerprint"],
}

DELIVERY: Mapping[str, object] = {
    "type": "object",
    "description": "The body of Prometheus Alertmanager's webhook, version 4; what is not named "
    "here is not read. An alert that does not fit is refused alone, and the others are taken.",
    "properties": {"alerts": {"type": "array", "items": _ALERT, "maxItems": 5000}},
    "required": ["alerts"],
}
"""What is read of a delivery."""

OUTCOMES = (
    "opened",
    "repeated",
    "recovered",
    "cleared",
    "recorded",
    "late",
    "refused",
)

RESULTS: Mapping[str, object] = {
    "type": "object",
    "properties": {
        "results": {
            "type": "array",
            "description": "One result for each alert, in the order of the delivery.",
            "items": {
                "type": "object",
                "properties": {
                    "fingerprint": {
                        "type": ["string", "null"],
                        "description": "Null when it is what cannot be understood.",
                    },
                    "outcome": {
                        "type": "string",
                        "enum": list(OUTCOMES),
                        "description": "What became of it.",
                    },
                    "key": {
                        "type": ["string", "null"],
                        "description": "The key of its incident, when there is one.",
                    },
                    "errors": {
                        "type": "array",
                        "description": "Of a refused alert alone: each place that is wrong.",
                        "items": {"$ref": "#/components/schemas/FieldError"},
                    },
                },
                "required": ["fingerprint", "outcome", "key", "errors"],
            },
        }
    },
    "required": ["results"],
}
"""What is answered to it."""
