"""What people are told: values stay text, templates stay harmless, missing values are named."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from clearway.messages.render import (
    LONGEST_OUTPUT,
    MessageError,
    check_template,
    names_used,
    render,
)


def test_the_first_line_is_the_subject_and_the_rest_is_markdown():
    template = (
        "{{ key }} is resolved\n\nYour **{{ record.service }}** works again: {{ notes }}{x} **so**."
    )
    values = {"key": "INC-1", "record": {"service": "mail"}, "notes": "2 ** 3 is **8**"}

    told = render(template, values)

    assert told.subject == "INC-1 is resolved"
    assert told.text == "Your mail works again: 2 ** 3 is **8**{x} so.\n"
    assert "<strong>mail</strong>" in told.html


def test_a_missing_value_is_named():
    with pytest.raises(MessageError, match="caller"):
        render("Hello\n{{ record.caller }}", {"record": {"service": "mail"}})


def test_a_value_with_a_line_break_cannot_leave_the_subject():
    told = render("About {{ title }}\nbody", {"title": "x\r\nBcc: everybody@example.org"})

    assert told.subject == "About x Bcc: everybody@example.org"
    assert "Bcc" not in told.text


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[click](javascript:alert(1))",
        "[bank](https://evil.example.org)",
        "![x](https://evil.example.org/pixel.png)",
        "<https://evil.example.org>",
        "`code`",
        "# heading",
        "&lt;b&gt;",
        "{{ 7 * 7 }}",
        "${7*7}",
        "<%= 7 * 7 %>",
        "#{7*7}",
        "{% for x in y %}",
    ],
)
def test_what_people_write_is_shown_as_they_wrote_it(hostile: str):
    told = render("News\nThey said: {{ text }}.", {"text": hostile})

    assert hostile in told.text
    assert "49" not in told.html
    for dangerous in ("<script", "<img", "<a ", "<h1", "<code"):
        assert dangerous not in told.html


@pytest.mark.parametrize(
    "template",
    [
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 'a' ** 9 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ 'a'.ljust(1000000000) }}",
        "{{ range(10) }}",
        "{% set x = 'a' %}{{ x }}",
        "{% include 'other' %}",
        "{% macro m() %}{% endmacro %}",
        "{{ 'a'|center(1000000000) }}",
        "{{ items|join(items|join(items|join('x'))) }}",
        "{{ items|map('upper')|list }}",
        "{{ items|metered_ }}",
        "{{ items[1:] }}",
        "{% for x in items recursive %}{% endfor %}",
    ],
)
def test_a_template_cannot_reach_or_exhaust_the_machine(template: str):
    with pytest.raises(MessageError):
        render("Subject\n" + template, {"items": ["a"] * 1000})

    if "__class__" not in template:
        assert check_template("Subject\n" + template) is not None


def test_nothing_can_be_read_from_a_value_but_its_entries():
    with pytest.raises(MessageError, match="missing"):
        render("Subject\n{{ text.upper }}", {"text": "a"})


@pytest.mark.parametrize(
    ("used", "told"),
    [
        ("record.x", "missing: there is no record here. There is: caller, title."),
        ("caller.mail", "missing: there is no mail in it. There is: name."),
        ("caller.boss.mail", "missing: there is no boss in it. There is: name."),
        ("title.x", "missing: there is no x in a single value, which has no parts."),
    ],
)
def test_a_name_that_is_not_there_is_told_with_what_there_is(used: str, told: str):
    with pytest.raises(MessageError) as stopped:
        render(f"Subject\n{{{{ {used} }}}}", {"caller": {"name": "A"}, "title": "a pen"})

    assert str(stopped.value).endswith(told)


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("Bring {{ what", "line 1: unexpected end of template, expected }}. The subject, "),
        ("Bring\n{{ }}", "line 1: a value is missing before }}. The subject, "),
        ("Bring\n{% endif %}", "line 1: out of place: 'endif'. The subject, "),
        ("Bring\n{% if a %}", "'elif' or 'else' or 'endif'. Still open: 'if'. The subject, "),
    ],
)
def test_what_cannot_be_read_is_told_without_the_words_of_a_library(template: str, told: str):
    assert told in (check_template(template) or "")


def test_loops_that_say_nothing_end_in_time():
    template = "Subject\n" + "{% for a in items %}" * 5 + "{% endfor %}" * 5

    with pytest.raises(MessageError, match="seconds"):
        render(template, {"items": list(range(1000))})


def test_a_message_has_a_longest_length():
    template = "Subject\n{% for a in items %}{{ text }}{% endfor %}"

    with pytest.raises(MessageError, match=str(LONGEST_OUTPUT)):
        render(template, {"items": list(range(1000)), "text": "x" * 1000})


def test_only_plain_values_are_taken():
    with pytest.raises(MessageError, match="object"):
        render("Subject\n{{ thing }}", {"thing": object()})


def test_numbers_instants_lists_and_nothing_read_naturally():
    values = {
        "priority": Decimal("3"),
        "at": datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        "due": "2026-03-02T09:00:00Z",
        "people": ["alice", "bob"],
        "nobody": None,
        "sure": True,
    }
    template = (
        "S\n{{ priority }} / {{ at }} / {{ due|instant('Europe/Berlin') }} / {{ people }}"
        " / {{ nobody }} / {{ sure }}"
    )

    told = render(template, values)

    assert told.text == (
        "3 / 2026-03-02 09:00 UTC / 2026-03-02 10:00 Europe/Berlin / alice, bob /  / yes\n"
    )


def test_a_link_made_by_the_template_keeps_its_address():
    told = render(
        "S\n[Open it]({{ base_url }}/r/{{ key }})", {"base_url": "https://x.org", "key": "INC-1"}
    )

    assert '<a href="https://x.org/r/INC-1">' in told.html


def test_the_names_that_a_template_reads_are_known_before_it_is_used():
    assert names_used("{{ key }}\n{% for t in record.tasks %}{{ t }}{% endfor %}") == {
        "key",
        "record",
    }


def test_a_message_without_a_subject_is_refused():
    assert "subject" in (check_template("\nbody") or "")
