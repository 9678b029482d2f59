"""The drawing itself: lanes, names of variables, and nodes that nothing leads to."""

import re
from typing import Any

from clearway.engine import limits
from clearway.engine.compiler import is_first, starting_nodes
from clearway.engine.event_reader import plain
from clearway.engine.examine import Examined
from clearway.engine.gate.say import Say
from clearway.engine.lanes import lanes_with_many_roles, lanes_without_role
from clearway.engine.markup import BPMN
from clearway.engine.model import Node, Scope

_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")
TAKEN = frozenset(
    [
        "record",
        "now",
        "key",
        "result",
        "message",
        "loopCounter",
        "item",
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "between",
        "and",
        "or",
        "not",
        "true",
        "false",
        "null",
        "function",
        "numberOfInstances",
        "numberOfCompletedInstances",
        "numberOfActiveInstances",
        "numberOfTerminatedInstances",
    ]
)


def check(process: Scope, examined: Examined, say: Say) -> None:
    """What a process owner would stumble over."""
    if not process.executable:
        say.error(
            process.id,
            "not-executable",
            f"The process `{process.name or process.id}` is a drawing only.",
            "Set isExecutable to true.",
        )
    _check_lengths(_element(process, examined), say)
    _check_pools(examined.roots[say.file], say)
    for lane in lanes_without_role(_element(process, examined)):
        say.error(
            lane,
            "lane-role",
            "The lane does not say whose it is.",
            "Name the role in clearway:role.",
        )
    for lane in lanes_with_many_roles(_element(process, examined)):
        say.error(
            lane,
            "role-many",
            "The lane names several roles.",
            "Name one role: the registry may give it to several groups.",
        )
    for scope in process.walk():
        _check_led_to(scope, say)
    for node in process.all_nodes():
        _check_lane(node, say)
        _check_variable(node, say)
        if node.kind == "userTask" and not node.name:
            say.warning(
                node.id,
                "name-missing",
                "The task has no name.",
                "Say in a few words what the person does.",
            )


def _element(process: Scope, examined: Examined):
    root = examined.roots[examined.read.files[process.id]]
    return next(each for each in root if each.get("id") == process.id)


def _check_lengths(process: Any, say: Say) -> None:
    """What is shown in lists, mails and histories must fit there."""
    for element in process.iter(f"{BPMN}*"):
        long = [it for it in ("id", "name") if len(element.get(it, "")) > limits.NAME_LETTERS]
        shown = str(element.get("id") or element.get("name") or "")[:40]
        if long:
            say.error(
                shown,
                "name-length",
                f"The {' and the '.join(long)} of `{shown}...` "
                f"{'is' if len(long) == 1 else 'are'} longer than {limits.NAME_LETTERS} letters.",
                "Shorten it, and say the rest in the documentation.",
            )
        if element.tag == f"{BPMN}documentation":
            length = len("".join(element.itertext()))
            if length > limits.DOCUMENTATION_LETTERS:
                owner = element.getparent().get("id")
                say.error(
                    owner,
                    "documentation-length",
                    f"The documentation has {length} letters; "
                    f"{limits.DOCUMENTATION_LETTERS} are shown at most.",
                    "Shorten it, or link to a page.",
                )


def _check_pools(root: Any, say: Say) -> None:
    """A pool says which process it draws; one for somebody outside says nothing."""
    held = [str(each.get("id")) for each in root.findall(f"{BPMN}process")]
    pools = list(root.iter(f"{BPMN}participant"))
    drawn = {plain(pool.get("processRef")) for pool in pools}
    free = [name for name in held if name not in drawn] or held
    for pool in pools:
        named = plain(pool.get("processRef"))
        if named is not None and named not in held:
            names = " or ".join(f'processRef="{name}"' for name in free)
            say.error(
                pool.get("id"),
                "pool-process",
                f"The pool `{pool.get('name') or pool.get('id')}` is of the process `{named}`, "
                "which is not in the file.",
                f"Write {names}; if it stands for somebody outside, remove processRef.",
            )


def _check_led_to(scope: Scope, say: Say) -> None:
    # What has no id is told of as such; flows cannot name it.
    if scope.kind == "adHocSubProcess" or "" in scope.nodes:
        return
    begins = {node.id for node in starting_nodes(scope)}
    connected = {*scope.handlers.values(), *scope.other_handlers}
    for node in scope.nodes.values():
        if node.kind != "startEvent" and node.id not in begins and is_first(scope, node):
            say.refuse(
                node,
                "unreachable",
                "is never reached: nothing leads to it",
                "Draw a flow to it, or remove it.",
            )
        if node.for_compensation and node.id not in connected:
            say.refuse(
                node,
                "unreachable",
                "undoes something, but no event is connected to it",
                "Draw an association from a compensation boundary event.",
            )


def _check_lane(node: Node, say: Say) -> None:
    if node.kind == "userTask" and not node.role and not node.own.get("role"):
        where = "lies in no lane" if node.scope.has_lanes else "is in a process without lanes"
        say.refuse(
            node,
            "lane-missing",
            where,
            "Put it into a lane with clearway:role, or name the role on the task.",
        )


def _check_variable(node: Node, say: Say) -> None:
    names = [node.own["result"]] if node.kind == "scriptTask" and node.own.get("result") else []
    if node.loop is not None:
        loop = node.loop
        names += [n for n in (loop.item, loop.output_item, loop.output_collection) if n]
    for name in names:
        if name.startswith("record."):
            continue
        if not _NAME.match(name) or (name in TAKEN and name != "item"):
            say.error(
                node.id,
                "variable-name",
                f"A variable cannot be called `{name}`.",
                "Use letters, digits and underscores, and none of FEEL's own words.",
            )
