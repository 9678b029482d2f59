"""Links between records: made once, told once."""

import pytest

from clearway.service.link import link
from clearway.service.start import start
from clearway.service.values import Done
from clearway.service.verify import verify


@pytest.fixture
def keys(house, people) -> list[str]:
    """Two errands."""
    return [
        start(house, people["alice"], "errand", {"what": what}, once=what).key
        for what in ("a pen", "a book")
    ]


def test_a_link_that_is_there_already_changes_nothing(house, people, keys):
    first = link(house, people["bob"], keys[0], "relates_to", keys[1], once="first")
    second = link(house, people["bob"], keys[0], "relates_to", keys[1], once="second")

    assert isinstance(first, Done)
    assert isinstance(second, Done)
    assert (first.details["added"], second.details["added"]) == (True, False)
    assert second.revision == first.revision
    assert verify(house) == []
