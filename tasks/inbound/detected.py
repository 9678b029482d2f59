"""What a discovery tool saw changed without a change: one asset opens one record a day."""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256

from clearway.service.alerts import note, opened_as
from clearway.service.house import House
from clearway.service.other_records import one_record
from clearway.service.start import start
from clearway.service.values import Actor, Done, Refusal
from tasks.doors import CHANGE

DETECTED = ("change.detected", "detected")
"""The message with which the diagram begins, and the event that catches it."""


def open_once_a_day(
    house: House,
    actor: Actor,
    process: str,
    values: Mapping[str, object],
    *,
    once: str,
    event: str | None = None,
    follows: str | None = None,
) -> Done | Refusal:
    """Open a record as `start` does; a change that was seen, only once a day for each asset.

    What is seen of the same asset on the same day (of UTC, by `detected_at`) answers with the
    record that is there, marked as repeated; where it says something else, that is written down
    there as a comment. What the form of the event does not take is refused by it.
    """
    quiet = _quiet(values, house.now()) if process == CHANGE and event in DETECTED else None
    if quiet is None or actor.is_person:
        return start(house, actor, process, values, once=once, event=event, follows=follows)
    if known := opened_as(house, quiet):
        return _seen_again(house, actor, known, values, quiet)
    done = start(house, actor, process, values, once=quiet, event=event, follows=follows)
    if isinstance(done, Refusal) and (known := opened_as(house, quiet)):
        # Somebody else told of it at the same moment.
        return _seen_again(house, actor, known, values, quiet)
    return done


def _quiet(values: Mapping[str, object], now: datetime) -> str | None:
    """The key under which this asset opens a record on that day; None for what cannot be right."""
    asset, what, source, moment = (_text(values, name) for name in _NAMES)
    try:
        when = datetime.fromisoformat(moment)
    except ValueError:
        return None
    if when.tzinfo is None or when > now or not (asset and what and source):
        return None
    return f"discovery {asset} {when.astimezone(UTC).date().isoformat()}"


_NAMES = ("asset", "what", "source", "detected_at")


def _seen_again(
    house: House, actor: Actor, key: str, values: Mapping[str, object], quiet: str
) -> Done | Refusal:
    what, source = _text(values, "what"), _text(values, "source")
    known = one_record(house, key)
    if known is not None and known.title != what:
        text = f"Seen again at {_text(values, 'detected_at')} by {source}: {what}"
        noted = note(house, actor, key, text, once=f"{quiet} {sha256(text.encode()).hexdigest()}")
        if isinstance(noted, Refusal):
            return noted
    return Done(key, repeated=True)


def _text(values: Mapping[str, object], name: str) -> str:
    value = values.get(name)
    return value.strip() if isinstance(value, str) else ""
