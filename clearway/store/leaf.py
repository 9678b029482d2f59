"""The hash of one line of history, over a text that can be worked out again from its row."""

import hashlib
from datetime import datetime

from clearway.store import jsonb
from clearway.store.rows import Json


def leaf(
    *,
    key: str | None,
    revision: int,
    at: datetime,
    actor: str,
    command: str,
    kind: str,
    element: str | None,
    state_before: str | None,
    state_after: str | None,
    details: Json,
) -> bytes:
    """SHA-256 of a zero byte and the canonical JSON of the entry (a leaf as in RFC 6962).

    `key` is the record's key, None for entries that belong to no record.
    """
    text = jsonb.canonical(
        [key, revision, at, actor, command, kind, element, state_before, state_after, details]
    )
    return hashlib.sha256(b"\0" + text).digest()
