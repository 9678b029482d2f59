"""When a process counts as hung: patiently, and never before it has answered once."""

from collections.abc import Callable, Sequence

from clearway.pulse import Pulse

Eventually = Callable[..., None]


def _hung_after(
    answers: Sequence[bool], eventually: Eventually, *, first_seconds: float = 120.0
) -> int | None:
    """After how many of these answers it counts as hung, if it does; what follows is well."""
    asked: list[bool] = []
    hung: list[int] = []

    def answer() -> bool:
        asked.append(answers[len(asked)] if len(asked) < len(answers) else True)
        return asked[-1]

    pulse = Pulse(answer, every=0.0, first_seconds=first_seconds)

    def look() -> bool:
        if pulse.found_hung():
            hung.append(len(asked))
        return bool(hung) or len(asked) > len(answers)

    eventually(look, "nobody asks")
    assert not pulse.found_hung(), "it is told once"
    return hung[0] if hung else None


def test_three_misses_in_a_row_are_a_hang(eventually: Eventually):
    assert _hung_after([True, False, False, False, True], eventually) == 4


def test_who_answers_one_question_in_three_is_only_slow(eventually: Eventually):
    assert _hung_after([True, False, False] * 4, eventually) is None


def test_who_has_not_answered_yet_is_still_starting(eventually: Eventually):
    assert _hung_after([False] * 8, eventually) is None
    assert _hung_after([False] * 8, eventually, first_seconds=-1.0) == 3
