"""The editor knows every attribute that the gate takes: what it does not know, a copy loses."""

import json
from pathlib import Path

from clearway.engine.gate import attributes

WORDS = Path(__file__).resolve().parents[2] / "clearway/web/assets/src/editor/clearway.json"
OF_ACTIVITIES = {"step", "retries", "decision"}


def test_every_attribute_of_a_node_that_the_gate_takes_is_known_to_the_editor():
    types = {it["name"]: it for it in json.loads(WORDS.read_text(encoding="utf-8"))["types"]}
    known = {it["name"] for it in types["OnNode"]["properties"]}

    taken = (
        attributes.ANYWHERE
        | attributes.USER
        | attributes.TELLING
        | attributes.MESSAGE
        | attributes.OPENING
        | attributes.TIMER
        | OF_ACTIVITIES
    )

    assert known == taken
