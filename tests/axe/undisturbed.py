"""How the day goes when nothing happens, as what every struck day is compared with."""

from dataclasses import dataclass, field

import life
import scene
from day import Told, day
from picture import Picture
from wire import Wire


@dataclass
class Undisturbed:
    """How the day goes when nothing happens: per step its statements, its answer and what is."""

    statements: dict[str, list[str]] = field(default_factory=dict)
    answers: dict[str, Told] = field(default_factory=dict)
    before: dict[str, Picture] = field(default_factory=dict)
    after: dict[str, Picture] = field(default_factory=dict)

    def most(self) -> int:
        """The most statements that a step has."""
        return max(map(len, self.statements.values()))


def undisturbed(url: str, until: str) -> Undisturbed:
    """Live the day up to this step once and keep all of it."""
    kept = Undisturbed()
    with Wire(url) as wire, day(url, wire) as here:
        now = here.picture()
        for step in life.up_to(until):
            given = here.begin(step)
            scene.warm(here.struck)
            wire.lift(None)
            kept.before[step.name] = now
            kept.answers[step.name] = here.do(step, given, struck=True)
            kept.statements[step.name] = wire.seen()
            kept.after[step.name] = now = here.picture()
        if broken := here.broken():
            raise AssertionError(broken)
    return kept
