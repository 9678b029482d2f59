"""What can be wrong with a diagram as a file, each with a sentence that says what to do."""

from clearway.errors import ClearwayError


class DiagramError(ClearwayError):
    """Base of what the room of diagrams refuses."""


class NotReadable(DiagramError):
    """The file is no XML that this room takes."""


class CannotGraft(DiagramError):
    """The change of an editor cannot be put into the stored file with certainty."""


class NoLayout(DiagramError):
    """A drawing cannot be made for the file."""


class CannotDraw(DiagramError):
    """A picture or a document cannot be made of the file."""
