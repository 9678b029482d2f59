"""What a form or a page shows of the collisions of planned work, while it is being planned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from clearway.service.collisions import CollisionsView, collisions_of, slot_of, slot_text
from clearway.service.values import Refusal
from clearway.web.forms import Form, label_of, properties_of
from clearway.web.times import absolute, for_input
from clearway.web.typed import Typed
from clearway.web.visit import Sent, Visit
from processes.collisions import KINDS
from processes.planned import FREEZE, Planned, PlannedFields, instant_of, names_of

SLOT = "slot "
"""Before the slot in the button that puts it into the form."""

_TONES = {FREEZE: "danger", "same_window": "info", "outside_maintenance": "warn"}


@dataclass(frozen=True)
class ShownCollision:
    """One line: what it is, its record if the reader may see it, when, and why."""

    kind: str
    tone: str
    key: str
    title: str
    when: str
    why: str


@dataclass(frozen=True)
class ShownSlot:
    """A time that would fit, as it reads, and what it puts into the form's two fields."""

    text: str
    said: str
    begins: str
    ends: str


@dataclass(frozen=True)
class Planning:
    """The collisions of what a form says, or what is missing to look for them.

    `form` is the id of the form, `begins` and `ends` the ids of its fields; empty on a page
    without one. `address` is where they are looked for again while one fills in.
    """

    form: str = ""
    address: str = ""
    begins: str = ""
    ends: str = ""
    time: str = ""
    """For which time it was looked, as it reads; empty: for none."""
    missing: Sequence[str] = ()
    problem: str = ""
    collisions: Sequence[ShownCollision] = ()
    slots: Sequence[ShownSlot] = ()
    is_asked: bool = False
    file: str = ""
    """Where the time of the record is for a calendar program."""

    @property
    def is_clear(self) -> bool:
        """It was looked for, and there is nothing."""
        return not (self.missing or self.problem or self.collisions)


def planning_of_form(
    visit: Visit,
    form: Form,
    process: str,
    *,
    form_id: str = "plan-form",
    prefix: str = "f-",
    key: str = "",
    values: Mapping[str, object] | None = None,
    typed: Typed | None = None,
    is_asked: bool = False,
) -> Planning | None:
    """What collides with what this form says; None where it does not hold both times.

    `values` are those of the record, `typed` what stands in the form instead.
    """
    fields = _fields_of(visit, process)
    editable = {one.name for one in form.fields if not one.read_only}
    if fields is None or not {fields.starts, fields.ends} <= editable:
        return None
    labels = {one.name: one.label for one in form.fields}
    address = f"/planning/{process}?form={form_id}&prefix={prefix}&key={key}"
    shown = Planning(
        form_id,
        address,
        f"{prefix}{fields.starts}",
        f"{prefix}{fields.ends}",
        is_asked=is_asked,
    )
    return _looked(visit, shown, fields, key, values or {}, typed, labels)


def planning_of_fields(
    visit: Visit,
    process: str,
    typed: Typed,
    key: str,
    values: Mapping[str, object],
    schema: Mapping[str, object],
) -> Planning | None:
    """The same for what was sent while somebody fills in; ids are as the page said."""
    fields = _fields_of(visit, process)
    query = visit.request.query_params
    form_id, prefix = query.get("form", ""), query.get("prefix", "")
    if fields is None or not _is_id(form_id) or not _is_id(prefix):
        return None
    labels = {name: label_of(name, one) for name, one in properties_of(schema).items()}
    shown = Planning(
        form_id,
        f"/planning/{process}?form={form_id}&prefix={prefix}&key={key}",
        f"{prefix}{fields.starts}",
        f"{prefix}{fields.ends}",
    )
    return _looked(visit, shown, fields, key, values, typed, labels)


def planning_of_record(
    visit: Visit, process: str, key: str, values: Mapping[str, object]
) -> Planning | None:
    """What collides with an open record as it is planned; None while it is not, or has begun."""
    fields = _fields_of(visit, process)
    planned = fields.read(key, "", values) if fields else None
    if planned is None or planned.starts <= visit.portal.house.now():
        return None
    found = collisions_of(visit.portal.house, visit.actor, planned)
    time = _span(visit, planned.starts, planned.ends)
    return (
        None
        if isinstance(found, Refusal)
        else _shown(visit, Planning(file=f"/records/{key}/planned.ics", time=time), found)
    )


def with_slot(visit: Visit, process: str, sent: Sent, typed: Typed) -> Typed:
    """What was typed, with the slot of the button that was pressed in place of the times."""
    fields, pressed = _fields_of(visit, process), sent.text("draft")
    slot = slot_of(pressed.removeprefix(SLOT)) if pressed.startswith(SLOT) else None
    if fields is None or slot is None:
        return typed
    names = (fields.starts, fields.ends)
    texts = {
        **typed.texts,
        **{name: [for_input(at, visit.zone)] for name, at in zip(names, slot, strict=True)},
    }
    values = {**typed.values, **dict(zip(names, slot, strict=True))}
    errors = {name: said for name, said in typed.errors.items() if name not in names}
    return replace(typed, texts=texts, values=values, errors=errors)


def _fields_of(visit: Visit, process: str) -> PlannedFields | None:
    deployed = visit.portal.house.last_known(process)
    return deployed.planned if deployed else None


def _looked(
    visit: Visit,
    shown: Planning,
    fields: PlannedFields,
    key: str,
    values: Mapping[str, object],
    typed: Typed | None,
    labels: Mapping[str, str],
) -> Planning:
    said = {**values, **(typed.values if typed else {})}
    names = (fields.starts, fields.ends)
    wrong = (
        [f"{labels.get(it, it)}: {typed.errors[it]}" for it in names if it in typed.errors]
        if typed
        else []
    )
    if wrong:
        return replace(shown, problem=" ".join(wrong))
    if typed:
        # An emptied field of the form counts as empty, whatever the record says.
        said |= {it: None for it in names if it in typed.texts and it not in typed.values}
    instants = [instant_of(said.get(it)) for it in names]
    missing = [labels.get(it, it) for it, at in zip(names, instants, strict=True) if at is None]
    begins, ends = instants
    if begins is None or ends is None:
        return replace(shown, missing=missing)
    shown = replace(shown, time=_span(visit, begins, ends))
    things = names_of(*(said.get(name) for name in fields.things))
    people = names_of(*(said.get(name) for name in fields.people))
    planned = Planned(key, "", begins, ends, things, people, touches=bool(fields.things))
    found = collisions_of(visit.portal.house, visit.actor, planned)
    if isinstance(found, Refusal):
        return replace(shown, problem=f"{found.text} {found.remedy}")
    return _shown(visit, shown, found)


def _shown(visit: Visit, shown: Planning, found: CollisionsView) -> Planning:
    lines = [
        ShownCollision(
            KINDS[it.kind],
            _TONES.get(it.kind, "warn"),
            it.other if it.is_record else "",
            it.title,
            _span(visit, it.starts, it.ends),
            it.why,
        )
        for it in found.collisions
    ]
    slots = [
        ShownSlot(
            slot_text(it),
            _span(visit, *it),
            for_input(it[0], visit.zone),
            for_input(it[1], visit.zone),
        )
        for it in found.slots
    ]
    return replace(shown, problem=found.problem or "", collisions=lines, slots=slots)


def _span(visit: Visit, starts: datetime, ends: datetime) -> str:
    now, zone = visit.portal.house.now(), visit.zone
    return f"{absolute(starts, zone, now)} to {absolute(ends, zone, now)}"


def _is_id(text: str) -> bool:
    return 0 < len(text) <= 200 and all(it.isalnum() or it in "-_" for it in text)
