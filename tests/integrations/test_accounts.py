"""Accounts over SCIM: twice is once, errors are told apart, secrets stay where they are."""

import pytest

from clearway.errors import ClearwayError
from integrations.accounts import Account, Accounts, AccountTaken, ScimAccounts, SilentAccounts
from integrations.http import LARGEST_ANSWER, RemoteError, RemoteRefusal


@pytest.fixture
def accounts(scim) -> ScimAccounts:
    return ScimAccounts(scim.address, "s3cret-token", timeout=5)


def test_an_account_is_made_once(scim, accounts: ScimAccounts):
    made = accounts.create("zoe", "Zoe van Example", "zoe@example.org", made_for="ONB-1")
    again = accounts.create("zoe", "Zoe van Example", "zoe@example.org", made_for="ONB-1")

    assert made == again == Account("u0", "zoe")
    [user] = scim.stored["/Users"].values()
    assert user["name"] == {
        "formatted": "Zoe van Example",
        "givenName": "Zoe van",
        "familyName": "Example",
    }
    assert user["emails"] == [{"value": "zoe@example.org", "primary": True}]
    assert scim.tokens == {"Bearer s3cret-token"}


def test_an_account_is_removed_once(scim, accounts: ScimAccounts):
    accounts.create("zoe", "Zoe Example", None, made_for="ONB-1")

    assert [accounts.remove("zoe", made_for="ONB-1"), accounts.remove("zoe", made_for="ONB-1")] == [
        True,
        False,
    ]
    assert scim.stored["/Users"] == {}


def test_access_is_granted_and_revoked_once(scim, accounts: ScimAccounts):
    scim.add_group("payroll-users")
    accounts.create("zoe", "Zoe Example", None, made_for="ONB-1")

    granted = [accounts.grant("zoe", "payroll-users", made_for="ONB-1") for _ in range(2)]
    assert scim.members("payroll-users") == ["u0"]
    revoked = [accounts.revoke("zoe", "payroll-users", made_for="ONB-1") for _ in range(2)]

    assert scim.members("payroll-users") == []
    assert (granted, revoked) == ([True, False], [True, False])


def test_a_quote_in_a_name_stays_in_the_name(scim, accounts: ScimAccounts):
    accounts.create('o"neil\\', "O Neil", None, made_for="ONB-1")
    accounts.create("other", "Other Example", None, made_for="ONB-1")

    assert accounts.create('o"neil\\', "O Neil", None, made_for="ONB-1").id == "u0"


def test_a_group_that_does_not_exist_is_a_refusal(accounts: ScimAccounts):
    accounts.create("zoe", "Zoe Example", None, made_for="ONB-1")

    with pytest.raises(RemoteRefusal, match="group nothing") as refusal:
        accounts.grant("zoe", "nothing", made_for="ONB-1")

    assert refusal.value.status == 404


@pytest.mark.parametrize(
    ("status", "content", "kind"),
    [
        (500, b"broken", RemoteError),
        (503, b"", RemoteError),
        (429, b"slow down", RemoteError),
        (403, b"not you", RemoteRefusal),
        (302, b"", RemoteError),
        (200, b"x" * (LARGEST_ANSWER + 1), RemoteError),
    ],
)
def test_what_the_service_answers_is_told_apart(
    scim, accounts: ScimAccounts, status: int, content: bytes, kind: type[Exception]
):
    scim.broken = (status, content)

    with pytest.raises(kind) as error:
        accounts.create("zoe", "Zoe Example", None, made_for="ONB-1")

    assert "s3cret-token" not in str(error.value)
    assert "127.0.0.1" in str(error.value)


def test_a_service_that_is_away_is_named():
    with pytest.raises(RemoteError, match="cannot be reached"):
        ScimAccounts("http://127.0.0.1:1/v2", None, timeout=1).remove("zoe", made_for="ONB-1")


@pytest.mark.parametrize("address", ["ftp://x", "file:///etc/passwd", "x", "http://u:p@x/"])
def test_only_plain_web_addresses_are_taken(address: str):
    with pytest.raises(ClearwayError):
        ScimAccounts(address, None)


@pytest.fixture(params=["scim", "silent"])
def either(request: pytest.FixtureRequest, scim) -> Accounts:
    scim.add_group("staff")
    return ScimAccounts(scim.address, None) if request.param == "scim" else SilentAccounts()


def test_the_silent_accounts_behave_like_the_real_ones(either: Accounts):
    either.create("zoe", "Zoe Example", None, made_for="ONB-1")

    seen = [
        either.grant("zoe", "staff", made_for="ONB-1"),
        either.grant("zoe", "staff", made_for="ONB-1"),
        either.revoke("zoe", "staff", made_for="ONB-1"),
        either.revoke("nobody", "staff", made_for="ONB-1"),
        either.remove("zoe", made_for="ONB-1"),
        either.remove("zoe", made_for="ONB-1"),
    ]

    assert seen == [True, False, True, False, True, False]
    with pytest.raises(RemoteRefusal):
        either.grant("zoe", "staff", made_for="ONB-1")


def test_an_account_of_somebody_else_is_neither_taken_nor_touched(scim):
    accounts = ScimAccounts(scim.address, None)
    scim.add_group("staff", scim.add_user("alice"))

    with pytest.raises(AccountTaken, match="alice already"):
        accounts.create("alice", "Alice New", None, made_for="ONB-1")
    with pytest.raises(RemoteRefusal, match="account alice made for ONB-1"):
        accounts.grant("alice", "staff", made_for="ONB-1")

    assert not accounts.revoke("alice", "staff", made_for="ONB-1", account_id="u-alice")
    assert not accounts.remove("alice", made_for="ONB-1", account_id="u-alice")
    assert scim.members("staff") == ["u-alice"]
    assert {method for method, _ in scim.calls} == {"GET"}


def test_an_account_belongs_to_the_record_that_it_was_made_for(either: Accounts):
    either.create("zoe", "Zoe Example", None, made_for="ONB-1")
    either.grant("zoe", "staff", made_for="ONB-1")

    with pytest.raises(AccountTaken):
        either.create("zoe", "Zoe Other", None, made_for="ONB-11")
    with pytest.raises(RemoteRefusal):
        either.grant("zoe", "staff", made_for="ONB-11")

    assert not either.revoke("zoe", "staff", made_for="ONB-11")
    assert not either.remove("zoe", made_for="ONB-11")
    assert either.revoke("zoe", "staff", made_for="ONB-1")


def test_a_corrected_user_name_leaves_no_account_behind(either: Accounts):
    first = either.create("zoe", "Zoe Example", None, made_for="ONB-1")

    second = either.create("zoey", "Zoe Example", None, made_for="ONB-1", account_id=first.id)

    assert second.id != first.id
    assert not either.remove("zoe", made_for="ONB-1")
    assert either.remove("zoe.example", made_for="ONB-1", account_id=second.id)
    assert not either.remove("zoey", made_for="ONB-1")


def test_a_corrected_user_name_that_is_taken_leaves_the_former_account(either: Accounts):
    first = either.create("zoe", "Zoe Example", None, made_for="ONB-1")
    either.create("alice", "Alice Example", None, made_for="ONB-2")

    with pytest.raises(AccountTaken):
        either.create("alice", "Zoe Example", None, made_for="ONB-1", account_id=first.id)

    assert either.remove("alice", made_for="ONB-1", account_id=first.id)
    assert not either.remove("zoe", made_for="ONB-1")
    assert either.remove("alice", made_for="ONB-2")


def test_a_service_that_forgets_whose_an_account_is_gets_none(scim, accounts: ScimAccounts):
    scim.forgets = "externalId"

    with pytest.raises(RemoteError, match="externalId"):
        accounts.create("zoe", "Zoe Example", None, made_for="ONB-1")

    assert scim.stored["/Users"] == {}
