"""Commands that change the house: deploy, pull, token; and how a command line enters it."""

import contextlib
import getpass
import os
from collections.abc import Generator
from datetime import datetime
from pathlib import Path

import typer

from clearway.at_hand import open_database
from clearway.cli.bundles import bundle_at
from clearway.cli.output import Format, OutputOption, print_json, stop
from clearway.engine.values import Bundle
from clearway.errors import ClearwayError
from clearway.service.deploy import deploy as deploy_version
from clearway.service.deploy import pull as pull_version
from clearway.service.gate import examine
from clearway.service.house import House
from clearway.service.processes import versions
from clearway.service.values import Actor, Refusal
from clearway.settings import Settings
from clearway.wiring import open_house

CHANNELS = ("alertmanager",)

# Hidden, so that it is no file of the process: the version that a folder was made from.
_MADE_FROM = ".version"


def deploy(
    path: Path = typer.Argument(help="The folder of a process, or its .bpmn file"),
    reason: str = typer.Option(..., help="Why; kept with the version"),
    parent: int = typer.Option(
        -1, help="The version this was made from; read from the folder's last pull when absent"
    ),
    output: Format = OutputOption,
) -> None:
    """Make a folder the newest version of its process, when the gate lets it through."""
    with entered() as house:
        try:
            bundle = bundle_at(path)
        except OSError as error:
            stop(f"{path} cannot be read: {error}", 2)
        made_from = _parent(house, bundle.process, path, parent)
        once = f"deploy {bundle.process} {made_from} {os.urandom(8).hex()}"
        answer = deploy_version(
            house, operator(), bundle, parent=made_from, reason=reason, once=once
        )
        if isinstance(answer, Refusal):
            stop(f"{answer.text} {answer.remedy}".strip())
        _note_version(_folder(path), answer.details["version"])
        if output is Format.JSON:
            told = {name: answer.details[name] for name in ("process", "version", "hash")}
            told["changed"] = answer.details["what"] == "deployed"
            print_json({**told, "findings": examine(bundle, house.surroundings())})
        else:
            what = answer.details["what"]
            typer.echo(f"{bundle.process}: version {answer.details['version']} is {what}.")


def pull(
    process: str = typer.Argument(help="The process"),
    to: Path = typer.Option("bpmn", help="The folder above the process's folder"),
    number: int = typer.Option(0, "--version", help="Which version; the newest when absent"),
    output: Format = OutputOption,
) -> None:
    """Write a deployed version back into the folder; files of its folder that it lacks go away."""
    with entered() as house:
        known = [version.number for version in versions(house, operator(), process)]
        number = number or max(known, default=1)
        answer = pull_version(house, operator(), process, number)
        if isinstance(answer, Refusal):
            stop(f"{answer.text} {answer.remedy}".strip())
        _write(answer, to)
        _note_version(to / process, number)
        if output is Format.JSON:
            print_json({"process": process, "version": number, "files": sorted(answer.files)})
        else:
            typer.echo(f"{process}: {len(answer.files)} files are in {to}.")


def token(
    channel: str = typer.Argument(help="alertmanager, or the name of a person"),
    days: int = typer.Option(90, help="How long a person's token works"),
    output: Format = OutputOption,
) -> None:
    """Print the token of a channel, or make one that acts as a person."""
    if channel in CHANNELS:
        _tell_token(channel, _alert_token(), None, output)
        return
    from clearway.service.sign_in import issue_token

    with entered() as house:
        answer = issue_token(house, operator(), f"{channel} by cli", person=channel, days=days)
        if isinstance(answer, Refusal):
            stop(f"{answer.text} {answer.remedy}".strip())
        _tell_token(answer.name, answer.token, answer.expires_at, output)


def _alert_token() -> str:
    try:
        return Settings.from_environment().secrets().alert_token
    except ClearwayError as error:
        stop(str(error))


def operator() -> Actor:
    """Who types at this machine: whoever can reach the database may do what an admin may."""
    return Actor(
        f"cli:{getpass.getuser()}", roles=frozenset({"admin", "process_owner"}), is_person=False
    )


@contextlib.contextmanager
def entered() -> Generator[House]:
    """The house of this machine's settings; what is wrong with it ends the command in words."""
    try:
        settings = Settings.from_environment()
        settings.make_home()
        with open_database(settings) as url, open_house(url) as house:
            yield house
    except ClearwayError as error:
        stop(str(error))


def _tell_token(name: str, token: str, expires_at: datetime | None, output: Format) -> None:
    if output is Format.JSON:
        print_json({"name": name, "token": token, "expires_at": expires_at})
    else:
        typer.echo(token)


def _parent(house: House, process: str, path: Path, given: int) -> int | None:
    if given >= 0:
        return given or None
    if not versions(house, operator(), process):
        return None
    try:
        return int((_folder(path) / _MADE_FROM).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        # Never pulled: it is the folder as shipped, which was the first version.
        return 1


def _folder(path: Path) -> Path:
    return path if path.is_dir() else path.parent


def _note_version(folder: Path, number: object) -> None:
    (folder / _MADE_FROM).write_text(f"{number}\n", encoding="utf-8")


def _write(bundle: Bundle, to: Path) -> None:
    wanted = {to / path: content for path, content in bundle.files.items()}
    folder = to / bundle.process
    for stale in [file for file in folder.rglob("*") if file.is_file() and file not in wanted]:
        stale.unlink()
    for file, content in wanted.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
