"""Accounts of people in other systems, over SCIM 2.0 (RFC 7644), or remembered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, cast
from urllib.parse import quote

from integrations.http import Remote, RemoteError, RemoteRefusal

_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
_PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
_MEDIA_TYPE = "application/scim+json"


@dataclass(frozen=True)
class Account:
    """A person's account: `id` is the other system's, `user_name` what the person types."""

    id: str
    user_name: str


class Accounts(Protocol):
    """Makes and removes accounts. Exactly once in effect: each looks first, so twice is once."""

    def create(self, user_name: str, full_name: str, mail: str | None) -> Account:
        """Make the account, or answer the one there is."""
        ...

    def remove(self, user_name: str) -> bool:
        """Remove the account; False when there is none."""
        ...

    def grant(self, user_name: str, group: str) -> bool:
        """Put the account into a group; False when it is in it. Raises RemoteRefusal when either
        does not exist."""
        ...

    def revoke(self, user_name: str, group: str) -> bool:
        """Take the account out of a group; False when it is not in it."""
        ...


class ScimAccounts:
    """Accounts behind a SCIM 2.0 service, such as an identity provider's."""

    def __init__(self, address: str, token: str | None, *, timeout: float = 15.0) -> None:
        self._remote = Remote(address, token, accept=_MEDIA_TYPE, timeout=timeout)

    def create(self, user_name: str, full_name: str, mail: str | None) -> Account:
        if found := self._user(user_name):
            return found
        given, _, family = full_name.rpartition(" ")
        body: dict[str, object] = {
            "schemas": [_USER],
            "userName": user_name,
            "displayName": full_name,
            "name": {"formatted": full_name, "givenName": given or family, "familyName": family},
            "active": True,
        }
        if mail:
            body["emails"] = [{"value": mail, "primary": True}]
        try:
            _, made = self._call("POST", "/Users", body)
        except RemoteRefusal as refusal:
            # Somebody else was quicker, or our first answer was lost on its way.
            found = self._user(user_name) if refusal.status == 409 else None
            if found is None:
                raise
            return found
        return _account(made, user_name)

    def remove(self, user_name: str) -> bool:
        found = self._user(user_name)
        if found is None:
            return False
        return self._gone(lambda: self._call("DELETE", f"/Users/{_segment(found.id)}"))

    def grant(self, user_name: str, group: str) -> bool:
        account = self._user(user_name)
        found = self._one("/Groups", "displayName", group)
        if account is None or found is None:
            missing = f"account {user_name}" if account is None else f"group {group}"
            raise RemoteRefusal(f"There is no {missing}.", 404)
        if account.id in _members(found):
            return False
        self._patch(found, {"op": "add", "path": "members", "value": [{"value": account.id}]})
        return True

    def revoke(self, user_name: str, group: str) -> bool:
        account = self._user(user_name)
        found = self._one("/Groups", "displayName", group)
        if account is None or found is None or account.id not in _members(found):
            return False
        self._patch(found, {"op": "remove", "path": f'members[value eq "{_quoted(account.id)}"]'})
        return True

    def _user(self, user_name: str) -> Account | None:
        found = self._one("/Users", "userName", user_name)
        return _account(found, user_name) if found else None

    def _one(self, path: str, attribute: str, value: str) -> Mapping[str, object] | None:
        query = {"filter": f'{attribute} eq "{_quoted(value)}"', "count": "2"}
        _, answer = self._remote.call("GET", path, query=query)
        resources = answer.get("Resources", [])
        found = cast(list[Mapping[str, object]], resources) if isinstance(resources, list) else []
        if len(found) > 1:
            raise RemoteError(f"The accounts service has more than one {attribute} {value}.")
        return found[0] if found else None

    def _patch(self, group: Mapping[str, object], operation: Mapping[str, object]) -> None:
        body = {"schemas": [_PATCH], "Operations": [operation]}
        self._call("PATCH", f"/Groups/{_segment(str(group.get('id')))}", body)

    def _call(
        self, method: str, path: str, body: object = None
    ) -> tuple[int, Mapping[str, object]]:
        return self._remote.call(method, path, body=body, media_type=_MEDIA_TYPE)

    def _gone(self, remove: Callable[[], object]) -> bool:
        try:
            remove()
        except RemoteRefusal as refusal:
            if refusal.status != 404:
                raise
            return False
        return True


@dataclass
class SilentAccounts:
    """Makes no accounts and remembers those it was told of: user name -> groups."""

    accounts: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    not_connected: str = "no directory is connected"

    def create(self, user_name: str, full_name: str, mail: str | None) -> Account:
        del full_name, mail
        self.accounts.setdefault(user_name, set())
        return Account(f"account-{user_name}", user_name)

    def remove(self, user_name: str) -> bool:
        return self.accounts.pop(user_name, None) is not None

    def grant(self, user_name: str, group: str) -> bool:
        if user_name not in self.accounts:
            raise RemoteRefusal(f"There is no account {user_name}.", 404)
        is_new = group not in self.accounts[user_name]
        self.accounts[user_name].add(group)
        return is_new

    def revoke(self, user_name: str, group: str) -> bool:
        groups = self.accounts.get(user_name, set())
        was_in = group in groups
        groups.discard(group)
        return was_in


def _account(answer: Mapping[str, object], user_name: str) -> Account:
    if not isinstance(answer.get("id"), str):
        raise RemoteError(f"The accounts service answered no id for {user_name}.")
    return Account(cast(str, answer["id"]), user_name)


def _members(group: Mapping[str, object]) -> set[str]:
    members = group.get("members")
    if not isinstance(members, list):
        return set()
    return {str(member.get("value")) for member in cast(list[Mapping[str, object]], members)}


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


def _segment(identifier: str) -> str:
    return quote(identifier, safe="")
