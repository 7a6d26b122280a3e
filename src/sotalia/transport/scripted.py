"""A transport that answers from a script: for tests, without a network.

>>> from sotalia.transport.scripted import ScriptedTransport, answer
>>> transport = ScriptedTransport([answer(500), answer(200, body=b"...")])
>>> client = sotalia.Session("key", "secret", region_name="us-east-1", transport=transport).client("s3")

It is a :class:`~sotalia.transport.Transport` for sync and async clients.
"""

from __future__ import annotations

from sotalia.runtime import resolved
from sotalia.transport.body import RawBody, spent_body
from sotalia.transport.messages import AWSResponse, HeadersDict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from sotalia.transport.messages import AWSPreparedRequest


class Answer:
    """One response of a script."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body


def answer(status: int = 200, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Answer:
    """A response with this status, these headers and this body; its length is added."""
    return Answer(status, {"content-length": str(len(body)), **(headers or {})}, body)


class ScriptedTransport:
    """Gives the entries of ``script`` one after another; the last one again and again.

    An entry is an :func:`answer`, an exception to raise, or a function of the prepared request (plain or ``async def``)
    that returns either. ``requests`` are the prepared requests that came, with bodies read as ``bytes``.
    """

    def __init__(self, script: Iterable[Any]) -> None:
        self._script = list(script)
        self._next = 0
        self.requests: list[AWSPreparedRequest] = []
        self.is_closed = False

    async def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """The next response of the script."""
        if self.is_closed:
            raise RuntimeError("the client was closed; create another one, or close it after its last call")
        self.requests.append(request)
        entry: Any = self.entry(request)
        if callable(entry) and not isinstance(entry, type):
            entry = await resolved(entry(request))
        return self.respond(entry, request)

    def entry(self, request: AWSPreparedRequest) -> Any:
        """The next entry of the script. Raises ``ValueError`` for a script without any."""
        if not self._script:
            raise ValueError("the script is empty; give at least one answer")
        self._next += 1
        return self._script[min(self._next, len(self._script)) - 1]

    def left(self) -> list[Any]:
        """The entries that no request got."""
        return self._script[self._next :]

    def respond(
        self, entry: Answer | AWSResponse | BaseException | type[BaseException], request: AWSPreparedRequest
    ) -> AWSResponse:
        """The response that an entry means, or raise it."""
        if isinstance(entry, BaseException | type):
            raise entry
        if isinstance(entry, AWSResponse):
            return entry
        return canned_response(request, entry.status, entry.headers, entry.body)

    def close(self) -> None:
        """Nothing to close."""

    async def aclose(self) -> None:
        """Refuse what comes later."""
        self.is_closed = True


def canned_response(
    request: AWSPreparedRequest, status_code: int, headers: Mapping[str, str], body: bytes
) -> AWSResponse:
    """The HTTP response to a request that nobody sent: a stream where the operation streams."""
    body = b"" if request.method == "HEAD" else body
    fields = HeadersDict(headers)
    if request.stream_output:
        return AWSResponse(request.url, status_code, fields, raw_body(body))
    response = AWSResponse(request.url, status_code, fields, spent_body())
    response._content = body
    return response


def raw_body(body: bytes) -> RawBody:
    """A body that is read as one that comes over a connection."""
    chunks = iter([body])

    async def next_chunk(wanted: int | None) -> bytes:
        return next(chunks, b"")

    return RawBody(next_chunk, lambda complete: None)
