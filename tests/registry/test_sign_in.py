"""Signing in: counted, expiring, the same for known and unknown people."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from clearway.now import HandClock
from clearway.service import passwords
from clearway.service.house import House
from clearway.service.registry import actor_of, import_csv
from clearway.service.sign_in import (
    ATTEMPTS_FROM_ONE_PLACE,
    IDLE,
    LONGEST,
    IssuedToken,
    SignedIn,
    admit_channel,
    issue_token,
    revoke_token,
    set_password,
    sign_in,
    sign_out,
    tidy_sign_in,
    token_actor,
    who_is,
)
from clearway.service.values import Actor, Done, Refusal

pytestmark = pytest.mark.database

RIGHT = "correct horse battery"


@pytest.fixture
def alice(house: House, admin: Actor) -> Actor:
    import_csv(house, admin, "people", "name,full_name\nalice,Alice Example\n", once="p")
    import_csv(house, admin, "groups", "name,title\ndesk,Desk\n", once="g")
    import_csv(house, admin, "group_roles", "group,role\ndesk,service_desk\n", once="r")
    import_csv(house, admin, "memberships", "group,person\ndesk,alice\n", once="m")
    assert isinstance(set_password(house, admin, "alice", RIGHT), Done)
    actor = actor_of(house, "alice")
    assert actor is not None
    return actor


def test_the_right_password_signs_in_with_the_roles_of_the_groups(house: House, alice: Actor):
    signed_in = sign_in(house, "Alice ", RIGHT)

    assert isinstance(signed_in, SignedIn)
    assert signed_in.actor == alice
    assert signed_in.actor.roles == {"service_desk"}
    assert who_is(house, signed_in.token) == SignedIn(alice, signed_in.csrf, signed_in.expires_at)


def test_the_database_holds_neither_password_nor_token(house: House, alice: Actor):
    signed_in = sign_in(house, "alice", RIGHT)
    issued = issue_token(house, alice, "mine", person="alice")

    def everything(connection: Connection) -> str:
        tables = ("session", "person", "api_token", "entry", "answer", "sign_in_failure")
        rows = [connection.execute(text(f"SELECT t::text FROM {table} t")) for table in tables]
        return "\n".join(str(row[0]) for table in rows for row in table)

    stored = house.store.ask(everything)

    for secret in (RIGHT, signed_in.token, issued.token):
        assert secret not in stored
        assert secret not in repr(signed_in) + repr(issued)


@pytest.mark.parametrize(
    ("name", "password"),
    [("alice", "wrong"), ("alice", ""), ("nobody", RIGHT), ("", ""), ("alice", "x" * 100_000)],
)
def test_every_wrong_sign_in_gets_the_same_answer(
    house: House, alice: Actor, name: str, password: str
):
    refusal = sign_in(house, name, password)

    assert isinstance(refusal, Refusal)
    assert refusal.text == "The name or the password is wrong."


def test_an_unknown_person_costs_the_same_computation():
    kept = passwords.hash_password(RIGHT)
    parameters = passwords.parameters_of

    assert parameters(kept) == parameters(passwords.nobodys_hash())
    assert "argon2id" in kept


def test_five_failures_from_one_place_are_enough_for_a_while(
    house: House, alice: Actor, hand_clock: HandClock
):
    for _ in range(ATTEMPTS_FROM_ONE_PLACE):
        sign_in(house, "alice", "wrong", source="1.1.1.1")

    blocked = sign_in(house, "alice", RIGHT, source="1.1.1.1")
    elsewhere = sign_in(house, "alice", RIGHT, source="2.2.2.2")
    hand_clock.move_to(hand_clock() + timedelta(minutes=15))
    later = sign_in(house, "alice", RIGHT, source="1.1.1.1")

    assert isinstance(blocked, Refusal)
    assert "Wait 15 minutes" in blocked.remedy
    assert isinstance(elsewhere, SignedIn)
    assert isinstance(later, SignedIn)


def test_unknown_names_are_blocked_like_known_ones(house: House, alice: Actor):
    for _ in range(ATTEMPTS_FROM_ONE_PLACE):
        sign_in(house, "nobody", "wrong")

    assert "too many" in sign_in(house, "nobody", "wrong").text


def test_guesses_made_at_once_are_counted_one_by_one(house: House, alice: Actor):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: sign_in(house, "alice", "wrong"), range(12)))

    wrong = [answer for answer in answers if "wrong" in answer.text]
    assert len(wrong) == ATTEMPTS_FROM_ONE_PLACE


def test_a_session_in_use_ends_for_sure(house: House, alice: Actor, hand_clock: HandClock):
    signed_in = sign_in(house, "alice", RIGHT)
    start = hand_clock()

    for hours in range(1, 12):
        hand_clock.move_to(start + timedelta(hours=hours))
        assert who_is(house, signed_in.token) is not None
    hand_clock.move_to(start + LONGEST)

    assert who_is(house, signed_in.token) is None


def test_an_unused_session_ends(house: House, alice: Actor, hand_clock: HandClock):
    signed_in = sign_in(house, "alice", RIGHT)

    hand_clock.move_to(hand_clock() + IDLE)

    assert who_is(house, signed_in.token) is None
    assert tidy_sign_in(house) == 1


def test_signing_out_ends_the_session(house: House, alice: Actor):
    signed_in = sign_in(house, "alice", RIGHT)

    sign_out(house, signed_in.token)

    assert who_is(house, signed_in.token) is None


def test_who_leaves_is_signed_out_everywhere(house: House, admin: Actor, alice: Actor):
    signed_in = sign_in(house, "alice", RIGHT)
    token = issue_token(house, alice, "mine", person="alice")

    import_csv(house, admin, "people", "name,full_name,active\nalice,Alice Example,no\n", once="x")

    assert who_is(house, signed_in.token) is None
    assert token_actor(house, token.token) is None
    assert isinstance(sign_in(house, "alice", RIGHT), Refusal)
    assert actor_of(house, "alice") is None


def test_a_new_password_signs_out_everywhere(house: House, alice: Actor):
    signed_in = sign_in(house, "alice", RIGHT)

    short = set_password(house, alice, "alice", "short")
    done = set_password(house, alice, "alice", "another long password")

    assert "12" in short.text
    assert isinstance(done, Done)
    assert who_is(house, signed_in.token) is None
    assert isinstance(sign_in(house, "alice", "another long password"), SignedIn)


def test_who_has_left_gets_no_new_password(house: House, admin: Actor, alice: Actor):
    import_csv(house, admin, "people", "name,full_name,active\nalice,Alice Example,no\n", once="x")

    refused = set_password(house, admin, "alice", "another long password")

    assert isinstance(refused, Refusal)
    assert refused.code == "not_found"


def test_people_set_only_their_own_password(house: House, alice: Actor):
    assert set_password(house, Actor("bob"), "alice", "a long password").code == "not_allowed"


def test_an_api_token_acts_as_its_person_until_it_expires(
    house: House, alice: Actor, hand_clock: HandClock
):
    issued = issue_token(house, alice, "script", person="alice", days=1)

    assert isinstance(issued, IssuedToken)
    assert token_actor(house, issued.token) == alice
    assert token_actor(house, issued.token + "x") is None
    hand_clock.move_to(hand_clock() + timedelta(days=1))
    assert token_actor(house, issued.token) is None


def test_only_administrators_make_tokens_for_others_and_for_channels(
    house: House, admin: Actor, alice: Actor
):
    refused = issue_token(house, alice, "robot", roles=["admin"])
    issued = issue_token(house, admin, "robot", roles=["alerts"])

    assert refused.code == "not_allowed"
    robot = token_actor(house, issued.token)
    assert robot == Actor("robot", roles=frozenset({"alerts"}), is_person=False)
    assert revoke_token(house, admin, "robot").details == {"revoked": 1}
    assert token_actor(house, issued.token) is None


def test_a_channel_is_admitted_with_the_operators_token_and_loses_the_old_one(house: House):
    admit_channel(house, "alertmanager", "first-token", ["alerts"])

    admit_channel(house, "alertmanager", "second-token", ["alerts"])

    assert token_actor(house, "first-token") is None
    assert token_actor(house, "second-token").name == "alertmanager"


def test_a_channel_s_token_has_no_end(house: House, hand_clock: HandClock):
    admit_channel(house, "alertmanager", "first-token", ["alerts"])
    hand_clock.move_to(hand_clock() + timedelta(days=366 * 20))

    tidy_sign_in(house)

    assert token_actor(house, "first-token").name == "alertmanager"
