"""The day strikes every command that the service has, and whatever else writes."""

import ast
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import Any

import life
import pytest
from day import Day, day
from step import Step

from clearway import service

pytestmark = pytest.mark.database

Copies = Callable[[], AbstractContextManager[str]]

ELSEWHERE = {"create_demo", "keep_up"}
"""The first only on an empty database; that it is whole or not there is shown with the registry.
The second writes nothing but what history says, and says it anew: heat maps read it."""


def test_every_command_is_struck(copies: Copies):
    """Whatever takes an idempotency key, and whatever writes without one, is in the day."""
    called = {name for step in life.LIFE if step.struck for name in step.run.__code__.co_names}

    with copies() as url, day(url) as here:
        wrote = set().union(*(writers_of(here, step) for step in life.LIFE))

    assert keyed_commands() - called == set()
    assert writers() - wrote == ELSEWHERE


def writers_of(here: Day, step: Step) -> set[str]:
    """Live this step; answers the functions of the service that have transactions in it."""
    store, found = here.house.store, set[str]()

    def noting(run: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*given: Any, **more: Any) -> Any:
            found.add(sys._getframe(1).f_code.co_qualname)
            return run(*given, **more)

        return noted

    with pytest.MonkeyPatch.context() as patch:
        for name in ("command", "change"):
            patch.setattr(store, name, noting(getattr(store, name)))
        here.do(step, here.begin(step))
    return found if step.struck else set()


def keyed_commands() -> set[str]:
    """The functions of the service that take an idempotency key."""
    found: set[str] = set()
    for module in pkgutil.iter_modules(service.__path__, f"{service.__name__}."):
        for name, it in inspect.getmembers(import_module(module.name), inspect.isfunction):
            if it.__module__ != module.name or name.startswith("_"):
                continue
            once = inspect.signature(it).parameters.get("once")
            if once is not None and once.kind is once.KEYWORD_ONLY:
                found.add(name)
    return found


def writers() -> set[str]:
    """The functions of the service that have a transaction of their own."""
    found: set[str] = set()
    for file in sorted(Path(service.__path__[0]).glob("*.py")):
        found |= set(_writers_in(ast.parse(file.read_text(encoding="utf-8")), ()))
    return found


def _writers_in(node: ast.AST, around: tuple[str, ...]) -> Iterator[str]:
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, ast.ClassDef):
            yield from _writers_in(inner, (*around, inner.name))
        elif isinstance(inner, ast.FunctionDef):
            yield from _writers_in(inner, (*around, inner.name, "<locals>"))
        else:
            if isinstance(inner, ast.Call) and ast.unparse(inner.func).endswith(
                ("store.command", "store.change")
            ):
                yield ".".join(around).removesuffix(".<locals>")
            yield from _writers_in(inner, around)
