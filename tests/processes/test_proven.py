"""When a kind of change is proven enough to be done from a template."""

from datetime import UTC, datetime, timedelta

import pytest

from processes.proven import Made, is_of_kind, proof_of

DAY = datetime(2026, 3, 2, tzinfo=UTC)


def made(*outcomes: str, title: str = "Renew the certificate of mail") -> list[Made]:
    """Changes of these outcomes, one a day, the oldest first."""
    return [
        Made(f"CHG-{number}", title, DAY + timedelta(days=number), outcome)
        for number, outcome in enumerate(outcomes, 1)
    ]


def test_five_successful_ones_prove_a_kind():
    proof = proof_of("certificate mail", made(*["successful"] * 5))

    assert proof.missing is None
    assert [it.key for it in proof.successes] == ["CHG-5", "CHG-4", "CHG-3", "CHG-2", "CHG-1"]


def test_four_do_not_and_are_counted():
    proof = proof_of("certificate", made(*["successful"] * 4, "successful_with_issues"))

    assert proof.missing == (
        "5 successful changes of this kind in twelve months are needed, and there are 4."
    )


@pytest.mark.parametrize("outcome", ["unsuccessful", "backed_out"])
def test_one_failure_among_the_last_five_is_too_many(outcome: str):
    proof = proof_of("certificate", made(*["successful"] * 6, outcome, *["successful"] * 4))

    assert proof.missing == "Of the last 5, these were unsuccessful: CHG-7."


def test_a_failure_before_the_last_five_is_forgiven():
    proof = proof_of("certificate", made("unsuccessful", *["successful"] * 5))

    assert proof.missing is None


def test_a_success_that_caused_a_major_incident_is_a_failure():
    good = made(*["successful"] * 6)
    bad = Made("CHG-9", good[0].title, DAY + timedelta(days=9), "successful", caused_major=True)

    proof = proof_of("certificate", [*good, bad])

    assert proof.missing == "Of the last 5, these were unsuccessful: CHG-9."


def test_failures_under_other_titles_are_shown_to_who_decides():
    others = made("successful", "backed_out", title="Replace the mail server")

    proof = proof_of("certificate", [*made(*["successful"] * 5), *others])

    assert proof.missing is None
    assert [it.title for it in proof.failed_beside] == ["Replace the mail server"]


@pytest.mark.parametrize(
    ("kind", "is_so"),
    [("certificate MAIL", True), ("renew", True), ("certificat", False), ("", False), (".", False)],
)
def test_a_kind_is_words_of_the_title(kind: str, is_so: bool):
    assert is_of_kind(made("successful")[0], kind) is is_so
