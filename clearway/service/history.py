"""The history of a record, each line as a sentence."""

from collections.abc import Sequence
from typing import Literal

from clearway.service.correspondence import keys_in, readable_of, with_keys
from clearway.service.cursors import read_number
from clearway.service.deployed import Deployed
from clearway.service.explained import KINDS, explanation
from clearway.service.house import House
from clearway.service.permissions import may_change
from clearway.service.reading import readable
from clearway.service.sentences import sentence
from clearway.service.values import Actor, EntryView, Page, Refusal
from clearway.service.wording import Say
from clearway.store import histories
from clearway.store.histories import Entry

Order = Literal["oldest", "newest"]
"""Which line of a history comes first."""

_MOST = 500


def history(
    house: House,
    actor: Actor,
    key: str,
    *,
    after: str | None = None,
    limit: int = 100,
    order: Order = "oldest",
    say: Say | None = None,
) -> Page[EntryView] | Refusal:
    """The lines of the record's history, from the oldest or the newest on.

    `after` is the cursor of the page before, in the same order. Internal comments are shown only to
    those who work in the process. Lines name the records that wrote to this one and those that it
    opened; `keys` are those that the actor may read. `say` has the reader's words for instants in
    the sentences.
    """
    snapshot = readable(house, actor, key)
    if isinstance(snapshot, Refusal):
        return snapshot
    deployed = house.version(snapshot.version_id)
    limit = max(1, min(limit, _MOST))
    found = house.store.ask(
        lambda it: histories.entries_of(
            it,
            snapshot.instance_id,
            after=read_number(after),
            limit=limit + 1,
            with_internal=may_change(actor, deployed.roles),
            newest_first=order == "newest",
        )
    )
    lines = with_keys(house, snapshot.instance_id, found[:limit])
    known = readable_of(house, actor, lines)
    views = [
        entry_view(deployed, it, say, [key for key in keys_in(it) if key in known]) for it in lines
    ]
    return Page(views, str(views[-1].id) if len(found) > limit else None)


def entry_view(
    deployed: Deployed, entry: Entry, say: Say | None, keys: Sequence[str] = ()
) -> EntryView:
    """A line of history with its sentence; `keys` are the records it names that may be read."""
    name = deployed.name_of(entry.element)
    return EntryView(
        id=entry.id,
        at=entry.at,
        actor=entry.actor,
        command=entry.command,
        kind=entry.kind,
        element=entry.element,
        element_name=name,
        state_before=entry.state_before,
        state_after=entry.state_after,
        details=entry.details,
        sentence=sentence(entry, name, deployed, say),
        keys=keys,
        explanation=explanation(entry.details, deployed, say) if entry.kind in KINDS else [],
    )
