"""The steps that a diagram may name in `clearway:step`: the whole list, in one table."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from clearway.errors import ClearwayError
from clearway.service.plan_events import ONLY_NOTED
from integrations.silent import NotConnected
from tasks import (
    change,
    freeze_exception,
    incident,
    meeting,
    notices,
    onboarding,
    planned,
    problem,
    reviews,
    standard_change,
)

Call = Callable[[Mapping[str, object], str], Mapping[str, object]]
"""A step ready to be called: inputs and job id -> result."""

JOB_ID = "job_id"


class StepInputError(ClearwayError):
    """A diagram gives a step other inputs than it takes; the text names them."""


@dataclass(frozen=True)
class Step:
    """A plain function and what it needs besides its inputs, by the names of its parameters."""

    function: Callable[..., Mapping[str, object]]
    needs: tuple[str, ...] = ()

    @property
    def inputs(self) -> Mapping[str, bool]:
        """The inputs that a diagram may give: name -> whether it must."""
        parameters = inspect.signature(self.function).parameters
        return {
            name: parameter.default is inspect.Parameter.empty
            for name, parameter in parameters.items()
            if name not in self.needs and name != JOB_ID
        }


_TO_TELL_OF = ("facts_of", "rounds_of", "forecasts", "impact_of", "outcomes_of")
_TO_PACK = (*_TO_TELL_OF, "look_for_collisions", "keep_file")
_TO_TELL = ("mailer", "addresses_of", "template_of", "base_url", "sent_from", "now")

STEPS: Mapping[str, Step] = MappingProxyType(
    {
        # every process
        "notice": Step(notices.notice, needs=_TO_TELL),
        # incident: service, asset -> support_group, service_owner, criticality, known
        "find_context": Step(incident.find_context, needs=("find_service", "has_role")),
        # key, priority, causes (keys), told (keys) -> ended_causes (what a review of each change is
        # asked with, and its template and people), causes_told (keys)
        "find_ended_causes": Step(incident.find_ended_causes, needs=("one_record",)),
        # planned work: key, starts, ends, things, people -> collisions, findings (texts),
        # collides_with (keys), freeze (none, soft, hard, null: not known), freezes (hard ones),
        # slots (texts), problem (text or null)
        "find_collisions": Step(planned.find_collisions, needs=("look_for_collisions",)),
        # problem: key, incidents (keys) -> linked; business error unknown_record
        "link_incidents": Step(problem.link_incidents, needs=("link",)),
        # standard change: service, kind -> proven, not_proven, proof (keys), proof_summary
        "find_proof": Step(
            standard_change.find_proof, needs=("ended_between", "leading_to", "now")
        ),
        # change: template (key) -> usable, why_not, version, and the locked fields
        "read_template": Step(standard_change.read_template, needs=("one_record",)),
        # exception from a freeze: change (key) -> live, incident, priority
        "find_live_incident": Step(freeze_exception.find_live_incident, needs=("leading_to",)),
        # change: author, incident, registrars, callers (roles) -> may_register, may_call_emergency,
        # line_director, incident_open, incident_priority
        "check_grounds": Step(change.check_grounds, needs=("has_role", "line_of", "one_record")),
        # service, assets, concerned (people) -> services (lines), owners (people),
        # undecided (services for which nobody may decide), problem
        "find_owners": Step(change.find_owners, needs=("affected_services",)),
        # key, service, group, template, criticality -> points (0 to 100), reason
        "change_history": Step(change.change_history, needs=("ended_changes", "leading_to", "now")),
        # until, calendar_name -> days; business error unknown_calendar
        "count_business_days": Step(change.count_business_days, needs=("calendar_of", "now")),
        # key, incidents, percent -> caused_major, incidents_unnamed (keys), sampled
        "look_at_outcome": Step(change.look_at_outcome, needs=("leading_to",)),
        # onboarding: key, user_name, full_name, mail, account_id -> account_id, user_name;
        # business error user_name_taken
        "create_account": Step(onboarding.create_account, needs=("accounts",)),
        # key, user_name, account_id -> removed
        "remove_account": Step(onboarding.remove_account, needs=("accounts",)),
        # key, user_name, groups -> granted; business error unknown_access
        "grant_access": Step(onboarding.grant_access, needs=("accounts",)),
        # key, user_name, groups, account_id -> revoked
        "revoke_access": Step(onboarding.revoke_access, needs=("accounts",)),
        # key, for_person, item, deliver_to, needed_by -> order_number
        "order_laptop": Step(onboarding.order_laptop, needs=("equipment", "now")),
        # key -> cancelled
        "cancel_laptop": Step(onboarding.cancel_laptop, needs=("equipment", "now")),
        # weekly review: -> open_count, task_count, overdue_count, unclaimed_count, fault_count,
        # oldest (keys), collected_at, summary (text)
        "collect_open_work": Step(reviews.collect_open_work, needs=("open_work",)),
        # meeting that decides: key, starts, minutes, minutes_each, horizon_days, lead_days,
        # risks, calendar, and the fields begins and risk -> agenda (keys), places, left_out (lines)
        "build_agenda": Step(meeting.build_agenda, needs=("waiting_rounds", "calendar_of")),
        # key, agenda, built (keys), note -> agenda (keys), changes (lines), problem (text)
        "check_agenda": Step(meeting.check_agenda, needs=("waiting_rounds",)),
        # key, title, starts, agenda, places, left_out, and the fields things, team, outcome, until,
        # backout, written, collisions -> pdf, page (hashes), kept_at, forecast (lines), invited
        "build_pack": Step(meeting.build_pack, needs=(*_TO_PACK, "now")),
        # key, title, agenda, began, ended, present, left, and the field current -> pdf, page
        # (hashes), minutes (text), present (people), undecided, discussed (keys)
        "write_minutes": Step(
            meeting.write_minutes, needs=("rounds_of", "moves_of", "keep_file", "now")
        ),
    }
)


def bind(
    steps: Mapping[str, Step],
    integrations: Mapping[str, object],
    questions: Mapping[str, object],
) -> Mapping[str, Call]:
    """Give every step what it needs; raises ClearwayError naming what nobody provides."""
    provided = {**integrations, **questions}
    missing = sorted({need for step in steps.values() for need in step.needs} - set(provided))
    if missing:
        raise ClearwayError(f"No integration or question is called {', '.join(missing)}.")
    return {name: _call(name, step, provided) for name, step in steps.items()}


def _call(name: str, step: Step, provided: Mapping[str, object]) -> Call:
    needed = {need: provided[need] for need in step.needs}
    known = step.inputs
    missing = [it.not_connected for it in needed.values() if isinstance(it, NotConnected)]
    silence = {ONLY_NOTED: "; ".join(missing)} if missing else {}
    wants_job = JOB_ID in inspect.signature(step.function).parameters

    def call(inputs: Mapping[str, object], job_id: str) -> Mapping[str, object]:
        _check(name, known, inputs)
        given: dict[str, Any] = {**inputs, **needed}
        if wants_job:
            given[JOB_ID] = job_id
        return {**step.function(**given), **silence}

    return call


def _check(name: str, known: Mapping[str, bool], inputs: Mapping[str, object]) -> None:
    unknown = sorted(set(inputs) - set(known))
    missing = sorted(
        wanted for wanted, must in known.items() if must and inputs.get(wanted) is None
    )
    if unknown:
        raise StepInputError(
            f"The step {name} takes no {', '.join(unknown)}; it takes {', '.join(known)}."
        )
    if missing:
        raise StepInputError(f"The step {name} needs {', '.join(missing)}; add it as an input.")
