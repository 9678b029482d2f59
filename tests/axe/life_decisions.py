"""The part of the day with decisions: made in a diagram, and asked beside it."""

from parcel import parcel
from sayings import ALICE, BOB, GRACE
from step import Step, key

from clearway.service.deploy import deploy
from clearway.service.evaluate import Question, evaluate
from clearway.service.start import start

VASE = {"what": "a vase", "weight": 3, "care": "glass"}

DECISIONS = (
    Step(
        "deploy_tables",
        lambda house, once: deploy(house, GRACE, parcel(), parent=None, reason="tables", once=once),
        struck=False,
    ),
    Step(
        "start_that_decides",
        lambda house, once: start(house, ALICE, "parcel", VASE, once=once),
        struck=False,
    ),
    Step(
        "evaluate_record",
        lambda house, once, key: evaluate(
            house, BOB, Question("parcel", "carrier", {}, record=key), once=once
        ),
        key("a vase"),
    ),
    Step(
        "evaluate_context",
        lambda house, once: evaluate(
            house, GRACE, Question("parcel", "size", {"record": {"weight": 3}}), once=once
        ),
    ),
)
