"""What the portal says after something was done: a fixed sentence for each word in an address."""

from collections.abc import Mapping

_SENTENCES: Mapping[str, str] = {
    "claimed": "The task is yours.",
    "unclaimed": "You gave the task back; others can claim it now.",
    "assigned": "The task was assigned.",
    "completed": "Done: the task is complete.",
    "voted": "Your vote is recorded.",
    "started": "Opened. This is the new record.",
    "sent": "Done.",
    "commented": "Your comment was added.",
    "attached": "The file was attached.",
    "linked": "The records are linked.",
    "retried": "It went through this time: the fault is settled, and the process goes on.",
    "to-retry": "It is tried again when a worker takes it; if that fails, the fault comes back.",
    "not-needed": "Nothing waits for it any more: the fault is settled.",
    "cancelled": "The record was cancelled.",
    "deployed": "Deployed. New records use this version; running ones keep theirs.",
    "imported": "The registry was updated.",
    "saved": "Saved.",
    "signed-out": "You are signed out.",
    "signed-in": "You are signed in again.",
}


def receipt_for(word: str) -> str | None:
    """The sentence, or None; nothing that stands in an address is repeated on a page."""
    return _SENTENCES.get(word)
