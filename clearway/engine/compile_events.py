"""Events as they run: what they catch, and whom they tell."""

from clearway.engine.compile_context import CompileContext
from clearway.engine.durations import DurationError
from clearway.engine.expressions import Formula
from clearway.engine.model import EventDefinition, Node
from clearway.engine.specs.base import Catch
from clearway.engine.throwing import Telling
from clearway.engine.timers import Missed, TimerError, TimerRule, check_literal, is_literal
from clearway.engine.wanted import a_timing, a_truth, names
from processes.calendar import Calendar, CalendarError

MISSED: dict[str, Missed] = {"once": "once", "all": "all", "skip": "skip"}


def catches_of(node: Node, context: CompileContext) -> tuple[Catch, ...]:
    """What an event waits for, one for each of its definitions."""
    found: list[Catch] = []
    for number, event in enumerate(node.events):
        key = node.id if number == 0 else f"{node.id}#{number}"
        if event.kind == "timer":
            found.append(Catch(key, "timer", timer=_timer(node, event, context)))
        elif event.kind == "conditional":
            condition = context.formula(event.text, node.id, "condition", a_truth)
            found.append(Catch(key, "conditional", condition=condition))
        elif event.kind not in ("link", "compensate"):
            found.append(Catch(key, event.kind, event.name))
    return tuple(found)


def message_catch(node: Node) -> tuple[Catch, ...]:
    """What a receive task waits for."""
    return (Catch(node.id, "message", node.message),)


def telling_of(node: Node, context: CompileContext) -> Telling | None:
    """Whom a send task, a throw event or an end event tells; None when it tells nobody."""
    message = node.message if node.kind == "sendTask" else _thrown_message(node)
    template = node.own.get("notice")
    if message is None and template is None:
        return None
    return Telling(
        message=message,
        template=template,
        to=context.formula(node.own.get("to"), node.id, "address `clearway:to`", names),
        starts=node.own.get("start"),
        invitation=node.own.get("invitation"),
        inputs=context.formulas(node.inputs, node.id, "input"),
        expires=_expires(node, context),
    )


def _expires(node: Node, context: CompileContext) -> str | Formula | None:
    text = node.own.get("expires")
    if text is None or not is_literal(text):
        return context.formula(
            text, node.id, "time `clearway:expires`", a_timing("timeDuration", None)
        )
    try:
        check_literal("timeDuration", text, None)
    except (TimerError, DurationError, OverflowError) as error:
        context.findings.error(
            context.file,
            node.id,
            "expires",
            str(error),
            "Write a duration such as PT0S (only for who waits already) or P2D, or FEEL.",
        )
    return text


def _thrown_message(node: Node) -> str | None:
    return next((event.name for event in node.events if event.kind == "message"), None)


def _timer(node: Node, event: EventDefinition, context: CompileContext) -> TimerRule | None:
    kind, text = event.timer_kind, event.text
    if kind is None or not text:
        context.findings.error(
            context.file,
            node.id,
            "timer-empty",
            "The timer says no time.",
            "Write a duration such as PT4H, an instant, a cycle such as R3/PT1H, or FEEL.",
        )
        return None
    calendar = calendar_of(node, context)
    missed = MISSED.get(node.own.get("missed", "once"), "once")
    if not is_literal(text):
        formula = context.formula(text, node.id, "timer", a_timing(kind, calendar))
        return TimerRule(kind, node.id, None, formula, calendar, missed)
    try:
        check_literal(kind, text, calendar)
    except (TimerError, DurationError, CalendarError, OverflowError) as error:
        context.findings.error(
            context.file,
            node.id,
            "timer",
            str(error),
            "Write a duration such as PT4H, an instant with its zone, or a cycle such as R3/PT1H.",
        )
        return None
    return TimerRule(kind, node.id, text, None, calendar, missed)


def calendar_of(node: Node, context: CompileContext) -> Calendar | None:
    """The calendar that an element names, if it names one; one that is missing is a finding."""
    name = node.own.get("calendar")
    if name is None:
        return None
    calendar = context.calendars.get(name)
    if calendar is None:
        known = ", ".join(sorted(context.calendars)) or "none"
        context.findings.error(
            context.file,
            node.id,
            "calendar-missing",
            f"There is no calendar `{name}`.",
            f"Add shared/calendars/{name}.yaml, or name one of these: {known}.",
        )
    return calendar
