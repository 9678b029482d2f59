"""Signing in: with a password or a bearer token, counted, expiring, known to us by hashes only."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from clearway.service.house import House
from clearway.service.passwords import hash_password, is_outdated, matches
from clearway.service.permissions import SYSTEM_ROLE, refuse_unless
from clearway.service.registry_command import record_entry
from clearway.service.values import Actor, Done, Refusal
from clearway.store import registry as registry_rows
from clearway.store import sessions
from clearway.store.database import Connection
from clearway.store.registry import Person
from clearway.store.sessions import ApiToken, Session, token_hash
from processes.blank import is_blank

IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=12)
ATTEMPTS_FROM_ONE_PLACE = 5
ATTEMPTS_FROM_EVERYWHERE = 50
ATTEMPTS_COUNT_FOR = timedelta(minutes=15)
TOKEN_PREFIX = "cw_"  # noqa: S105 - it marks our tokens for secret scanners
LONGEST_TOKEN_DAYS = 366

_TOUCH_AFTER = timedelta(minutes=1)
_LONGEST_NAME = 200


@dataclass(frozen=True)
class SignedIn:
    """A person who is signed in; `token` is only set in the answer to `sign_in`."""

    actor: Actor
    csrf: str = field(repr=False)
    expires_at: datetime
    token: str = field(default="", repr=False)


@dataclass(frozen=True)
class IssuedToken:
    """An API token, shown this once."""

    token: str = field(repr=False)
    name: str
    expires_at: datetime


def sign_in(house: House, name: str, password: str, *, source: str = "") -> SignedIn | Refusal:
    """Sign a person in; `source` is the address it comes from.

    Too many failures within 15 minutes (5 from one address, 50 from all) are refused before
    the password is looked at, for names that exist and names that do not.
    """
    name = name.strip().lower()[:_LONGEST_NAME]
    kept = house.store.change(lambda it: _counted_attempt(it, name, source, house.now()))
    if isinstance(kept, Refusal):
        return kept
    if not matches(password, kept):
        return _WRONG
    return _signed_in(house, name, password, kept or "", source)


def who_is(house: House, session_token: str) -> SignedIn | None:
    """The person behind a session token, with the roles of this moment; None: not signed in."""
    now, hashed = house.now(), token_hash(session_token)
    found = house.store.look(lambda it: sessions.signed_in(it, hashed, now, IDLE))
    if found is None:
        return None
    session, person = found
    if now - session.seen_at >= _TOUCH_AFTER:
        house.store.change(lambda it: sessions.touch_session(it, hashed, now))
    return SignedIn(as_actor(person), session.csrf, session.expires_at)


def sign_out(house: House, session_token: str) -> None:
    """End this session; nothing happens when there is none."""
    house.store.change(lambda it: sessions.end_session(it, token_hash(session_token)))


def set_password(house: House, actor: Actor, person: str, password: str) -> Done | Refusal:
    """Give a person a password, and sign that person out everywhere.

    People set their own, administrators anybody's; who has left gets none. There is no
    idempotency key: the request would have to be kept, and a second time does no harm.
    """
    if actor.name != person and (refusal := refuse_unless(actor, "set_password")):
        return refusal
    try:
        hashed = hash_password(password)
    except ValueError as error:
        return Refusal("invalid", str(error), fields={"password": str(error)})

    def replace(connection: Connection) -> Done | Refusal:
        found = registry_rows.one_person(connection, person)
        if found is None or not found.active:
            return Refusal("not_found", f"There is no active person {person}.", "Check the name.")
        registry_rows.set_password_hash(connection, person, hashed)
        sessions.end_sessions_of(connection, [person])
        record_entry(house, connection, actor, "set_password", {"person": person})
        return Done()

    return house.store.change(replace)


def issue_token(
    house: House,
    actor: Actor,
    name: str,
    *,
    person: str | None = None,
    roles: Collection[str] = (),
    days: int = 90,
) -> IssuedToken | Refusal:
    """Make an API token that acts as `person`, or as a channel `name` with `roles`.

    It is shown in this answer only, so there is no idempotency key: who did not see it revokes
    it and issues another.
    """
    own = person == actor.name and actor.is_person
    if not own and (refusal := refuse_unless(actor, "issue_token")):
        return refusal
    if problem := _token_problem(name, person, roles, days):
        return problem
    now = house.now()
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    expires_at = now + timedelta(days=days)
    kept = ApiToken(name, person, tuple(sorted(roles)), expires_at)

    def issue(connection: Connection) -> IssuedToken | Refusal:
        found = registry_rows.one_person(connection, person) if person else None
        if person and (found is None or not found.active):
            return Refusal("not_found", f"There is no active person {person}.", "Check the name.")
        sessions.add_api_token(connection, token_hash(token), kept, now)
        details = {"name": name, "person": person, "roles": list(kept.roles), "days": days}
        record_entry(house, connection, actor, "issue_token", details)
        return IssuedToken(token, name, expires_at)

    return house.store.change(issue)


def admit_channel(house: House, name: str, token: str, roles: Collection[str]) -> None:
    """Let a channel in with a token that the operator chose (CLEARWAY_ALERT_TOKEN).

    Called whenever the portal starts. It has no end: a token that was replaced stops working at
    once.
    """
    now = house.now()
    kept = ApiToken(name, None, tuple(sorted(roles)), None)

    def admit(connection: Connection) -> None:
        sessions.remove_api_tokens(connection, name)
        sessions.add_api_token(connection, token_hash(token), kept, now)

    house.store.change(admit)


def revoke_token(house: House, actor: Actor, name: str) -> Done | Refusal:
    """Make every API token of this name worthless."""
    if refusal := refuse_unless(actor, "revoke_token"):
        return refusal

    def revoke(connection: Connection) -> Done | Refusal:
        gone = sessions.remove_api_tokens(connection, name)
        if not gone:
            return Refusal("not_found", f"There is no API token {name}.", "Check its name.")
        record_entry(house, connection, actor, "revoke_token", {"name": name, "tokens": gone})
        return Done(details={"revoked": gone})

    return house.store.change(revoke)


def token_actor(house: House, bearer: str) -> Actor | None:
    """Whom a bearer token stands for now; None: unknown, expired, or the person has left."""

    def look(connection: Connection) -> Actor | None:
        token = sessions.live_api_token(connection, token_hash(bearer), house.now())
        if token is None:
            return None
        if token.person is None:
            return Actor(token.name, frozenset(token.roles), is_person=False)
        person = registry_rows.one_person(connection, token.person)
        return as_actor(person) if person and person.active else None

    return house.store.ask(look)


def tidy_sign_in(house: House) -> int:
    """Forget what no longer counts: dead sessions, expired tokens, old attempts; how many rows."""
    now = house.now()

    def tidy(connection: Connection) -> int:
        gone = sessions.remove_dead_sessions(connection, now, IDLE)
        return gone + sessions.remove_old_attempts(connection, now - ATTEMPTS_COUNT_FOR)

    return house.store.change(tidy)


def as_actor(person: Person) -> Actor:
    """The person as the one who gives a command."""
    return Actor(
        person.name,
        roles=frozenset(person.roles),
        groups=frozenset(person.groups),
        full_name=person.full_name,
        zone=person.zone,
    )


_WRONG = Refusal(
    "not_allowed",
    "The name or the password is wrong.",
    "Try again, or ask an administrator for a new password.",
)


def _counted_attempt(
    connection: Connection, name: str, source: str, now: datetime
) -> str | Refusal | None:
    """Count first, look at the password afterwards: guesses made at once are all counted."""
    attempts = sessions.attempts_since(connection, name, now - ATTEMPTS_COUNT_FOR)
    if wait := _wait(attempts, source):
        return _too_many(wait + ATTEMPTS_COUNT_FOR - now)
    sessions.add_attempt(connection, name, source, now)
    return registry_rows.password_hash(connection, name)


def _wait(attempts: list[tuple[str, datetime]], source: str) -> datetime | None:
    """The attempt that must be forgotten before another one is let through."""
    here = [at for place, at in attempts if place == source]
    everywhere = [at for _, at in attempts]
    blocking: list[datetime] = []
    if len(here) >= ATTEMPTS_FROM_ONE_PLACE:
        blocking.append(here[-ATTEMPTS_FROM_ONE_PLACE])
    if len(everywhere) >= ATTEMPTS_FROM_EVERYWHERE:
        blocking.append(everywhere[-ATTEMPTS_FROM_EVERYWHERE])
    return max(blocking, default=None)


def _too_many(wait: timedelta) -> Refusal:
    minutes = max(1, -(-int(wait.total_seconds()) // 60))
    return Refusal(
        "not_allowed",
        "There were too many attempts to sign in with this name.",
        f"Wait {minutes} minutes, then try again.",
    )


def _signed_in(
    house: House, name: str, password: str, kept: str, source: str
) -> SignedIn | Refusal:
    now = house.now()
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    fresh = hash_password(password) if is_outdated(kept) else None
    session = Session(name, csrf, now, now + LONGEST)

    def begin(connection: Connection) -> SignedIn | Refusal:
        person = registry_rows.one_person(connection, name)
        if person is None or not person.active:  # left while the password was looked at
            return _WRONG
        sessions.forget_attempts(connection, name, source)
        sessions.add_session(connection, token_hash(token), session)
        if fresh:
            registry_rows.set_password_hash(connection, name, fresh)
        return SignedIn(as_actor(person), csrf, session.expires_at, token)

    return house.store.change(begin)


def _token_problem(
    name: str, person: str | None, roles: Collection[str], days: int
) -> Refusal | None:
    if is_blank(name) or len(name) > 100 or not name.isprintable():
        return Refusal("invalid", "A token needs a name of at most 100 characters.", "Name it.")
    if bool(person) == bool(roles):
        return Refusal(
            "invalid", "A token acts as a person or as a channel with roles.", "Give one of them."
        )
    if SYSTEM_ROLE in roles:
        return Refusal(
            "invalid",
            f"The role {SYSTEM_ROLE} is the house's own: it may send every message.",
            "Give the role that the diagram names for the channel.",
        )
    if not 1 <= days <= LONGEST_TOKEN_DAYS:
        return Refusal("invalid", "A token lives from 1 to 366 days.", "Choose fewer days.")
    return None
