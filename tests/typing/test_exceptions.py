"""The classes that ``exceptions.pyi`` declares are those that there are."""

from __future__ import annotations

import ast
import builtins
import importlib
import inspect
from pathlib import Path
from typing import Any

import pytest
from tests import exception_modules

from sotalia import exceptions

STUB = ast.parse(Path(exceptions.__file__).with_suffix(".pyi").read_text("utf-8"))
DECLARED = {node.name: node for node in STUB.body if isinstance(node, ast.ClassDef)}
ALIASES = {
    node.targets[0].id: node.value.id
    for node in STUB.body
    if isinstance(node, ast.Assign)
    and isinstance(node.targets[0], ast.Name)
    and isinstance(node.value, ast.Name)
}


def classes() -> dict[str, type[BaseException]]:
    found: dict[str, type[BaseException]] = {}
    for home in dict.fromkeys(exceptions.HOMES):
        for name, value in vars(importlib.import_module(home)).items():
            if isinstance(value, type) and issubclass(value, BaseException):
                found.setdefault(name, value)
    return {name: value for name, value in found.items() if getattr(exceptions, name, None) is value}


def test_each_class_is_declared() -> None:
    assert sorted(classes()) == sorted({**DECLARED, **ALIASES})
    assert sorted(classes()) == sorted(
        name for name in dir(exceptions) if isinstance(getattr(exceptions, name), type)
    )


@pytest.mark.parametrize("name", DECLARED)
def test_a_class_has_the_bases_and_arguments_that_are_declared(name: str) -> None:
    real = getattr(exceptions, name)
    for base in DECLARED[name].bases:
        assert isinstance(base, ast.Name)
        # A class of our own hides one of Python's with the same name: ConnectionError.
        declared = getattr(exceptions, base.id) if base.id in DECLARED else getattr(builtins, base.id)
        assert issubclass(real, declared)
    # And no class above it was left out.
    known = {getattr(exceptions, other): other for other in DECLARED}
    assert {known[above] for above in real.__mro__[1:] if above in known} == ancestors(name)
    for method in DECLARED[name].body:
        if isinstance(method, ast.FunctionDef):
            parameters = [argument.arg for argument in method.args.args]
            assert parameters == plain_parameters(getattr(real, method.name))


def ancestors(name: str) -> set[str]:
    found: set[str] = set()
    for base in DECLARED[name].bases:
        assert isinstance(base, ast.Name)
        if base.id in DECLARED:
            found |= {base.id, *ancestors(base.id)}
    return found


def plain_parameters(function: Any) -> list[str]:
    parameters = inspect.signature(function).parameters.values()
    return [parameter.name for parameter in parameters if parameter.kind is parameter.POSITIONAL_OR_KEYWORD]


def test_other_names_of_a_class() -> None:
    for name, other in ALIASES.items():
        assert getattr(exceptions, name) is getattr(exceptions, other)


@pytest.mark.slow(keep=1)
def test_the_modules_of_services_are_those_that_are_generated() -> None:
    wanted = exception_modules.files()
    assert [path.name for path in exception_modules.generated()] == sorted(wanted)
    different = [
        path.name for path in exception_modules.generated() if path.read_text("utf-8") != wanted[path.name]
    ]
    assert different == [], "run: python -m tests.exception_modules"
