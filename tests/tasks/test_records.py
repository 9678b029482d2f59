"""Files, links and search: only for those who may read the record, and safe for everybody."""

import pytest
from reports import a_report

from clearway.service.attach import AttachedFile, attach, attachment, attachments_of
from clearway.service.house import House
from clearway.service.link import link
from clearway.service.media import LARGEST, checked_type, safe_name
from clearway.service.record import record
from clearway.service.search import search
from clearway.service.start import start
from clearway.service.values import Actor, Done, RecordView, Refusal

pytestmark = pytest.mark.database

OSCAR = Actor("oscar", roles=frozenset({"requester"}))


def report(house: House, actor: Actor, words: str, once: str) -> str:
    values = a_report(words)
    done = start(house, actor, "incident", values, once=once)
    assert isinstance(done, Done), done
    return done.key


@pytest.fixture
def key(house: House, alice: Actor) -> str:
    return report(house, alice, "Printer burns paper", "1")


def test_a_file_is_kept_once_and_read_by_those_who_may(
    house: House, key: str, alice: Actor, bob: Actor
):
    done = attach(house, alice, key, "../../log.txt", "text/plain", b"hot", once="a")
    again = attach(house, alice, key, "../../log.txt", "text/plain", b"hot", once="a")
    number = done.details["attachment"]

    assert again.repeated
    assert again.details == done.details
    assert attachment(house, bob, key, number) == AttachedFile("log.txt", "text/plain", b"hot")
    assert [file.name for file in attachments_of(house, alice, key)] == ["log.txt"]
    for answer in (
        attachment(house, OSCAR, key, number),
        attachments_of(house, OSCAR, key),
        attach(house, OSCAR, key, "x.txt", "text/plain", b"x", once="b"),
        attachment(house, bob, key, number + 1),
    ):
        assert isinstance(answer, Refusal)
        assert answer.code == "not_found"


@pytest.mark.parametrize(
    ("media_type", "content", "code"),
    [
        ("text/plain", b"", "invalid"),
        ("text/html", b"<script>", "invalid"),
        ("image/svg+xml", b"<svg/>", "invalid"),
        ("image/png", b"<script>alert(1)</script>", "invalid"),
        ("text/plain", b"MZ\x00\x01", "invalid"),
        ("application/pdf", b"PK\x03\x04", "invalid"),
        ("text/plain", b"x" * (LARGEST + 1), "too_large"),
    ],
)
def test_files_that_could_do_harm_are_refused(
    house: House, key: str, alice: Actor, media_type: str, content: bytes, code: str
):
    refusal = attach(house, alice, key, "x", media_type, content, once="a")

    assert isinstance(refusal, Refusal)
    assert refusal.code == code
    assert attachments_of(house, alice, key) == []


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("report.pdf", "report.pdf"),
        ("C:\\temp\\a:b?.txt", "a_b_.txt"),
        ("../../etc/passwd", "passwd"),
        ("..", "file"),
        (".htaccess", "htaccess"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("x\r\nSet-Cookie: a", "xSet-Cookie_ a"),
        ("a" * 300 + ".pdf", "a" * 146 + ".pdf"),
    ],
)
def test_names_are_made_harmless(given: str, safe: str):
    assert safe_name(given) == safe


def test_a_real_picture_is_what_it_says():
    assert checked_type("image/webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ") == "image/webp"
    with pytest.raises(ValueError, match="image/webp"):
        checked_type("image/webp", b"RIFF\x00\x00\x00\x00WAVEfmt ")


def test_search_finds_words_phrases_and_keys(house: House, alice: Actor, bob: Actor, key: str):
    other = report(house, alice, "Screen stays dark", "2")

    def found(q: str) -> list[str]:
        return [row.key for row in search(house, bob, q).rows]

    assert found("burns") == [key]
    assert found('"stays dark"') == [other]
    assert found('"dark stays"') == []
    assert found("burns or dark") == [other, key]
    assert found("alice -dark") == [key]
    assert found(other.lower()) == [other]
    assert set(found("INC-")) == {key, other}
    assert found("'; DROP TABLE instance; --") == []
    assert found("\0") == [other, key]


def test_search_shows_only_what_the_reader_may_read(
    house: House, alice: Actor, bob: Actor, key: str
):
    theirs = report(house, OSCAR, "Printer is loud", "2")

    assert [row.key for row in search(house, alice, "printer").rows] == [key]
    assert [row.key for row in search(house, OSCAR, "printer").rows] == [theirs]
    assert [row.key for row in search(house, bob, "printer").rows] == [theirs, key]
    assert search(house, Actor("eve"), "printer").rows == []


def test_search_goes_on_page_by_page(house: House, alice: Actor, bob: Actor):
    keys = [report(house, alice, f"Number {number}", f"{number}") for number in range(5)]

    pages = []
    after = None
    while True:
        page = search(house, bob, "number", limit=2, after=after)
        pages.append([row.key for row in page.rows])
        after = page.after
        if after is None:
            break

    assert [each for page in pages for each in page] == list(reversed(keys))
    assert [len(page) for page in pages] == [2, 2, 1]
    assert isinstance(search(house, bob, "number", after="nonsense"), Refusal)


def test_records_are_linked_once_and_seen_from_both_ends(
    house: House, alice: Actor, bob: Actor, key: str
):
    other = report(house, alice, "Printer burns again", "2")

    first = link(house, bob, other, "duplicates", key, once="l1")
    second = link(house, bob, other, "duplicates", key, once="l2")

    assert (first.details, second.details) == ({"added": True}, {"added": False})
    for end in (key, other):
        view = record(house, bob, end)
        assert isinstance(view, RecordView)
        assert list(view.links) == [(other, "duplicates", key)]


def test_links_to_what_is_not_there_or_not_theirs_are_refused(house: House, bob: Actor, key: str):
    answers = [
        link(house, bob, key, "duplicates", "INC-99999", once="1"),
        link(house, bob, key, "likes", key, once="2"),
        link(house, bob, key, "duplicates", key, once="3"),
        link(house, OSCAR, key, "duplicates", key + "0", once="4"),
    ]

    assert [answer.code for answer in answers] == ["not_found", "invalid", "invalid", "not_found"]
