"""Twenty thousand random texts: each ends with a value or a declared error."""

from feel_fuzz import run


def test_random_texts_end_with_a_value_or_a_declared_error():
    ends, _, wrong = run(20_000, seed=20_000)

    assert wrong == []
    assert ends["value"] > 3000
    assert ends["FeelSyntaxError"] > 3000
    assert ends["FeelEvaluationError"] > 100
