"""The page of a record: acting on it, talking about it, its files, links and end."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from clearway.now import HandClock
from clearway.service.cancel import cancel
from clearway.service.claim import claim
from clearway.service.complete import complete
from clearway.service.house import House
from clearway.service.jobs import claim_jobs, finish_job
from clearway.service.link import link
from clearway.service.record import record
from clearway.service.start import start
from clearway.service.values import Actor, Done, Refusal

Enter = Callable[[str], Any]


@pytest.fixture
def key(house: House, people: dict[str, Actor]) -> str:
    """An errand that waits to be sorted."""
    done = start(house, people["alice"], "errand", {"what": "a book"}, once="start")
    assert isinstance(done, Done), done
    return done.key


@pytest.fixture
def brought(key: str, house: House, people: dict[str, Actor], rows: Callable[..., Any]) -> str:
    """An errand that waits to be brought, and may be put on hold."""
    ((sort,),) = rows("SELECT id FROM work_item")
    assert isinstance(claim(house, people["bob"], sort, once="claim"), Done)
    assert isinstance(complete(house, people["bob"], sort, {"weight": 1}, once="done"), Done)
    for job in claim_jobs(house, "tests", 10, timedelta(minutes=1)):
        finish_job(house, job.id, job.fence, {"place": "the shelf"})
    return key


def test_a_record_is_opened_with_its_form(visitor: Enter):
    alice = visitor("alice")

    offered = alice.get("/new")
    opened = alice.submit(alice.get("/new/errand"), "/new/errand", f_what="a book", f_price="9.90")

    assert offered.html.xpath("//a[@href='/new/errand']")
    assert opened.answer.url.path.startswith("/records/ERR-")
    assert "a book" in opened.html.xpath("string(//h1)")
    assert "9.9" in opened.text


def test_times_are_in_the_zone_of_the_reader_and_in_utc_on_demand(visitor: Enter, key: str):
    page = visitor("alice").get(f"/records/{key}")

    time = page.html.xpath("//main//time")[0]
    assert time.text == "2 Mar, 10:00 CET"
    assert time.get("title") == "2026-03-02 09:00:00 UTC"


def test_an_action_is_sent_with_its_form(visitor: Enter, brought: str):
    bob, action = visitor("bob"), f"/records/{brought}/actions/hold"
    page = bob.get(f"/records/{brought}")

    wrong = bob.submit(page, action, f_question="")
    right = bob.submit(wrong, action, f_question="Which one?")

    assert wrong.status == 422
    assert wrong.html.xpath("//details[@open]//*[@aria-invalid='true']")
    assert right.html.xpath("//*[contains(@class, 'strip')]//*[contains(., 'On hold')]")
    assert "Which one?" in right.text
    assert not right.has_form(action)


def test_an_action_that_is_over_is_refused(visitor: Enter, brought: str):
    bob, action = visitor("bob"), f"/records/{brought}/actions/hold"
    page = bob.get(f"/records/{brought}")
    bob.submit(page, action, f_question="Which one?")

    late = bob.submit(page, action, f_question="And which?", once="another")

    assert late.status == 409
    assert "the record has moved on" in late.text


def test_an_internal_comment_is_not_shown_to_who_asked(visitor: Enter, key: str):
    bob, path = visitor("bob"), f"/records/{key}"
    bob.submit(bob.get(path), f"{path}/comments", text="He is in no hurry")
    bob.submit(bob.get(path), f"{path}/comments", text="We look for it", public="yes")

    seen_by_bob, seen_by_alice = bob.get(path).text, visitor("alice").get(path).text

    assert "He is in no hurry" in seen_by_bob
    assert "He is in no hurry" not in seen_by_alice
    assert "We look for it" in seen_by_alice


@pytest.fixture
def held(visitor: Enter, brought: str, change: Callable[[str], None]) -> str:
    """An errand that waits for the answer of alice, for whom olaf stands in."""
    bob = visitor("bob")
    bob.submit(bob.get(f"/records/{brought}"), f"/records/{brought}/actions/hold", f_question="?")
    change(
        "INSERT INTO absence (person, delegate, from_at, until_at)"
        " VALUES ('alice', 'olaf', '2026-03-01T00:00:00Z', '2026-03-09T00:00:00Z')"
    )
    return brought


def test_who_stands_in_for_who_asked_replies_for_them(
    visitor: Enter, held: str, rows: Callable[..., Any]
):
    olaf, path = visitor("olaf"), f"/records/{held}"

    page = olaf.submit(olaf.get(path), f"{path}/comments", text="The blue one", public="yes")

    assert "olaf commented for alice" in page.text
    assert rows("SELECT state FROM instance") == [("bringing",)]


def test_so_does_their_program(api: Callable[[str], Any], held: str, rows: Callable[..., Any]):
    said = api("olaf").post(
        f"/api/v1/records/{held}/comments", json={"text": "The blue one", "public": True}
    )

    assert said.is_success, said.text
    assert rows("SELECT state FROM instance") == [("bringing",)]


def test_a_file_is_attached_and_comes_back_only_as_a_download(visitor: Enter, key: str):
    alice, path = visitor("alice"), f"/records/{key}"

    page = alice.upload(
        alice.get(path), f"{path}/attachments", "file", "a <b>.txt", b"<script>", "text/plain"
    )
    (address,) = page.html.xpath("//a[contains(@href, '/attachments/')]/@href")
    file = alice.client.get(address)

    assert "The file was attached." in page.text
    assert file.content == b"<script>"
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["content-disposition"].startswith("attachment; ")
    assert "sandbox" in file.headers["content-security-policy"]


def test_a_file_of_a_dangerous_kind_is_refused(visitor: Enter, key: str):
    alice, path = visitor("alice"), f"/records/{key}"

    page = alice.upload(
        alice.get(path), f"{path}/attachments", "file", "a.html", b"<script>", "text/html"
    )

    assert page.status == 422
    assert "not taken" in page.text


def test_records_are_linked(visitor: Enter, key: str, house: House, people: dict[str, Actor]):
    other = start(house, people["alice"], "errand", {"what": "a pen"}, once="other")
    assert isinstance(other, Done)
    bob, path = visitor("bob"), f"/records/{key}"

    linked = bob.submit(bob.get(path), f"{path}/links", kind="parent_of", to=other.key.lower())
    unknown = bob.submit(linked, f"{path}/links", kind="parent_of", to="ERR-999")

    assert linked.html.xpath(f"//a[@href='/records/{other.key}']")
    assert unknown.status == 404
    assert "no record" in unknown.text


def test_a_record_is_cancelled_only_when_its_key_is_typed(
    visitor: Enter, key: str, rows: Callable[..., Any]
):
    grace, path = visitor("grace"), f"/records/{key}"

    careless = grace.submit(grace.get(path), f"{path}/cancel", reason="Not needed", confirm="yes")
    assert careless.status == 422
    assert rows("SELECT ended_at FROM instance") == [(None,)]

    done = grace.submit(careless, f"{path}/cancel", confirm=key)

    assert "The record was cancelled." in done.text
    assert not done.has_form(f"{path}/cancel")


@pytest.mark.parametrize(("name", "shown"), [("bob", False), ("grace", True), ("trent", True)])
def test_cancelling_is_offered_to_owners_and_administrators_only(
    visitor: Enter, key: str, name: str, shown: bool
):
    path = f"/records/{key}"

    assert visitor(name).get(path).has_form(f"{path}/cancel") is shown


def test_an_ended_record_is_taken_up_again_by_a_new_one(
    visitor: Enter, key: str, house: House, people: dict[str, Actor]
):
    alice, path = visitor("alice"), f"/records/{key}"
    assert not alice.get(path).html.xpath("//a[contains(@href, 'again=')]")
    assert isinstance(cancel(house, people["grace"], key, "Not needed", once="cancel"), Done)

    [again] = alice.get(path).html.xpath("//a[contains(@href, 'again=')]/@href")
    form = alice.get(again)
    opened = alice.submit(form, "/new/errand", f_price="3.50")

    assert form.html.xpath("//form//input[@value='a book']")
    new = opened.answer.url.path.removeprefix("/records/")
    assert new != key
    assert opened.html.xpath(f"//a[@href='/records/{key}']")
    assert record(house, people["alice"], key).links == [(new, "follows", key)]
    assert alice.get(f"/new/errand?again={new.lower()}x").status == 404


def test_an_open_record_is_not_taken_up_again(house: House, people: dict[str, Actor], key: str):
    alice, wanted = people["alice"], {"what": "a book"}

    opened = start(house, alice, "errand", wanted, once="again", follows=key)
    other = start(house, alice, "errand", wanted, once="other")
    linked = link(house, alice, other.key, "follows", key, once="link")

    for refusal in (opened, linked):
        assert isinstance(refusal, Refusal)
        assert "still open" in refusal.text
        assert key in refusal.remedy
    assert record(house, alice, key).links == []


def test_the_outline_says_where_the_record_stands(visitor: Enter, key: str):
    bob = visitor("bob")

    page = bob.get(f"/records/{key}/diagram")
    drawing = bob.client.get(f"/records/{key}/diagram.bpmn")

    here = page.html.xpath("//li[contains(@class, 'now')]")
    assert [it.get("id") for it in here] == ["outline-sort"]
    assert "Here now" in here[0].text_content()
    assert drawing.headers["content-type"].startswith("application/xml")
    assert b'id="sort"' in drawing.content


def test_search_finds_words_and_goes_straight_to_a_key(visitor: Enter, key: str):
    alice = visitor("alice")

    found, straight = alice.get("/search?q=book"), alice.get(f"/search?q={key.lower()}")
    nothing = alice.get("/search?q=zeppelin")

    assert key in found.text
    assert straight.answer.url.path == f"/records/{key}"
    assert "Nothing was found." in nothing.text


def test_history_tells_in_sentences_with_the_newest_first(
    visitor: Enter, brought: str, hand_clock: HandClock
):
    hand_clock.move_to(hand_clock() + timedelta(minutes=5))
    bob, path = visitor("bob"), f"/records/{brought}"
    bob.submit(bob.get(path), f"{path}/comments", text="It is there")

    page = bob.get(path)

    moments = [it.text_content() for it in page.html.xpath("//*[@class='moment']")]
    assert "bob noted internally" in moments[0]
    assert "It is there" in moments[0]
    assert any("alice opened it" in moment for moment in moments)


def test_what_was_pressed_leads_and_what_was_said_with_it_follows(visitor: Enter, brought: str):
    bob, path = visitor("bob"), f"/records/{brought}"
    bob.submit(bob.get(path), f"{path}/actions/hold", f_question="Which one?")

    page = bob.get(path)

    [first, *_] = page.html.xpath("//*[@class='moment']")
    [head] = first.xpath(".//*[@class='moment-head']/span[1]")
    assert head.text_content() == "bob chose Put on hold."
    [said] = first.xpath(".//*[contains(@class, 'moment-text')]")
    assert said.text_content() == "Which one?"
    assert first.text_content().count("Which one?") == 1


def test_history_says_instants_in_the_zone_of_the_reader(
    visitor: Enter,
    api: Callable[[str], Any],
    key: str,
    rows: Callable[..., Any],
):
    told = {"fields": {"begins": [None, "2026-11-28T19:00:00Z"], "what": [None, "2026-11-28"]}}
    due = {"due": "2026-07-01T08:00:00.759379Z"}
    for kind, details in (("changed", told), ("skipped", due)):
        rows(_A_LINE, kind, Jsonb(details))
    path = f"/records/{key}"

    shown = visitor("bob").get(path).text
    plain = [it["sentence"] for it in api("bob").get(f"/api/v1{path}/history").json()["rows"]]

    assert "what 2026-11-28, begins 28 Nov, 20:00 CET." in shown
    assert "is left out: 1 Jul, 10:00 CEST." in shown
    assert "clearway wrote what 2026-11-28, begins 2026-11-28T19:00:00Z." in plain
    assert "Sort was missed and is left out: 2026-07-01T08:00:00.759379Z." in plain


_A_LINE = """INSERT INTO entry
    (instance_id, revision, at, actor, command, kind, element, details, leaf)
SELECT id, 100, started_at, 'clearway', 'timer', k.kind, CASE k.kind WHEN 'skipped' THEN 'sort' END,
    k.details, '' FROM instance, (SELECT %s::text, %s::jsonb) k(kind, details) RETURNING 1"""


LONG_HISTORY = """INSERT INTO entry
    (instance_id, revision, at, actor, command, kind, details, leaf)
SELECT i.id, 100 + n, i.started_at + make_interval(mins => n), 'bob', 'comment', kind,
    jsonb_build_object('text', 'word ' || n || kind, 'public', true), ''
FROM instance i, generate_series(1, 400) n, unnest(ARRAY['comment', 'noted']) kind
ORDER BY n, kind RETURNING 1"""


def _words(page: Any) -> list[str]:
    return [
        it.text_content().strip() for it in page.html.xpath("//*[@class='moment-head']/span[1]")
    ]


def test_the_order_of_history_is_turned_and_stands_in_the_address(
    visitor: Enter, brought: str, hand_clock: HandClock
):
    bob, path = visitor("bob"), f"/records/{brought}"

    newest = bob.get(path)
    [turn] = newest.html.xpath("//a[contains(., 'Begin with the oldest')]/@href")
    oldest = bob.get(turn)
    [back] = oldest.html.xpath("//a[contains(., 'Begin with the newest')]/@href")

    assert turn == f"{path}?order=oldest#history"
    assert _words(oldest) == _words(newest)[::-1]
    assert _words(bob.get(back)) == _words(newest)
    assert "alice opened it" in _words(oldest)[0]
    [news] = oldest.html.xpath("//main//*[@data-record]/@hx-get")
    [again] = bob.get(news.replace("seen=", "seen=x")).html.xpath("//a/@href")
    assert again == f"{path}?order=oldest"


@pytest.mark.parametrize(("order", "further"), [("newest", "older"), ("oldest", "newer")])
def test_a_long_history_is_leafed_through_without_tearing_a_moment(
    visitor: Enter, brought: str, rows: Callable[..., Any], order: str, further: str
):
    rows(LONG_HISTORY)
    bob, path = visitor("bob"), f"/records/{brought}"

    first = bob.get(f"{path}?order={order}")
    [more] = first.html.xpath(f"//a[contains(., 'Go on to {further} lines')]/@href")
    second = bob.get(more)

    told = [it.text_content() for it in first.html.xpath("//*[@class='moment-text lines']")]
    told += [it.text_content() for it in second.html.xpath("//*[@class='moment-text lines']")]
    wanted = [f"word {n}comment" for n in range(1, 401)]
    assert told == (wanted[::-1] if order == "newest" else wanted)
    assert not second.html.xpath("//a[contains(., 'Go on to')]")
    assert second.html.xpath(f"//a[contains(., 'Back to the {order}')]")


def test_who_may_not_see_it_learns_nothing_by_acting_on_it(
    visitor: Enter, key: str, rows: Callable[..., Any]
):
    ((task,),) = rows("SELECT id FROM work_item")
    bob, olaf = visitor("bob"), visitor("olaf")
    bob.submit(bob.get(f"/tasks/{task}"), f"/tasks/{task}/claim")
    csrf = olaf.get("/inbox").html.xpath("string(//input[@name='csrf']/@value)")
    commands = [f"/tasks/{{task}}/{one}" for one in ("claim", "unclaim", "assign", "complete")]
    commands += ["/tasks/{task}/vote", "/records/{key}/comments", "/records/{key}/links"]
    commands += ["/records/{key}/actions/hold", "/records/{key}/cancel"]
    form = {"csrf": csrf, "once": "k", "text": "x", "kind": "blocks", "to": "ERR-2", "reason": "x"}

    for number, command in enumerate(commands):
        told = [
            olaf.client.post(
                command.format(task=one[0], key=one[1]),
                data={**form, "once": str(number), "confirm": one[1]},
            )
            for one in ((task, key), (4711, "ERR-999"))
        ]

        assert [it.status_code for it in told] == [404, 404], command
        assert "bob" not in told[0].text, command
