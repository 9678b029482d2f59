"""How what an editor changed of a drawing gets onto the stored bytes, which keep all the rest."""

from clearway.diagrams.errors import DiagramError
from clearway.diagrams.graft import graft
from clearway.service.values import Refusal

_DRAWN = (".bpmn", ".dmn")


def graft_onto(path: str, stored: bytes, before: bytes, after: bytes) -> bytes | Refusal:
    """The stored bytes with the difference; a Refusal when that cannot be told with certainty."""
    if not path.endswith(_DRAWN):
        return Refusal("invalid", f"{path} is no drawing.", "Save it as a file.")
    try:
        return graft(stored, before, after)
    except DiagramError as error:
        remedy = "Nothing was saved: download what is on your screen, and open the draft again."
        return Refusal("invalid", f"{path} cannot be saved so: {error}", remedy)
