"""Reads what Alertmanager posts (webhook version 4), and says which field is wrong."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

import orjson

MOST_ALERTS = 5000
AHEAD = timedelta(minutes=5)
"""How far an instant may lie ahead of our clock: beyond it, the sender's clock is wrong."""

_FINGERPRINT = re.compile(r"[0-9A-Za-z_.:-]{1,128}")
_FRACTION = re.compile(r"(\.\d{6})\d+")


@dataclass(frozen=True)
class Alert:
    """One alert of a delivery; `began` tells its episodes apart.

    `ended` is None while it fires, and never before `began`. `is_dated` is False when the body
    named a beginning in the future: `began` is our guess then.
    """

    fingerprint: str
    began: datetime
    ended: datetime | None
    is_dated: bool
    labels: Mapping[str, str]
    annotations: Mapping[str, str]

    @property
    def is_firing(self) -> bool:
        """Whether its condition holds."""
        return self.ended is None


@dataclass(frozen=True)
class Wrong:
    """A field that cannot be used: its path in the body, and why."""

    path: str
    text: str


@dataclass(frozen=True)
class Unusable:
    """An alert that cannot be understood, with every field that is wrong.

    `fingerprint` is None when it is one of them.
    """

    fingerprint: str | None
    wrong: tuple[Wrong, ...]


def read_body(body: bytes, now: datetime) -> list[Alert | Unusable] | Wrong:
    """Each alert of a delivery in its order, or what is wrong with the body itself.

    An instant more than `AHEAD` after `now` is not believed. Such a beginning counts as now (for
    what is over: as its end), so that what really begins later is not taken for something old.
    """
    try:
        found: object = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        return Wrong("$", f"This is not JSON: {error}.")
    if not isinstance(found, dict):
        return Wrong("$", "The body must be an object with `alerts`.")
    listed = cast(dict[str, object], found).get("alerts")
    if not isinstance(listed, list):
        return Wrong("alerts", "It must be a list of alerts.")
    given = cast(list[object], listed)
    if len(given) > MOST_ALERTS:
        return Wrong("alerts", f"There are more than {MOST_ALERTS}: send them in parts.")
    return [_one(f"alerts[{number}]", each, now) for number, each in enumerate(given)]


def _one(path: str, given: object, now: datetime) -> Alert | Unusable:
    reader = _Reader(now)
    alert = reader.alert(path, given)
    return alert or Unusable(reader.fingerprint, tuple(reader.wrong))


class _Reader:
    """Reads one alert, and keeps what is wrong with it."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.fingerprint: str | None = None
        self.wrong: list[Wrong] = []

    def alert(self, path: str, given: object) -> Alert | None:
        if not isinstance(given, dict):
            return self._refuse(path, "It must be an object.")
        fields = cast(dict[str, object], given)
        status = fields.get("status")
        if status not in ("firing", "resolved"):
            self._refuse(f"{path}.status", "It must be firing or resolved.")
        fingerprint = fields.get("fingerprint")
        if not isinstance(fingerprint, str) or not _FINGERPRINT.fullmatch(fingerprint):
            self._refuse(f"{path}.fingerprint", "It must be the alert's fingerprint, as text.")
        else:
            self.fingerprint = fingerprint
        labels = self._texts(f"{path}.labels", fields.get("labels"), required=True)
        annotations = self._texts(f"{path}.annotations", fields.get("annotations"))
        began = self._instant(f"{path}.startsAt", fields.get("startsAt"))
        ended = None
        if status == "resolved" and fields.get("endsAt") is not None:
            ended = self._instant(f"{path}.endsAt", fields["endsAt"])
        if self.wrong or began is None:
            return None
        is_dated = began <= self.now + AHEAD
        if ended is not None and ended > self.now + AHEAD:
            ended = None
        if not is_dated:
            began = ended or self.now
        if status == "resolved":
            ended = max(began, ended or began)
        return Alert(str(fingerprint), began, ended, is_dated, labels, annotations)

    def _texts(self, path: str, given: object, *, required: bool = False) -> dict[str, str]:
        if given is None and not required:
            return {}
        if not isinstance(given, dict):
            self._refuse(path, "It must be an object of texts.")
            return {}
        texts: dict[str, str] = {}
        for name, value in cast(dict[str, object], given).items():
            if isinstance(value, str):
                texts[name.replace("\0", "")] = value.replace("\0", "")
            else:
                self._refuse(f"{path}.{name}", "It must be text.")
        if required and not given:
            self._refuse(path, "An alert has at least one label.")
        return texts

    def _instant(self, path: str, given: object) -> datetime | None:
        try:
            # Go writes nanoseconds; Python reads microseconds.
            instant = datetime.fromisoformat(_FRACTION.sub(r"\1", str(given)))
            if isinstance(given, str) and instant.tzinfo is not None:
                return instant.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        return self._refuse(path, "It must be an instant such as 2026-11-23T03:18:32Z.")

    def _refuse(self, path: str, text: str) -> None:
        self.wrong.append(Wrong(path, text))
