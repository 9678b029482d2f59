"""The message templates as they were deployed, by their hashes."""

from clearway.errors import ClearwayError
from clearway.messages.own import own_text
from clearway.service.house import House
from clearway.store.attachments import kept_content


class UnknownTemplate(ClearwayError):
    """A notice names a template that is not in the database: restore it from a backup."""


def template_text(house: House, hashed: str) -> str:
    """The text of the template with this sha-256; raises UnknownTemplate."""
    if (own := own_text(hashed)) is not None:
        return own
    found = house.store.ask(lambda it: kept_content(it, hashed))
    if found is None:
        raise UnknownTemplate(f"There is no template with the hash {hashed}.")
    return found.decode()
