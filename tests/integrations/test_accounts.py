"""Accounts over SCIM: twice is once, errors are told apart, secrets stay where they are."""

import pytest

from clearway.errors import ClearwayError
from integrations.accounts import Account, Accounts, ScimAccounts, SilentAccounts
from integrations.http import LARGEST_ANSWER, RemoteError, RemoteRefusal


@pytest.fixture
def accounts(scim) -> ScimAccounts:
    return ScimAccounts(scim.address, "s3cret-token", timeout=5)


def test_an_account_is_made_once(scim, accounts: ScimAccounts):
    made = accounts.create("zoe", "Zoe van Example", "zoe@example.org")
    again = accounts.create("zoe", "Zoe van Example", "zoe@example.org")

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
    accounts.create("zoe", "Zoe Example", None)

    assert [accounts.remove("zoe"), accounts.remove("zoe")] == [True, False]
    assert scim.stored["/Users"] == {}


def test_access_is_granted_and_revoked_once(scim, accounts: ScimAccounts):
    scim.add_group("payroll-users")
    accounts.create("zoe", "Zoe Example", None)

    granted = [accounts.grant("zoe", "payroll-users") for _ in range(2)]
    assert scim.members("payroll-users") == ["u0"]
    revoked = [accounts.revoke("zoe", "payroll-users") for _ in range(2)]

    assert scim.members("payroll-users") == []
    assert (granted, revoked) == ([True, False], [True, False])


def test_a_quote_in_a_name_stays_in_the_name(scim, accounts: ScimAccounts):
    accounts.create('o"neil\\', "O Neil", None)
    accounts.create("other", "Other Example", None)

    assert accounts.create('o"neil\\', "O Neil", None).id == "u0"


def test_a_group_that_does_not_exist_is_a_refusal(accounts: ScimAccounts):
    accounts.create("zoe", "Zoe Example", None)

    with pytest.raises(RemoteRefusal, match="group nothing") as refusal:
        accounts.grant("zoe", "nothing")

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
        accounts.create("zoe", "Zoe Example", None)

    assert "s3cret-token" not in str(error.value)
    assert "127.0.0.1" in str(error.value)


def test_a_service_that_is_away_is_named():
    with pytest.raises(RemoteError, match="cannot be reached"):
        ScimAccounts("http://127.0.0.1:1/v2", None, timeout=1).remove("zoe")


@pytest.mark.parametrize("address", ["ftp://x", "file:///etc/passwd", "x", "http://u:p@x/"])
def test_only_plain_web_addresses_are_taken(address: str):
    with pytest.raises(ClearwayError):
        ScimAccounts(address, None)


@pytest.fixture(params=["scim", "silent"])
def either(request: pytest.FixtureRequest, scim) -> Accounts:
    scim.add_group("staff")
    return ScimAccounts(scim.address, None) if request.param == "scim" else SilentAccounts()


def test_the_silent_accounts_behave_like_the_real_ones(either: Accounts):
    either.create("zoe", "Zoe Example", None)

    seen = [
        either.grant("zoe", "staff"),
        either.grant("zoe", "staff"),
        either.revoke("zoe", "staff"),
        either.revoke("nobody", "staff"),
        either.remove("zoe"),
        either.remove("zoe"),
    ]

    assert seen == [True, False, True, False, True, False]
    with pytest.raises(RemoteRefusal):
        either.grant("zoe", "staff")
