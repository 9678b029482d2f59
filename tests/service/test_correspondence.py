"""History names the records that wrote to this one and those that it opened."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from clearway.engine.values import Bundle
from clearway.service.complete import complete
from clearway.service.deliver import deliver_waiting
from clearway.service.deploy import deploy
from clearway.service.history import history
from clearway.service.house import House
from clearway.service.values import Actor, Done

BEFORE = (
    '<bpmn:endEvent id="closed" name="Closed" clearway:state="closed">'
    "<bpmn:incoming>f12</bpmn:incoming>"
)
OPENS = (
    '<bpmn:endEvent id="closed" name="Closed" clearway:state="closed" clearway:start="errand">'
    '<bpmn:extensionElements><clearway:input name="what" value="record.what + &quot; again&quot;"/>'
    "</bpmn:extensionElements><bpmn:incoming>f12</bpmn:incoming>"
    '<bpmn:messageEventDefinition id="closed_opens" messageRef="call_message"/>'
)


@pytest.fixture
def house(empty_house: House, people: Mapping[str, Actor], errand: Bundle) -> House:
    """A house whose errands open another one when they close."""
    path = "errand/errand.bpmn"
    drawn = errand.files[path].decode()
    assert BEFORE in drawn
    files = {**errand.files, path: drawn.replace(BEFORE, OPENS).encode()}
    reason = "despite scenarios: only a test"
    bundle = replace(errand, files=files)
    done = deploy(empty_house, people["grace"], bundle, parent=None, reason=reason, once="deploy")
    assert isinstance(done, Done), done
    return empty_house


@pytest.fixture
def first(house: House, desk, people: Mapping[str, Actor]) -> str:
    """The errand that is closed."""
    key = desk.ask("a pen")
    desk.sort()
    desk.fetch()
    done = complete(house, people["carol"], desk.open_item("bring"), {}, once="bring")
    assert isinstance(done, Done), done
    return key


def _told(house: House, actor: Actor, key: str, kind: str) -> tuple[list[str], list[str]]:
    lines = [it for it in history(house, actor, key).rows if it.kind == kind]
    return [it.sentence for it in lines], [key for it in lines for key in it.keys]


def test_what_is_not_opened_yet_has_no_key(house: House, first: str, people: Mapping[str, Actor]):
    assert _told(house, people["bob"], first, "sent") == (
        ["Closed opens a record of errand."],
        [],
    )


def test_the_one_names_what_it_opened_and_the_other_who_opened_it(
    house: House, first: str, people: Mapping[str, Actor], rows: Callable[..., list]
):
    assert deliver_waiting(house, 10) == 1
    [(second,)] = rows("SELECT key FROM instance WHERE key <> %s", first)

    opened, keys = _told(house, people["bob"], first, "sent")
    begun, back = _told(house, people["bob"], second, "opened")

    assert opened == [f"Closed opened {second}, a record of errand."]
    assert begun[0].startswith(f"A message of {first} opened it, on version 1 of the process")
    assert (keys, back) == ([second], [first])


def test_only_what_the_reader_may_see_leads_somewhere(
    house: House, first: str, people: Mapping[str, Actor], rows: Callable[..., list]
):
    deliver_waiting(house, 10)
    [(second,)] = rows("SELECT key FROM instance WHERE key <> %s", first)

    opened, keys = _told(house, people["alice"], first, "sent")

    assert second in opened[0]
    assert keys == []
