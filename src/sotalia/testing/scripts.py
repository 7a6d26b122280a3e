"""Scripts of what services answer: by order or by operation, with errors and results in the form of each protocol.

>>> from sotalia.testing import ScriptedTransport, error_answer
>>> transport = ScriptedTransport({
...     "GetItem": [error_answer("ThrottlingException", 400), {"Item": {"id": {"S": "1"}}}],
...     "s3.HeadObject": error_answer("NoSuchKey", 404),
... })
>>> session = sotalia.Session("key", "secret", region_name="us-east-1", transport=transport)

Requests are built and signed, and responses are parsed and retried, as with a service.
"""

from __future__ import annotations

from collections.abc import Mapping

from sotalia.transport import scripted
from sotalia.transport.messages import AWSResponse
from sotalia.transport.scripted import Answer, canned_response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable
    from typing import Any

    from sotalia.call import Call
    from sotalia.call.operation import Operation
    from sotalia.transport.messages import AWSPreparedRequest

#: Where a call's context says which operation it is of, for the transport that sees the request only.
_OPERATION = "scripted_operation"
_IDENTITY = "5c01b7ed00004000"


class ErrorAnswer:
    """An error of a service, which is written in the protocol of whoever asks."""

    __slots__ = ("code", "headers", "members", "message", "status")

    def __init__(
        self, code: str, status: int, message: str, headers: Mapping[str, str], members: Mapping[str, Any]
    ) -> None:
        self.code, self.status, self.message = code, status, message
        self.headers, self.members = headers, members

    def __repr__(self) -> str:
        return f"error_answer({self.code!r}, {self.status})"


def error_answer(
    code: str,
    status: int = 400,
    message: str = "",
    *,
    headers: Mapping[str, str] | None = None,
    **members: Any,
) -> ErrorAnswer:
    """An error in a script: its ``code`` (``"NoSuchKey"``), HTTP status, message, and further members of the error."""
    return ErrorAnswer(code, status, message, headers or {}, members)


class ScriptedTransport(scripted.ScriptedTransport):
    """Gives the entries of a script one after another; the last one again and again.

    ``script`` is a list of entries, or a dict by operation (``"GetItem"`` or ``"dynamodb.GetItem"``) with an entry or a list of them; a call
    of another operation is an ``AssertionError``. An entry is an :func:`answer`, an :func:`error_answer`, a result as a dict, an exception to
    raise, or a function of the prepared request (plain or ``async def``) that returns one of these.

    ``requests`` are the prepared requests that came, with bodies read as ``bytes``; ``unused`` the entries that no request got.
    """

    def __init__(self, script: Iterable[Any] | Mapping[str, Any]) -> None:
        super().__init__(() if isinstance(script, Mapping) else script)
        self._by_operation: dict[str, list[Any]] | None = None
        self._taken: dict[str, int] = {}
        if isinstance(script, Mapping):
            self._by_operation = _listed(script)  # pyright: ignore[reportUnknownArgumentType]
            empty = [name for name, entries in self._by_operation.items() if not entries]
            if empty:
                raise ValueError(f"the script has no entry for {', '.join(empty)}; give at least one answer")

    async def around_call(self, call: Call, proceed: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """The hook that clients of this transport have around their calls: it says which operation a request is of."""
        call.context[_OPERATION] = call.operation
        return await proceed()

    def entry(self, request: AWSPreparedRequest) -> Any:
        """The next entry for a request."""
        if self._by_operation is None:
            return super().entry(request)
        operation = _operation_of(request)
        name = operation.name
        full = f"{operation.service_id}.{name}"
        key = full if full in self._by_operation else name
        entries = self._by_operation.get(key)
        if entries is None:
            raise AssertionError(
                f"{full} is not in the script, which has {', '.join(self._by_operation)}; add an entry for it"
            )
        number = self._taken[key] = self._taken.get(key, 0) + 1
        return entries[min(number, len(entries)) - 1]

    def respond(self, entry: Any, request: AWSPreparedRequest) -> AWSResponse:
        """The response that an entry means."""
        if isinstance(entry, ErrorAnswer):
            from sotalia.fault_injection.error_bodies import error_form

            model = _operation_of(request).model
            headers, body = error_form(
                model, entry.code, entry.message, entry.status, entry.members, _IDENTITY
            )
            return _canned(request, entry.status, {**headers, **entry.headers}, body)
        if isinstance(entry, Mapping):
            from sotalia.testing.results import write_result

            result: Any = entry  # pyright: ignore[reportUnknownVariableType]
            return _canned(request, *write_result(_operation_of(request).model, result))
        if not isinstance(entry, Answer | AWSResponse | BaseException | type):
            raise TypeError(
                f"the script has {entry!r}; an entry is answer(...), error_answer(...), a result as a dict, an exception, or a "
                "function of the request that returns one of these"
            )
        return super().respond(entry, request)

    @property
    def unused(self) -> list[Any]:
        """The entries that no request got; by operation as pairs ``(operation, entry)``."""
        if self._by_operation is None:
            return self.left()
        return [
            (name, entry)
            for name, entries in self._by_operation.items()
            for entry in entries[self._taken.get(name, 0) :]
        ]

    def assert_all_used(self) -> None:
        """Raise ``AssertionError`` if the program sent fewer requests than the script has entries."""
        if self.unused:
            raise AssertionError(
                f"{len(self.unused)} entries of the script were not used: {self.unused!r}; the program sent {len(self.requests)} requests"
            )

    def __repr__(self) -> str:
        return f"<ScriptedTransport, {len(self.requests)} requests, {len(self.unused)} entries unused>"


def _listed(script: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {
        name: [*entries] if isinstance(entries, list | tuple) else [entries]
        for name, entries in script.items()
    }


def _operation_of(request: AWSPreparedRequest) -> Operation:
    operation: Operation | None = request.context.get(_OPERATION)
    if operation is None:
        raise TypeError(
            "this request is of no call of a client that was made with the transport, so nobody knows its operation; script it by order, "
            "with answer(...)"
        )
    return operation


def _canned(request: AWSPreparedRequest, status: int, headers: Mapping[str, str], body: bytes) -> AWSResponse:
    return canned_response(request, status, {"Content-Length": str(len(body)), **headers}, body)


class ScriptedAWS:
    """A scripted transport with sessions and a clock: what the fixture ``sotalia_scripted`` makes.

    ``client`` and ``async_client`` are those of sessions that the script answers, with keys and a region. Between attempts nobody waits:
    ``sleeps`` are the seconds that would have been waited. ``requests`` is what was sent.
    """

    def __init__(self, script: Iterable[Any] | Mapping[str, Any], *, region_name: str = "us-east-1") -> None:
        from sotalia.session import AsyncSession, Session
        from sotalia.testing.manual import AsyncManualRuntime, ManualRuntime

        self.transport = ScriptedTransport(script)
        self.runtime = ManualRuntime()
        self.async_runtime = AsyncManualRuntime()
        self.session = Session(
            "testing", "testing", region_name=region_name, transport=self.transport, runtime=self.runtime
        )
        self.async_session = AsyncSession(
            "testing",
            "testing",
            region_name=region_name,
            transport=self.transport,
            runtime=self.async_runtime,
        )
        self.client = self.session.client
        self.resource = self.session.resource
        self.async_client = self.async_session.client
        self.async_resource = self.async_session.resource

    @property
    def requests(self) -> list[AWSPreparedRequest]:
        """The prepared requests that came."""
        return self.transport.requests

    @property
    def sleeps(self) -> list[float]:
        """The seconds of each wait, of sync and async clients."""
        return self.runtime.sleeps + self.async_runtime.sleeps

    @property
    def unused(self) -> list[Any]:
        """The entries of the script that no request got."""
        return self.transport.unused

    def assert_all_used(self) -> None:
        """Raise ``AssertionError`` if the program sent fewer requests than the script has entries."""
        self.transport.assert_all_used()

    def __repr__(self) -> str:
        return f"<ScriptedAWS: {self.transport!r}>"
