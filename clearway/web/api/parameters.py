"""The parameters of an address: one that it does not know is refused, not passed over."""

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from clearway.service.values import Refusal
from clearway.web.api.problems import ApiRefusal


def only_known(request: Request) -> None:
    """The dependency of every operation; raises ApiRefusal that names what is not known."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return
    known = sorted(_names(route.dependant))
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        takes = f"This address takes: {', '.join(known)}." if known else "This address takes none."
        text = f"The parameter {unknown[0]} is not known here."
        fields = {f"query.{name}": "This is not known here." for name in unknown}
        raise ApiRefusal(Refusal("invalid", text, takes, fields))


def _names(dependant: Dependant) -> set[str]:
    names = {field.alias for field in dependant.query_params}
    return names.union(*(_names(each) for each in dependant.dependencies))
