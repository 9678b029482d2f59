"""What a notice that invites carries with it: the time its record is planned for, as it is then."""

from collections.abc import Mapping

from clearway.engine.values import Notice, ProcessFault
from clearway.service.deployed import Deployed

CANCEL = "cancel"


def invitation_of(
    notice: Notice, deployed: Deployed, record: Mapping[str, object], key: str, sequence: int
) -> Mapping[str, object] | None:
    """The inputs of the invitation; None: the notice does not invite.

    `sequence` grows with each change of the record, so that calendars take the latest. An
    invitation that is taken back for a record without a time is none. Raises ProcessFault for one
    to a record that does not say when it happens.
    """
    if notice.invitation is None:
        return None
    fields = deployed.planned
    work = fields.read(key, deployed.title_of(record, key), record) if fields else None
    if work is None:
        if notice.invitation == CANCEL:
            return None
        raise ProcessFault(
            notice.element,
            "It invites people, but the record does not say when it begins and ends.",
            "Let it pass only once both times are filled in, or remove clearway:invitation.",
        )
    return {
        "method": "CANCEL" if notice.invitation == CANCEL else "REQUEST",
        "title": work.title,
        "starts": work.starts.isoformat(),
        "ends": work.ends.isoformat(),
        "sequence": sequence,
    }
