"""The day in the workshop: drafts saved, reviewed, released and moved along, and rolled back."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import scene
from parcel import BPMN, FORM, parcel
from sayings import ALICE, FRANK, GRACE, Run
from step import Find, Step

from clearway.service.deploy import deploy
from clearway.service.start import start
from clearway.service.workshop.drafts import bring_back_draft, discard_draft, make_draft
from clearway.service.workshop.files import remove_file, restore_save, save_drawing, save_file
from clearway.service.workshop.merging import bring_in
from clearway.service.workshop.moves import carry_moves, start_move, stop_move, undo_move
from clearway.service.workshop.releases import (
    plan_release,
    release_due,
    release_now,
    withdraw_release,
)
from clearway.service.workshop.reviews import ask_review, decide_review, withdraw_review
from clearway.service.workshop.rolling_back import roll_back

DRAWING, TABLE, FORM_FILE = "parcel/parcel.bpmn", "parcel/rules.dmn", "parcel/forms/asked.json"
VASE = {"what": "a vase", "weight": 3, "care": "glass"}
DUE = scene.MORNING + timedelta(hours=12)

Given = Callable[[Find], Sequence[object]]


def draft(number: int, *more: str) -> Given:
    """The draft that was made as the `number`-th, and what else is asked of its newest save."""
    asked = ", ".join(("d.id", *more))
    statement = f"""SELECT {asked} FROM draft d
        JOIN draft_save s ON s.draft_id = d.id AND s.revision = d.revision
        ORDER BY d.id LIMIT 1 OFFSET {number - 1}"""
    return lambda find: find(statement)[0]


def file(number: int, path: str) -> Given:
    """A draft, and the hash of one of its files."""
    return draft(number, f"s.manifest->>'{path}'")


def with_review(number: int) -> Given:
    """A draft, and the review that it waits for."""
    review = "SELECT max(id) FROM draft_review"
    return lambda find: [*draft(number)(find), *find(review)[0]]


def move(find: Find) -> Sequence[object]:
    """The newest move of many records."""
    return find("SELECT max(id) FROM move")[0]


def called(name: str) -> bytes:
    """The drawing, with its task called so."""
    return BPMN.replace("Pack it", name).encode()


def saves(name: str, number: int, task: str, *, struck: bool = False) -> Step:
    """Grace calls the task otherwise."""
    return Step(
        name,
        lambda house, _, draft, hashed: save_file(
            house, GRACE, "parcel", draft, DRAWING, called(task), expected=[hashed]
        ),
        file(number, DRAWING),
        again="kept",
        struck=struck,
    )


def asks(name: str, number: int, *, struck: bool = False) -> Step:
    """Grace asks Frank to look at a draft."""
    return Step(
        name,
        lambda house, once, draft: ask_review(
            house, GRACE, "parcel", draft, reviewer="frank", note="Better?", once=once
        ),
        draft(number),
        struck=struck,
    )


def approves(name: str, number: int, *, struck: bool = False) -> Step:
    """Frank approves it."""
    return Step(
        name,
        lambda house, once, draft, review: decide_review(
            house, FRANK, "parcel", draft, review_id=review, approve=True, once=once
        ),
        with_review(number),
        struck=struck,
    )


def plans(name: str, number: int, hours: int, *, struck: bool = False) -> Step:
    """Grace plans its release, so many hours after noon."""
    due = DUE + timedelta(hours=hours)
    return Step(
        name,
        lambda house, once, draft, hashed: plan_release(
            house, GRACE, "parcel", draft, hashed=hashed, due_at=due, zone="UTC",
            reason="It is due.", once=once,
        ),
        draft(number, "s.hash"),
        struck=struck,
    )  # fmt: skip


def is_due(name: str, days: int) -> Step:
    """A worker carries out what was planned."""
    return Step(
        name,
        lambda house, _: release_due(house),
        again="nothing",
        parts=True,
        passes=timedelta(days=days),
    )


def carries(name: str, *, struck: bool = False) -> Step:
    """A worker moves what is to be moved."""
    run: Run = lambda house, _: carry_moves(house)  # noqa: E731 - as all the others are said
    return Step(name, run, again="nothing", parts=True, struck=struck)


FIRST = (
    Step(
        "deploy_parcel",
        lambda house, once: deploy(house, GRACE, parcel(), parent=None, reason="new", once=once),
        struck=False,
    ),
    Step(
        "start_parcel",
        lambda house, once: start(house, ALICE, "parcel", VASE, once=once),
        struck=False,
    ),
    Step("make_draft", lambda house, once: make_draft(house, GRACE, "parcel", once=once)),
    Step(
        "save_file",
        lambda house, _, draft, hashed: save_file(
            house, GRACE, "parcel", draft, FORM_FILE,
            FORM.replace("It may break", "It breaks").encode(), expected=[hashed],
        ),
        file(1, FORM_FILE),
        again="kept",
    ),
    Step(
        "save_drawing",
        lambda house, _, draft, hashed: save_drawing(
            house, GRACE, "parcel", draft, DRAWING,
            BPMN.encode(), called("Wrap it"), expected=[hashed],
        ),
        file(1, DRAWING),
        again="kept",
    ),
    Step(
        "remove_file",
        lambda house, _, draft, hashed: remove_file(
            house, GRACE, "parcel", draft, TABLE, expected=[hashed]
        ),
        file(1, TABLE),
        again="kept",
    ),
    Step(
        "restore_save",
        lambda house, _, draft, before: restore_save(house, GRACE, "parcel", draft, before),
        draft(1, "s.revision - 1"),
        again="kept",
    ),
    Step(
        "discard_draft",
        lambda house, once, draft: discard_draft(house, GRACE, "parcel", draft, once=once),
        draft(1),
    ),
    Step(
        "bring_back_draft",
        lambda house, once, draft: bring_back_draft(house, GRACE, "parcel", draft, once=once),
        draft(1),
    ),
    asks("ask_review", 1, struck=True),
    Step(
        "withdraw_review",
        lambda house, once, draft: withdraw_review(house, GRACE, "parcel", draft, once=once),
        draft(1),
    ),
    asks("ask_once_more", 1),
    approves("decide_review", 1, struck=True),
    saves("save_what_was_approved", 1, "Wrap it well", struck=True),
    asks("ask_about_the_new_one", 1),
    approves("approve_the_new_one", 1),
    Step(
        "make_second_draft",
        lambda house, once: make_draft(house, GRACE, "parcel", once=once),
        struck=False,
    ),
    Step(
        "release_now",
        lambda house, once, draft, hashed: release_now(
            house, GRACE, "parcel", draft, hashed=hashed, reason="Better.", moves=True, once=once
        ),
        draft(1, "s.hash"),
    ),
    carries("carry_moves", struck=True),
)  # fmt: skip

SECOND = (
    Step(
        "undo_move",
        lambda house, once, move: undo_move(house, GRACE, "parcel", move, once=once),
        move,
    ),
    Step(
        "stop_move",
        lambda house, once, move: stop_move(house, GRACE, "parcel", move, once=once),
        move,
    ),
    Step(
        "bring_in",
        lambda house, _, draft, revision: bring_in(
            house, GRACE, "parcel", draft, newest=2, revision=revision, chosen={}
        ),
        draft(2, "s.revision"),
        again="kept",
    ),
    saves("save_second", 2, "Bundle it"),
    asks("ask_for_second", 2),
    approves("approve_second", 2),
    plans("plan_release", 2, 0, struck=True),
    Step(
        "withdraw_release",
        lambda house, once, draft: withdraw_release(house, GRACE, "parcel", draft, once=once),
        draft(2),
    ),
    plans("plan_again", 2, 0),
    is_due("release_due", 1),
    Step(
        "start_move",
        lambda house, once: start_move(
            house, GRACE, "parcel", 3, reason="The new one is better.", once=once
        ),
    ),
    carries("carry_that"),
)

THIRD = (
    Step(
        "make_third_draft",
        lambda house, once: make_draft(house, GRACE, "parcel", once=once),
        struck=False,
    ),
    saves("save_third", 3, "Tie it up"),
    asks("ask_for_third", 3),
    approves("approve_third", 3),
    plans("plan_third", 3, 48),
    Step(
        "roll_back",
        lambda house, once: roll_back(
            house, GRACE, "parcel", 1, newest=3, reason="The old one.", moves=True, once=once
        ),
    ),
    is_due("release_due_in_vain", 2),
)

WORKSHOP = (*FIRST, *SECOND, *THIRD)
