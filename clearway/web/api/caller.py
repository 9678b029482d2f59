"""Who calls the API: a bearer token, the actor it stands for, and the key of the request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from clearway.service.forms import invalid, unkeepable
from clearway.service.house import House
from clearway.service.sign_in import token_actor
from clearway.service.values import Actor, Refusal
from clearway.web.api.problems import ApiRefusal
from clearway.web.portal import Portal, portal_of
from clearway.web.visit import new_once
from processes.blank import is_blank

T = TypeVar("T")


class Unauthorized(Exception):
    """No token, or one that means nobody; the text says which."""


class BlankKey(Exception):
    """An idempotency key that says nothing: two requests with it could not be told apart."""


@dataclass(frozen=True)
class Caller:
    """The actor behind a token, and the house it speaks to."""

    portal: Portal
    actor: Actor

    @property
    def house(self) -> House:
        """The house."""
        return self.portal.house


_BEARER = HTTPBearer(auto_error=False, description="A token made by `clearway token`.")


def caller(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
) -> Caller:
    """The dependency of every operation; raises Unauthorized."""
    if credentials is None:
        raise Unauthorized("There is no bearer token in this request.")
    portal = portal_of(request)
    actor = token_actor(portal.house, credentials.credentials)
    if actor is None:
        raise Unauthorized("The token is unknown or has expired.")
    return Caller(portal, actor)


def once(
    calling: Annotated[Caller, Depends(caller)],
    idempotency_key: Annotated[
        str | None,
        Header(
            max_length=200, description="The same key of a caller answers with the first result."
        ),
    ] = None,
) -> str:
    """The idempotency key of the request, or a fresh one; raises BlankKey for a blank one.

    Each caller counts with its own keys.
    """
    if idempotency_key is None:
        return new_once()
    if is_blank(idempotency_key):
        raise BlankKey
    return f"{calling.actor.name} {idempotency_key}"


def accepted(found: T | Refusal) -> T:
    """The answer itself; a refusal goes to the caller as a problem."""
    if isinstance(found, Refusal):
        raise ApiRefusal(found)
    return found


def keepable(values: Mapping[str, object]) -> Mapping[str, object]:
    """The values of a form; those that no record can hold are refused, each by its name."""
    if problems := unkeepable(values):
        raise ApiRefusal(invalid(problems))
    return values


Calling = Annotated[Caller, Depends(caller)]
Once = Annotated[str, Depends(once)]
