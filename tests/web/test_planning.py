"""Collisions in the forms that hold a time, and on the page of the record."""

import pytest
from playwright.sync_api import expect
from works import open_works, plan

WHEN = {"begins": "2026-04-01T10:00:00Z", "stops": "2026-04-01T12:00:00Z"}
TYPED = {"f_begins": "2026-04-01T13:00", "f_stops": "2026-04-01T15:00", "f_assets": "db01"}


@pytest.fixture
def other(house, people) -> str:
    """Somebody works on db01 from 12 to 14 in Berlin."""
    open_works(house, people["grace"])
    return plan(house, people["bob"], what="Disks", assets=["db01"], hand="carol", **WHEN)


def test_a_form_with_a_time_says_what_collides_without_a_script(visitor, other: str):
    bob = visitor("bob")

    empty = bob.get("/new/works")
    shown = bob.submit(empty, "/new/works", button=("draft", "look"), **TYPED)

    assert "Fill in Begins and Stops to see what it collides with." in empty.text
    assert f"Same thing {other} Disks 1 Apr, 13:00 CEST to 1 Apr, 14:00 CEST" in shown.text
    assert "Both touch db01." in shown.text


def test_a_slot_is_put_into_the_form_and_collides_with_nothing(visitor, other: str):
    bob = visitor("bob")
    shown = bob.submit(bob.get("/new/works"), "/new/works", button=("draft", "look"), **TYPED)
    [slot, *_] = shown.html.xpath("//button[@data-slot]/@value")

    fitting = bob.submit(shown, "/new/works", button=("draft", slot))

    fields = dict(fitting.form("/new/works").form_values())
    assert (fields["f.begins"], fields["f.stops"]) == ("2026-04-01T14:00", "2026-04-01T16:00")
    assert fields["f.assets"].split() == ["db01"]
    assert "Nothing collides with this time." in fitting.text


@pytest.mark.parametrize(
    ("begins", "stops", "said"),
    [
        ("2026-04-01T15:00", "2026-04-01T13:00", "It ends before it begins"),
        ("2026-02-01T15:00", "2026-04-01T13:00", "It begins in the past"),
        ("2026-03-29T02:30", "2026-03-29T05:00", "Begins: This hour does not exist in"),
    ],
)
def test_a_time_that_makes_no_sense_is_told_before_it_is_sent(
    visitor, other: str, begins: str, stops: str, said: str
):
    bob = visitor("bob")

    shown = bob.submit(
        bob.get("/new/works"),
        "/new/works",
        button=("draft", "look"),
        f_begins=begins,
        f_stops=stops,
    )

    assert said in shown.html.xpath("string(//section[@id='planning-plan-form'])")


def test_the_part_of_the_page_is_fetched_again_as_somebody_types(visitor, other: str):
    bob = visitor("bob")
    page = bob.get("/new/works")
    [address] = page.html.xpath("//section[@id='planning-plan-form']/@hx-post")
    fields = dict(page.form("/new/works").form_values())
    fields |= {"f.begins": "2026-04-01T13:00", "f.stops": "2026-04-01T15:00", "f.assets": "db01"}

    answer = bob.client.post(address, data=fields)

    assert answer.status_code == 200
    assert f'href="/records/{other}"' in answer.text
    assert "<html" not in answer.text


def test_the_page_of_a_record_says_what_it_collides_with(visitor, house, people, other: str):
    mine = plan(house, people["bob"], what="Switch", service="payroll", hand="dave", **WHEN)

    page = visitor("bob").get(f"/records/{mine}")

    told = " ".join(page.html.xpath("string(//section[@id='planning-record'])").split())
    assert f"Related thing {other} Disks" in told
    assert "payroll runs on db01." in told
    assert "Times that would fit" in told


def test_a_form_without_a_time_speaks_of_no_collisions(visitor, house):
    assert "planning-" not in visitor("bob").get("/new/errand").answer.text


def test_in_a_browser_collisions_follow_the_form_and_a_slot_is_taken_at_a_click(
    browser_of, other: str
):
    page = browser_of("bob")
    page.goto("/new/works")
    told = page.locator("#planning-plan-form")

    page.get_by_label("Assets").fill("db01")
    page.get_by_label("Begins").fill("2026-04-01T13:00")
    page.get_by_label("Stops").fill("2026-04-01T15:00")
    expect(told.get_by_role("link", name=other)).to_be_visible()
    expect(told).to_contain_text("For 1 Apr, 13:00 CEST to 1 Apr, 15:00 CEST:")
    told.get_by_role("button", name="1 Apr, 14:00 CEST").click()

    expect(told).to_contain_text("Nothing collides with this time.")
    expect(told).to_contain_text("For 1 Apr, 14:00 CEST to 1 Apr, 16:00 CEST:")
    assert page.get_by_label("Begins").input_value() == "2026-04-01T14:00"
    assert page.get_by_label("Stops").input_value() == "2026-04-01T16:00"

    page.route("**/planning/**", lambda route: route.abort())
    page.get_by_label("Begins").fill("2026-04-02T14:00")
    page.get_by_label("Begins").blur()
    expect(
        page.get_by_text("Nobody could look for collisions just now", exact=False)
    ).to_be_visible()
    expect(page.get_by_text("Nothing collides", exact=False)).to_have_count(0)
