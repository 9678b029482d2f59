"""`clearway record`: a record with its whole history, in either order."""

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from clearway.service.house import House
from clearway.service.start import start
from clearway.service.values import Actor, Done

pytestmark = pytest.mark.database

MANY = """INSERT INTO entry
    (instance_id, revision, at, actor, command, kind, details, leaf)
SELECT i.id, 1, i.started_at, 'bob', 'comment', 'comment',
    jsonb_build_object('text', 'word ' || n, 'public', true), ''
FROM instance i, generate_series(1, 600) n ORDER BY n"""


@pytest.fixture
def key(house: House, run_in_house: Any, errand: Path, database_url: str) -> str:
    """A record about which more was said than one question answers."""
    diagram = errand / "errand.bpmn"
    text = diagram.read_text()
    for role in ("desk", "board", "chair"):
        text = text.replace(f'role="{role}"', 'role="requester"')
    diagram.write_text(text.replace('clearway:step="fetch"', 'clearway:step="find_context"'))
    despite = "despite scenarios: only a test"
    deployed = run_in_house("deploy", str(errand), "--reason", despite)
    assert deployed.exit_code == 0, deployed.output
    alice = Actor("alice", roles=frozenset({"requester"}))
    done = start(house, alice, "errand", {"what": "a pen"}, once="ask")
    assert isinstance(done, Done), done
    with psycopg.connect(database_url) as connection:
        connection.execute(MANY)
    return done.key


def test_the_history_is_whole_and_can_be_turned(run_in_house: Any, key: str):
    usual = json.loads(run_in_house("record", key, "-o", "json").stdout)["history"]
    turned = json.loads(run_in_house("record", key, "--newest-first", "-o", "json").stdout)

    assert len(usual) > 600
    assert usual[0]["kind"] == "opened"
    assert turned["history"] == usual[::-1]
