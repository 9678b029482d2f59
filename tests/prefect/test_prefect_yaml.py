"""prefect.yaml: Prefect ignores keys that it does not know, so they are looked for here."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect import Flow
from prefect.cli.deploy._models import (
    ConcurrencyLimitSpec,
    DeploymentConfig,
    PrefectYamlModel,
    RawScheduleConfig,
    WorkPoolConfig,
)
from pydantic import BaseModel

from tasks.schedules import SCHEDULES

FILE = Path(__file__).resolve().parent.parent.parent / "prefect.yaml"


def unknown_keys(given: dict[str, Any], model: type[BaseModel], place: str) -> list[str]:
    known = {field.alias or name for name, field in model.model_fields.items()}
    return [f"{place}.{key}" for key in given if key not in known]


def lint(document: dict[str, Any]) -> list[str]:
    """Every key that Prefect would silently ignore."""
    found = unknown_keys(document, PrefectYamlModel, "prefect.yaml")
    for deployment in document["deployments"]:
        place = str(deployment.get("name"))
        found += unknown_keys(deployment, DeploymentConfig, place)
        found += unknown_keys(deployment["work_pool"], WorkPoolConfig, f"{place}.work_pool")
        limit = deployment.get("concurrency_limit", {})
        found += unknown_keys(limit, ConcurrencyLimitSpec, f"{place}.concurrency_limit")
        for schedule in deployment["schedules"]:
            found += unknown_keys(schedule, RawScheduleConfig, f"{place}.schedules")
    return found


@pytest.fixture
def document() -> dict[str, Any]:
    return yaml.safe_load(FILE.read_text())


def test_every_key_is_known_to_prefect(document: dict[str, Any]):
    assert lint(document) == []


def test_the_lint_finds_what_is_misspelt(document: dict[str, Any]):
    first = document["deployments"][0]
    first["shedules"] = []
    first["schedules"][0]["time_zone"] = "UTC"
    first["work_pool"]["nme"] = "x"

    assert lint(document) == [
        "nightly_control_test.shedules",
        "nightly_control_test.work_pool.nme",
        "nightly_control_test.schedules.time_zone",
    ]


def test_every_schedule_is_deployed_as_the_ledger_counts_it(document: dict[str, Any]):
    deployed = {
        deployment["name"]: [
            (schedule["cron"], schedule["timezone"], schedule["active"])
            for schedule in deployment["schedules"]
        ]
        for deployment in document["deployments"]
    }

    assert deployed == {
        name: [(schedule.cron, schedule.zone, True)] for name, schedule in SCHEDULES.items()
    }


def test_every_entrypoint_is_an_async_flow_of_that_name(document: dict[str, Any]):
    for deployment in document["deployments"]:
        module, _, name = deployment["entrypoint"].partition(":")
        flow = getattr(import_module(module), name)

        assert isinstance(flow, Flow)
        assert flow.name == deployment["name"]
        assert flow.isasync


def test_the_version_is_the_one_that_is_installed(document: dict[str, Any]):
    import prefect

    assert document["prefect-version"] == prefect.__version__
