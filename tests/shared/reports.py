"""What somebody says who reports an incident."""

from collections.abc import Mapping


def a_report(words: str, **other: object) -> Mapping[str, object]:
    """A complete form: one person, a nuisance, the mail; `other` says something else."""
    return {
        "short_description": words,
        "description": "Nothing happens",
        "since_when": "2026-03-01T08:00:00Z",
        "how_many": "only_me",
        "can_work": "fully",
        "service": "mail",
        "channel": "portal",
        **other,
    }
