"""The automated steps of an incident."""

from collections.abc import Mapping

from tasks.doors import FindService, HasRole

IMPORTANT = "vip"
"""The role of people for whom an incident is one step more urgent."""


def find_context(
    *,
    service: str | None = None,
    asset: str | None = None,
    caller: str | None = None,
    find_service: FindService,
    has_role: HasRole,
) -> Mapping[str, object]:
    """Who supports what is broken, who owns it and how critical it is (1 highest to 4).

    The support group is the asset's, or else the service's. What the registry does not know is
    null: an alert may name a service that nobody entered. A caller with the role `vip` is
    important.
    """
    found = find_service(service, asset)
    return {
        "support_group": found.support_group,
        "service_owner": found.owner,
        "criticality": found.criticality,
        "known": found.known,
        "important_caller": caller is not None and has_role(caller, IMPORTANT),
    }
