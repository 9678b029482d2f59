"""Deploying versions and taking them out again."""

from dataclasses import replace

from clearway import engine
from clearway.engine.values import Bundle
from clearway.service.complete import complete
from clearway.service.deploy import check, deploy, pull
from clearway.service.processes import diagram, process, processes, versions
from clearway.service.start import start
from clearway.service.values import Done
from clearway.service.verify import verify


def changed(bundle: Bundle, old: str, new: str) -> Bundle:
    path = f"{bundle.process}/{bundle.process}.bpmn"
    text = bundle.files[path].decode()
    assert old in text
    return replace(bundle, files={**bundle.files, path: text.replace(old, new).encode()})


def test_a_new_version_is_for_new_records_only(house, desk, errand, people, rows):
    desk.ask("old")
    later = changed(errand, 'name="Sort"', 'name="Look at it"')

    done = deploy(house, people["grace"], later, parent=1, reason="clearer", once="2")
    start(house, people["alice"], "errand", {"what": "new"}, once="new")

    assert done.details["version"] == 2
    assert rows("SELECT title, w.name FROM work_item w JOIN instance i ON i.id = instance_id") == [
        ("old", "Sort"),
        ("new", "Look at it"),
    ]
    old = rows("SELECT min(id) FROM work_item")[0][0]
    assert isinstance(complete(house, people["bob"], old, {"weight": 1}, once="c"), Done)
    assert [(it.number, it.open_instances) for it in versions(house, people["bob"], "errand")] == [
        (2, 1),
        (1, 1),
    ]
    assert "Look at it" in diagram(house, people["bob"], "errand")
    assert "Look at it" not in diagram(house, people["bob"], "errand", 1)
    assert verify(house) == []


def test_another_house_learns_of_a_new_version(house, errand, people, rows, database_url):
    from clearway.service.house import House
    from clearway.store.database import Store

    other = House(Store(database_url), house.now, steps=house.steps)
    start(other, people["alice"], "errand", {"what": "one"}, once="1")
    later = changed(errand, 'name="Sort"', 'name="Look at it"')
    deploy(house, people["grace"], later, parent=1, reason="clearer", once="2")

    done = start(other, people["alice"], "errand", {"what": "two"}, once="3")
    other.store.close()

    assert done.key == "ERR-1002"
    assert rows("SELECT name FROM work_item ORDER BY id") == [("Sort",), ("Look at it",)]


def test_a_stale_parent_is_refused(house, errand, people):
    later = changed(errand, 'name="Sort"', 'name="Look at it"')
    newest = changed(errand, 'name="Sort"', 'name="Have a look"')
    deploy(house, people["grace"], later, parent=1, reason="clearer", once="2")

    refusal = deploy(house, people["grace"], newest, parent=1, reason="clearer", once="3")

    assert refusal.code == "stale"
    assert "2" in refusal.text


def test_the_same_content_changes_nothing(house, errand, people):
    again = deploy(house, people["grace"], errand, parent=1, reason="again", once="2")

    assert again.details["what"] == "unchanged"
    assert process(house, people["bob"], "errand").current == 1


def test_only_an_owner_deploys(house, errand, people):
    assert deploy(house, people["bob"], errand, parent=1, reason="x", once="2").code == (
        "not_allowed"
    )


def test_a_broken_diagram_is_refused_with_its_place(house, errand, people):
    broken = changed(errand, 'clearway:step="fetch"', 'clearway:step="unknown"')

    refusal = deploy(house, people["grace"], broken, parent=1, reason="x", once="2")

    assert refusal.code == "invalid"
    assert any("fetch" in place for place in refusal.fields)
    assert not check(house, broken).deployable


def test_a_broken_template_is_refused_and_nothing_excuses_it(house, errand, people):
    path = "errand/messages/nag.md.j2"
    broken = replace(errand, files={**errand.files, path: b"Bring {{ waht }}\n"})
    reason = "despite scenarios: it is urgent"

    refusal = deploy(house, people["grace"], broken, parent=1, reason=reason, once="2")

    assert refusal.code == "invalid"
    assert f"{path} nag" in refusal.fields
    assert "Did you mean `what`?" in refusal.text
    assert not check(house, broken).deployable


def test_a_scenario_that_cannot_be_read_is_refused(house, errand, people):
    path = "errand/scenarios/wish.yaml"
    broken = replace(errand, files={**errand.files, path: b"scenario: wish\nwishes: many\n"})
    reason = "despite scenarios: it is urgent"

    refusal = deploy(house, people["grace"], broken, parent=1, reason=reason, once="2")

    assert refusal.code == "invalid"
    assert path in refusal.fields


def test_two_processes_do_not_share_how_their_keys_begin(house, errand, people, processes_folder):
    other = engine.read_bundle(processes_folder, "eggs")
    path = "eggs/record.json"
    alike = other.files[path].replace(b'"EGG"', b'"err"')
    taken = replace(other, files={**other.files, path: alike})

    refusal = deploy(house, people["grace"], taken, parent=None, reason="new", once="2")
    done = deploy(house, people["grace"], other, parent=None, reason="new", once="3")

    assert (refusal.code, refusal.text) == (
        "invalid",
        "The records of errand have keys that begin with ERR already.",
    )
    assert isinstance(done, Done), done


def test_failing_scenarios_need_a_reason(house, errand, people):
    text = b"scenario: never\nstart: {what: a pen}\nas: alice\nsteps:\n  - expect: {state: done}\n"
    failing = replace(errand, files={**errand.files, "errand/scenarios/never.yaml": text})

    refusal = deploy(house, people["grace"], failing, parent=1, reason="x", once="2")
    reason = "despite scenarios: it is urgent"
    done = deploy(house, people["grace"], failing, parent=1, reason=reason, once="3")

    assert refusal.code == "invalid"
    assert refusal.text.startswith("1 scenario fails: errand/scenarios/never.yaml: never: line 5: ")
    assert isinstance(done, Done)
    assert [it.reason for it in versions(house, people["bob"], "errand")] == [reason, "first"]


def test_what_was_deployed_can_be_pulled(house, errand, people):
    assert pull(house, people["grace"], "errand").files == errand.files
    assert pull(house, people["grace"], "errand", 7).code == "not_found"


def test_the_list_of_processes_says_who_may_start(house, people, desk):
    desk.ask()

    [view] = processes(house, people["alice"])

    assert (view.process, view.title, view.open_instances, view.may_start) == (
        "errand",
        "Errand",
        1,
        True,
    )
    assert view.start_label == "Asked for"
    assert "what" in view.start_schema["properties"]
