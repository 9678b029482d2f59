"""What differs between two files of decisions, as changes of a process."""

from collections.abc import Sequence

from clearway.decisions import DecisionError
from clearway.decisions import compare as decisions
from clearway.decisions.compare.outline import NO_MEANING, UNTOLD
from clearway.diagrams.compare.changes import OTHER, QUOTE, Change, Kind, shown
from clearway.diagrams.compare.parts import TEXT, Difference, differences
from clearway.diagrams.compare.tree import Part, read

_KINDS = {
    decisions.Kind.ADDED: Kind.ADDED,
    decisions.Kind.REMOVED: Kind.REMOVED,
    decisions.Kind.MOVED: Kind.MOVED,
    decisions.Kind.CHANGED: Kind.CHANGED,
}
_PROSE = (decisions.Part.NOTE, decisions.Part.NAME, decisions.Part.LABEL)
_DRAWN = "{https://www.omg.org/spec/DMN/"
_DECISIVE_ROOT = frozenset(("@namespace",))


def compare_decisions(
    before: bytes, after: bytes, file: str
) -> tuple[list[Change], frozenset[str]]:
    """The changes, and ids of what is only drawn elsewhere; raises NotComparable."""
    one, other = read(before, f"{file} (before)"), read(after, f"{file} (after)")
    old, new = _without_picture(one), _without_picture(other)
    try:
        found = decisions.compare(before, after, (f"{file} (before)", f"{file} (after)"))
    except DecisionError:
        # No file that our tables understand, but XML: every difference is told by its way.
        changes = [_other(it, file) for it in differences(old, new)]
    else:
        changes = [_change(it, file) for it in found]
        changes += [_other(it, file) for it in differences(old, new) if _is_untold(it)]
        if not changes and old != new:
            said = f"The file `{file}` differs in a way that has no words here; look at its text."
            changes.append(Change(file, None, Kind.CHANGED, OTHER, None, None, said))
    return changes, _drawn_otherwise(one, other)


def _change(found: decisions.Change, file: str) -> Change:
    kind = _KINDS[found.change]
    element = found.element or None
    what = f"{found.part}"
    return Change(file, element, kind, what, found.before, found.after, _sentence(found, kind))


def _sentence(found: decisions.Change, kind: Kind) -> str:
    subject = _subject(found)
    mark = QUOTE if found.part in _PROSE else "`"
    told = [None if it is None else shown(it, mark) for it in (found.before, found.after)]
    if kind is Kind.ADDED:
        return f"{subject} is new{f': {told[1]}' if told[1] else ''}."
    if kind is Kind.REMOVED:
        return f"{subject} is gone{f': {told[0]}' if told[0] else ''}."
    if kind is Kind.MOVED:
        if found.rule_before is not None:
            return f"{subject} was rule {found.rule_before}."
        return f"{subject} is {found.after}, it was {found.before}."
    if found.before is not None and found.after is not None and all(told):
        return f"{subject} is {told[1]}, it was {told[0]}."
    if found.before is None:
        return f"{subject} is {told[1]}, there was none." if told[1] else f"{subject} is new."
    if found.after is None:
        return f"{subject} is empty, it was {told[0]}." if told[0] else f"{subject} is gone."
    return f"{subject} changed."


def _subject(found: decisions.Change) -> str:
    where = f"In the decision `{found.element}`, " if found.element else "In the file, "
    if found.entry:
        where += f"at `{found.entry}`, "
    rule = found.rule_after or found.rule_before
    column = f"*{found.column}*" if found.column else ""
    if found.part is decisions.Part.CELL:
        return f"{where}rule {rule}, {column}"
    if found.part is decisions.Part.RULE:
        return f"{where}rule {rule}"
    if found.part is decisions.Part.NOTE:
        return f"{where}the note of rule {rule}"
    if found.part is decisions.Part.DECISION:
        return f"The decision `{found.element}`"
    if found.part is decisions.Part.COLUMN:
        return f"{where}the column {column}"
    of = f" of the column {column}" if column else ""
    return f"{where}the {found.part}{of}"


def _other(found: Difference, file: str) -> Change:
    kind = Kind.CHANGED
    if found.before is None or found.after is None:
        kind = Kind.ADDED if found.before is None else Kind.REMOVED
    path = "/".join(_plain(it).removeprefix("@") for it in found.way if it != TEXT)
    path = f"{path}` of `{found.key}" if found.key else path
    told = [None if it is None else shown(it) for it in (found.before, found.after)]
    if kind is Kind.ADDED:
        said = f"`{path}` is new{f': {told[1]}' if told[1] else ''}."
    elif kind is Kind.REMOVED:
        said = f"`{path}` is gone{f': {told[0]}' if told[0] else ''}."
    else:
        said = f"`{path}` is {told[1]}, it was {told[0]}." if all(told) else f"`{path}` changed."
    return Change(file, found.key or None, kind, OTHER, found.before, found.after, said)


def _is_untold(found: Difference) -> bool:
    """Whether it is about what the comparison of decisions leaves out: what decides nothing."""
    steps = [_plain(it) for it in found.way]
    for at, step in enumerate(steps):
        if _is_foreign(found.way[at]):
            return True
        if step in UNTOLD and not (step == "description" and steps[at - 1 : at] == ["rule"]):
            return True
    last = steps[-1]
    if not last.startswith("@"):
        return False
    if len(steps) == 1:
        return last not in _DECISIVE_ROOT
    is_own_label = last == "@label" and steps[-2] == "input"
    return last[1:] in NO_MEANING and not is_own_label


def _is_foreign(step: str) -> bool:
    name = step.removeprefix("@")
    return (name.startswith("{") and not name.startswith(_DRAWN)) or ":" in name.rpartition("}")[2]


def _plain(step: str) -> str:
    mark = "@" if step.startswith("@") else ""
    return f"{mark}{step.removeprefix('@').rpartition('}')[2]}"


def _without_picture(root: Part) -> Part:
    return root.without([it for it in root.children if it.local == "DMNDI"])


def _drawn_otherwise(one: Part, other: Part) -> frozenset[str]:
    shapes = [_shapes(it) for it in (one, other)]
    both = shapes[0].keys() & shapes[1].keys()
    return frozenset(name for name in both if shapes[0][name] != shapes[1][name])


def _shapes(root: Part) -> dict[str, Sequence[Part]]:
    found: dict[str, list[Part]] = {}
    for picture in (it for it in root.children if it.local == "DMNDI"):
        for each in picture.walk():
            if (name := each.get("dmnElementRef")) is not None:
                found.setdefault(name, []).append(each)
    return dict(found)
