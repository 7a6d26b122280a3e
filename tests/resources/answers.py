"""Answers made up from output shapes, and clients that give them without a network.

Every method of a client ends in ``_make_api_call``: replaced on one client, it notes what is asked, and answers.
"""

from __future__ import annotations

import copy
import random
from typing import Any

import botocore.session

KEYS = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}
_SCALARS: dict[str, list[Any]] = {
    "integer": [0, 1, 5],
    "long": [0, 7],
    "float": [1.5],
    "double": [1.5],
    "boolean": [True, False],
    "timestamp": ["2020-01-02T03:04:05Z"],
    "blob": [b"bytes"],
}


def made(shape: Any, source: random.Random, depth: int = 0) -> Any:
    """A value of a shape: most members, lists of up to three."""
    kind = shape.type_name
    if kind == "structure":
        return {
            name: made(member, source, depth + 1)
            for name, member in shape.members.items()
            if depth < 6 and source.random() < 0.8
        }
    if kind == "list":
        return [made(shape.member, source, depth + 1) for _ in range(source.randrange(4))]
    if kind == "map":
        return {f"key{n}": made(shape.value, source, depth + 1) for n in range(source.randrange(3))}
    if kind == "string":
        return f"{shape.name}-{source.randrange(1000)}"
    return source.choice(_SCALARS[kind])


class Answers:
    """One answer for each operation of a service, the same for whoever asks."""

    def __init__(self, service: str, api_version: str, seed: int) -> None:
        session = botocore.session.get_session()
        self._model = session.get_service_model(service, api_version)
        self._pages = session.get_component("data_loader").load_service_model(
            service, "paginators-1", api_version
        )["pagination"]
        self._seed = seed
        self._made: dict[str, Any] = {}

    def of(self, operation: str) -> Any:
        """The answer, without a sign of further pages."""
        if operation not in self._made:
            source = random.Random(f"{self._seed} {operation}")
            shape = self._model.operation_model(operation).output_shape
            answer = {} if shape is None else made(shape, source)
            page = self._pages.get(operation, {})
            tokens = page.get("output_token", ())
            for token in [tokens] if isinstance(tokens, str) else tokens:
                answer.pop(token, None)
            if page.get("more_results"):
                answer[page["more_results"]] = False
            self._made[operation] = answer
        return copy.deepcopy(self._made[operation])

    def data(self, shape_name: str) -> Any:
        """Data of a resource of this shape."""
        return made(self._model.shape_for(shape_name), random.Random(f"{self._seed} {shape_name}"))


def answer_calls(client: Any, answers: Answers, *, is_async: bool = False) -> list[Any]:
    """Have a client answer from ``answers``; the list of what it was asked, as operation and parameters."""
    asked: list[Any] = []

    def answer(operation: str, params: Any) -> Any:
        asked.append((operation, copy.deepcopy(params)))
        return answers.of(operation)

    async def answer_later(operation: str, params: Any) -> Any:
        return answer(operation, params)

    client._make_api_call = answer_later if is_async else answer
    return asked
