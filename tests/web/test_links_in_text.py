"""Keys of records in a sentence lead to their records."""

from clearway.web.words import with_links


def test_only_whole_keys_that_are_known_lead_somewhere():
    text = "INC-1 told INC-12 & XINC-1: see INC-1."

    shown = with_links(text, {"INC-1"})

    link = '<a href="/records/INC-1">INC-1</a>'
    assert shown == f"{link} told INC-12 &amp; XINC-1: see {link}."


def test_nothing_in_the_text_is_taken_for_markup():
    assert with_links("<b>INC-1</b>", frozenset()) == "&lt;b&gt;INC-1&lt;/b&gt;"
