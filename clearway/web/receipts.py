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
    "restored": "The draft holds again what it held then. What it held before is in its history.",
    "brought-in": "The newest version was brought into the draft.",
    "discarded": "The draft was put away. Nothing of it is lost: it can be brought back here.",
    "brought-back": "The draft is back.",
    "review-asked": "The review was asked for. The draft stays as it is until then.",
    "review-withdrawn": "The review was taken back; the draft can be changed again.",
    "approved": "Approved, exactly as it is.",
    "given-back": "Given back with your comment; the draft can be changed again.",
    "released": "Released. New records use this version.",
    "planned": "The release is planned. A worker carries it out at that time.",
    "release-withdrawn": "The release was taken back or noted.",
    "rolled-back": "Rolled back: the earlier files are the newest version again.",
    "imported": "The registry was updated.",
    "saved": "Saved.",
    "window-removed": "The window was taken back.",
    "feed-revoked": "The calendar feed was ended: its address is worth nothing now.",
    "signed-out": "You are signed out.",
    "signed-in": "You are signed in again.",
}


def receipt_for(word: str) -> str | None:
    """The sentence, or None; nothing that stands in an address is repeated on a page."""
    return _SENTENCES.get(word)
