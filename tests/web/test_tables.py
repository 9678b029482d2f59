"""What the table editor asks: what its decisions ask for, and trying one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from size_table import size_table

from clearway.service.house import House
from clearway.service.values import Actor, Done
from clearway.service.workshop.drafts import make_draft

PATH = "errand/size.dmn"
Enter = Callable[[str], Any]


@dataclass
class Tables:
    """The script of the table editor in somebody's browser."""

    client: Any
    base: str

    def ask(self, what: str, body: Any) -> httpx.Response:
        """Ask a question about what is on the screen."""
        token = self.client.get(f"{self.base}/files").headers["X-CSRF-Token"]
        return self.client.post(f"{self.base}/{what}", json=body, headers={"X-CSRF-Token": token})

    def look(self, text: str) -> Any:
        """What the decisions ask for, and where the findings are."""
        return self.ask("table", {"path": PATH, "text": text}).json()

    def decide(self, text: str, **given: str) -> Any:
        """What the decision answers."""
        values = {name.replace("__", "."): value for name, value in given.items()}
        body = {"path": PATH, "text": text, "decision": "size", "given": values}
        return self.ask("decide", body).json()


@pytest.fixture
def tables(visitor: Enter, house: House, people: dict[str, Actor]) -> Tables:
    """Grace has a table of a draft open."""
    done = make_draft(house, people["grace"], "errand", once="draft")
    assert isinstance(done, Done)
    return Tables(visitor("grace").client, f"/processes/errand/drafts/{done.details['draft']}")


def test_only_who_may_see_drafts_asks_about_tables(tables: Tables, visitor: Enter):
    client = visitor("alice").client
    token = tables.client.get(f"{tables.base}/files").headers["X-CSRF-Token"]
    asked = {"path": PATH, "text": size_table(("-", '"small"'))}

    assert tables.ask("table", asked).status_code == 200
    assert client.post(f"{tables.base}/table", json=asked).status_code == 403
    foreign = client.post(f"{tables.base}/decide", json=asked, headers={"X-CSRF-Token": token})
    assert foreign.status_code == 403
    assert tables.ask("decide", {"path": PATH}).status_code == 422
    assert tables.ask("table", []).status_code == 422


def test_trying_tells_the_answer_the_rules_and_why(tables: Tables):
    text = size_table(("< 10", '"small"'), (">= 10", '"large"'))

    found = tables.decide(text, record__amount="12.5")
    assert found["problems"] == {}
    assert found["made"]["outputs"] == [{"name": "size", "value": '"large"'}]
    assert found["made"]["fired"] == [{"decision": "size", "rules": [2]}]
    assert found["made"]["explanation"][0] == "Amount is 12.5."
    [decision] = tables.look(text)["decisions"]
    assert decision["inputs"][0]["path"] == "record.amount"


def test_what_cannot_be_tried_is_said_at_its_input(tables: Tables):
    text = size_table(("< 10", '"small"'), ("< 20", '"large"'))

    assert tables.decide(text, record__amount="a few")["problems"] == {
        "record.amount": "`a few` is no number."
    }
    twice = tables.decide(text, record__amount="5")["refused"]
    assert twice["fired"] == [{"decision": "size", "rules": [1, 2]}]
    assert "Narrow the rules" in twice["remedy"]
    assert "no rule fits" in tables.decide(text, record__amount="30")["refused"]["text"]
    unreadable = tables.ask("decide", {"path": PATH, "text": "<a", "decision": "size", "given": {}})
    assert unreadable.status_code == 422
    assert tables.look("<a") == {"decisions": [], "marks": []}
