"""How records are linked: each kind of link, and how it reads from its other end."""

from collections.abc import Mapping

KINDS: Mapping[str, str] = {
    "parent_of": "is part of",
    "caused_by": "causes",
    "resolved_by": "resolves",
    "duplicates": "is repeated by",
    "relates_to": "relates to",
    "blocks": "is blocked by",
    "evidence_for": "is shown by",
    "follows": "is taken up again by",
    "waits_for": "is waited for by",
}
"""From where the link begins: the word; from where it ends: the words."""

BACKWARDS: Mapping[str, str] = {
    "part_of": "parent_of",
    "causes": "caused_by",
    "resolves": "resolved_by",
}
"""Words for a link that begins at the record which is named: `part_of` X is X `parent_of`."""

NAMES = (*KINDS, *BACKWARDS)
"""What a form field may say in `x-link`."""


def link_of(name: str, here: str, there: str) -> tuple[str, str, str]:
    """The link as it is kept, from one record to another: from, kind, to."""
    kind = BACKWARDS.get(name)
    return (here, name, there) if kind is None else (there, kind, here)


def no_links() -> dict[str, list[str]]:
    """What `linked` is for a record to which no link leads, in either word."""
    return {name: [] for name in NAMES}
