"""What a form of a trial asks for, as the words of a doing: read by the schema of what waits."""

from collections.abc import Mapping
from dataclasses import replace

from clearway.engine.bundle import scenario_files
from clearway.service.forms import Schema
from clearway.service.scenario_file import Scenario, ScenarioError, read_scenario
from clearway.service.scenario_text import as_plain
from clearway.service.values import Refusal
from clearway.service.workshop.cast import read_cast
from clearway.service.workshop.run import UnusableRun, back_to, run_from, run_of, unpacked
from clearway.service.workshop.standing import asked_by_start, standing_of
from clearway.service.workshop.trying import Sandbox, Tried
from clearway.web.times import typed_instant
from clearway.web.trial import Answered
from clearway.web.typed import Typed, read_typed
from clearway.web.visit import Sent, Visit

_UNITS = {"minutes": "PT{}M", "hours": "PT{}H", "days": "P{}D", "weeks": "P{}D"}
_LONGEST_NUMBER = 6


def answer(visit: Visit, sandbox: Sandbox, sent: Sent) -> Answered:
    """Do what the form says; raises UnusableRun when what it carries is no run."""
    verb = sent.text("do")
    if verb == "start":
        return _start(visit, sandbox, sent)
    if verb == "load":
        return _loaded(sandbox, sent.text("path"))
    run = unpacked(sent.text("run"))
    if verb == "back":
        number = _number(sent.text("to"))
        earlier = run if number is None else back_to(run, number)
        return Answered(sandbox.replay(earlier))
    if verb == "cast":
        return _recast(sandbox, run, sent)
    before = sandbox.replay(run)
    if before.trial is None or before.refusal is not None:
        return Answered(before)
    if verb == "ask":
        return Answered(sandbox.let_answer(before, sent.text("step")))
    if verb == "next":
        return Answered(sandbox.until_next_timer(before))
    words, typed = _words(visit, before, sent)
    where = f"{verb}:{sent.text('step' if verb == 'answer' else 'element')}"
    if isinstance(words, Refusal):
        return Answered(replace(before, refusal=words), where, typed)
    return Answered(sandbox.do(before, words), where, typed)


def _start(visit: Visit, sandbox: Sandbox, sent: Sent) -> Answered:
    deployed = sandbox.deployed
    event = deployed.start_event(sent.text("event") or None)
    schema = asked_by_start(deployed, event.element) if event else None
    typed = read_typed(schema, sent.pairs, visit.zone)
    top: dict[str, object] = {"start": typed.values}
    if sent.text("event"):
        top["event"] = sent.text("event")
    if sent.text("person"):
        top["as"] = sent.text("person")
    refusal = _unread(typed) if typed.errors else None
    cast = read_cast(sent.text("registry"))
    if isinstance(cast, Refusal):
        refusal, cast = cast, {}
    try:
        if sent.text("at"):
            top["at"] = typed_instant(sent.text("at"), visit.zone).isoformat()
    except ValueError as error:
        refusal = Refusal("invalid", str(error), "Leave it empty for a Monday morning.")
    run = run_of({**top, **({"registry": cast} if cast else {})})
    if refusal is not None:
        return Answered(Tried(run, None, refusal), "start", typed)
    return Answered(sandbox.replay(run), "start", typed)


def _loaded(sandbox: Sandbox, path: str) -> Answered:
    """The run that a scenario among the files is; raises UnusableRun."""
    bundle = sandbox.deployed.bundle
    if path not in scenario_files(bundle):
        raise UnusableRun("There is no such scenario among these files. Choose one of the list.")
    try:
        return Answered(sandbox.replay(run_from(read_scenario(bundle.files[path]))))
    except ScenarioError as error:
        raise UnusableRun(f"{path} cannot be read: {error}") from error


def _recast(sandbox: Sandbox, run: Scenario, sent: Sent) -> Answered:
    """Other people take part, from the start on."""
    cast = read_cast(sent.text("registry"))
    if isinstance(cast, Refusal):
        return Answered(replace(sandbox.replay(run), refusal=cast), "cast")
    recast = run_of({**as_plain(run), "registry": cast})
    return Answered(sandbox.replay(recast), "cast")


def _words(
    visit: Visit, before: Tried, sent: Sent
) -> tuple[Mapping[str, object] | Refusal, Typed | None]:
    """The words of a doing, and what was typed into the form of it."""
    verb, element, person = sent.text("do"), sent.text("element"), sent.text("person")
    who: dict[str, object] = {"as": person} if person else {}
    match verb:
        case "complete" | "send" | "answer":
            return _with_values(visit, before, sent, who)
        case "claim" | "unclaim":
            return {verb: element, **who}, None
        case "assign":
            return _needing({verb: element, **who, "to": sent.text("to")}), None
        case "vote":
            words: dict[str, object] = {"vote": {element: sent.text("choice")}, **who}
            for name in ("seat", "reason", "conditions"):
                if sent.text(name):
                    words[name] = sent.text(name).replace("\r\n", "\n")
            return words, None
        case "fail":
            return _needing({"step": sent.text("step"), "fails": sent.text("code")}), None
        case "comment":
            said = {"comment": sent.text("text").replace("\r\n", "\n"), **who}
            return _needing(said | ({} if sent.text("public") else {"public": False})), None
        case "linked":
            keys = [key for key in sent.text("keys").replace(",", " ").split() if key]
            return _needing({"linked": {sent.text("kind"): keys}} if keys else {"linked": ""}), None
        case "cancel":
            return _needing({"cancel": sent.text("text"), **who}), None
        case "pass":
            return _span(sent), None
        case _:
            return Refusal("invalid", "Nothing was chosen.", "Choose one of the buttons."), None


def _with_values(
    visit: Visit, before: Tried, sent: Sent, who: Mapping[str, object]
) -> tuple[Mapping[str, object] | Refusal, Typed]:
    verb, element, step = sent.text("do"), sent.text("element"), sent.text("step")
    schema, values = _asked(before, verb, element, step)
    typed = read_typed(schema, sent.pairs, visit.zone, values)
    if typed.errors:
        return _unread(typed), typed
    if verb == "answer":
        return {"step": step, "answers": typed.values}, typed
    given = {"with": typed.values} if typed.values else {}
    return {verb: element, **who, **given}, typed


def _asked(
    before: Tried, verb: str, element: str, step: str
) -> tuple[Schema | None, Mapping[str, object]]:
    assert before.trial is not None  # noqa: S101 - whoever calls has looked
    standing = standing_of(before.trial)
    if verb == "complete":
        task = next((it for it in standing.tasks if it.element == element), None)
        return (task.schema, task.values) if task else (None, {})
    if verb == "send":
        event = next((it for it in standing.events if it.element == element), None)
        return (event.schema if event else None), {}
    job = next((it for it in standing.jobs if it.step == step and it.is_next), None)
    return (job.schema if job else None), {}


def _span(sent: Sent) -> Mapping[str, object] | Refusal:
    number, unit = _number(sent.text("number")), sent.text("unit")
    if not number or unit not in _UNITS:
        most = 10**_LONGEST_NUMBER - 1
        told = f"Say how much time passes: a whole number from 1 to {most:,}, and its unit."
        return Refusal("invalid", told, "", {"number": told})
    shape = _UNITS[unit].format(number * 7 if unit == "weeks" else number)
    calendar = sent.text("calendar")
    return {"pass": shape, **({"calendar": calendar} if calendar else {})}


def _number(text: str) -> int | None:
    is_number = text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER
    return int(text) if is_number else None


def _needing(words: Mapping[str, object]) -> Mapping[str, object] | Refusal:
    """What has to be said is said."""
    if all(it != "" for it in words.values()):
        return words
    return Refusal("invalid", "Something is missing.", "Fill in all fields of this form.")


def _unread(typed: Typed) -> Refusal:
    return Refusal(
        "invalid",
        "Some fields could not be understood.",
        "Correct the marked fields; nothing was done.",
        fields=typed.errors,
    )
