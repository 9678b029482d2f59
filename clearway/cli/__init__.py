"""The command line: one file per group of commands, heavy rooms imported when a command runs."""

from clearway.cli.app import app


def main() -> None:
    """Entry point of the `clearway` command."""
    app()


__all__ = ["app", "main"]
