"""Attaching a file to a record, and reading it."""

import hashlib
from dataclasses import dataclass

from clearway.engine.limits import mebibytes
from clearway.service.commands import Command, carry_out
from clearway.service.deed import Deed
from clearway.service.deployed import Deployed
from clearway.service.house import House
from clearway.service.media import LARGEST, checked_type, safe_name
from clearway.service.parking import park_command
from clearway.service.permissions import cannot_see, refuse_unless
from clearway.service.plan import Outcome, planned
from clearway.service.plan_events import may_comment
from clearway.service.reading import readable
from clearway.service.values import Actor, Done, Refusal
from clearway.store import attachments, loading
from clearway.store.attachments import Attachment
from clearway.store.database import Transaction
from clearway.store.rows import Snapshot

MOST_FILES = 200
MOST_BYTES = 200 * 1024 * 1024
"""Of all files of one record."""
PAGE = "text/html"
"""What nobody may attach who is not Clearway itself."""


@dataclass(frozen=True)
class AttachedFile:
    """A file as it is read: to be offered as a download, never shown as a page."""

    name: str
    media_type: str
    content: bytes


def attach(
    house: House,
    actor: Actor,
    key: str,
    name: str,
    media_type: str,
    content: bytes,
    *,
    once: str,
    made_here: bool = False,
) -> Done | Refusal:
    """Add a file to a record; whoever may comment may attach. Details: `attachment`, its id.

    `made_here`: Clearway wrote it itself, so that it may also be a page (`text/html`).
    """
    checked = _checked(media_type, content, made_here and not actor.is_person)
    if isinstance(checked, Refusal):
        return checked
    kept_name, hashed = safe_name(name), hashlib.sha256(content).hexdigest()
    request = {"key": key, "name": kept_name, "media_type": checked, "hash": hashed}
    command = Command(actor, "attach", request, once, cannot_see("record"))

    def plan(transaction: Transaction, deployed: Deployed, snapshot: Snapshot) -> Outcome:
        if not may_comment(deployed, snapshot, actor):
            return cannot_see("record")
        count, size = attachments.total(transaction, snapshot.instance_id)
        if count >= MOST_FILES or size + len(content) > MOST_BYTES:
            return Refusal("too_large", f"{key} cannot hold more files.", "Link to a file instead.")
        now = house.now()
        number = attachments.add(
            transaction,
            snapshot.instance_id,
            name=kept_name,
            media_type=checked,
            content=content,
            hashed=hashed,
            at=now,
            by=actor.name,
        )
        deed = Deed(deployed, actor, "attach", now, snapshot=snapshot)
        deed.line("attached", None, attachment=number, name=kept_name, hash=hashed)
        return planned(deed, attachment=number)

    return carry_out(
        house,
        command,
        lambda transaction, asking: loading.by_key(transaction, asking, key),
        plan,
        park_command(command),
    )


def attachment(house: House, actor: Actor, key: str, attachment_id: int) -> AttachedFile | Refusal:
    """A file of a record that the actor may read."""
    if refusal := refuse_unless(actor, "attachment"):
        return refusal
    found = readable(house, actor, key)
    if isinstance(found, Refusal):
        return found
    content = house.store.ask(
        lambda it: attachments.content_of(it, found.instance_id, attachment_id)
    )
    if content is None:
        return cannot_see("file")
    what, data = content
    return AttachedFile(what.name, what.media_type, data)


def attachments_of(house: House, actor: Actor, key: str) -> list[Attachment] | Refusal:
    """The files of a record that the actor may read, the oldest first."""
    found = readable(house, actor, key)
    if isinstance(found, Refusal):
        return found
    return house.store.ask(lambda it: attachments.attachments_of(it, found.instance_id))


def _checked(media_type: str, content: bytes, is_ours: bool) -> str | Refusal:
    if not content:
        return Refusal("invalid", "The file is empty.", "Choose another.", {"file": "It is empty."})
    if len(content) > LARGEST:
        size, most = mebibytes(len(content)), mebibytes(LARGEST)
        text = f"The file has {size}; an attachment has at most {most}."
        return Refusal("too_large", text, "Make it smaller, or link it in a comment.")
    try:
        return PAGE if is_ours and media_type == PAGE else checked_type(media_type, content)
    except ValueError as error:
        return Refusal("invalid", str(error), "Choose another file.", {"file": str(error)})
