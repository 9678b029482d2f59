"""A file of decisions: its elements, how they need each other, and what is wrong with them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from clearway.decisions.bound_names import names_bound, names_within, outside
from clearway.decisions.boxed import function_of, only_expression, value_of
from clearway.decisions.chains import Length, chains_too_long, lengths_of_chains, never_made
from clearway.decisions.errors import DecisionError, NotUnderstood, Place
from clearway.decisions.findings import Finding, finding_of
from clearway.decisions.item_types import (
    answer_type,
    component_names,
    field_names,
    imported_types,
    item_types,
    type_named,
)
from clearway.decisions.languages import other_languages
from clearway.decisions.links import missing_links
from clearway.decisions.markup import (
    DMN,
    Element,
    child,
    children,
    definitions,
    refuse_too_much_text,
    text_of,
)
from clearway.decisions.model import (
    UNNAMED,
    BoundFunction,
    Context,
    Decision,
    InputData,
    Knowledge,
    Requirements,
    Service,
    Signature,
    Table,
    Value,
    is_unnamed,
    parted,
)
from clearway.decisions.shapes import shape_of
from clearway.decisions.table import decide
from clearway.decisions.table_reader import TableReader
from clearway.decisions.texts import Room, typed_text
from clearway.decisions.type_names import undefined_types
from clearway.feel.limits import Run
from clearway.feel.parser import known_names
from clearway.feel.types import Type

DRAWN = ("extensionElements", "description", "textAnnotation", "association", "artifact")
READ = (
    "itemDefinition", "inputData", "decision", "businessKnowledgeModel", "decisionService",
    "import", "knowledgeSource", "organizationUnit", "performanceIndicator",
    "elementCollection", "group",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decisions:
    """All decisions of one file."""

    file: str
    namespace: str
    imported: "Mapping[str, Decisions]"
    inputs: dict[str, InputData]
    types: dict[str, Type]
    knowledge: dict[str, Knowledge]
    services: dict[str, Service]
    decisions: dict[str, Decision]
    wrong: list[DecisionError] = field(default_factory=list[DecisionError])
    tables: list[tuple[Place, Table]] = field(default_factory=list[tuple[Place, Table]])
    """All tables, those inside of other expressions as well, with the element they stand in."""
    lengths: dict[str, Length] = field(default_factory=dict[str, Length])
    """How many elements each needs in a row, as `lengths_of_chains` has it."""

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the decisions, in the order of the file."""
        return tuple(self.decisions)

    def get(self, decision_id: str) -> Decision:
        """A decision by id; raises DecisionError when there is none."""
        if decision_id not in self.decisions:
            known = ", ".join(self.decisions) or "none"
            place = Place(self.file, decision_id)
            raise DecisionError(place, "there is no such decision", f"Name one of: {known}.")
        return self.decisions[decision_id]

    @property
    def names(self) -> frozenset[str]:
        """The names of all elements, and of the components of all types."""
        return frozenset(
            (
                *(each.name for each in self.inputs.values()),
                *(each.variable for each in self.decisions.values()),
                *(each.name for each in self.knowledge.values()),
                *(each.name for each in self.services.values()),
                *field_names(self.types.values()),
            )
        )

    def problems(self) -> list[Finding]:
        """Everything that is refused in this file; empty for a file that can be used."""
        errors = [*self.wrong]
        for decision in self.decisions.values():
            errors += decision.broken
        for knowledge in self.knowledge.values():
            errors += knowledge.broken
        return [finding_of(error) for error in errors]


def read_decisions(
    xml: bytes, file: str, imports: Mapping[str, Decisions] | None = None
) -> Decisions:
    """Read a DMN 1.3 to 1.5 file; `imports` are files it may import, by their namespaces.

    Raises NotUnderstood when the file as a whole is none. What is wrong inside is listed by
    `problems`, and a decision with a problem raises it when it is evaluated.
    """
    root = definitions(xml, file)
    refuse_too_much_text(root, file)
    return FileReader(root, file, imports or {}).decisions()


class FileReader:
    """Reads one file from its root element."""

    def __init__(self, root: Element, file: str, known: Mapping[str, Decisions]) -> None:
        self._root = root
        self._file = file
        self._wrong: list[DecisionError] = []
        self._tables: list[tuple[Place, Table]] = []
        self._imports = self._imported(known)
        foreign = {
            each: kind
            for name, other in self._imports.items()
            for each, kind in imported_types(name, other.types).items()
        }
        self._types, wrong = item_types(root, file, foreign)
        self._wrong += [*wrong, *undefined_types(root, file, self._types)]
        self._wrong += other_languages(root, file)
        for name in sorted({each.get("name") for each in children(root, "itemDefinition")}):
            if name in foreign:
                place = Place(file, column=name)
                cause = f"an imported file defines the type `{name}` as well"
                self._wrong.append(NotUnderstood(place, cause, "Rename it, or name the import."))
        names = component_names(root) | {_variable(each) for each in children(root, *NAMED)}
        for name, other in self._imports.items():
            names |= other.names if is_unnamed(name) else frozenset()
        self._names = known_names(names)

    def decisions(self) -> Decisions:
        """All decisions, with what is wrong with each."""
        self._refuse_unknown()
        found = Decisions(
            self._file,
            self._root.get("namespace"),
            self._imports,
            {each.id: each for each in map(self._input, children(self._root, "inputData"))},
            self._types,
            {
                each.id: each
                for each in map(self._knowledge, children(self._root, "businessKnowledgeModel"))
            },
            {each.id: each for each in map(self._service, children(self._root, "decisionService"))},
            {each.id: each for each in map(self._decision, children(self._root, "decision"))},
            self._wrong,
            self._tables,
        )
        return _with_broken_links(found)

    def _imported(self, known: Mapping[str, Decisions]) -> dict[str, Decisions]:
        found: dict[str, Decisions] = {}
        for element in children(self._root, "import"):
            namespace, place = element.get("namespace"), Place(self._file, element.get("name"))
            if element.get("importType") not in DMN:
                cause = f"an import of type `{element.get('importType')}` is not read"
                self._wrong.append(NotUnderstood(place, cause, "Import DMN 1.3 to 1.5 only."))
            elif namespace not in known:
                cause = f"the import of `{namespace}` is not there"
                self._wrong.append(NotUnderstood(place, cause, "Add the file."))
            else:
                found[element.get("name") or f"{UNNAMED}{len(found)}"] = known[namespace]
        return found

    def _reference(self, href: str) -> str:
        namespace, _, identity = href.rpartition("#")
        for name, other in self._imports.items():
            if namespace == other.namespace:
                return f"{name}#{identity}"
        return identity

    def _needs(self, element: Element) -> Requirements:
        links = children(element, "informationRequirement", "knowledgeRequirement")
        return Requirements(
            *(
                tuple(found for link in links for found in self._references(link, name))
                for name in ("requiredInput", "requiredDecision", "requiredKnowledge")
            )
        )

    def _references(self, element: Element, name: str) -> list[str]:
        return [self._reference(each.get("href")) for each in children(element, name)]

    def _refuse_unknown(self) -> None:
        seen: set[str] = set()
        for element in self._root:
            name, identity = element.name, element.get("id")
            if name and name not in READ + DRAWN:
                cause = f"`{name}` is not read"
                self._wrong.append(NotUnderstood(Place(self._file, identity), cause, "Remove it."))
            if name and identity in seen and identity:
                self._wrong.append(
                    NotUnderstood(
                        Place(self._file, identity), "two elements have this id", "Rename one."
                    )
                )
            seen.add(identity)

    def _input(self, element: Element) -> InputData:
        return InputData(
            _identity(element), _variable(element), _type_of(element), _is_named(element)
        )

    def _decision(self, element: Element) -> Decision:
        identity = _identity(element)
        place = Place(self._file, identity)
        broken: list[DecisionError] = []
        room = self._room(element, place, broken)
        logic = self._logic(element, room, broken)
        return Decision(
            identity,
            element.get("name") or identity,
            _variable(element),
            _type_of(element),
            logic,
            self._needs(element),
            place,
            frozenset(room.paths),
            outside(room.asked, element),
            tuple(broken),
            tuple(room.typed),
            frozenset(names_bound(element)),
            tuple(room.in_filters),
            shape_of(element, room.asked),
        )

    def _logic(
        self, element: Element, room: Room, broken: list[DecisionError]
    ) -> Table | Value | None:
        try:
            inner = only_expression(element, room.place, *BESIDE_LOGIC)
            if inner.name == "decisionTable":
                return self._table(inner, room, _variable(element), broken)
            text, wanted = text_of(inner), _type_of(element)
            value = value_of(inner, room)
            if inner.name == "literalExpression" and text is not None and wanted is not None:
                # Told before what is said of it for another type, which is of less interest.
                room.typed.insert(0, typed_text(text, room, wanted, "the answer"))
            return value
        except NotUnderstood as error:
            broken.append(error)
            return None

    def _room(self, element: Element, place: Place, broken: list[DecisionError]) -> Room:
        def inner_table(table_element: Element, room: Room) -> Value:
            table = self._table(table_element, room, "result", broken)
            if table is None:
                return lambda _context, _run: None
            return lambda context, run: decide(table, place, self._types, context, run).value

        names = known_names(names_within(element), self._names)
        return Room(place, names, self._types, inner_table)

    def _table(
        self, element: Element, room: Room, name: str, broken: list[DecisionError]
    ) -> Table | None:
        reader = TableReader(element, room, name)
        table = reader.table()
        broken += reader.problems
        if table is not None:
            self._tables.append((room.place, table))
        return table

    def _knowledge(self, element: Element) -> Knowledge:
        place = Place(self._file, _identity(element))
        broken: list[DecisionError] = []
        name = _variable(element)
        room = self._room(element, place, broken)
        logic = child(element, "encapsulatedLogic")
        make: Callable[[Context, Run], BoundFunction] | None = None
        signature = Signature(())
        try:
            if logic is None:
                raise NotUnderstood(place, "the knowledge model is empty", "Give it an expression.")
            result = type_named(logic.get("typeRef")) or _type_of(element)
            signature, make = function_of(logic, room, name, answer_type(result, self._types))
        except NotUnderstood as error:
            broken.append(error)
        return Knowledge(
            place.decision,
            name,
            make,
            self._needs(element),
            place,
            outside(room.asked, element, signature.names),
            tuple(broken),
            tuple(room.typed),
            frozenset(names_bound(element)),
            signature,
            tuple(room.in_filters),
            shape_of(logic, room.asked) if logic is not None else None,
        )

    def _service(self, element: Element) -> Service:
        return Service(
            _identity(element),
            _variable(element),
            _type_of(element),
            tuple(self._references(element, "outputDecision")),
            (*self._references(element, "inputData"), *self._references(element, "inputDecision")),
            Place(self._file, _identity(element)),
            tuple(self._references(element, "encapsulatedDecision")),
        )


BESIDE_LOGIC = (
    "question", "allowedAnswers", "informationRequirement", "knowledgeRequirement",
    "authorityRequirement", "supportedObjective", "impactedPerformanceIndicator", "decisionMaker",
    "decisionOwner", "usingProcess", "usingTask",
)  # fmt: skip


def _identity(element: Element) -> str:
    return element.get("id") or element.get("name")


def _variable(element: Element) -> str:
    variable = child(element, "variable")
    own = element.get("name") or element.get("id")
    return (variable.get("name") if variable is not None else "") or own


def _is_named(element: Element) -> bool:
    variable = child(element, "variable")
    names = (element.get("name"), variable.get("name") if variable is not None else "")
    return any(name.strip() for name in names)


def _type_of(element: Element) -> Type | None:
    variable = child(element, "variable")
    return type_named(variable.get("typeRef")) if variable is not None else None


NAMED = ("inputData", "decision", "businessKnowledgeModel", "decisionService")


def _with_broken_links(found: Decisions) -> Decisions:
    """The same decisions, those refused that need what is not there or need themselves."""
    for identity, knowledge in found.knowledge.items():
        wrong = missing_links(found, knowledge.place, knowledge.needs)
        found.knowledge[identity] = replace(knowledge, broken=(*knowledge.broken, *wrong))
    for service in found.services.values():
        inputs = tuple(each for each in service.parameters if each not in found.decisions)
        found.wrong.extend(
            missing_links(found, service.place, Requirements(inputs, service.outputs))
        )
        for each in (*service.parameters, *service.outputs):
            if parted(each)[0]:
                cause = f"`{each}` is of an imported file, and a service has only what its file has"
                remedy = "Move the service there, or make a decision here that needs it."
                found.wrong.append(NotUnderstood(service.place, cause, remedy))
        if not service.outputs:
            cause = "the decision service has no output decision, so it answers nothing"
            found.wrong.append(NotUnderstood(service.place, cause, "Say which decision answers."))
    never = never_made(found)
    for identity, decision in list(found.decisions.items()):
        wrong = missing_links(found, decision.place, decision.needs)
        if identity in never:
            cause = "what the decision needs leads back to itself"
            wrong.append(NotUnderstood(decision.place, cause, "Break the circle."))
        found.decisions[identity] = replace(decision, broken=(*decision.broken, *wrong))
    found.lengths.update(lengths_of_chains(found))
    for identity, error in chains_too_long(found):
        if identity in found.services:
            found.wrong.append(error)
        elif identity in found.knowledge:
            one = found.knowledge[identity]
            found.knowledge[identity] = replace(one, broken=(*one.broken, error))
        else:
            decision = found.decisions[identity]
            found.decisions[identity] = replace(decision, broken=(*decision.broken, error))
    return found
