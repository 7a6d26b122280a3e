"""Resources sync and async behind one face: calls run to their ends, attributes load themselves, collections are lists."""

from __future__ import annotations

import inspect
from typing import Any

from boto3.exceptions import ResourceLoadException

from sotalia.dynamodb.table import BatchWriter
from sotalia.resources.base import ServiceResource
from sotalia.resources.collection import CollectionManager, ResourceCollection
from tests.client_kinds import Kind


def plain(value: Any, client_kind: Kind) -> Any:
    """The value, or a face for it that can be used without ``await``."""
    if isinstance(value, ServiceResource | CollectionManager | BatchWriter):
        return Face(value, client_kind)
    if isinstance(value, ResourceCollection):
        return Collection(value, client_kind)
    if isinstance(value, list):
        return [plain(item, client_kind) for item in value]
    if inspect.isawaitable(value):
        return plain(client_kind.run(value), client_kind)
    if inspect.isasyncgen(value):
        return plain(client_kind.run(value), client_kind)
    return value


class Face:
    """One resource, manager or batch writer; what its methods give is plain too."""

    def __init__(self, raw: Any, client_kind: Kind) -> None:
        self.raw = raw
        self.client_kind = client_kind

    def __getattr__(self, name: str) -> Any:
        try:
            found = getattr(self.raw, name)
        except ResourceLoadException:
            if not self.client_kind.is_async or not hasattr(self.raw, "load"):
                raise
            self.client_kind.run(self.raw.load())
            found = getattr(self.raw, name)
        if not callable(found) or inspect.isclass(found):
            return plain(found, self.client_kind)
        return lambda *args, **kwargs: plain(found(*args, **kwargs), self.client_kind)

    def __enter__(self) -> Any:
        self.client_kind.run(self.raw.__aenter__() if self.client_kind.is_async else self.raw.__enter__())
        return self

    def __exit__(self, *error: Any) -> None:
        self.client_kind.run(
            self.raw.__aexit__(*error) if self.client_kind.is_async else self.raw.__exit__(*error)
        )

    def __repr__(self) -> str:
        return repr(self.raw)

    def __eq__(self, other: object) -> bool:
        return bool(self.raw == getattr(other, "raw", other))

    def __hash__(self) -> int:
        return hash(self.raw)


class Collection(Face):
    """A collection: iterable whatever its client_kind."""

    def __iter__(self) -> Any:
        found = self.client_kind.run(_listed(self.raw)) if self.client_kind.is_async else list(self.raw)
        return iter(plain(found, self.client_kind))


async def _listed(values: Any) -> list[Any]:
    return [value async for value in values]
