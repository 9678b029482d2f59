"""Importing the registry: all or nothing, every problem named by its place."""

import pytest

from clearway.service.house import House
from clearway.service.registry import (
    assets,
    groups,
    import_csv,
    people,
    relations,
    remove,
    service_context,
    services,
)
from clearway.service.values import Actor, Done, Refusal
from clearway.store.registry_log import entries_of_registry

pytestmark = pytest.mark.database

PEOPLE = "name,full_name,mail\nalice,Alice Example,alice@example.org\nbob,Bob Example,\n"


def names(house: House, actor: Actor) -> list[str]:
    return [person.name for person in people(house, actor)]


def test_a_file_adds_people_and_leaves_an_entry(house: House, admin: Actor):
    done = import_csv(house, admin, "people", PEOPLE, once="1")

    assert done.details == {"added": 2, "changed": 0, "unchanged": 0}
    assert names(house, admin) == ["alice", "bob"]
    [entry] = house.store.ask(entries_of_registry)
    assert (entry.actor, entry.command) == ("trent", "import_csv")
    assert entry.details["changes"][0]["key"] == ["alice"]


def test_a_second_import_changes_only_what_differs(house: House, admin: Actor):
    import_csv(house, admin, "people", PEOPLE, once="1")

    done = import_csv(
        house, admin, "people", "name,full_name\nalice,Alice Changed\nbob,Bob Example\n", once="2"
    )

    assert done.details == {"added": 0, "changed": 1, "unchanged": 1}
    alice = people(house, admin)[0]
    assert (alice.full_name, alice.mail) == ("Alice Changed", "alice@example.org")


def test_the_same_delivery_again_answers_the_first_result(house: House, admin: Actor):
    import_csv(house, admin, "people", PEOPLE, once="1")

    again = import_csv(house, admin, "people", PEOPLE, once="1")
    other = import_csv(house, admin, "people", PEOPLE + "carol,Carol,\n", once="1")

    assert again == Done(details={"added": 2, "changed": 0, "unchanged": 0}, repeated=True)
    assert isinstance(other, Refusal)
    assert other.code == "conflict"


def test_one_bad_line_and_nothing_is_imported(house: House, admin: Actor):
    text = (
        "name,full_name,mail,zone\n"
        "alice,Alice Example,alice@example.org,Europe/Berlin\n"
        "Bob,Bob Example,no address,Mars/Base\n"
        "alice,Again,,\n"
        "carol,,,\n"
        "dave,Dave\n"
    )

    refusal = import_csv(house, admin, "people", text, once="1")

    assert isinstance(refusal, Refusal)
    assert set(refusal.fields) == {
        "line 3, column name",
        "line 3, column mail",
        "line 3, column zone",
        "line 4, column name",
        "line 5, column full_name",
        "line 6",
    }
    assert names(house, admin) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "line 1"),
        ("name,fullname\n", "line 1, column fullname"),
        ("name\n", "line 1, column full_name"),
        ("name,full_name,name\n", "line 1, column name"),
        ('name,full_name\n"alice,Alice\n', "line 1"),
        ("name,full_name\nalice,Al\x07ice\n", "line 2, column full_name"),
        ("name,full_name,manager\nalice,Alice,nobody\n", "line 2, column manager"),
        ("name,full_name,mail\nalice,Alice,a@x.org\nbob,Bob,a@x.org\n", "line 3, column mail"),
        ("name,full_name,manager\nalice,Alice,alice\n", "line 2, column manager"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(
    house: House, admin: Actor, text: str, place: str
):
    refusal = import_csv(house, admin, "people", text, once="1")

    assert isinstance(refusal, Refusal)
    assert place in refusal.fields


def test_a_circle_of_managers_is_refused_in_each_of_its_lines(house: House, admin: Actor):
    first = "name,full_name,manager\nalice,Alice,\nbob,Bob,alice\ncarol,Carol,bob\ndave,Dave,bob\n"
    assert isinstance(import_csv(house, admin, "people", first, once="1"), Done)

    refusal = import_csv(
        house,
        admin,
        "people",
        "name,full_name,manager\neve,Eve,dave\nalice,Alice,carol\n",
        once="2",
    )

    assert isinstance(refusal, Refusal)
    assert list(refusal.fields) == ["line 3, column manager"]
    told = refusal.fields["line 3, column manager"]
    assert "alice -> carol -> bob -> alice" in told
    assert "leave the cell empty" in told


def test_a_dry_run_tells_and_changes_nothing(house: House, admin: Actor):
    good = import_csv(house, admin, "people", PEOPLE, once="1", dry_run=True)
    bad = import_csv(house, admin, "memberships", "group,person\nx,y\n", once="2", dry_run=True)

    assert good.details == {"added": 2, "changed": 0, "unchanged": 0, "dry_run": True}
    assert set(bad.fields) == {"line 2, column group", "line 2, column person"}
    assert names(house, admin) == []


def test_semicolons_byte_order_marks_and_quoted_line_numbers_are_understood(
    house: House, admin: Actor
):
    text = '\ufeffname;full_name\r\nalice;"Alice\r\nExample"\r\nBOB;Bob\r\n'

    refusal = import_csv(house, admin, "people", text, once="1")

    assert set(refusal.fields) == {"line 2, column full_name", "line 4, column name"}


def test_roles_come_from_groups(house: House, admin: Actor):
    import_csv(house, admin, "people", PEOPLE, once="1")
    import_csv(house, admin, "groups", "name,title\ndesk,Desk\nnet,Network\n", once="2")
    import_csv(
        house, admin, "group_roles", "group,role\ndesk,service_desk\nnet,resolver\n", once="3"
    )
    import_csv(house, admin, "memberships", "group,person\ndesk,alice\nnet,alice\n", once="4")

    alice = people(house, admin)[0]

    assert alice.roles == ("resolver", "service_desk")
    assert [(group.name, group.members, group.roles) for group in groups(house, admin)] == [
        ("desk", ("alice",), ("service_desk",)),
        ("net", ("alice",), ("resolver",)),
    ]


def test_a_membership_can_be_taken_back_but_a_person_only_becomes_inactive(
    house: House, admin: Actor
):
    import_csv(house, admin, "people", PEOPLE, once="1")
    import_csv(house, admin, "groups", "name,title\ndesk,Desk\n", once="2")
    import_csv(house, admin, "memberships", "group,person\ndesk,alice\n", once="3")

    gone = remove(house, admin, "memberships", ["desk", "alice"], once="4")
    again = remove(house, admin, "memberships", ["desk", "alice"], once="5")
    person = remove(house, admin, "people", ["alice"], once="6")

    assert gone.details == {"removed": 1}
    assert (again.code, person.code) == ("not_found", "invalid")


def test_services_and_assets_have_names_of_their_own_and_relate(house: House, admin: Actor):
    import_csv(house, admin, "services", "name,title,criticality\npayroll,Payroll,1\n", once="1")
    head = "name,kind,title,criticality\n"

    clash = import_csv(house, admin, "assets", head + "payroll,server,P,2\n", once="2")
    import_csv(house, admin, "assets", head + "db01,server,P,2\n", once="3")
    import_csv(house, admin, "relations", "from,kind,to\npayroll,runs_on,db01\n", once="4")
    loop = import_csv(house, admin, "relations", "from,kind,to\ndb01,runs_on,db01\n", once="5")

    assert set(clash.fields) == {"line 2, column name"}
    assert set(loop.fields) == {"line 2, column to"}
    assert [asset.name for asset in assets(house, admin)] == ["db01"]
    assert [service.name for service in services(house, admin)] == ["payroll"]
    [relation] = relations(house, admin, "db01")
    assert (relation.from_name, relation.kind) == ("payroll", "runs_on")


def test_the_context_of_an_incident_is_the_assets_group_and_the_services_owner(
    house: House, admin: Actor
):
    import_csv(house, admin, "people", PEOPLE, once="1")
    import_csv(house, admin, "groups", "name,title\napps,Apps\nnet,Net\n", once="2")
    head = "name,title,criticality,owner,support_group"
    import_csv(house, admin, "services", f"{head}\npayroll,Payroll,1,alice,apps\n", once="3")
    head = "name,kind,title,criticality,owner,support_group"
    import_csv(house, admin, "assets", f"{head}\ndb01,server,P,2,bob,net\n", once="4")

    both = service_context(house, "payroll", "db01")
    unknown = service_context(house, "nothing", None)

    assert (both.support_group, both.owner, both.criticality) == ("net", "alice", 1)
    assert (unknown.support_group, unknown.criticality, unknown.known) == (None, None, False)


def test_only_an_administrator_imports(house: House):
    refusal = import_csv(house, Actor("bob"), "people", PEOPLE, once="1")

    assert isinstance(refusal, Refusal)
    assert refusal.code == "not_allowed"


LEAVING = "name,full_name,active\n"


@pytest.fixture
def administered(house: House, admin: Actor) -> House:
    """alice and bob are administrators by one group, alice by a second one; carol is none."""
    text = PEOPLE + "carol,Carol Example,\n"
    import_csv(house, admin, "people", text, once="p")
    import_csv(house, admin, "groups", "name,title\nadmins,A\nrescue,R\n", once="g")
    import_csv(house, admin, "group_roles", "group,role\nadmins,admin\nrescue,admin\n", once="r")
    import_csv(
        house,
        admin,
        "memberships",
        "group,person\nadmins,alice\nadmins,bob\nrescue,alice\n",
        once="m",
    )
    return house


def test_the_last_active_administrator_stays(administered: House, admin: Actor):
    bob_leaves = LEAVING + "bob,Bob Example,no\n"
    alice_leaves = LEAVING + "carol,Carol Example,no\nalice,Alice Example,no\n"

    first = import_csv(administered, admin, "people", bob_leaves, once="1")
    dry = import_csv(administered, admin, "people", alice_leaves, once="2", dry_run=True)
    last = import_csv(administered, admin, "people", alice_leaves, once="3")

    assert isinstance(first, Done)
    for refusal in (dry, last):
        assert isinstance(refusal, Refusal)
        assert refusal.fields == {
            "line 3, column active": "Nobody active would have the role admin any more: "
            "keep alice active, or give the role to somebody else first."
        }
    assert [it.name for it in people(administered, admin) if it.active] == ["alice", "carol"]


def test_both_last_administrators_in_one_file_are_named(administered: House, admin: Actor):
    both = LEAVING + "alice,Alice Example,no\nbob,Bob Example,no\n"

    refusal = import_csv(administered, admin, "people", both, once="1")

    assert isinstance(refusal, Refusal)
    assert list(refusal.fields) == ["line 2, column active", "line 3, column active"]


def test_an_administrator_may_leave_when_the_same_file_brings_another_back(
    administered: House, admin: Actor
):
    import_csv(administered, admin, "people", LEAVING + "bob,Bob Example,no\n", once="1")

    exchange = LEAVING + "alice,Alice Example,no\nbob,Bob Example,yes\n"
    done = import_csv(administered, admin, "people", exchange, once="2")

    assert isinstance(done, Done)


def test_a_registry_without_administrators_takes_leavers(house: House, admin: Actor):
    import_csv(house, admin, "people", PEOPLE, once="1")

    done = import_csv(house, admin, "people", LEAVING + "alice,Alice Example,no\n", once="2")

    assert isinstance(done, Done)


def test_the_last_way_to_the_role_admin_is_not_removed(administered: House, admin: Actor):
    removed = [
        remove(administered, admin, table, key, once=f"{table} {key}")
        for table, key in (
            ("group_roles", ["admins", "admin"]),
            ("group_roles", ["rescue", "admin"]),
            ("memberships", ["rescue", "alice"]),
            ("memberships", ["admins", "bob"]),
        )
    ]

    assert [isinstance(it, Done) for it in removed] == [True, False, False, True]
    assert removed[1].code == "invalid"
    assert removed[1].text == ("Nobody active would have the role admin any more: the row stays.")
    assert removed[1].remedy == "Give the role to somebody else first."
    alice = next(it for it in people(administered, admin) if it.name == "alice")
    assert alice.roles == ("admin",)
