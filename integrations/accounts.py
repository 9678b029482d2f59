"""Accounts of people in other systems, over SCIM 2.0 (RFC 7644), or remembered."""

from collections.abc import Mapping
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


class AccountTaken(RemoteRefusal):
    """The user name has an account that was not made for this record; it is left as it is."""

    def __init__(self, user_name: str, made_for: str) -> None:
        super().__init__(
            f"There is an account {user_name} already, and it was not made for {made_for}. "
            "Choose another user name, or take everything back.",
            409,
        )


class Accounts(Protocol):
    """Makes and removes accounts. Exactly once in effect: each looks first, so twice is once.

    `made_for` is the key of a record. An account that was not made for it is never touched.
    `account_id` is the account that the record noted before its user name was corrected.
    """

    def create(
        self,
        user_name: str,
        full_name: str,
        mail: str | None,
        *,
        made_for: str,
        account_id: str | None = None,
    ) -> Account:
        """Make the account, or answer the one that was made for the same record before.

        What was made for it under another user name is removed. Raises AccountTaken.
        """
        ...

    def remove(self, user_name: str, *, made_for: str, account_id: str | None = None) -> bool:
        """Remove the account; False when none was made for the record."""
        ...

    def grant(self, user_name: str, group: str, *, made_for: str) -> bool:
        """Put the account into a group; False when it is in it. Raises RemoteRefusal when the
        group does not exist, or no account was made for the record."""
        ...

    def revoke(
        self, user_name: str, group: str, *, made_for: str, account_id: str | None = None
    ) -> bool:
        """Take the account out of a group; False when it is not in it, or not the record's."""
        ...


class ScimAccounts:
    """Accounts behind a SCIM 2.0 service, such as an identity provider's.

    For whom an account was made stands in its `externalId`, which is the client's to say (RFC
    7643, 3.1).
    """

    def __init__(self, address: str, token: str | None, *, timeout: float = 15.0) -> None:
        self._remote = Remote(address, token, accept=_MEDIA_TYPE, timeout=timeout)

    def create(
        self,
        user_name: str,
        full_name: str,
        mail: str | None,
        *,
        made_for: str,
        account_id: str | None = None,
    ) -> Account:
        found = self._user(user_name)
        if found is not None:
            return self._own(found, user_name, made_for)
        self.remove(user_name, made_for=made_for, account_id=account_id)
        given, _, family = full_name.rpartition(" ")
        body: dict[str, object] = {
            "schemas": [_USER],
            "userName": user_name,
            "externalId": _mark(made_for),
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
            return self._own(found, user_name, made_for)
        account = _account(made, user_name)
        if not _is_for(made, made_for):
            # Nobody could tell later that it is ours, so it would never be taken back.
            self._delete(account.id)
            raise RemoteError(
                f"The accounts service does not keep the externalId of {user_name}. "
                "Let it keep what it is given there."
            )
        return account

    def remove(self, user_name: str, *, made_for: str, account_id: str | None = None) -> bool:
        account = self._made(user_name, made_for, account_id)
        return account is not None and self._delete(account.id)

    def grant(self, user_name: str, group: str, *, made_for: str) -> bool:
        account = self._made(user_name, made_for)
        found = self._group(group)
        if account is None or found is None:
            missing = f"group {group}" if account else f"account {user_name} made for {made_for}"
            raise RemoteRefusal(f"There is no {missing}.", 404)
        if account.id in _members(found):
            return False
        self._patch(found, {"op": "add", "path": "members", "value": [{"value": account.id}]})
        return True

    def revoke(
        self, user_name: str, group: str, *, made_for: str, account_id: str | None = None
    ) -> bool:
        account = self._made(user_name, made_for, account_id)
        found = self._group(group)
        if account is None or found is None or account.id not in _members(found):
            return False
        self._patch(found, {"op": "remove", "path": f'members[value eq "{_quoted(account.id)}"]'})
        return True

    def _made(self, user_name: str, made_for: str, account_id: str | None = None) -> Account | None:
        """The account that was made for this record, under this user name or a former one."""
        found = self._user(user_name)
        if not _is_for(found, made_for):
            found = self._by_id(account_id) if account_id else None
        return _account(found, user_name) if found and _is_for(found, made_for) else None

    def _own(self, found: Mapping[str, object], user_name: str, made_for: str) -> Account:
        if not _is_for(found, made_for):
            raise AccountTaken(user_name, made_for)
        return _account(found, user_name)

    def _user(self, user_name: str) -> Mapping[str, object] | None:
        return self._one("/Users", "userName", user_name)

    def _by_id(self, account_id: str) -> Mapping[str, object] | None:
        try:
            _, found = self._call("GET", f"/Users/{_segment(account_id)}")
        except RemoteRefusal as refusal:
            if refusal.status != 404:
                raise
            return None
        return found

    def _group(self, name: str) -> Mapping[str, object] | None:
        return self._one("/Groups", "displayName", name)

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

    def _delete(self, account_id: str) -> bool:
        try:
            self._call("DELETE", f"/Users/{_segment(account_id)}")
        except RemoteRefusal as refusal:
            if refusal.status != 404:
                raise
            return False
        return True


@dataclass
class SilentAccounts:
    """Makes no accounts and remembers those it was told of: user name -> groups."""

    accounts: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    made_for: dict[str, str] = field(default_factory=dict[str, str])
    not_connected: str = "no directory is connected"

    def create(
        self,
        user_name: str,
        full_name: str,
        mail: str | None,
        *,
        made_for: str,
        account_id: str | None = None,
    ) -> Account:
        del full_name, mail
        if user_name in self.accounts:
            if self.made_for.get(user_name) != made_for:
                raise AccountTaken(user_name, made_for)
        else:
            self.remove(user_name, made_for=made_for, account_id=account_id)
            self.accounts[user_name], self.made_for[user_name] = set(), made_for
        return Account(_silent_id(user_name), user_name)

    def remove(self, user_name: str, *, made_for: str, account_id: str | None = None) -> bool:
        name = self._made(user_name, made_for, account_id)
        if name is None:
            return False
        del self.accounts[name], self.made_for[name]
        return True

    def grant(self, user_name: str, group: str, *, made_for: str) -> bool:
        name = self._made(user_name, made_for)
        if name is None:
            raise RemoteRefusal(f"There is no account {user_name} made for {made_for}.", 404)
        is_new = group not in self.accounts[name]
        self.accounts[name].add(group)
        return is_new

    def revoke(
        self, user_name: str, group: str, *, made_for: str, account_id: str | None = None
    ) -> bool:
        name = self._made(user_name, made_for, account_id)
        groups = self.accounts[name] if name is not None else set[str]()
        was_in = group in groups
        groups.discard(group)
        return was_in

    def _made(self, user_name: str, made_for: str, account_id: str | None = None) -> str | None:
        mine = [name for name, key in self.made_for.items() if key == made_for]
        wanted = (name for name in mine if name == user_name or _silent_id(name) == account_id)
        return next(wanted, None)


def _mark(made_for: str) -> str:
    return f"clearway:{made_for}"


def _is_for(found: Mapping[str, object] | None, made_for: str) -> bool:
    return found is not None and found.get("externalId") == _mark(made_for)


def _silent_id(user_name: str) -> str:
    return f"account-{user_name}"


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
