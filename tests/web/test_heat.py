"""The heat map's pages without a browser: what the address asks for, who may look, CSV."""

import csv
import io
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from clearway.service.house import House
from clearway.service.start import start
from clearway.service.values import Actor, Done

Enter = Callable[[str], Any]
HEAT = "/processes/errand/heat"


@pytest.fixture
def asked(house: House, people: Mapping[str, Actor]) -> None:
    """Two errands that wait to be sorted."""
    for what in ("a pen", "=1+1"):
        done = start(house, people["alice"], "errand", {"what": what}, once=what)
        assert isinstance(done, Done), done


def test_an_owner_sees_what_waits(visitor: Enter, asked: None):
    page = visitor("grace").get(HEAT)

    assert page.status == 200
    [row] = page.html.xpath("//table[contains(@class, 'heat-table')]//tr[td/strong = 'Sort']")
    cells = {it.get("data-label"): it.text_content().split(":")[0].strip() for it in row}
    assert (cells["Entered"], cells["Completed"], cells["Open now"]) == ("2", "0", "2")
    assert "Service level clocks" in page.text


def test_who_only_works_in_the_process_is_refused_and_not_offered_it(visitor: Enter, asked: None):
    bob = visitor("bob")

    assert bob.get(HEAT).status == 403
    assert bob.get(f"{HEAT}/sort").status == 403
    assert bob.get(f"{HEAT}.csv").status == 403
    assert "Heat map" not in bob.get("/processes/errand").text
    assert "Heat map" in visitor("grace").get("/processes/errand").text


def test_the_records_behind_a_figure_are_listed(visitor: Enter, asked: None):
    page = visitor("grace").get(f"{HEAT}/sort?which=open")

    keys = [it.text_content() for it in page.html.xpath("//td[@data-label='Record']")]
    assert sorted(keys) == ["ERR-1001", "ERR-1002"]


def test_each_figure_of_the_map_leads_to_its_records(visitor: Enter, asked: None):
    grace = visitor("grace")
    page = grace.get(f"{HEAT}?version=all&metric=count")
    ways = page.html.xpath("//table[contains(@class, 'heat-table')]//a[text() != '0']/@href")
    figures = [it for it in ways if it.startswith(f"{HEAT}/")]

    assert len(figures) > 2
    for way in dict.fromkeys(figures):
        behind = grace.get(way)
        assert behind.status == 200, way
        assert behind.html.xpath("//td[@data-label='Record']"), way


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?from=tomorrow", "A day is written as 2026-03-02"),
        ("?from=2026-03-02&to=2026-03-01", "ends before it begins"),
        ("?version=newest", "There is no such version"),
        ("?to=2001-01-01", "Nothing happened here in this time"),
        ("?from=9999-12-31&to=9999-12-31", "2 records"),
        ("?metric=luck&measure=mode&sort=colour", "How often"),
        ("?version=all", "only elements that the drawn version has"),
    ],
)
def test_an_address_that_asks_for_something_odd_is_answered_in_words(
    visitor: Enter, asked: None, query: str, said: str
):
    page = visitor("grace").get(HEAT + query)

    assert page.status == 200
    assert said in page.text


@pytest.mark.parametrize(
    "path",
    ["/processes/nothing/heat", f"{HEAT}?version=77", f"{HEAT}/no_element", f"{HEAT}/sort?start=x"],
)
def test_what_does_not_exist_is_not_found(visitor: Enter, asked: None, path: str):
    assert visitor("grace").get(path).status == 404


def test_a_day_is_one_where_the_reader_is(visitor: Enter, asked: None):
    # It is Monday, 2 March, 9:00 UTC; she is in Berlin.
    grace = visitor("grace")

    assert "2 records" in grace.get(f"{HEAT}?from=2026-03-02&to=2026-03-02").text
    assert "Nothing happened" in grace.get(f"{HEAT}?from=2026-02-01&to=2026-03-01").text


def test_the_table_is_sorted_by_what_the_address_says(visitor: Enter, asked: None):
    page = visitor("grace").get(f"{HEAT}?sort=name")

    names = page.html.xpath("//table[contains(@class, 'heat-table')]//td[2]/strong/text()")
    assert names == sorted(names, key=str.casefold)
    [head] = page.html.xpath("//th[@aria-sort]")
    assert (head.text_content(), head.get("aria-sort")) == ("Element", "ascending")


def test_the_csv_says_what_the_table_says_and_holds_no_formula(visitor: Enter, asked: None):
    answer = visitor("grace").client.get(f"{HEAT}.csv")

    rows = list(csv.DictReader(io.StringIO(answer.text)))
    [sort] = [row for row in rows if row["element"] == "sort"]
    assert (sort["entered"], sort["completed"], sort["open"]) == ("2", "0", "2")
    assert "attachment" in answer.headers["content-disposition"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_the_outline_of_a_process_says_who_does_what_and_what_follows(visitor: Enter):
    page = visitor("bob").get("/processes/errand?show=outline")

    [sort] = page.html.xpath("//li[@id='outline-sort']")
    said = " ".join(sort.text_content().split())
    assert "Sort user task · Desk" in said
    assert "Next: Large?" in said
    assert "Not yet" not in page.text


def test_the_outline_of_a_record_says_what_waits_and_which_way_it_went(visitor: Enter, asked: None):
    page = visitor("bob").get("/records/ERR-1001/outline")

    [sort] = page.html.xpath("//li[@id='outline-sort']")
    [asked_for] = page.html.xpath("//li[@id='outline-asked']")
    assert "Here now" in sort.text_content()
    assert "Waits for desk, since 2026-03-02 09:00 UTC" in sort.text_content()
    assert "Done" in asked_for.text_content()
    assert "taken 1 time" in asked_for.text_content()
    path = [it.text_content() for it in page.html.xpath("//ol[@class='path']/li/a")]
    assert path == ["Asked for", "begin"]
