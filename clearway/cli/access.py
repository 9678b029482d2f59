"""The command that lets a person in again: password."""

import typer

from clearway.cli.house import entered, operator
from clearway.cli.output import Format, OutputOption, print_json, stop
from clearway.service.passwords import new_password
from clearway.service.sign_in import set_password
from clearway.service.values import Refusal


def password(
    name: str = typer.Argument(help="The name a person signs in with"),
    output: Format = OutputOption,
) -> None:
    """Give a person a new password, print it this once, and end the person's sessions."""
    # Signing in reads names in the same way; what cannot be printed is nobody's name.
    person = "".join(filter(str.isprintable, name.strip().lower()))
    fresh = new_password()
    with entered() as house:
        answer = set_password(house, operator(), person, fresh)
        if isinstance(answer, Refusal):
            stop(f"{answer.text} {answer.remedy}".strip())
    if output is Format.JSON:
        print_json({"person": person, "password": fresh})
    else:
        typer.echo(fresh)
