"""What every page and every answer of the API can reach: handed in once, when the app is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from fastapi import Request

from clearway.service.house import House
from clearway.service.values import Actor, Done, Refusal
from clearway.web.live import Live

AlertReceiver = Callable[[House, Actor, bytes], object]
"""Takes the body of an Alertmanager call; answers one result per alert, or a Refusal."""


class RecordOpener(Protocol):
    """Opens a record for a caller of the API, as `clearway.service.start.start` does."""

    def __call__(
        self,
        house: House,
        actor: Actor,
        process: str,
        values: Mapping[str, object],
        *,
        once: str,
        event: str | None = None,
        follows: str | None = None,
    ) -> Done | Refusal: ...


class WebSettings(Protocol):
    """The part of clearway.settings.Settings that the portal needs."""

    @property
    def base_url(self) -> str:
        """The address that people use, without a slash at its end."""
        ...


@dataclass(frozen=True)
class Portal:
    """The house, and how it is reached from outside."""

    house: House
    base_url: str
    now: Callable[[], datetime]
    receive_alerts: AlertReceiver | None
    live: Live | None
    open_record: RecordOpener

    @property
    def is_secure(self) -> bool:
        """People reach the portal by https, so cookies may be kept to it."""
        return self.base_url.startswith("https://")


def portal_of(request: Request) -> Portal:
    """The portal that serves this request."""
    return cast(Portal, request.app.state.portal)
