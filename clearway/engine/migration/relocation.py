"""Where each live token of an instance stands in another version, and what it takes along."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clearway.engine import ledger as ledgers
from clearway.engine.instance import Instance, Running
from clearway.engine.ledger import Ledger
from clearway.engine.migration import likeness
from clearway.engine.specs.base import Catch, NodeSpec
from clearway.engine.specs.gateways import EventGatewaySpec, JoinSpec
from clearway.engine.spiff import WAITING
from clearway.engine.timers import due_instant
from clearway.engine.token import Token

if TYPE_CHECKING:
    from clearway.engine.blueprint import Blueprint
    from clearway.engine.process_spec import ScopeSpec

_FIRST_DONE = "Let it be done in the old version first, or map it to the element in its place."


@dataclass(frozen=True)
class Obstacle:
    """Why an instance cannot be moved: the element as the old version calls it, and what helps."""

    element: str | None
    reason: str
    remedy: str


@dataclass(frozen=True)
class _ToArm:
    """A timer that does not run yet: of a token or scope in the new version."""

    holder: str
    is_scope: bool
    spec: NodeSpec
    catch: Catch


class Relocation:
    """The data of a saved instance, rewritten for another version; `obstacles` when it cannot be.

    `data` is what `state.read` answers; it is changed in place.
    """

    def __init__(
        self, data: dict[str, Any], old: "Blueprint", new: "Blueprint", mapping: Mapping[str, str]
    ) -> None:
        self.data, self.old, self.new, self.mapping = data, old, new, mapping
        self.obstacles: list[Obstacle] = []
        self.notes: list[str] = []
        self.before: dict[str, tuple[ScopeSpec, list[list[Any]]]] = {}
        """Scope id -> where it was in the old version, with its tokens there."""
        self._to_arm: list[_ToArm] = []
        self._placed: dict[str, NodeSpec] = {}
        self._check_mapping()
        if not self.obstacles:
            for number, scope in enumerate(data["scopes"]):
                self._move_scope(number, scope)
            data["version"] = new.hash
            self._tell_of_variables()

    def called(self, element: str) -> str:
        """The name of an element or flow in the new version."""
        return self.mapping.get(element, element)

    def arm(self, instance: Instance) -> None:
        """Let timers run from now that the old version did not have. Raises ProcessFault."""
        for it in self._to_arm:
            holder = self._holder(instance, it)
            kept = holder.internal_data if isinstance(holder, Token) else {"arms": holder.arms}
            instance.arm(kept, (it.catch,), it.spec.node, holder)
            due = due_instant(kept["arms"][it.catch.key])
            self.notes.append(
                f"The timer {it.spec.node.label} is new: it runs from now and is due at "
                f"{due:%Y-%m-%d %H:%M:%S} UTC."
            )

    def _holder(self, instance: Instance, it: _ToArm) -> Token | Running:
        if not it.is_scope:
            return instance.tokens[it.holder]
        return next(scope for scope in instance.scopes() if scope.id == it.holder)

    def _check_mapping(self) -> None:
        for before, after in self.mapping.items():
            if before not in self.old.elements:
                self._refuse(
                    before,
                    f"The mapping names `{before}`, which its version does not have.",
                    "Correct the mapping, or move only the records of the version that has it.",
                )
            if after not in self.new.elements:
                self._refuse(
                    before,
                    f"The mapping leads to `{after}`, which the new version does not have.",
                    "Correct the mapping.",
                )

    def _tell_of_variables(self) -> None:
        """What only the new version computes may be asked for behind where it is computed."""
        for name in sorted(self.new.variables - self.old.variables - set(self.data["variables"])):
            self.notes.append(
                f"The variable {name} is new and has no value yet: conditions behind the place "
                "that computes it see null."
            )

    def _move_scope(self, number: int, scope: list[Any]) -> None:
        identifier, name, flags, arms, ledger, tokens = scope
        was = self.old.scopes[name]
        # What each token keeps is changed in place below: here stays what it kept before.
        self.before[identifier] = (was, [[*token[:3], dict(token[3])] for token in tokens])
        if number == 0:
            now = self.new.spec
        elif identifier in self._placed:
            now = self.new.scopes[self._placed[identifier].inside]
        else:
            # The activity around it has no place, and that is told already.
            return
        scope[1] = now.name
        scope[3] = self._arms(arms, was.event_starts, now.event_starts, identifier, flags)
        scope[4] = self._ledger(ledger)
        for token in tokens:
            self._move_token(token, now)

    def _move_token(self, token: list[Any], scope: "ScopeSpec") -> None:
        identifier, name, state, kept = token
        was, now = self.old.nodes[name], self.new.nodes.get(self.called(name))
        label = was.node.label
        if now is None:
            self._refuse(name, f"{label} is not in the new version.", _FIRST_DONE)
            return
        if now.node.scope.id != scope.name:
            self._refuse(
                name,
                f"{label} lies in another subprocess in the new version.",
                f"{_FIRST_DONE[:-1]} in the same subprocess.",
            )
            return
        difference = likeness.difference(was, now, self.called)
        if difference is not None:
            self._refuse(name, f"{label} {difference.what}.", difference.remedy)
            return
        token[1] = now.name
        self._placed[identifier] = now
        self._carry(identifier, was, now, state, kept)

    def _carry(
        self, identifier: str, was: NodeSpec, now: NodeSpec, state: int, kept: dict[str, Any]
    ) -> None:
        """What a token keeps: its timers, the flow it came by, what it could undo."""
        if isinstance(now, JoinSpec) and state == WAITING and now.incoming_count > 1:
            self._carry_flow(was, now, kept)
        for name in ("chain", "ledger"):
            if name in kept:
                carry = self._ledger if name == "ledger" else self._chain
                kept[name] = carry(kept[name])
        if "body" not in kept:
            events, others = _events(was, state), _events(now, state)
            arms = self._arms(kept.pop("arms", {}), events, others, identifier)
            if arms:
                kept["arms"] = arms
        if "body" in kept and now.catches and state == WAITING:
            self._note(likeness.new_wait(now, was))

    def _carry_flow(self, was: NodeSpec, now: NodeSpec, kept: dict[str, Any]) -> None:
        """A token that has arrived at a join stays there if the way by which it came is there."""
        came = kept.get("flow", "")
        incoming = {flow.id: flow for flow in now.node.scope.incoming(now.name)}
        wanted = self.called(came)
        if wanted not in incoming:
            drawn = next((it for it in was.node.scope.flows if it.id == came), None)
            source = None if drawn is None else self.called(drawn.source)
            same = [flow.id for flow in incoming.values() if flow.source == source]
            if len(same) != 1 or came in self.mapping:
                self._refuse(
                    was.name,
                    f"A branch has arrived at {was.node.label} by the flow `{came}`, which does "
                    "not lead there in the new version.",
                    f"Map the flow to the one in its place: {came}=NEW_FLOW.",
                )
                return
            wanted = same[0]
        kept["flow"] = wanted

    def _arms(
        self,
        arms: dict[str, Any],
        was: tuple[NodeSpec, ...],
        now: tuple[NodeSpec, ...],
        holder: str,
        flags: int | None = None,
    ) -> dict[str, Any]:
        """Timers that run go on; what is new is noted down to be armed."""
        if flags is not None and flags & 1:
            # Interrupted by an event subprocess: nothing else may begin in it any more.
            return {}
        known = {self.called(event.name): event for event in was}
        kept: dict[str, Any] = {}
        for event in now:
            before = known.pop(event.name, None)
            self._note(likeness.new_wait(event, before))
            for number, catch in enumerate(event.catches):
                counterpart = likeness.counterpart(before, number, catch)
                if counterpart is None:
                    if catch.timer is not None:
                        self._to_arm.append(_ToArm(holder, flags is not None, event, catch))
                elif counterpart.key in arms:
                    kept[catch.key] = arms[counterpart.key]
        for event in known.values():
            if event.catches:
                self.notes.append(f"{event.node.label} cannot happen there in the new version.")
        return kept

    def _ledger(self, done: Ledger) -> Ledger:
        """The activities that may still have to be undone."""
        return ledgers.renamed(done, self._done)

    def _done(self, name: str) -> str:
        was, now = self.old.nodes[name], self.new.nodes.get(self.called(name))
        undo = getattr(was, "undo", None)
        if now is None or (undo is not None and getattr(now, "undo", None) is None):
            self._refuse(
                name,
                f"What {was.node.label} did could not be undone in the new version.",
                "Keep the activity and what undoes it in the new version, or map it.",
            )
        return self.called(name)

    def _chain(self, chain: Ledger) -> Ledger:
        """The activities that have still to undo something."""
        return ledgers.renamed(chain, self._undoing)

    def _undoing(self, name: str) -> str:
        now = self.new.nodes.get(self.called(name))
        if now is None or not now.node.for_compensation:
            label = self.old.nodes[name].node.label
            self._refuse(
                name,
                f"{label} has still to undo something, and is not in the new version.",
                "Let the compensation end in the old version first, or map the activity.",
            )
        return self.called(name)

    def _note(self, text: str | None) -> None:
        if text is not None and text not in self.notes:
            self.notes.append(text)

    def _refuse(self, element: str, reason: str, remedy: str) -> None:
        obstacle = Obstacle(element, reason, remedy)
        if obstacle not in self.obstacles:
            self.obstacles.append(obstacle)


def _events(spec: NodeSpec, state: int) -> tuple[NodeSpec, ...]:
    """The events that a token on this node waits for."""
    if isinstance(spec, EventGatewaySpec):
        return spec.targets
    own = (spec,) if spec.catches and state == WAITING else ()
    return (*getattr(spec, "boundaries", ()), *own)
