"""Whether a process still answers, asked again and again without anybody waiting for it."""

import threading
import time
from collections.abc import Callable


class Pulse:
    """Asks a process every few seconds, each time in a thread of its own.

    `answers` may block for as long as one question may take. A process counts as hung when it
    failed `most` questions in a row; one that has never answered gets `first_seconds` before
    anything is held against it, and one that is only slow is left alone. `every` is in seconds,
    from the beginning of one question to the next.
    """

    def __init__(
        self,
        answers: Callable[[], bool],
        *,
        every: float = 10.0,
        most: int = 3,
        first_seconds: float = 120.0,
    ) -> None:
        self._answers = answers
        self._every, self._most, self._first_seconds = every, most, first_seconds
        self._question: _Question | None = None
        self._asked = float("-inf")
        self.begin()

    def begin(self) -> None:
        """A new process: nothing is known of it."""
        # What is still being asked was meant for the one before.
        self._question = None
        self._begun = time.monotonic()
        self._has_answered = False
        self._misses = 0
        self._hung = False

    def note_answer(self) -> None:
        """It is known otherwise that this process has answered: from now on it has to."""
        self._has_answered = True

    def found_hung(self) -> bool:
        """Look at the last answer and ask again when it is time; true once for each process."""
        if self._hung:
            return False
        if self._question is not None and self._question.is_over():
            self._note(self._question.answer)
            self._question = None
        self._hung = self._misses >= self._most
        if not self._hung and self._question is None and time.monotonic() >= self._next():
            self._asked = time.monotonic()
            self._question = _Question(self._answers)
        return self._hung

    def _next(self) -> float:
        return self._begun if self._asked < self._begun else self._asked + self._every

    def _note(self, answered: bool) -> None:
        self._has_answered = self._has_answered or answered
        late = time.monotonic() - self._begun > self._first_seconds
        counts = self._has_answered or late
        self._misses = 0 if answered or not counts else self._misses + 1


class _Question:
    """One question, answered in a thread that nobody waits for."""

    def __init__(self, answers: Callable[[], bool]) -> None:
        self.answer = False
        self._answers = answers
        self._thread = threading.Thread(target=self._ask, name="pulse", daemon=True)
        self._thread.start()

    def is_over(self) -> bool:
        return not self._thread.is_alive()

    def _ask(self) -> None:
        self.answer = self._answers()
