"""Paths: searches beside jmespath, targets beside the reference's, on every path and target of the definitions."""

from __future__ import annotations

import copy
import random
from typing import Any

import boto3
import jmespath
import pytest
from boto3.resources.params import build_param_structure

from sotalia.model.loader import Loader
from sotalia.resources.paths import Target, compile_path


def definitions(key: str) -> list[str]:
    """All values of a key, ``path`` or ``target``, in the definitions."""
    found: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get(key), str):
                found.add(value[key])
            for item in value.values():
                walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)

    loader = Loader()
    for service in boto3.Session().get_available_resources():
        for version in loader.list_api_versions(service, "resources-1"):
            walk(loader.resource_definitions(service, version)[1])
    return sorted(found)


def scenery(path: str, source: random.Random) -> Any:
    """Data in which a path leads somewhere, or nearly."""
    names = (
        path.replace("[", " ").replace("]", " ").replace(".", " ").replace(",", " ").replace("|", " ").split()
    )
    names = [name for name in names if name[0].isalpha()]

    def value(depth: int) -> Any:
        kind = source.randrange(10)
        if kind == 0:
            return source.choice([None, "text", 0, False, {}, []])
        if kind < 5 and depth < 6:
            return [value(depth + 1) for _ in range(source.randrange(4))]
        if depth < 6:
            return {name: value(depth + 1) for name in names if source.random() < 0.8}
        return source.choice(["leaf", 1, None])

    return {name: value(1) for name in names}


@pytest.mark.parametrize(
    "path", [*definitions("path"), "a", "a.b[].c[].d", "a[0][1].b", "a[].b[0].c", "a[][].b"]
)
def test_search(path: str) -> None:
    source = random.Random(path)
    search = compile_path(path)
    for _ in range(200):
        data = scenery(path, source)
        assert search(data) == jmespath.search(path, data), data


def test_whole() -> None:
    assert compile_path("$")({"a": 1}) == {"a": 1}


@pytest.mark.parametrize("number", range(60))
def test_targets(number: int) -> None:
    source = random.Random(number)
    targets = definitions("target")
    found: dict[str, Any] = {}
    expected: dict[str, Any] = {}
    for step in range(6):
        target = source.choice(targets)
        value, index = f"value-{step}", source.choice([None, 0, 1, 3])
        if any(mixed in target for mixed in ("[0]", "[1]", "[]")) and "[*]" in target:
            continue
        try:
            build_param_structure(expected, target, value, index)
        except (TypeError, AttributeError):
            expected = copy.deepcopy(found)  # Where two targets do not go together.
            continue
        Target(target).assign(found, value, index)
        assert found == expected, target


def test_a_target_that_is_none() -> None:
    with pytest.raises(ValueError, match="Unsupported target"):
        Target("a[b]")
