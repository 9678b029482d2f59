"""One version of a process, ready to be used: its blueprint, forms, record and names."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from clearway.decisions.model import Table
from clearway.engine import Blueprint, approvals, build, bundle_hash, turn
from clearway.engine.values import ApprovalSpec, Bundle, Trigger, Turn, World
from clearway.messages.own import own_hash
from clearway.service.forms import Form, RecordSchema, Schema
from processes.blank import is_blank
from processes.planned import fields_of

_FIELD = re.compile(r"record\.(\w+)")
_EMPTY: Schema = {"type": "object", "properties": {}}


@dataclass(frozen=True)
class StartEvent:
    """Where a record can be opened: by a person, or by a message (`message` set)."""

    element: str
    label: str
    role: str | None
    message: str | None
    action: str | None


def key_prefix(bundle: Bundle) -> str:
    """How the keys of its records begin; known also of a version that cannot be built."""
    own = json.loads(bundle.files.get(f"{bundle.process}/record.json", b"{}"))
    return str(own.get("x-key-prefix", "")).upper() or bundle.process[:3].upper()


class Deployed:
    """A version in memory. `version_id` 0: a bundle that is not deployed, as in scenario runs."""

    def __init__(
        self, bundle: Bundle, *, version_id: int = 0, number: int = 0, hash: str | None = None
    ) -> None:
        self.bundle = bundle
        self.version_id = version_id
        self.number = number
        self.process = bundle.process
        self.hash = hash or bundle_hash(bundle)
        self.blueprint: Blueprint = build(bundle)
        self.elements = self.blueprint.elements
        self.roles = frozenset(
            role for it in self.elements.values() for role in (it.role or "").split()
        )
        """The roles of its lanes and events: who works in it."""
        self.readers = self.roles | self.blueprint.readers
        """The roles that may read its records: who works in it, and whom it names besides."""
        self._person_fields = frozenset(
            name
            for it in self.elements.values()
            for name in (it.only, it.also, it.holder)
            if name is not None
        )
        self.start_events = tuple(
            StartEvent(it.id, it.name or it.id, it.role, it.message, it.action)
            for it in self.blueprint.start_events
            if it.kind in ("none", "message")
        )
        self.record_schema = RecordSchema(self._json(f"{self.process}/record.json") or _EMPTY)
        own = self.record_schema.schema
        self.prefix = key_prefix(bundle)
        self._title_field = cast("str | None", own.get("x-title"))
        self.requester_field = cast("str | None", own.get("x-requester"))
        self.planned = fields_of(own.get("x-planned"))
        """The fields with the time, things and people that a record occupies; None: it does not."""
        self.list_fields = tuple(cast(Sequence[str], own.get("x-list", ())))
        self.brief = tuple(cast(Sequence[str], own.get("x-brief", ())))
        """The fields that somebody who decides must see, in this order."""
        self.material_fields = frozenset(
            name for name, field in self.record_schema.fields.items() if field.get("x-material")
        )
        self._forms = {
            path: Form(path, schema)
            for path in bundle.files
            if "/forms/" in path and (schema := self._json(path)) is not None
        }

    @property
    def title(self) -> str:
        """The name of the process, as people read it."""
        return self.blueprint.name or self.process

    @property
    def xml(self) -> str:
        """The diagram as drawn."""
        return self.blueprint.xml.decode()

    def start_event(self, wanted: str | None) -> StartEvent | None:
        """The start event with this element id or message name; None: the one for people."""
        for it in self.start_events:
            if wanted in (it.element, it.message) if wanted else it.message is None:
                return it
        return None

    def roles_needed(self, field: str) -> frozenset[str]:
        """The roles of the work items that go to the person or the group in this field."""
        asked = (form.fields.get(field, {}).get("x-does") for form in self._forms.values())
        tasks = {str(it) for it in asked if it}
        return frozenset(
            it.role
            for it in self.elements.values()
            if it.role and (field in (it.assignee, it.group) or it.id in tasks)
        )

    def group_field_of(self, field: str) -> str | None:
        """The field with the group of the work items that go to the person in this field."""
        groups = (it.group for it in self.elements.values() if it.assignee == field and it.group)
        return next(groups, None)

    def links_by_form(self, name: str) -> bool:
        """Whether a form of this process names other records in this way (`x-link`)."""
        fields = (field for form in self._forms.values() for field in form.fields.values())
        return any(field.get("x-link") == name for field in fields)

    @property
    def holder_fields(self) -> frozenset[str]:
        """The fields in which whoever has a task stands."""
        tasks = (it for it in self.elements.values() if it.kind == "userTask")
        return frozenset(it.holder for it in tasks if it.holder)

    def name_of(self, element: str | None) -> str | None:
        """What people call an element; its id when the diagram gives it no name."""
        info = self.elements.get(element or "")
        return (info.name or info.id) if info else element

    def file_hash(self, path: str | None) -> str | None:
        """The content hash of a file of this version."""
        content = self.bundle.files.get(path or "")
        return None if content is None else hashlib.sha256(content).hexdigest()

    def table_of(self, decision: str) -> Mapping[str, object]:
        """Where a decision comes from: `table` is the path of its file, `hash` of its content, and
        `version` the number of this version."""
        found = self.blueprint.decisions.get(decision)
        if found is None:
            return {}
        hashed = self.file_hash(found.file)
        return {"table": found.file, "hash": hashed, "version": self.number}

    def fields_asked(self, decision: str) -> Mapping[str, str]:
        """The columns of a table that ask for nothing but a field of the record: label -> field."""
        found = self.blueprint.decisions.get(decision)
        drawn = found.decisions.get(decision) if found else None
        columns = drawn.logic.inputs if drawn and isinstance(drawn.logic, Table) else ()
        asked = ((it.label, _FIELD.fullmatch(it.text.strip())) for it in columns)
        return {label: field[1] for label, field in asked if field}

    def decision_name(self, decision: str) -> str:
        """What people call a decision."""
        found = self.blueprint.decisions.get(decision)
        drawn = found.decisions.get(decision) if found else None
        return drawn.name if drawn and drawn.name else decision

    def form(self, path: str | None) -> Form | None:
        """The form at this path of the manifest."""
        return self._forms.get(path) if path else None

    def form_of(self, element: str) -> Form | None:
        """The form of this element, if it has one."""
        return self.form(f"{self.process}/forms/{element}.json")

    def title_of(self, record: Mapping[str, object], key: str) -> str:
        """What the record is called in lists; its key while it has no title."""
        value = record.get(self._title_field) if self._title_field else None
        text = "" if value is None else str(value)
        return key if is_blank(text) else text

    def requester_of(self, record: Mapping[str, object]) -> str | None:
        """Who asked for it, as the record says."""
        value = record.get(self.requester_field) if self.requester_field else None
        return str(value) if value else None

    def named_in(self, record: Mapping[str, object]) -> frozenset[str]:
        """The people in the fields that the diagram looks for a person in, or puts one into."""
        return frozenset(str(name) for field in self._person_fields if (name := record.get(field)))

    def template_hash(self, template: str) -> str | None:
        """The content hash of a notice's template as this version has it, or else the platform."""
        own, shared = f"{self.process}/messages/", "shared/messages/"
        found = (self.file_hash(f"{folder}{template}.md.j2") for folder in (own, shared))
        return next((hashed for hashed in found if hashed), None) or own_hash(template)

    def turn(self, state: bytes | None, trigger: Trigger, world: World) -> Turn:
        """One turn of the engine; raises ProcessFault."""
        return turn(self.blueprint, state, trigger, world)

    def approvals(self, state: bytes, world: World) -> Mapping[str, ApprovalSpec]:
        """What the waiting approvals would ask if they began now; raises ProcessFault."""
        return approvals(self.blueprint, state, world)

    def _json(self, path: str) -> Schema | None:
        content = self.bundle.files.get(path)
        return None if content is None else json.loads(content, parse_float=Decimal)
