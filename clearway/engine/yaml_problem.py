"""Why a text is no YAML: the line once, and what is wrong there."""

import yaml


def yaml_problem(error: Exception) -> tuple[int, str]:
    """The line, 1 where the reader of YAML tells none, and what is wrong, without a stop."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem is not None:
        mark = error.problem_mark or error.context_mark
        context = f"{error.context}, " if error.context else ""
        return (1 if mark is None else mark.line + 1), f"{context}{error.problem}".rstrip(".")
    # The other texts name the place, and what was read from, on lines of their own.
    return 1, str(error).partition("\n")[0].rstrip(".")
