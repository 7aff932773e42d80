"""The public surface does not move unseen: ``surface.txt`` is what users may hold on to.

After a change that is meant: ``CLIENTELA_WRITE_SURFACE=1 pytest tests/test_surface.py``.
"""

from __future__ import annotations

import importlib
import inspect
import os
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import clientela

SURFACE = Path(__file__).with_name("surface.txt")


def modules() -> Iterator[tuple[str, Any]]:
    yield "clientela", clientela
    for found in pkgutil.walk_packages(clientela.__path__, "clientela."):
        last = found.name.rpartition(".")[2]
        if not last.startswith("_") and not last.endswith(("_bars", "_grid", "_lines")) and last not in ("chart", "style"):
            yield found.name, importlib.import_module(found.name)


def members(kind: type) -> Iterator[tuple[str, Any]]:
    for base in reversed(kind.__mro__):
        if base.__module__.startswith("clientela"):
            yield from ((name, value) for name, value in vars(base).items() if not name.startswith("_"))


def signature(thing: Any) -> str:
    try:
        return str(inspect.signature(thing))
    except (TypeError, ValueError):
        return ""


def lines() -> Iterator[str]:
    for module_name, module in modules():
        for name in sorted(module.__all__ if hasattr(module, "__all__") else []):
            thing = getattr(module, name)
            if getattr(thing, "__module__", module_name) != module_name and module_name != "clientela":
                continue
            home = getattr(thing, "__module__", module_name)
            if module_name == "clientela" and home != "clientela" and home.startswith("clientela."):
                yield f"clientela.{name} = {home}.{getattr(thing, '__qualname__', name)}"
                if home != "clientela._native" and not home.startswith("clientela._"):
                    continue
            if inspect.isclass(thing):
                bases = ", ".join(base.__name__ for base in thing.__bases__ if base is not object)
                yield f"class {module_name}.{name}({bases})"
                for member, value in sorted(dict(members(thing)).items()):
                    if isinstance(value, (staticmethod, classmethod)):
                        value = value.__func__
                    if inspect.isfunction(value):
                        yield f"    {member}{signature(value)}"
                    elif not inspect.ismodule(value):
                        yield f"    {member}"
            elif inspect.isfunction(thing):
                yield f"{module_name}.{name}{signature(thing)}"
            elif module_name != "clientela":
                yield f"{module_name}.{name}"


def test_the_public_surface_is_the_one_written_down() -> None:
    now = "\n".join(lines()) + "\n"
    if os.environ.get("CLIENTELA_WRITE_SURFACE"):
        SURFACE.write_text(now, encoding="utf-8")
    assert now == SURFACE.read_text(encoding="utf-8"), "a change that is meant: CLIENTELA_WRITE_SURFACE=1 pytest tests/test_surface.py"


def public_functions() -> Iterator[tuple[str, Any]]:
    for module_name, module in modules():
        for name in getattr(module, "__all__", []):
            thing = getattr(module, name)
            if inspect.isclass(thing) and thing.__module__.startswith("clientela"):
                for member, value in members(thing):
                    value = value.__func__ if isinstance(value, (staticmethod, classmethod)) else value
                    if inspect.isfunction(value):
                        yield f"{module_name}.{name}.{member}", value
            elif inspect.isfunction(thing):
                yield f"{module_name}.{name}", thing


def test_arguments_are_named_after_the_first_two_and_nothing_is_caught_all() -> None:
    many, catch_all, silent = set(), set(), set()
    for name, function in public_functions():
        parameters = list(inspect.signature(function).parameters.values())
        kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        places = [each.name for each in parameters if each.kind in kinds and each.name not in ("self", "cls")]
        if len(places) > 2:
            many.add(name)
        if any(each.kind == inspect.Parameter.VAR_KEYWORD for each in parameters):
            catch_all.add(name)
        if not function.__doc__:
            silent.add(name)
    # A verb, a noun and which one: read as a sentence.
    assert many == {"clientela.Clientela.can", "clientela.store.Clientela.can"}
    # What a question is about is named after the question.
    named = {f"{home}.{word}" for home in ("clientela.Clientela", "clientela.store.Clientela") for word in ("ask", "frame")}
    assert (catch_all, silent) == (named, set())


@pytest.mark.parametrize("name", ["Options", "Table", "Clientela", "Money"])
def test_classes_are_known_by_their_public_name(name: str) -> None:
    assert inspect.isclass(getattr(clientela, name))
