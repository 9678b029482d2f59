"""What the tests of drafts share: more process owners, and an owner at work."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg

from clearway.service.house import House
from clearway.service.values import Actor, Done, Refusal
from clearway.service.workshop.drafts import held, make_draft, one_draft
from clearway.service.workshop.files import read_file, save_file
from clearway.service.workshop.releases import plan_release, release_now
from clearway.service.workshop.reviews import ask_review, decide_review, reviews_of
from clearway.service.workshop.views import DraftView, Saved

DRAWING = "errand/errand.bpmn"
OWNERS = ("grace", "heidi", "ivan")


def enter_owners(url: str) -> Mapping[str, Actor]:
    """heidi and ivan own processes, too; judy stands by without a role."""
    with psycopg.connect(url) as connection:
        for name in ("heidi", "ivan", "judy"):
            connection.execute(
                "INSERT INTO person (name, full_name) VALUES (%s, %s)", (name, name.capitalize())
            )
        for name in ("heidi", "ivan"):
            connection.execute(
                "INSERT INTO membership (person, group_name) VALUES (%s, 'process_owner')", (name,)
            )
    role = frozenset({"process_owner"})
    return {name: Actor(name, roles=role, groups=role) for name in OWNERS}


@dataclass
class Bench:
    """A draft of `errand` on grace's bench, and her colleagues around it."""

    house: House
    owners: Mapping[str, Actor]
    draft: int = 0

    def __post_init__(self) -> None:
        self.draft = self.make("first")

    def make(self, once: str, who: str = "grace") -> int:
        """Another draft."""
        done = make_draft(self.house, self.owners[who], "errand", once=once)
        assert isinstance(done, Done), done
        number = done.details["draft"]
        assert isinstance(number, int)
        return number

    def read(self, path: str = DRAWING) -> bytes:
        """A file of the draft as it is."""
        found = read_file(self.house, self.owners["grace"], "errand", self.draft, path)
        assert isinstance(found, bytes), found
        return found

    def save(self, content: bytes, path: str = DRAWING, who: str = "grace") -> Saved:
        """Save a file that was just opened."""
        expected = {hashlib.sha256(self.read(path)).hexdigest()}
        house, actor = self.house, self.owners[who]
        done = save_file(house, actor, "errand", self.draft, path, content, expected=expected)
        assert isinstance(done, Saved), done
        return done

    def rename(self, to: str, who: str = "grace") -> Saved:
        """Call the step of sorting otherwise."""
        drawing = self.read()
        start = drawing.index(b'name="', drawing.index(b'id="sort"')) + 6
        end = drawing.index(b'"', start)
        return self.save(drawing[:start] + to.encode() + drawing[end:], who=who)

    def view(self) -> DraftView:
        """The draft as it stands."""
        found = one_draft(self.house, self.owners["grace"], "errand", self.draft)
        assert isinstance(found, DraftView), found
        return found

    def ask(self, reviewer: str = "heidi", who: str = "grace", once: str = "ask") -> Done | Refusal:
        """Ask for a review."""
        house, actor = self.house, self.owners[who]
        return ask_review(house, actor, "errand", self.draft, reviewer=reviewer, once=once)

    def decide(
        self,
        who: str = "heidi",
        *,
        approve: bool = True,
        comment: str = "",
        once: str = "decide",
    ) -> Done | Refusal:
        """Decide about the newest review."""
        reviews = reviews_of(self.house, self.owners["grace"], "errand", self.draft)
        assert not isinstance(reviews, Refusal)
        number = reviews[0].id if reviews else 0
        house, actor = self.house, self.owners[who]
        return decide_review(
            house,
            actor,
            "errand",
            self.draft,
            review_id=number,
            approve=approve,
            comment=comment,
            once=once,
        )

    def approve(self, to: str = "Look at it", tag: str = "") -> None:
        """Change something, and let heidi approve it."""
        self.rename(to)
        assert isinstance(self.ask(once=f"ask {to}{tag}"), Done)
        assert isinstance(self.decide(once=f"decide {to}{tag}"), Done)

    def release(
        self, reason: str = "Clearer", once: str = "release", **more: bool
    ) -> Done | Refusal:
        """Release it now."""
        house, actor = self.house, self.owners["grace"]
        hashed = self.view().hash
        return release_now(
            house, actor, "errand", self.draft, hashed=hashed, reason=reason, once=once, **more
        )

    def plan(self, due_at, reason: str = "Clearer", once: str = "plan", **more: bool):
        """Release it at an instant."""
        house, actor = self.house, self.owners["grace"]
        return plan_release(
            house,
            actor,
            "errand",
            self.draft,
            hashed=self.view().hash,
            due_at=due_at,
            zone="Europe/Berlin",
            reason=reason,
            once=once,
            **more,
        )

    def files(self) -> Mapping[str, bytes]:
        """All files of the draft."""
        found = held(self.house, self.owners["grace"], "errand", self.draft)
        assert not isinstance(found, Refusal)
        return found.bundle.files
