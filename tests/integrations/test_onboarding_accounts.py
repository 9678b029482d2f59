"""The steps of an onboarding at the wire of a directory: undo takes back what was made, no more."""

from collections.abc import Mapping

import pytest

from clearway.errors import StepError
from integrations.accounts import ScimAccounts
from tasks.catalogue import STEPS, Call, bind

_STEPS = ("create_account", "grant_access", "revoke_access", "remove_account")


@pytest.fixture
def calls(scim) -> Mapping[str, Call]:
    chosen = {name: STEPS[name] for name in _STEPS}
    return bind(chosen, {"accounts": ScimAccounts(scim.address, None)}, {})


def inputs(user_name: str, **more: object) -> dict[str, object]:
    return {"key": "ONB-7", "user_name": user_name, **more}


def undo(calls: Mapping[str, Call], user_name: str, groups: list[str], account_id: object) -> None:
    given = inputs(user_name, account_id=account_id)
    calls["revoke_access"]({**given, "groups": groups}, "8")
    calls["remove_account"](given, "9")


def test_the_account_of_a_colleague_survives_an_onboarding_of_the_same_name(scim, calls):
    scim.add_group("staff", scim.add_user("alice"))

    with pytest.raises(StepError, match="Choose another user name") as error:
        calls["create_account"](inputs("alice", full_name="Alice New"), "7")
    undo(calls, "alice", ["staff"], None)

    assert error.value.code == "user_name_taken"
    assert scim.members("staff") == ["u-alice"]
    assert list(scim.stored["/Users"]) == ["u-alice"]
    assert {method for method, _ in scim.calls} == {"GET"}


def test_a_step_that_runs_again_finds_its_own_account_and_undo_removes_it(scim, calls):
    scim.add_group("staff", scim.add_user("bob"))
    person = inputs("nina", full_name="Nina Example")

    made = [calls["create_account"](person, "7") for _ in range(2)]
    granted = [calls["grant_access"](inputs("nina", groups=["staff"]), "8") for _ in range(2)]
    assert scim.members("staff") == ["u-bob", "u0"]
    undo(calls, "nina", ["staff"], "u0")

    assert made == [{"account_id": "u0", "user_name": "nina"}] * 2
    assert granted == [{"granted": ["staff"]}] * 2
    assert scim.members("staff") == ["u-bob"]
    assert list(scim.stored["/Users"]) == ["u-bob"]


def test_what_a_failed_step_had_done_is_taken_back(scim, calls):
    scim.add_group("staff")
    calls["create_account"](inputs("nina", full_name="Nina Example"), "7")

    with pytest.raises(StepError, match="group nothing") as error:
        calls["grant_access"](inputs("nina", groups=["staff", "nothing"]), "8")
    undo(calls, "nina", ["staff", "nothing"], "u0")

    assert error.value.code == "unknown_access"
    assert scim.members("staff") == []
    assert scim.stored["/Users"] == {}
