"""The whole gate: what the engine finds, what the templates ask for, and the scenario files."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache

import yaml

from clearway.diagrams.recommended import check_style
from clearway.engine.bundle import scenario_files
from clearway.engine.gate.check import Checked, NoticeDrawn, check_all, in_order
from clearway.engine.values import Bundle, Finding, Severity, Surroundings
from clearway.engine.yaml_problem import yaml_problem
from clearway.errors import ClearwayError
from clearway.messages.render import CODE, check_template, names_used, parts_used
from clearway.service.scenario_file import ScenarioError, read_scenario

ALWAYS_GIVEN = frozenset(("key", "title", "process", "base_url"))
"""What every notice sees besides its own values; see tasks/notices.py."""

_UNREADABLE = (
    ClearwayError,
    yaml.YAMLError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    RecursionError,
)
"""What YAML and our own reading of it raise for values that nobody can keep."""
_TOO_LARGE = frozenset(("bundle-size", "file-size"))
_TEXT = re.compile(r"'[^']*'|\"[^\"]*\"")


def examine(bundle: Bundle, surroundings: Surroundings | None = None) -> list[Finding]:
    """All findings, errors first; a process without an error may be deployed.

    Beyond `clearway.engine.check`: templates that cannot be read or that use a value which a
    notice does not give, and scenario files that cannot be read. Never raises for what is in
    the files.
    """
    return examine_whole(bundle, surroundings).findings


def examine_whole(bundle: Bundle, surroundings: Surroundings | None = None) -> Checked:
    """The same, with what was understood of the files."""
    checked = check_all(bundle, surroundings)
    if any(finding.rule in _TOO_LARGE for finding in checked.findings):
        return checked
    more = [*_templates(bundle, checked), *_scenarios(bundle), *_style(bundle, checked)]
    return replace(checked, findings=in_order([*checked.findings, *more]))


def template_problem(template: str) -> str | None:
    """What is wrong with a template, with the line of its file; None when nothing is."""
    problem = check_template(template)
    if problem is None:
        return None
    # Subject and text are read apart, each from its own line 1; with one more line break between
    # them the lines of the text are those of the file.
    return check_template(template.replace("\n", "\n\n", 1)) or problem


def _style(bundle: Bundle, checked: Checked) -> Iterator[Finding]:
    """How the diagrams are drawn; nothing of a file that could not be read."""
    for file in checked.examined.roots:
        yield from check_style(file, bundle.files[file])


def _templates(bundle: Bundle, checked: Checked) -> Iterator[Finding]:
    for name, content in checked.templates.items():
        file = _file_of(bundle, name)
        notices = [notice for notice in checked.notices if notice.template == name]
        try:
            template = content.decode()
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            yield from _unreadable(file, notices, f"Line {line}: this is no UTF-8 text.")
            continue
        problem = template_problem(template)
        if problem is not None:
            yield from _unreadable(file, notices, problem)
            continue
        for notice in notices:
            yield from _names(file, template, notice)
            yield from _parts(file, template, notice)


def _file_of(bundle: Bundle, template: str) -> str:
    own = f"{bundle.process}/messages/{template}.md.j2"
    return own if own in bundle.files else f"shared/messages/{template}.md.j2"


def _unreadable(file: str, notices: Iterable[NoticeDrawn], problem: str) -> Iterator[Finding]:
    """One finding for each notice that would fail; one without an element when none names it."""
    for element in [notice.element for notice in notices] or [None]:
        yield Finding(file, element, "template", Severity.ERROR, problem, "Correct the template.")


def _names(file: str, template: str, notice: NoticeDrawn) -> Iterator[Finding]:
    known = ALWAYS_GIVEN | notice.gives
    for name in sorted(names_used(template) - known):
        close = get_close_matches(name, sorted(known), 1)
        hint = f"Did you mean `{close[0]}`? If not: " if close else ""
        remedy = f'{hint}Add <clearway:input name="{name}" value="..."/> to `{notice.element}`.'
        message = f"Line {_line(template, name)}: the template uses `{name}`, which "
        message += f"`{notice.element}` does not give."
        yield Finding(file, notice.element, "template-name", Severity.ERROR, message, remedy)


def _parts(file: str, template: str, notice: NoticeDrawn) -> Iterator[Finding]:
    whole = ALWAYS_GIVEN | notice.scalars
    for it in parts_used(template):
        if it.name in whole:
            message = f"Line {it.line}: the template uses `{it.part}` of `{it.name}`, which is no "
            message += "value with parts."
            remedy = f"Write `{it.name}` alone, or let `{notice.element}` give what is meant."
            yield Finding(file, notice.element, "template-name", Severity.ERROR, message, remedy)


def _line(template: str, name: str) -> int:
    """The line of the first tag that uses the name; texts in quotes and comments do not count."""
    word = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)")
    for tag in CODE.finditer(template):
        code = _TEXT.sub(lambda text: " " * len(text[0]), tag[0])
        found = None if code.startswith("{#") else word.search(code)
        if found is not None:
            return template.count("\n", 0, tag.start() + found.start()) + 1
    return 1


def _scenarios(bundle: Bundle) -> Iterator[Finding]:
    for path in scenario_files(bundle):
        problem = _scenario_problem(bundle.files[path])
        if problem is None:
            continue
        message = problem[:1].upper() + problem[1:]
        remedy = "Correct the scenario, or remove the file."
        yield Finding(path, None, "scenario", Severity.ERROR, message, remedy)


@lru_cache(maxsize=512)
def _scenario_problem(data: bytes) -> str | None:
    """Why a scenario file cannot be read; YAML takes its time, and most files did not change."""
    try:
        read_scenario(data)
        return None
    except ScenarioError as error:
        return str(error)
    except _UNREADABLE as error:
        # A value that YAML reads and nobody can make anything of, such as the 31st of June.
        line, what = yaml_problem(error)
        return f"line {line}: this cannot be read: {what}."
