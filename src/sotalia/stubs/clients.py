"""The stub of one service: its clients, sync and async, with paginators, waiters and errors."""

from __future__ import annotations

from sotalia.clients.base import AsyncBaseClient, BaseClient, client_class
from sotalia.clients.documentation import plain
from sotalia.stubs.services import is_identifier, method_name, safe
from sotalia.stubs.shapes import Shapes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.events import EventRegistry
    from sotalia.model.loader import Loader
    from sotalia.model.service import ServiceModel
    from sotalia.stubs.services import TypedService

_HEADER = '''\
"""Types of a service, written by `sotalia stubs`."""

{remark}
# mypy: ignore-errors
# pyright: basic, reportIncompatibleMethodOverride=false, reportIncompatibleVariableOverride=false

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import datetime
from typing import IO, Any, Literal, NotRequired, TypedDict, Unpack, overload

from sotalia.exceptions import ClientError
from sotalia.types.ours import (
    AsyncEventStream,
    AsyncOwnPages,
    AsyncPager,
    AsyncStreamingBody,
    AsyncTyped,
    EventStream,
    Meta,
    OwnExceptions,
    OwnPages,
    Pager,
    StreamingBody,
    Typed,
    Waiter,
)

Blob = bytes | bytearray | str | IO[bytes]
'''
_COMMON = """
class EmptyOutput(TypedDict):
    ResponseMetadata: dict[str, Any]

class PaginationConfig(TypedDict, total=False):
    MaxItems: int
    PageSize: int
    StartingToken: str

class WaiterConfig(TypedDict, total=False):
    Delay: float
    MaxAttempts: int
"""


class ServiceStub:
    """Writes the stub of a service. ``events``: the handlers of a session, which add methods to classes of clients."""

    def __init__(self, loader: Loader, service: TypedService, events: EventRegistry) -> None:
        self._model: ServiceModel = loader.service(service.name)
        self._paginators: dict[str, Any] = loader.paginators(service.name)
        self._waiters: dict[str, Any] = loader.waiters(service.name)
        self._service = service
        self._shapes = Shapes()
        self._events = events

    def text(self) -> str:
        """The whole file."""
        lines = self._exceptions()
        for is_async in (False, True):
            lines += self._all_paginators(is_async=is_async)
            lines += self._all_waiters(is_async=is_async)
            lines += self._client(is_async=is_async)
        shapes = "\n".join(self._shapes.definitions.values())
        header = _HEADER.format(remark=self._service.remark())
        return f"{header}{_COMMON}\n{shapes}\n" + "\n".join(lines) + "\n"

    def _exceptions(self) -> list[str]:
        names = sorted({shape.name for shape in self._model.error_shapes if is_identifier(shape.name)})
        return [
            f"class {self._service.class_name}Exceptions(OwnExceptions):",
            *(f"    {name}: type[ClientError]" for name in names),
            "    ClientError: type[ClientError]",
            "",
        ]

    def _arguments(self, shape: Any, without: set[str], extra: str = "") -> str:
        """The parameters of a method behind ``self``: by keyword, those that are required first."""
        members = {} if shape is None else {n: m for n, m in shape.members.items() if n not in without}
        required: list[str] = [] if shape is None else shape.required_members
        if not all(is_identifier(name) for name in members):
            return f", **parameters: Unpack[{self._shapes.given(shape)}]"
        ordered = sorted(members, key=lambda name: name not in required)
        arguments = [
            f"{name}: {self._shapes.given(members[name])}{'' if name in required else ' = ...'}"
            for name in ordered
        ]
        if extra:
            arguments.append(extra)
        return f", *, {', '.join(arguments)}" if arguments else ""

    def _operations(self, *, is_async: bool) -> list[str]:
        lines: list[str] = []
        for name in self._model.operation_names:
            if not is_identifier(method_name(name)):
                continue  # `import`: such a method is only reached with getattr().
            operation = self._model.operation_model(name)
            arguments = self._arguments(operation.input_shape, set())
            result = self._shapes.result(operation, is_async=is_async)
            lines.append(
                f"    {'async ' if is_async else ''}def {method_name(name)}(self{arguments}) -> {result}:"
            )
            summary = plain(operation.documentation).partition("\n\n")[0] or f"Calls {name}."
            lines += [f"        {summary!r}", "        ..."]
        return lines

    def _client(self, *, is_async: bool) -> list[str]:
        mark = "Async" if is_async else ""
        service = self._service
        lines = [
            f"class {mark}{service.client}({mark}Typed):",
            "    meta: Meta",
            "    @property",
            f"    def exceptions(self) -> {service.class_name}Exceptions: ...",
            *self._operations(is_async=is_async),
            *self._injected(is_async=is_async),
        ]
        if is_async:
            lines += ["    __enter__: None", "    __exit__: None"]
        for name in sorted(self._paginators):
            lines += _overload(
                "get_paginator",
                "operation_name",
                method_name(name),
                f"{mark}{safe(name)}Paginator",
                self._paginators,
            )
        for name in sorted(self._waiters):
            lines += _overload(
                "get_waiter", "waiter_name", method_name(name), f"{mark}{safe(name)}Waiter", self._waiters
            )
        return [*lines, ""]

    def _injected(self, *, is_async: bool) -> list[str]:
        """Methods that handlers add: S3's transfers, presigning."""
        base = AsyncBaseClient if is_async else BaseClient
        made = client_class(self._model, self._events, base)
        operations = {method_name(name) for name in self._model.operation_names}
        return [
            f"    def {name}(self, *args: Any, **kwargs: Any) -> Any: ..."
            for name in sorted(vars(made))
            if name not in operations and not name.startswith("_") and is_identifier(name)
        ]

    def _all_paginators(self, *, is_async: bool) -> list[str]:
        lines: list[str] = []
        mark = "Async" if is_async else ""
        for name in sorted(self._paginators):
            operation = self._model.operation_model(name)
            tokens = self._paginators[name].get("input_token", [])
            without = {tokens} if isinstance(tokens, str) else set(tokens)
            without |= {limit} if (limit := self._paginators[name].get("limit_key")) else set()
            arguments = self._arguments(
                operation.input_shape, without, "PaginationConfig: PaginationConfig = ..."
            )
            page, item = self._shapes.result(operation, is_async=is_async), self._item(name, operation)
            lines += [
                f"class {mark}{safe(name)}Paginator({mark}Pager):",
                f"    def paginate(self{arguments}) -> {mark}OwnPages[{page}, {item}]: ...",
            ]
        return lines

    def _item(self, name: str, operation: Any) -> str:
        """What ``items()`` gives: an element of the first result key, where that is a plain path to a list."""
        keys = self._paginators[name].get("result_key", "")
        shape = operation.output_shape
        for part in (keys if isinstance(keys, str) else keys[0]).split("."):
            shape = getattr(shape, "members", {}).get(part)
            if shape is None:
                return "Any"
        if shape.type_name == "list":
            return self._shapes.got(shape.member)
        return f"tuple[str, {self._shapes.got(shape.value)}]" if shape.type_name == "map" else "Any"

    def _all_waiters(self, *, is_async: bool) -> list[str]:
        lines: list[str] = []
        for name in sorted(self._waiters):
            operation = self._model.operation_model(self._waiters[name]["operation"])
            arguments = self._arguments(operation.input_shape, set(), "WaiterConfig: WaiterConfig = ...")
            lines += [
                f"class {'Async' if is_async else ''}{safe(name)}Waiter(Waiter):",
                f"    {'async ' if is_async else ''}def wait(self{arguments}) -> None: ...",
            ]
        return lines


def _overload(method: str, parameter: str, value: str, result: str, others: dict[str, Any]) -> list[str]:
    decorated = ["    @overload"] if len(others) > 1 else []
    return [*decorated, f"    def {method}(self, {parameter}: Literal[{value!r}]) -> {result}: ..."]
