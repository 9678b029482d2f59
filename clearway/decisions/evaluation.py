"""Making a decision: what it needs is decided first, and the answer tells how it came about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from clearway.decisions.declared import held
from clearway.decisions.errors import DecisionError, MissingInput, WrongValue
from clearway.decisions.functions import refused_call, refused_values
from clearway.decisions.model import (
    Decision,
    InputData,
    Knowledge,
    Requirements,
    Service,
    Signature,
    Table,
    is_unnamed,
    parted,
)
from clearway.decisions.purse import Purse
from clearway.decisions.reader import Decisions
from clearway.decisions.table import Verdict, decide
from clearway.decisions.trial import Making, traced
from clearway.feel import DEFAULT_LIMITS, FeelError, Function, Limits, feel_text
from clearway.feel.limits import Run, paying
from clearway.feel.types import Type, coerced, fitted
from clearway.feel.values import is_context, is_list


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One run of a decision.

    `outputs` are the values by output name (for a table with all hits lists of them), `rules` the
    numbers from 1 of the rules that fired, `inputs` what the table asked for, by label,
    `hit_policy` empty for a decision that is no table, `value` the answer as FEEL has it,
    `needed` the evaluations of the decisions it needed.
    """

    decision: str
    outputs: dict[str, object]
    rules: tuple[int, ...]
    inputs: dict[str, object]
    hit_policy: str
    value: object = None
    notes: tuple[str, ...] = ()
    needed: tuple["Evaluation", ...] = field(default=())


def evaluate(
    decisions: Decisions,
    decision_id: str,
    context: Mapping[str, object],
    *,
    now: datetime | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Evaluation:
    """Make a decision from a context.

    Raises NoRuleMatched, RulesOverlap, MissingInput, WrongValue or another DecisionError, all with
    file, decision, rule and column; never answers in silence.
    """
    purse = Purse(limits, now)
    try:
        with paying(purse):
            return Session(decisions, context, purse).evaluation(decision_id)
    except MissingInput as error:
        again = _decided_again(decisions, decision_id, Purse(limits, now))
        raise traced(error, context, again) from error
    except RecursionError as error:
        place = decisions.get(decision_id).place
        cause = "the decisions it needs nest too deep"
        raise DecisionError(place, cause, "Need fewer decisions in a row.") from error


def _decided_again(decisions: Decisions, decision_id: str, purse: Purse) -> Making:
    def make(context: Mapping[str, object]) -> object:
        return Session(decisions, context, purse).evaluation(decision_id)

    wanted = {each.name: each.type for each in decisions.inputs.values()}
    return Making(make, wanted, decisions.types, purse)


def evaluate_service(
    decisions: Decisions,
    service_id: str,
    context: Mapping[str, object],
    *,
    now: datetime | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Evaluation:
    """Make the decisions of a decision service, from the inputs of its own and nothing else.

    Raises KeyError where there is no such service; else as `evaluate`. `needed` are its decisions.
    """
    service = decisions.services[service_id]
    _refuse_broken(decisions, service)
    purse = Purse(limits, now)
    wanted = dict(signature_of(decisions, service).parameters)
    given = {name: value for name, value in context.items() if name in wanted}
    try:
        with paying(purse):
            return _served(decisions, service, given, purse)
    except MissingInput as error:
        again = _served_again(decisions, service, Purse(limits, now), wanted)
        raise traced(error, given, again) from error


def _served_again(
    decisions: Decisions, service: Service, purse: Purse, wanted: Mapping[str, Type | None]
) -> Making:
    def make(context: Mapping[str, object]) -> object:
        return _served(decisions, service, context, purse)

    return Making(make, wanted, decisions.types, purse)


def _served(
    decisions: Decisions, service: Service, context: Mapping[str, object], purse: Purse
) -> Evaluation:
    given: dict[str, object] = {}
    for name, wanted in signature_of(decisions, service).parameters:
        if name not in context:
            raise MissingInput(service.place, name)
        what = f"the input `{name}`"
        given[name] = held(context[name], wanted, decisions.types, service.place, what, purse)
    function = ServiceFunction(decisions, service)
    made = function.made(purse, given)
    value = function.answer(purse, made)
    names = [decisions.get(each).variable for each in service.outputs]
    outputs = {names[0]: value} if len(names) == 1 or not is_context(value) else dict(value)
    return Evaluation(service.id, outputs, (), given, "", value, (), tuple(made))


class Session:
    """One request: each decision is made once, however many others need it."""

    def __init__(self, decisions: Decisions, context: Mapping[str, object], run: Purse) -> None:
        self._decisions = decisions
        self._context = context
        self._run = run
        self._made: dict[str, Evaluation] = {}
        self._functions: dict[str, Function] = {}
        self._others: dict[str, Session] = {}

    def evaluation(self, decision_id: str) -> Evaluation:
        """The evaluation of a decision, made now or before."""
        if decision_id not in self._made:
            decision = self._decisions.get(decision_id)
            if decision.broken:
                raise decision.broken[0]
            try:
                self._made[decision_id] = self._evaluated(decision)
            except FeelError as error:
                raise DecisionError(decision.place, str(error), "Simplify the decision.") from error
        return self._made[decision_id]

    def needed(self, decision_id: str) -> Evaluation:
        """The same for another decision, which is null where refusals are."""
        try:
            return self.evaluation(decision_id)
        except DecisionError:
            if self._run.strict:
                raise
            return Evaluation(decision_id, {}, (), {}, "")

    def take(self, decision_id: str, value: object) -> None:
        """Let a decision's answer be given instead of made, as a service's caller does."""
        decision = self._decisions.get(decision_id)
        given = coerced(value, decision.type, self._decisions.types)
        self._made[decision_id] = Evaluation(
            decision_id, {decision.variable: given}, (), {}, "", given
        )

    def function(self, identity: str) -> Function:
        """A knowledge model or decision service as a function."""
        if identity not in self._functions:
            if identity in self._decisions.services:
                service = self._decisions.services[identity]
                _refuse_broken(self._decisions, service)
                self._functions[identity] = ServiceFunction(self._decisions, service)
            else:
                self._functions[identity] = self._knowledge(self._decisions.knowledge[identity])
        return self._functions[identity]

    def _knowledge(self, knowledge: Knowledge) -> Function:
        if knowledge.broken or knowledge.make is None:
            raise knowledge.broken[0]
        made = knowledge.make({}, self._run)
        # Entered before what it needs is looked up, because models may call each other.
        self._functions[knowledge.id] = made
        made.context.update(self._known(knowledge.needs))
        made.context.setdefault(knowledge.name, made)
        return made

    def _known(self, needs: Requirements) -> dict[str, object]:
        found: dict[str, object] = {}
        for identity in needs.knowledge:
            session, own = self._at_home(identity)
            function = session.function(own)
            self._bind(found, identity, function.name, function)
        return found

    def _at_home(self, identity: str) -> "tuple[Session, str]":
        """The session of the file that an element is in, and its id there."""
        name, own = parted(identity)
        if not name:
            return self, identity
        if name not in self._others:
            inner = self._context.get(name)
            context = inner if is_context(inner) else {}
            if is_unnamed(name):
                context = dict(self._context)
            self._others[name] = Session(self._decisions.imported[name], context, self._run)
        return self._others[name], own

    def _bind(self, context: dict[str, object], identity: str, name: str, value: object) -> None:
        """Give a value its name; one of an imported file stands inside that import."""
        prefix, _ = parted(identity)
        if not prefix or is_unnamed(prefix):
            context[name] = value
            return
        inner = context.get(prefix)
        context[prefix] = {**(inner if is_context(inner) else {}), name: value}

    def _evaluated(self, decision: Decision) -> Evaluation:
        context = {**self._context}
        needed: list[Evaluation] = []
        for identity in decision.needs.inputs:
            session, own = self._at_home(identity)
            wanted = session.input_named(own)
            self._bind(context, identity, wanted.name, session.given(wanted, decision))
        for identity in decision.needs.decisions:
            session, own = self._at_home(identity)
            needed.append(session.needed(own))
            self._bind(context, identity, session.variable_of(own), needed[-1].value)
        for name, value in self._known(decision.needs).items():
            inner, more = context.get(name), value
            context[name] = {**inner, **more} if is_context(inner) and is_context(more) else more
        return self._answered(decision, context, tuple(needed))

    def _answered(
        self, decision: Decision, context: dict[str, object], needed: tuple[Evaluation, ...]
    ) -> Evaluation:
        logic = decision.logic
        if isinstance(logic, Table):
            verdict = decide(logic, decision.place, self._decisions.types, context, self._run)
            return self._from_table(decision, logic, verdict, needed)
        if logic is None:
            raise DecisionError(
                decision.place, "the decision has no logic", "Give it an expression."
            )
        value = self._typed(decision, logic(context, self._run))
        inputs = {name: context[name] for name in self._input_names(decision) if name in context}
        outputs = {decision.variable: value}
        return Evaluation(decision.id, outputs, (), inputs, "", value, (), needed)

    def input_named(self, identity: str) -> InputData:
        """An input of this file."""
        return self._decisions.inputs[identity]

    def variable_of(self, identity: str) -> str:
        """The name under which a decision of this file is known."""
        return self._decisions.get(identity).variable

    def given(self, wanted: InputData, decision: Decision) -> object:
        """The value of an input; raises MissingInput or WrongValue."""
        if wanted.name not in self._context:
            raise MissingInput(decision.place, wanted.name)
        value = self._context[wanted.name]
        found = coerced(value, wanted.type, self._decisions.types)
        if found is None and value is not None and self._run.strict:
            cause = f"the input `{wanted.name}` is {feel_text(value)}, which is not of its type"
            raise WrongValue(decision.place, cause, "Correct the value or the type.")
        return found

    def _input_names(self, decision: Decision) -> list[str]:
        found: list[str] = []
        for identity in decision.needs.inputs:
            prefix, _ = parted(identity)
            if not prefix or is_unnamed(prefix):
                session, own = self._at_home(identity)
                found.append(session.input_named(own).name)
        return found

    def _typed(self, decision: Decision, value: object) -> object:
        found = coerced(value, decision.type, self._decisions.types)
        if found is None and value is not None and self._run.strict:
            cause = f"the answer {feel_text(value)} is not of the declared type"
            raise WrongValue(decision.place, cause, "Correct the expression or the type.")
        return found

    def _from_table(
        self, decision: Decision, table: Table, verdict: Verdict, needed: tuple[Evaluation, ...]
    ) -> Evaluation:
        value = self._typed(decision, verdict.value)
        notes = tuple(
            note for number in verdict.rules for note in table.rules[number - 1].notes if note
        )
        return Evaluation(
            decision.id,
            _outputs(table, value),
            verdict.rules,
            dict(verdict.inputs),
            table.policy.value,
            value,
            notes,
            needed,
        )


class ServiceFunction(Function):
    """A decision service: its decisions made from the arguments alone."""

    def __init__(self, decisions: Decisions, service: Service) -> None:
        self.name = service.name
        self.source = service.name
        self._decisions = decisions
        self._service = service

    def call(self, run: Run, arguments: list[object]) -> object:
        """The result for arguments by position; what does not fit is refused as by a model."""
        signature = signature_of(self._decisions, self._service)
        if len(arguments) != len(signature.names):
            given = f"{len(arguments)} values"
            return refused_call(run, self._service.place, self.name, signature, given)
        return self.call_named(run, dict(zip(signature.names, arguments, strict=True)))

    def call_named(self, run: Run, arguments: Mapping[str, object]) -> object:
        """The result for arguments by name."""
        known, service = self._decisions, self._service
        signature = signature_of(known, service)
        names = signature.names
        if set(arguments) != set(names):
            told = ", ".join(f"`{name}`" for name in arguments) or "nothing"
            return refused_call(run, service.place, self.name, signature, told)
        by_place = [arguments[name] for name in names]
        given = fitted(by_place, signature.types, known.types)
        if given is None:
            return refused_values(run, service.place, self.name, signature, by_place, known.types)
        return self.answer(run, self.made(run, dict(zip(names, given, strict=True))))

    def made(self, run: Run, given: Mapping[str, object]) -> list[Evaluation]:
        """The output decisions, made from arguments that are of their types."""
        purse = Purse(run.limits, run.now) if not isinstance(run, Purse) else run
        session = Session(self._decisions, given, purse)
        for identity in self._service.parameters:
            if identity in self._decisions.ids:
                session.take(identity, given[self._decisions.get(identity).variable])
        run.enter()
        made = [session.evaluation(each) for each in self._service.outputs]
        run.leave()
        return made

    def answer(self, run: Run, made: list[Evaluation]) -> object:
        """What its decisions give together: one value, or a context of them by name."""
        known, service = self._decisions, self._service
        names = [known.get(each).variable for each in service.outputs]
        values = {name: each.value for name, each in zip(names, made, strict=True)}
        value = next(iter(values.values())) if len(values) == 1 else values
        what = f"what `{self.name}` gives"
        return held(value, service.type, known.types, service.place, what, run)

    def conforms(self, count: int) -> bool:
        """Whether `count` arguments may be given."""
        return count == len(self._service.parameters)


def _refuse_broken(decisions: Decisions, service: Service) -> None:
    """Raises the first thing that is wrong with a service."""
    for error in decisions.wrong:
        if error.place == service.place:
            raise error


def signature_of(decisions: Decisions, service: Service) -> Signature:
    """What a decision service takes: input data, and decisions that are given instead of made."""
    parameters: list[tuple[str, Type | None]] = []
    for each in service.parameters:
        if each in decisions.ids:
            decision = decisions.get(each)
            parameters.append((decision.variable, decision.type))
        else:
            data = decisions.inputs[each]
            parameters.append((data.name, data.type))
    return Signature(tuple(parameters), service.type)


def _outputs(table: Table, value: object) -> dict[str, object]:
    names = [output.name for output in table.outputs]
    if len(names) == 1:
        return {names[0]: value}
    if is_context(value):
        return {name: value.get(name) for name in names}
    rows = value if is_list(value) else []
    return {name: [row.get(name) for row in rows if is_context(row)] for name in names}
