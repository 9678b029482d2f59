"""Who may do what, and what is said to those who may not."""

import re

import pytest

from clearway.service.permissions import EVERYBODY, WHO_MAY, refuse_unless
from clearway.service.values import Actor

NOBODY = Actor("nobody")
RESTRICTED = sorted(name for name, roles in WHO_MAY.items() if roles is not EVERYBODY)


@pytest.mark.parametrize("name", RESTRICTED)
def test_every_refusal_reads_as_a_sentence(name: str):
    refusal = refuse_unless(NOBODY, name)

    assert refusal is not None
    assert refusal.code == "not_allowed"
    doing, _, roles = refusal.text.partition(" needs the role ")
    assert re.fullmatch(r"[A-Z][a-z]+ing( [A-Za-z\']+)+", doing), "what is done, then to what"
    assert roles == " or ".join(sorted(WHO_MAY[name])) + "."


def test_an_import_is_refused_in_plain_english():
    refusal = refuse_unless(NOBODY, "import_csv")

    assert refusal is not None
    assert refusal.text == "Importing a CSV file needs the role admin."
