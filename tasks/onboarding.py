"""The automated steps of an onboarding: each can be undone, and is safe to run twice."""

from collections.abc import Mapping, Sequence

from clearway.errors import StepError
from clearway.now import TimeSource
from integrations.accounts import Accounts, AccountTaken
from integrations.equipment import Equipment, Order
from integrations.http import RemoteRefusal

_NOT_FOUND = 404


def create_account(
    *,
    key: str,
    user_name: str,
    full_name: str,
    mail: str | None = None,
    account_id: str | None = None,
    accounts: Accounts,
) -> Mapping[str, object]:
    """Make the account a new colleague signs in with; answers its `account_id`.

    It is made for the record `key`; what that record made under another user name, `account_id`,
    goes. Raises StepError `user_name_taken` when somebody else has the account.
    """
    try:
        account = accounts.create(user_name, full_name, mail, made_for=key, account_id=account_id)
    except AccountTaken as taken:
        raise StepError("user_name_taken", str(taken)) from taken
    return {"account_id": account.id, "user_name": account.user_name}


def remove_account(
    *, key: str, user_name: str, account_id: str | None = None, accounts: Accounts
) -> Mapping[str, object]:
    """Undo `create_account`; `removed` is False when no account was made for the record `key`."""
    return {"removed": accounts.remove(user_name, made_for=key, account_id=account_id)}


def grant_access(
    *,
    key: str,
    user_name: str,
    groups: Sequence[str] | str | None = None,
    accounts: Accounts,
) -> Mapping[str, object]:
    """Put the account of the record `key` into these groups; answers them as `granted`.

    Raises StepError `unknown_access` when a group does not exist, or the account was not made for
    the record.
    """
    wanted = _names(groups)
    for group in wanted:
        try:
            accounts.grant(user_name, group, made_for=key)
        except RemoteRefusal as refusal:
            if refusal.status != _NOT_FOUND:
                raise
            raise StepError("unknown_access", str(refusal)) from refusal
    return {"granted": wanted}


def revoke_access(
    *,
    key: str,
    user_name: str,
    groups: Sequence[str] | str | None = None,
    account_id: str | None = None,
    accounts: Accounts,
) -> Mapping[str, object]:
    """Undo `grant_access`; answers as `revoked` what the account was taken out of.

    An account that was not made for the record `key` stays in its groups.
    """
    revoked = [
        group
        for group in _names(groups)
        if accounts.revoke(user_name, group, made_for=key, account_id=account_id)
    ]
    return {"revoked": revoked}


def order_laptop(
    *,
    key: str,
    for_person: str,
    item: str | None = None,
    deliver_to: str | None = None,
    needed_by: object = None,
    equipment: Equipment,
    now: TimeSource,
) -> Mapping[str, object]:
    """Order a laptop; answers its `order_number`, the same for the same record `key`."""
    number = _order_number(key)
    wanted, place = item or "standard laptop", deliver_to or "the service desk"
    by = None if needed_by is None else str(needed_by)
    equipment.order(Order(number, wanted, for_person, place, by, now()))
    return {"order_number": number}


def cancel_laptop(*, key: str, equipment: Equipment, now: TimeSource) -> Mapping[str, object]:
    """Undo `order_laptop`; answers as `cancelled` the number of the order."""
    number = _order_number(key)
    equipment.cancel(number, now())
    return {"cancelled": number}


def _order_number(key: str) -> str:
    return f"{key}-laptop"


def _names(groups: Sequence[str] | str | None) -> list[str]:
    given = groups.split(",") if isinstance(groups, str) else list(groups or ())
    return list(dict.fromkeys(name.strip() for name in given if name.strip()))
