"""The priority table of the log: the shipped one with the one cell that the log fills otherwise."""

import re

from clearway.engine.values import Bundle
from clearway.errors import ClearwayError

_FILE = "incident/priority.dmn"
_CELL = re.compile(rb'(<outputEntry id="priority_row_9_out_1">\s*<text>)5(</text>)')


def with_priorities_of_the_log(bundle: Bundle) -> Bundle:
    """The same process, in which impact 3 and urgency 3 give priority 4.

    Raises ClearwayError when the shipped table has no such cell with a 5 in it any more.
    """
    table, count = _CELL.subn(rb"\g<1>4\g<2>", bundle.files.get(_FILE, b""))
    if count != 1:
        raise ClearwayError(
            f"{_FILE} has changed: impact 3 and urgency 3 do not give priority 5 any more. "
            "Compare it with the log, and correct clearway/replay/table.py."
        )
    return Bundle(bundle.process, {**bundle.files, _FILE: table})
