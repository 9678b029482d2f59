"""What the workshop answers: drafts, their files and their saves, as people are shown them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clearway.engine.values import Bundle
from clearway.service.values import Refusal

OPEN, IN_REVIEW, APPROVED, PLANNED = "open", "in_review", "approved", "planned"
RELEASED, DISCARDED = "released", "discarded"


@dataclass(frozen=True)
class DraftView:
    """A draft as it stands.

    `base`: the version it builds on; `newest`: the newest one now, 0 when there is none. `state`:
    open, in_review, approved, planned, released or discarded. `hash`: of all its files, as of a
    version with them. `version`: what it was released as.
    """

    id: int
    process: str
    base: int
    newest: int
    revision: int
    state: str
    made_at: datetime
    made_by: str
    saved_at: datetime
    saved_by: str
    hash: str
    closed_at: datetime | None
    closed_by: str | None
    version: int | None

    @property
    def is_behind(self) -> bool:
        """Whether somebody deployed a newer version than the one it builds on."""
        return self.state not in (RELEASED, DISCARDED) and self.base != self.newest

    @property
    def may_be_saved(self) -> bool:
        """Whether files can be saved in it now."""
        return self.state in (OPEN, APPROVED)


@dataclass(frozen=True)
class FileView:
    """A file of a draft; `hash` is the SHA-256 of its bytes."""

    path: str
    hash: str
    size: int
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True)
class Saved:
    """What was saved. `revision` is the save that holds it; `is_new`: it was made just now.

    `hash` None: the file was removed. `voided`: who had approved what this save changed.
    """

    path: str
    hash: str | None
    revision: int
    saved_at: datetime
    saved_by: str
    is_new: bool
    voided: str | None = None


@dataclass(frozen=True)
class Outdated:
    """Somebody saved the file meanwhile: nothing was written. `hash` None: it is gone."""

    refusal: Refusal
    hash: str | None
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True)
class SaveView:
    """A save of a draft. `kind`: made, saved, removed, restored or merged; `source`: the save that
    was restored, or the version that was brought in."""

    revision: int
    at: datetime
    by: str
    kind: str
    source: int | None
    paths: Sequence[str]


@dataclass(frozen=True)
class Held:
    """All that a draft held after a save: its files by path."""

    draft: DraftView
    revision: int
    bundle: Bundle
