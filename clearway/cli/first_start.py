"""What the first start makes: the demo organisation, and a first version of each process."""

from collections.abc import Callable, Mapping
from pathlib import Path

from clearway.cli.bundles import bundle_at
from clearway.cli.house import operator
from clearway.engine.bundle import SHARED
from clearway.errors import ClearwayError
from clearway.service.demo import create_demo, demo_is_due
from clearway.service.deploy import deploy
from clearway.service.house import House
from clearway.service.processes import versions
from clearway.service.values import Refusal
from clearway.settings import Settings
from clearway.store.errors import StoreError


def first_deployments(
    house: House,
    settings: Settings,
    tell: Callable[[Mapping[str, str]], None],
    skip: Callable[[str], None],
) -> Mapping[str, str]:
    """Make the demo organisation in an empty registry and deploy what has no version yet.

    Answers the demo's new passwords, which `tell` has heard as soon as they existed. `skip` hears
    a line for each folder that is left out, with its first problem and what to do: one bad
    drawing keeps nobody from the other processes. Raises StoreError without a database.
    """
    passwords: Mapping[str, str] = create_demo(house, tell) if demo_is_due(house) else {}
    for folder in sorted(filter(_is_meant, settings.bpmn.iterdir())):
        if (problem := _problem(house, folder)) is not None:
            skip(" ".join(f"{_shown(folder)} is skipped: {problem}".split()))
    return passwords


def _is_meant(path: Path) -> bool:
    return path.is_dir() and path.name != SHARED and not path.name.startswith((".", "_"))


def _problem(house: House, folder: Path) -> str | None:
    """Why the folder is no version, with what to do; None when it is, or was one before."""
    name = folder.name
    if not (folder / f"{name}.bpmn").exists():
        return f"it has no diagram {name}.bpmn. Give the diagram the name of its folder."
    if versions(house, operator(), name):
        return None
    try:
        answer = deploy(
            house,
            operator(),
            bundle_at(folder),
            parent=None,
            reason="The first version, as shipped",
            once=f"first {name}",
            shown=1,
        )
    except StoreError:
        raise
    except (ClearwayError, OSError) as error:
        return str(error)
    return f"{answer.text} {_what_to_do(folder)}" if isinstance(answer, Refusal) else None


def _what_to_do(folder: Path) -> str:
    path = _shown(folder)
    return (
        f"See `clearway lint {path}` and `clearway test {path}`; "
        f"then `clearway deploy {path} --reason TEXT`."
    )


def _shown(folder: Path) -> Path:
    """As it is typed from here."""
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder
