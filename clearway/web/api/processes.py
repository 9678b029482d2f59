"""Processes by the API: what is deployed, checking files, deploying them."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from clearway.engine.values import Bundle
from clearway.service.deploy import check, deploy, pull
from clearway.service.permissions import refuse_unless
from clearway.service.processes import process as one_process
from clearway.service.processes import processes as all_processes
from clearway.service.processes import versions
from clearway.service.values import Done, GateReport, ProcessView, Refusal, VersionView
from clearway.web.addresses import AskedVersion, VersionNumber
from clearway.web.api.caller import Calling, Once, accepted
from clearway.web.api.description import BINARY, errors, file_answer, raw_body
from clearway.web.api.plain import answer
from clearway.web.api.problems import ApiRefusal
from clearway.web.bundles import UnusableUpload, from_zip, zipped
from clearway.web.pages.record import saved_as

router = APIRouter(prefix="/processes", tags=["processes"])

_UPLOAD = raw_body("application/zip", BINARY, "A zip of the process's folder.")


@router.get("", response_model=list[ProcessView], responses=errors())
def find(calling: Calling) -> Response:
    """Every process with its newest version."""
    return answer(all_processes(calling.house, calling.actor))


@router.get("/{process}", response_model=ProcessView, responses=errors(404))
def get(calling: Calling, process: str) -> Response:
    """One process."""
    return answer(accepted(one_process(calling.house, calling.actor, process)))


@router.get("/{process}/versions", response_model=list[VersionView], responses=errors(404))
def get_versions(calling: Calling, process: str) -> Response:
    """Its versions, each with the records that still run on it."""
    return answer(accepted(versions(calling.house, calling.actor, process)))


@router.get(
    "/{process}/versions/{number}.zip",
    response_class=Response,
    responses={**file_answer("The zip."), **errors(403, 404)},
)
def download(calling: Calling, process: str, number: VersionNumber) -> Response:
    """All files of a version, as a zip."""
    found = accepted(pull(calling.house, calling.actor, process, number))
    return saved_as(zipped(found), f"{process}-{number}.zip")


@router.post(
    "/{process}/check",
    response_model=GateReport,
    responses=errors(403, 404, 413),
    openapi_extra=_UPLOAD,
)
async def check_it(request: Request, calling: Calling, process: str) -> Response:
    """Put a zip of the process's folder before the gate; nothing is deployed.

    Open to those who may deploy: it runs every scenario.
    """
    _may_deploy(calling)
    bundle = _bundle(process, await request.body())
    return answer(await run_in_threadpool(check, calling.house, bundle))


@router.post(
    "/{process}/versions",
    response_model=Done,
    status_code=201,
    responses=errors(400, 403, 404, 409, 413),
    openapi_extra=_UPLOAD,
)
async def deploy_it(
    request: Request,
    calling: Calling,
    process: str,
    once: Once,
    parent: Annotated[AskedVersion, Query(description="The version these files build on.")] = None,
    reason: Annotated[
        str, Query(max_length=2000, description="Why it changes; kept with the version.")
    ] = "",
) -> Response:
    """Deploy a zip of the process's folder."""
    _may_deploy(calling)
    bundle = _bundle(process, await request.body())
    done = await run_in_threadpool(
        deploy, calling.house, calling.actor, bundle, parent=parent, reason=reason, once=once
    )
    return answer(accepted(done), 201)


def _may_deploy(calling: Calling) -> None:
    if (refusal := refuse_unless(calling.actor, "deploy")) is not None:
        raise ApiRefusal(refusal)


def _bundle(process: str, content: bytes) -> Bundle:
    try:
        return from_zip(process, content)
    except UnusableUpload as error:
        raise ApiRefusal(Refusal("invalid", str(error))) from error
