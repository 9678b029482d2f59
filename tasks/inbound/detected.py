"""What a discovery tool saw changed without a change: opens a change that is found."""

from collections.abc import Mapping
from datetime import UTC, datetime

from clearway.service.alerts import opened_as
from clearway.service.house import House
from clearway.service.start import start
from clearway.service.values import Actor, Done, Refusal
from tasks.doors import CHANGE

ROLE = "discovery"
"""The role of a token that may tell of such a change."""
DETECTED = "change.detected"
"""The message with which the diagram begins."""
_ACTOR = Actor("discovery", roles=frozenset({"system"}), is_person=False)
_MOST = 160
"""The longest title of a change."""


def receive_detected(house: House, actor: Actor, seen: Mapping[str, object]) -> Done | Refusal:
    """Open a change for what was seen: `asset`, `what`, `when` (ISO 8601 with a zone), `source`.

    One asset opens one change a day (of UTC): what is seen of it later that day answers with the
    same record, marked as repeated. Refused with the field that cannot be understood.
    """
    if actor.is_person or not actor.roles & {ROLE, "system"}:
        return Refusal(
            "not_allowed",
            "This token may not tell of changes that were found.",
            "Use the channel's own token.",
        )
    wrong = {name: "This is needed, as a text." for name in _NAMES if not _text(seen, name)}
    when = _instant(_text(seen, "when"))
    if "when" not in wrong and when is None:
        wrong["when"] = "This is no moment: write it as 2026-03-02T09:00:00Z."
    if when is not None and when > house.now():
        wrong["when"] = "This moment is still ahead: send when it was seen."
    if wrong or when is None:
        told = "; ".join(f"{name}: {text}" for name, text in wrong.items())
        return Refusal("invalid", f"What was seen cannot be used: {told}", "Correct it.", wrong)
    asset = _text(seen, "asset")
    values = {
        "asset": asset,
        "what": _text(seen, "what")[:_MOST],
        "detected_at": when.isoformat(),
        "source": _text(seen, "source"),
    }
    once = f"discovery {asset} {when.date().isoformat()}"
    if known := opened_as(house, once):
        return Done(known, repeated=True)
    done = start(house, _ACTOR, CHANGE, values, once=once, event=DETECTED)
    if isinstance(done, Refusal) and (known := opened_as(house, once)):
        # Somebody else told of it at the same moment.
        return Done(known, repeated=True)
    return done


_NAMES = ("asset", "what", "when", "source")


def _text(seen: Mapping[str, object], name: str) -> str:
    value = seen.get(name)
    return value.strip() if isinstance(value, str) else ""


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if found.tzinfo is None else found.astimezone(UTC)
