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

ELSEWHERE = {"clearway.service.demo.create_demo", "clearway.service.heat_keeping.keep_up"}
"""The first only on an empty database; that it is whole or not there is shown with the registry.
The second writes nothing but what history says, and says it anew: heat maps read it."""

WAYS = {"carry_out", "keep_fault"}
"""No commands: the way that each command on a record goes."""


def test_every_command_is_struck(copies: Copies):
    """Whatever takes an idempotency key, and whatever writes without one, is in one of the days."""
    steps = [step for one in life.DAYS.values() for step in one if step.struck]
    called = {name for step in steps for name in step.run.__code__.co_names}
    wrote = set[str]()

    for one in life.DAYS.values():
        with copies() as url, day(url) as here:
            wrote = wrote.union(*(writers_of(here, step) for step in one))

    assert keyed_commands() - called == set()
    assert {"make_draft", "save_drawing", "roll_back"} <= called
    assert writers() - wrote == ELSEWHERE
    assert openly_writing() - called == WAYS


def writers_of(here: Day, step: Step) -> set[str]:
    """Live this step; answers the functions of the service that have transactions in it."""
    store, found = here.house.store, set[str]()

    def noting(run: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*given: Any, **more: Any) -> Any:
            frame = sys._getframe(1)
            found.add(f"{frame.f_globals['__name__']}.{frame.f_code.co_qualname}")
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
    for name in modules():
        for function, it in inspect.getmembers(import_module(name), inspect.isfunction):
            if it.__module__ != name or function.startswith("_"):
                continue
            once = inspect.signature(it).parameters.get("once")
            if once is not None and once.kind is once.KEYWORD_ONLY:
                found.add(function)
    return found


def modules() -> list[str]:
    """Every module of the service, those of its packages among them."""
    walked = pkgutil.walk_packages(service.__path__, f"{service.__name__}.")
    return sorted(module.name for module in walked)


def writers() -> set[str]:
    """The functions of the service that have a transaction of their own."""
    return {f"{name}.{it}" for name in modules() for it in _writers_in(_tree(name), ())}


def openly_writing() -> set[str]:
    """The open functions of the service that have one by way of a hidden one beside them."""
    found: set[str] = set()
    for name in modules():
        tree = _tree(name)
        functions = {it.name: it for it in tree.body if isinstance(it, ast.FunctionDef)}
        direct = {it.partition(".")[0] for it in _writers_in(tree, ())} & functions.keys()
        writing = set(direct)
        while more := {it for it in functions.keys() - writing if _names(functions[it]) & writing}:
            writing |= more
        found |= {it for it in writing - direct if not it.startswith("_")}
    return found


def _names(function: ast.FunctionDef) -> set[str]:
    return {it.id for it in ast.walk(function) if isinstance(it, ast.Name)}


def _tree(module: str) -> ast.Module:
    return ast.parse(Path(str(import_module(module).__file__)).read_text(encoding="utf-8"))


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
