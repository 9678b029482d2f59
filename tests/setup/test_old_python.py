"""The set-up can be read by a Python that is too old, so that it can say so."""

import __future__

import ast
from pathlib import Path

import pytest

SETUP = Path(__file__).resolve().parent.parent.parent / "setup"
DEBIAN_10 = (3, 7)


@pytest.mark.parametrize("name", ["environment.py", "machine.py", "said.py", "lock.py"])
def test_an_old_python_gets_as_far_as_the_sentence(name: str):
    source = (SETUP / name).read_text(encoding="utf-8")

    code = compile(source, name, "exec", dont_inherit=True)

    # Types such as `Path | str` would end it with a traceback before the version is looked at.
    assert code.co_flags & __future__.annotations.compiler_flag or not _has_new_types(source)
    ast.parse(source, feature_version=DEBIAN_10)


def _has_new_types(source: str) -> bool:
    """Whether a type is subscripted or joined, which old releases cannot evaluate."""
    found = ast.walk(ast.parse(source))
    functions = [node for node in found if isinstance(node, ast.FunctionDef)]
    types = [function.returns for function in functions]
    for function in functions:
        given = function.args
        plain = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
        types += [argument.annotation for argument in plain if argument is not None]
    return any(isinstance(kind, ast.Subscript | ast.BinOp) for kind in types)
