"""Processes: the gate's findings on an upload, deploying, downloading, and hostile archives."""

import io
import stat
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from clearway.engine.values import Bundle
from clearway.web.bundles import UnusableUpload, from_zip, merged, zipped

Enter = Callable[[str], Any]


def test_a_changed_diagram_is_checked_and_deployed_and_running_records_keep_theirs(
    visitor: Enter, errand: Bundle
):
    alice, grace = visitor("alice"), visitor("grace")
    old = alice.submit(alice.get("/new/errand"), "/new/errand", f_what="a book").answer.url.path
    drawing = errand.files["errand/errand.bpmn"].replace(b'name="Sort"', b'name="Look at it"')

    checked = _check(grace, "my drawing (2).bpmn", drawing)
    assert "Can be deployed" in checked.text
    assert "errand/errand.bpmn changed" in checked.text
    done = grace.submit(checked, "/processes/errand/versions", reason="Clearer words")
    new = alice.submit(alice.get("/new/errand"), "/new/errand", f_what="a pen").answer.url.path

    assert "Clearer words" in done.text
    assert "Sort" in visitor("bob").get(old).text
    assert "Look at it" in visitor("bob").get(new).text


def test_findings_name_the_element_and_the_remedy_and_cannot_be_deployed(
    visitor: Enter, errand: Bundle, rows: Callable[..., Any]
):
    grace = visitor("grace")
    drawing = errand.files["errand/errand.bpmn"].replace(b'step="fetch"', b'step="no_such_step"')

    checked = _check(grace, "errand.bpmn", drawing)

    assert checked.status == 422
    rows_of = checked.html.xpath(
        "//table[contains(@class, 'findings')]/tbody/tr[.//text()='fetch']"
    )
    assert any("no_such_step" in row.text_content() for row in rows_of)
    assert not checked.has_form("/processes/errand/versions")
    assert rows("SELECT count(*) FROM version") == [(1,)]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not XML at all",
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
        b"<definitions>" * 10_000,
    ],
)
def test_what_is_no_diagram_is_a_finding(visitor: Enter, content: bytes):
    checked = _check(visitor("grace"), "errand.bpmn", content)

    assert checked.status == 422
    assert "errand/errand.bpmn" in checked.text


def test_two_owners_do_not_overwrite_each_other(visitor: Enter, errand: Bundle):
    grace = visitor("grace")
    first = errand.files["errand/errand.bpmn"].replace(b'name="Sort"', b'name="First"')
    second = errand.files["errand/errand.bpmn"].replace(b'name="Sort"', b'name="Second"')
    one, other = _check(grace, "errand.bpmn", first), _check(grace, "errand.bpmn", second)
    grace.submit(one, "/processes/errand/versions", reason="one")

    late = grace.submit(other, "/processes/errand/versions", reason="other")

    assert late.status == 409
    assert "newest version of errand is 2" in late.text


def test_who_owns_no_process_sees_no_upload_and_may_not_send_one(visitor: Enter, errand: Bundle):
    bob = visitor("bob")
    page = bob.get("/processes/errand")
    csrf = page.html.xpath("string(//input[@name='csrf']/@value)")

    answer = bob.client.post(
        "/processes/errand/check",
        data={"csrf": csrf},
        files={"files": ("errand.bpmn", b"<x/>", "text/xml")},
    )

    assert not page.has_form("/processes/errand/check")
    assert answer.status_code == 403


def test_an_auditor_reads_the_files_and_has_none_checked(
    visitor: Enter, errand: Bundle, change: Callable[..., None]
):
    change("INSERT INTO \"group\" (name, title) VALUES ('audit', 'audit')")
    change("INSERT INTO group_role VALUES ('audit', 'auditor')")
    change("INSERT INTO membership (person, group_name) VALUES ('bob', 'audit')")
    bob = visitor("bob")
    csrf = bob.get("/processes/errand").html.xpath("string(//input[@name='csrf']/@value)")

    files = bob.client.get("/processes/errand/versions/1.zip")
    answer = bob.client.post(
        "/processes/errand/check",
        data={"csrf": csrf},
        files={"files": ("errand.bpmn", errand.files["errand/errand.bpmn"], "text/xml")},
    )

    assert files.status_code == 200
    assert answer.status_code == 403


@pytest.mark.parametrize("reason", ["", "  ", "despite scenarios:"])
def test_a_version_needs_a_reason(
    visitor: Enter, errand: Bundle, rows: Callable[..., Any], reason: str
):
    grace = visitor("grace")
    drawing = errand.files["errand/errand.bpmn"].replace(b'name="Sort"', b'name="Look"')
    checked = _check(grace, "errand.bpmn", drawing)

    refused = grace.submit(checked, "/processes/errand/versions", reason=reason)

    assert refused.status == 422
    assert "A reason is needed" in refused.text
    assert refused.has_form("/processes/errand/versions")
    assert rows("SELECT count(*) FROM version") == [(1,)]


def test_the_drawing_beside_a_check_is_said_to_be_the_one_that_runs(visitor: Enter, errand: Bundle):
    grace = visitor("grace")
    drawing = errand.files["errand/errand.bpmn"].replace(b'name="Sort"', b'name="Look"')

    plain, checked = grace.get("/processes/errand"), _check(grace, "errand.bpmn", drawing)

    assert checked.html.xpath("//main//h2[.='Version 1, which runs now']")
    assert "which runs now" not in plain.text


def test_the_page_never_speaks_of_the_command_line(
    visitor: Enter, errand: Bundle, rows: Callable[..., Any]
):
    grace, trent = visitor("grace"), visitor("trent")
    drawing = errand.files["errand/errand.bpmn"].replace(b'name="Sort"', b'name="Look"')
    checked = _check(grace, "errand.bpmn", drawing)
    other = _check(trent, "errand.bpmn", drawing.replace(b'"Look"', b'"See"'))
    trent.submit(other, "/processes/errand/versions", reason="Faster")

    late = grace.submit(checked, "/processes/errand/versions", reason="Slower")

    assert late.status == 409
    assert "Download the files of version 2" in late.text
    assert "Pull" not in late.text


def test_scenarios_that_fail_are_told_without_the_prefix_of_the_command_line(
    visitor: Enter, errand: Bundle, rows: Callable[..., Any]
):
    grace = visitor("grace")
    scenario = b"scenario: Nothing happens\nsteps:\n  - expect: {state: no_such_state}\n"
    files = {**errand.files, "errand/scenarios/wrong.yaml": scenario}
    checked = _check(grace, "errand.zip", zipped(Bundle("errand", files)))
    versions = "/processes/errand/versions"

    refused = grace.submit(checked, versions, reason="I know better")
    assert refused.status == 422
    assert "tick the box" in refused.text
    assert "despite scenarios" not in refused.text
    done = grace.submit(refused, versions, reason="I know better", despite="yes")

    assert rows("SELECT reason FROM version WHERE number = 2") == [
        ("despite scenarios: I know better",)
    ]
    assert "despite scenarios" not in done.text
    assert "I know better" in done.text
    assert "Deployed although scenarios failed" in done.text


@pytest.mark.parametrize("parent", ["", "x", "9" * 30])
def test_a_version_builds_on_one_that_can_be(visitor: Enter, errand: Bundle, parent: str):
    grace = visitor("grace")
    drawing = errand.files["errand/errand.bpmn"].replace(b'name="Sort"', b'name="Look"')
    checked = _check(grace, "errand.bpmn", drawing)

    refused = grace.submit(checked, "/processes/errand/versions", reason="x", parent=parent)

    assert refused.status == 422
    assert "version it builds on" in refused.text


def test_the_files_of_a_version_come_back_as_they_were(visitor: Enter, errand: Bundle):
    answer = visitor("grace").client.get("/processes/errand/versions/1.zip")

    assert from_zip("errand", answer.content).files == errand.files


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("../../etc/passwd.json", "outside"),
        ("/etc/passwd.json", "outside"),
        ("C:\\windows\\x.json", "outside"),
        ("errand/run.py", "no file of a process"),
    ],
)
def test_a_zip_with_foreign_paths_is_refused(name: str, told: str):
    with pytest.raises(UnusableUpload, match=told):
        from_zip("errand", _zip({name: b"x"}))


def test_a_link_in_a_zip_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("errand/record.json")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")

    with pytest.raises(UnusableUpload, match=r"errand/record\.json is a link"):
        from_zip("errand", buffer.getvalue())


def test_a_zip_bomb_is_refused_while_it_unfolds():
    bomb = _zip({f"errand/{number}.json": b"0" * 3_000_000 for number in range(3)})
    assert len(bomb) < 20_000

    with pytest.raises(UnusableUpload, match="larger than 4 MiB"):
        from_zip("errand", bomb)


def test_what_is_too_large_is_told_with_its_name_its_size_and_a_remedy(visitor: Enter):
    grace = visitor("grace")

    refused = _check(grace, "errand.bpmn", b" " * (52 * 1024 * 1024))
    unfolded = _check(grace, "errand.zip", _zip({"errand/errand.bpmn": b" " * (5 * 1024 * 1024)}))

    assert refused.status == 413
    assert "What was sent (errand.bpmn) has 52.1 MiB; this address takes at most 6 MiB" in (
        refused.text
    )
    assert unfolded.status == 422
    assert "errand/errand.bpmn alone has 5 MiB" in unfolded.text
    assert all("split it into called processes" in it.text for it in (refused, unfolded))


def test_too_many_files_and_broken_zips_are_refused():
    with pytest.raises(UnusableUpload, match="more than 200"):
        from_zip("errand", _zip({f"errand/{number}.json": b"" for number in range(201)}))
    with pytest.raises(UnusableUpload, match="cannot be read"):
        from_zip("errand", b"PK\x03\x04 and nothing more")


@pytest.mark.parametrize("name", ["errand/record.json", "record.json", "shared/other.bpmn"])
def test_a_zip_without_a_diagram_is_told_so(errand: Bundle, name: str):
    sent = _zip({name: b"{}"})

    for read in (lambda: from_zip("errand", sent), lambda: merged(errand, [("new.zip", sent)])):
        with pytest.raises(UnusableUpload, match=r"The zip holds no \.bpmn file of errand"):
            read()


def test_a_zip_of_the_folder_alone_finds_its_place(errand: Bundle):
    plain = _zip({path.removeprefix("errand/"): one for path, one in errand.files.items()})

    assert merged(errand, [("errand.zip", plain)]).files == errand.files
    assert zipped(errand) == zipped(errand)


def _check(visitor: Any, name: str, content: bytes) -> Any:
    page = visitor.get("/processes/errand")
    return visitor.upload(
        page, "/processes/errand/check", "files", name, content, "application/octet-stream"
    )


def _zip(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()
