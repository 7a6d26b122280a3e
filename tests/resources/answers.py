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


def made(shape: Any, source: random.Random, depth: int = 0, fullness: float = 0.8) -> Any:
    """A value of a shape: members with the probability ``fullness``, lists of up to three."""
    kind = shape.type_name
    if kind == "structure":
        return {
            name: made(member, source, depth + 1, fullness)
            for name, member in shape.members.items()
            if depth < 6 and source.random() < fullness
        }
    if kind == "list":
        return [made(shape.member, source, depth + 1, fullness) for _ in range(source.randrange(4))]
    if kind == "map":
        return {f"key{n}": made(shape.value, source, depth + 1, fullness) for n in range(source.randrange(3))}
    if kind == "string":
        return f"{shape.name}-{source.randrange(1000)}"
    return source.choice(_SCALARS[kind])


class Answers:
    """Answers for each operation of a service, the same for whoever asks; those that come in pages have ``pages``."""

    def __init__(
        self, service: str, api_version: str, seed: int, pages: int = 1, fullness: float = 0.8
    ) -> None:
        session = botocore.session.get_session()
        self._model = session.get_service_model(service, api_version)
        self._pages = session.get_component("data_loader").load_service_model(
            service, "paginators-1", api_version
        )["pagination"]
        self._seed = seed
        self._page_count = pages
        self._fullness = fullness
        self._made: dict[tuple[str, int], Any] = {}

    def of(self, operation: str, number: int = 0) -> Any:
        """The answer, with a sign of further pages but for the last; ``number``: how often was asked before."""
        number %= self._page_count
        if (operation, number) not in self._made:
            source = random.Random(f"{self._seed} {operation} {number}")
            shape = self._model.operation_model(operation).output_shape
            answer = {} if shape is None else made(shape, source, fullness=self._fullness)
            page = self._pages.get(operation, {})
            is_last = number + 1 == self._page_count
            tokens = page.get("output_token", ())
            for token in [tokens] if isinstance(tokens, str) else tokens:
                answer.pop(token, None)
                if not is_last and token in (() if shape is None else shape.members):
                    answer[token] = f"token-{number}"
            if page.get("more_results"):
                answer[page["more_results"]] = not is_last
            self._made[operation, number] = answer
        return copy.deepcopy(self._made[operation, number])

    def data(self, shape_name: str) -> Any:
        """Data of a resource of this shape."""
        source = random.Random(f"{self._seed} {shape_name}")
        return made(self._model.shape_for(shape_name), source, fullness=self._fullness)


def answer_calls(client: Any, answers: Answers, *, is_async: bool = False) -> list[Any]:
    """Have a client answer from ``answers``; the list of what it was asked, as operation and parameters.

    The number of a page is counted in that list, so emptying it starts with the first ones again.
    """
    asked: list[Any] = []

    def answer(operation: str, params: Any) -> Any:
        number = sum(known == operation for known, _ in asked)
        asked.append((operation, copy.deepcopy(params)))
        return answers.of(operation, number)

    async def answer_later(operation: str, params: Any) -> Any:
        return answer(operation, params)

    client._make_api_call = answer_later if is_async else answer
    return asked
