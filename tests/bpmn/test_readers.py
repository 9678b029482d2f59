"""Whoever fills a form in may read the records that the form asks them to name."""

from pathlib import Path

import pytest

from clearway import engine
from clearway.service.deployed import Deployed
from clearway.service.permissions import REQUESTER, staff_roles

BPMN = Path(__file__).resolve().parents[2] / "bpmn"
PROCESSES = sorted(it.parent.name for it in BPMN.glob("*/*.bpmn"))


@pytest.mark.parametrize("process", PROCESSES)
def test_what_a_form_names_is_seen_by_who_fills_it_in(process: str):
    deployed = Deployed(engine.read_bundle(BPMN, process))
    blind: list[str] = []

    for element, path in deployed.blueprint.forms_of.items():
        fillers = set((deployed.elements[element].role or "").split()) - {REQUESTER}
        for name, shape in deployed.blueprint.forms[path]["properties"].items():
            for other in shape.get("x-of", ()):
                readers = staff_roles(Deployed(engine.read_bundle(BPMN, other)).readers)
                blind += [f"{path} {name}: {role} of {other}" for role in fillers - readers]

    assert blind == []
