"""How the shipped process is fitted to the log: what the log has otherwise, and nothing more."""

import json
import re

from clearway.engine.values import Bundle
from clearway.errors import ClearwayError

_TABLE = "incident/priority.dmn"
_CELL = re.compile(rb'(<outputEntry id="priority_row_9_out_1">\s*<text>)5(</text>)')
_HOLD, _FIELD = "incident/forms/hold.json", "waiting_for"


def fitted_to_the_log(bundle: Bundle) -> Bundle:
    """The same process, with the priorities and the holds of the log.

    Impact 3 and urgency 3 give priority 4. A hold for a problem takes any text for the problem:
    those of the log are no records here, and most rows name none. Raises ClearwayError when what
    is changed is not there any more.
    """
    table, count = _CELL.subn(rb"\g<1>4\g<2>", bundle.files.get(_TABLE, b""))
    if count != 1:
        raise _changed(_TABLE, "impact 3 and urgency 3 do not give priority 5 any more")
    form = json.loads(bundle.files.get(_HOLD, b"{}"))
    field = form.get("properties", {}).get(_FIELD, {})
    if "x-link" not in field:
        raise _changed(_HOLD, f"`{_FIELD}` does not name a record any more")
    for key in ("x-link", "x-of", "x-open"):
        field.pop(key, None)
    for rule in form.get("allOf", []):
        rule["then"]["properties"].get(_FIELD, {}).pop("x-of", None)
    files = {**bundle.files, _TABLE: table, _HOLD: json.dumps(form).encode()}
    return Bundle(bundle.process, files)


def _changed(file: str, how: str) -> ClearwayError:
    return ClearwayError(
        f"{file} has changed: {how}. Compare it with the log, and correct "
        "clearway/replay/fitting.py."
    )
