"""`verify` looks at a house in which people go on working."""

from clearway.engine.values import Bundle
from clearway.service.deploy import deploy
from clearway.service.migrate import migrate
from clearway.service.resting import open_states, resting_problems
from clearway.service.values import Done
from clearway.service.verify import verify


def test_a_record_that_is_moved_while_it_is_looked_at_is_not_told_as_damaged(
    house, people, desk, errand
):
    """It goes on keeping out whom the version before kept out; it was read before it was moved."""
    path = "errand/errand.bpmn"
    drawn = errand.files[path].replace(b'clearway:not-same-person-as="sort"><', b"><")
    bundle = Bundle("errand", {**errand.files, path: drawn})
    key = desk.ask("a pen")
    desk.sort()
    desk.fetch()
    deployed = deploy(house, people["grace"], bundle, parent=1, reason="free", once="free")
    [state] = open_states(house)

    moved = migrate(house, people["grace"], key, 2, reason="as it is now", once="move")

    assert drawn != errand.files[path]
    assert isinstance(deployed, Done), deployed
    assert isinstance(moved, Done), moved
    assert list(resting_problems(house, state)) == []
    assert verify(house) == []
