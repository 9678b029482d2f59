"""The one place that puts catalogues, integrations and the house together."""

import contextlib
from collections.abc import Callable, Generator, Iterator, Mapping
from functools import partial
from typing import TypedDict

from clearway.engine.values import Bundle, Surroundings
from clearway.errors import ClearwayError
from clearway.now import TimeSource, system_time
from clearway.service.house import House, Step
from clearway.service.scenarios import ScenarioResult, run_scenarios
from clearway.service.values import Actor, Done, Refusal
from clearway.settings import Settings
from clearway.store.database import Store
from clearway.store.notifier import listen
from integrations.accounts import ScimAccounts
from integrations.equipment import MailedOrders
from integrations.silent import Silent
from integrations.smtp import SmtpMailer
from processes.catalogue import RULES
from tasks.catalogue import STEPS, Call, bind
from tasks.dispatcher import Dispatcher, WorkerSettings
from tasks.doors import doors_of
from tasks.inbound.alertmanager import admit_alertmanager, receive_alerts
from tasks.inbound.detected import open_once_a_day


class PortalParts(TypedDict):
    """What the portal is handed besides the house and the settings."""

    receive_alerts: Callable[[House, Actor, bytes], object]
    listen: Callable[[Callable[[], bool]], Iterator[list[str]]]
    open_record: Callable[..., Done | Refusal]


@contextlib.contextmanager
def open_house(url: str, now: TimeSource = system_time) -> Generator[House]:
    """The house on this database, with the steps as scenarios call them; closed at the end."""
    store = Store(url)
    try:
        yield House(store, now, steps=_steps_for_scenarios(), rules=RULES)
    finally:
        store.close()


def surroundings() -> Surroundings:
    """What a diagram may name, where no registry says which roles there are."""
    return Surroundings(steps=frozenset(STEPS), rules=frozenset(RULES), roles=None)


def run_scenarios_of(bundle: Bundle, only: str | None = None) -> list[ScenarioResult]:
    """Run the scenarios of a process, or the one in the file `only`, without a database."""
    select = None if only is None else [only]
    return run_scenarios(bundle, surroundings(), _steps_for_scenarios(), RULES, select)


def portal_parts(house: House, settings: Settings, url: str) -> PortalParts:
    """Let the channels in, and hand the portal what it needs from above."""
    admit_alertmanager(house, settings.secrets().alert_token)
    return {
        "receive_alerts": receive_alerts,
        "listen": partial(listen, url),
        "open_record": open_once_a_day,
    }


def make_dispatcher(house: House, settings: Settings, url: str, name: str) -> Dispatcher:
    """A worker with the real integrations; its `around` shows bursts to nobody yet."""
    return Dispatcher(
        house,
        bind(
            STEPS,
            integrations_of(settings),
            doors_of(house, base_url=settings.base_url, sent_from=settings.smtp_from),
        ),
        name,
        WorkerSettings(
            batch=settings.worker_batch,
            hands=settings.worker_hands,
            lease=settings.worker_lease_seconds,
            poll=settings.worker_poll_seconds,
        ),
        listen_to=url,
    )


def integrations_of(settings: Settings) -> Mapping[str, object]:
    """The systems that the settings name; a silent one in the place of each that is not named."""
    chosen = dict(Silent().by_name())
    if settings.smtp_host is not None:
        mailer = SmtpMailer(settings.smtp_host, settings.smtp_port, settings.smtp_from)
        chosen["mailer"] = mailer
        if settings.equipment_mail is not None:
            chosen["equipment"] = MailedOrders(mailer, settings.equipment_mail)
    if settings.scim_url is not None:
        chosen["accounts"] = ScimAccounts(settings.scim_url, settings.secrets().scim_token)
    return chosen


def not_connected(settings: Settings) -> list[str]:
    """A sentence for each system that is silent, so that nobody believes in what it does."""
    told: list[str] = []
    if settings.smtp_host is None:
        told.append(
            "No mail is sent, notices are only written down: name a mail server in "
            "CLEARWAY_SMTP_HOST."
        )
    if settings.scim_url is None:
        told.append("No accounts are made: name a SCIM directory in CLEARWAY_SCIM_URL.")
    if settings.smtp_host is None or settings.equipment_mail is None:
        told.append(
            "No laptops are ordered: name the supplier's address in CLEARWAY_EQUIPMENT_MAIL."
        )
    return told


def _steps_for_scenarios() -> Mapping[str, Step]:
    """Steps as a scenario calls them: against silent integrations, never against the house."""
    silent = Silent().by_name()
    own = {name: step for name, step in STEPS.items() if set(step.needs) <= {*silent, "now"}}
    bound = bind(own, silent, {"now": system_time})
    return {name: _alone(name, bound.get(name)) for name in STEPS}


def _alone(name: str, call: Call | None) -> Step:
    def run(inputs: Mapping[str, object]) -> Mapping[str, object]:
        if call is None:
            raise ClearwayError(
                f"{name} asks the registry or other records, which a scenario does not have: "
                f"write `- step: {name}` with its answers before this line."
            )
        return call(inputs, "scenario")

    return run
