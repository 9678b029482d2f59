"""Processes by the API: what is deployed, checking files, deploying them."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from clearway.engine.values import Bundle
from clearway.service.deploy import check, deploy, pull
from clearway.service.processes import process as one_process
from clearway.service.processes import processes as all_processes
from clearway.service.processes import versions
from clearway.service.values import Done, GateReport, ProcessView, Refusal, VersionView
from clearway.web.api.caller import Calling, Once, accepted
from clearway.web.api.plain import answer
from clearway.web.api.problems import ApiRefusal
from clearway.web.bundles import UnusableUpload, from_zip, zipped
from clearway.web.pages.record import saved_as

router = APIRouter(prefix="/processes", tags=["processes"])


@router.get("", response_model=list[ProcessView])
def find(calling: Calling) -> Response:
    """Every process with its newest version."""
    return answer(all_processes(calling.house, calling.actor))


@router.get("/{process}", response_model=ProcessView)
def get(calling: Calling, process: str) -> Response:
    """One process."""
    return answer(accepted(one_process(calling.house, calling.actor, process)))


@router.get("/{process}/versions", response_model=list[VersionView])
def get_versions(calling: Calling, process: str) -> Response:
    """Its versions, each with the records that still run on it."""
    return answer(accepted(versions(calling.house, calling.actor, process)))


@router.get("/{process}/versions/{number}.zip")
def download(calling: Calling, process: str, number: int) -> Response:
    """All files of a version, as a zip."""
    found = accepted(pull(calling.house, calling.actor, process, number))
    return saved_as(zipped(found), f"{process}-{number}.zip")


@router.post("/{process}/check", response_model=GateReport)
async def check_it(request: Request, calling: Calling, process: str) -> Response:
    """Put a zip of the process's folder before the gate; nothing is deployed."""
    bundle = _bundle(process, await request.body())
    return answer(await run_in_threadpool(check, calling.house, bundle))


@router.post("/{process}/versions", response_model=Done, status_code=201)
async def deploy_it(
    request: Request,
    calling: Calling,
    process: str,
    once: Once,
    parent: Annotated[int | None, Query(description="The version these files build on.")] = None,
    reason: Annotated[str, Query(max_length=2000)] = "",
) -> Response:
    """Deploy a zip of the process's folder."""
    bundle = _bundle(process, await request.body())
    done = await run_in_threadpool(
        deploy, calling.house, calling.actor, bundle, parent=parent, reason=reason, once=once
    )
    return answer(accepted(done), 201)


def _bundle(process: str, content: bytes) -> Bundle:
    try:
        return from_zip(process, content)
    except UnusableUpload as error:
        raise ApiRefusal(Refusal("invalid", str(error))) from error
