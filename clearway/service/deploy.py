"""Deploying a process: the gate, the version table, and taking a version out again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from clearway import engine
from clearway.engine.values import Bundle, Finding, Severity
from clearway.service.deployed import key_prefix
from clearway.service.gate import examine
from clearway.service.house import House
from clearway.service.permissions import refuse_unless
from clearway.service.reasons import refuse_unexplained
from clearway.service.registry_command import answer_once, record_entry
from clearway.service.scenarios import ScenarioResult, run_scenarios
from clearway.service.values import Actor, Done, GateReport, Refusal
from clearway.store import versions
from clearway.store.database import Connection
from clearway.store.versions import Version

DESPITE = "despite scenarios:"
"""A reason that begins so lets a process owner deploy although scenarios fail."""
_SHOWN = 5


def _allow(_connection: Connection) -> Refusal | None:
    return None


def _keep(_connection: Connection, _number: int) -> None:
    return None


@dataclass(frozen=True)
class Along:
    """What goes into the transaction of a deployment: a last check under its lock, and what is
    written with the number of the new version. `evidence` is kept beside that of the gate."""

    refuse: Callable[[Connection], Refusal | None] = _allow
    keep: Callable[[Connection, int], None] = _keep
    evidence: Mapping[str, object] = field(default_factory=dict[str, object])


def check(house: House, bundle: Bundle) -> GateReport:
    """What the gate finds, and how the scenarios end when it finds no error."""
    surroundings = house.surroundings()
    findings = examine(bundle, surroundings)
    broken = any(finding.severity is Severity.ERROR for finding in findings)
    results: Sequence[ScenarioResult] = ()
    if not broken:
        results = run_scenarios(bundle, surroundings, house.steps, house.rules)
    failures = [
        f"{result.file}: {result.name}: {result.failure}" for result in results if not result.passed
    ]
    return GateReport(findings, len(results) - len(failures), failures, not broken)


def deploy(
    house: House,
    actor: Actor,
    bundle: Bundle,
    *,
    parent: int | None,
    reason: str,
    once: str,
    shown: int = _SHOWN,
    along: Along | None = None,
) -> Done | Refusal:
    """Make this the newest version of its process; `parent` is the version it was made from.

    Refused when the gate finds an error, when `parent` is not the newest version (`stale`), when
    the keys of its records would begin like those of another process, and when scenarios fail,
    unless somebody who may deploys with a reason that begins with `despite scenarios:`. The same
    content as the newest version changes nothing. A refusal tells so many problems as `shown`
    says, and how many more there are. With `along` the same content as the newest is refused.
    """
    if (refusal := refuse_unless(actor, "deploy")) is not None:
        return refusal
    if (refusal := refuse_unexplained(reason, beyond=DESPITE)) is not None:
        return refusal
    hashed = engine.bundle_hash(bundle)
    request = {"hash": hashed, "parent": parent, "reason": reason}

    def work(connection: Connection) -> Done | Refusal:
        versions.lock_process(connection, bundle.process)
        newest = versions.current(connection, bundle.process)
        if along is not None and (refusal := along.refuse(connection)) is not None:
            return refusal
        if newest is not None and newest.hash == hashed:
            return _done(newest, "unchanged") if along is None else _same(newest)
        if (refusal := _stale(newest, parent, bundle.process)) is not None:
            return refusal
        if (refusal := refuse_report(report, reason, shown) or taken) is not None:
            return refusal
        evidence = {**_evidence(report), **(along.evidence if along else {})}
        version = _version(house, actor, bundle, newest, reason, evidence, connection)
        versions.make_key_sequence(connection, key_prefix(bundle))
        details = {"process": version.process, "version": version.number, "hash": hashed}
        record_entry(house, connection, actor, "deploy", {**details, "reason": reason})
        if along is not None:
            along.keep(connection, version.number)
        return _done(version, "deployed")

    report = check(house, bundle)
    taken = _refuse_prefix(house, bundle) if report.deployable else None
    result = answer_once(house, actor, "deploy", request, once, work)
    if isinstance(result, Done):
        house.current(bundle.process)
    return result


def pull(house: House, actor: Actor, process: str, number: int | None = None) -> Bundle | Refusal:
    """The files of a version as they were deployed; the newest when `number` is None."""
    if (refusal := refuse_unless(actor, "pull")) is not None:
        return refusal

    def find(connection: Connection) -> Bundle | Refusal:
        if number is None:
            version = versions.current(connection, process)
        else:
            version = versions.by_number(connection, process, number)
        if version is None:
            return _no_version(process, number, versions.current(connection, process))
        return Bundle(process, versions.contents(connection, version.manifest))

    return house.store.ask(find)


def file_of(house: House, actor: Actor, process: str, number: int, path: str) -> bytes | Refusal:
    """One file of a version as it was deployed; for those who may read all of them."""
    found = pull(house, actor, process, number)
    if isinstance(found, Refusal):
        return found
    content = found.files.get(path)
    if content is None:
        told = f"Version {number} of {process} has no file {path}."
        return Refusal("not_found", told, "Look at the files of the version.")
    return content


def _version(
    house: House,
    actor: Actor,
    bundle: Bundle,
    newest: Version | None,
    reason: str,
    evidence: Mapping[str, object],
    connection: Connection,
) -> Version:
    version = Version(
        id=0,
        process=bundle.process,
        number=newest.number + 1 if newest else 1,
        parent=newest.number if newest else None,
        hash=engine.bundle_hash(bundle),
        manifest=versions.keep_contents(connection, bundle.files),
        deployed_at=house.now(),
        deployed_by=actor.name,
        reason=reason,
        evidence=evidence,
    )
    return replace(version, id=versions.add(connection, version))


def _no_version(process: str, number: int | None, newest: Version | None) -> Refusal:
    if newest is None:
        return Refusal("not_found", f"There is no process {process}.", "Deploy it first.")
    text = f"{process} has no version {number}; the newest is {newest.number}."
    return Refusal("not_found", text, "Name one that it has.")


def _same(newest: Version) -> Refusal:
    text = f"These are the files of version {newest.number}, which is the newest."
    return Refusal("invalid", text, "Change something first.")


def _stale(newest: Version | None, parent: int | None, process: str) -> Refusal | None:
    there = newest.number if newest else None
    if parent == there:
        return None
    if there is None:
        return Refusal(
            "stale", f"{process} has no version {parent} here.", "Deploy it as a first version."
        )
    return Refusal(
        "stale",
        f"The newest version of {process} is {there}; yours was made from {parent or 'none'}.",
        "Pull the newest version, make the change there, and deploy again.",
    )


def refuse_report(report: GateReport, reason: str, shown: int) -> Refusal | None:
    """None when what the gate says lets these files be deployed for this reason."""
    errors = [it for it in report.findings if it.severity is Severity.ERROR]
    if errors:
        told = [f"{_place(it)}: {it.message} {it.remedy}" for it in errors]
        fields = {_place(it): it.message for it in errors}
        return Refusal("invalid", _first_of(told, shown), "Correct the diagram.", fields)
    failures = report.scenario_failures
    if failures and not reason.startswith(DESPITE):
        fail = "1 scenario fails" if len(failures) == 1 else f"{len(failures)} scenarios fail"
        return Refusal(
            "invalid",
            f"{fail}: {_first_of(failures, shown)}",
            "Correct the diagram or the scenarios. To deploy all the same, give a reason that "
            "begins with `despite scenarios:`.",
        )
    return None


def _refuse_prefix(house: House, bundle: Bundle) -> Refusal | None:
    """Whoever reads a key knows of which process the record is."""
    prefix = key_prefix(bundle)
    processes = house.store.ask(_prefixes)
    if processes.pop(bundle.process, None) == prefix:
        return None
    other = next((it for it, theirs in processes.items() if theirs == prefix), None)
    if other is None:
        return None
    return Refusal(
        "invalid",
        f"The records of {other} have keys that begin with {prefix} already.",
        "Choose another x-key-prefix in record.json.",
    )


def _prefixes(connection: Connection) -> dict[str, str]:
    """How the keys of each process begin, also of one that this release cannot run."""
    found: dict[str, str] = {}
    for process, version_id in versions.current_ids(connection).items():
        if (loaded := versions.load(connection, version_id)) is not None:
            found[process] = key_prefix(Bundle(process, loaded[1]))
    return found


def _first_of(problems: Sequence[str], shown: int) -> str:
    more = f" (and {len(problems) - shown} more)" if len(problems) > shown else ""
    return f"{'; '.join(problems[:shown])}{more}"


def _evidence(report: GateReport) -> Mapping[str, object]:
    return {
        "findings": [asdict(finding) for finding in report.findings],
        "scenarios_passed": report.scenarios_passed,
        "scenario_failures": list(report.scenario_failures),
    }


def _place(finding: Finding) -> str:
    return f"{finding.file} {finding.element}" if finding.element else finding.file


def _done(version: Version, what: str) -> Done:
    return Done(
        details={
            "process": version.process,
            "version": version.number,
            "version_id": version.id,
            "hash": version.hash,
            "what": what,
        }
    )
