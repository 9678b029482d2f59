"""What a page costs: statements do not grow with what it shows, and nothing heavy is loaded."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from clearway.service.house import House
from clearway.service.start import start
from clearway.service.values import Actor, Done


@pytest.mark.parametrize("path", ["/inbox?view=all", "/search", "/records/ERR-1001", "/tasks/1"])
def test_a_page_asks_as_often_for_many_records_as_for_one(
    visitor: Callable[[str], Any], house: House, people: dict[str, Actor], path: str
):
    bob = visitor("bob")
    _open(house, people, 0)
    bob.get(path)
    few = _statements(house, lambda: bob.get(path))
    for number in range(1, 8):
        _open(house, people, number)

    many = _statements(house, lambda: bob.get(path))

    assert len(many) == len(few) <= 12, "\n".join(many)


def test_pages_stay_small(visitor: Callable[[str], Any], house: House, people: dict[str, Actor]):
    for number in range(50):
        _open(house, people, number)

    answer = visitor("bob").client.get("/inbox?view=all", headers={"Accept-Encoding": "gzip"})

    assert answer.text.count('class="row-link"') == 50
    assert int(answer.headers["content-length"]) < 20_000


def test_the_portal_starts_without_prefect():
    script = "import sys, clearway.web.app; print([n for n in sys.modules if n == 'prefect'])"

    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert told.stdout.strip() == "[]"


def _open(house: House, people: dict[str, Actor], number: int) -> None:
    what = {"what": f"thing {number}"}
    assert isinstance(start(house, people["alice"], "errand", what, once=f"open {number}"), Done)


def _statements(house: House, look: Callable[[], Any]) -> list[str]:
    seen: list[str] = []
    with house.store.watched_by(seen.append):
        assert look().status == 200
    return seen
