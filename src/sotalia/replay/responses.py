"""Responses on their way: into a recording while they are read, and out of it."""

from __future__ import annotations

from sotalia import exceptions
from sotalia.replay.errors import CassetteError
from sotalia.replay.recordings import Failure, Reply
from sotalia.transport.body import RawBody, spent_body
from sotalia.transport.messages import AWSResponse, HeadersDict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Final

    from sotalia.transport.messages import AWSPreparedRequest

# Bytes of a body that are read before the program asks for them.
_READ_AT_ONCE: Final = 8 * 1024 * 1024


def response_of(reply: Reply, request: AWSPreparedRequest, cassette: str) -> AWSResponse:
    """The HTTP response that was recorded, as a transport gives it."""
    headers = HeadersDict(reply.headers)
    assert reply.status is not None
    if request.stream_output:
        return AWSResponse(request.url, reply.status, headers, _played_body(reply, cassette))
    response = AWSResponse(request.url, reply.status, headers, spent_body())
    response._content = reply.body
    return response


def _played_body(reply: Reply, cassette: str) -> RawBody:
    has_begun = False

    async def next_chunk(wanted: int | None) -> bytes:
        nonlocal has_begun
        if not has_begun and reply.body:
            has_begun = True
            return reply.body
        if reply.failure is not None:
            raise reply.failure.error()
        if reply.is_cut:
            raise CassetteError(
                f"the recording in {cassette} ends after {len(reply.body)} bytes of this body: when it was recorded, nobody read "
                "more of it; record anew (mode='all'), and read the body within the block",
                cassette,
            )
        return b""

    is_whole = reply.failure is None and not reply.is_cut
    return RawBody(next_chunk, lambda complete: None, is_complete=lambda: is_whole and has_begun)


async def recorded_body(
    response: AWSResponse, reply: Reply, *, is_async: bool, is_event_stream: bool
) -> RawBody:
    """The body of a response, to be recorded: at once if it is not large, so that whoever does not read it has it recorded
    all the same; else while it is read, as event streams are, which may go on for ever.
    """
    recorder = _BodyRecorder(response, reply)
    announced = response.headers.get("content-length")
    if announced is not None and int(announced) <= _READ_AT_ONCE and not is_event_stream:
        return await recorder.read()
    return RawBody(
        recorder.next_chunk,
        recorder.finish,
        recorder.set_timeout,
        recorder.has_ended,
        threads_wait=not is_async,
    )


class _BodyRecorder:
    """Hands on what a body gives, and keeps it. Whoever gives up the body before its end gives up the connection."""

    def __init__(self, response: AWSResponse, reply: Reply) -> None:
        self._raw: Any = response.raw
        self._reply = reply
        announced = response.headers.get("content-length")
        self._left = None if announced is None else int(announced)
        self._pulled: Iterator[bytes] | None = None
        reply.is_cut = True  # Until its end was seen.

    async def read(self) -> RawBody:
        """All of it now, as a body that gives it again, with the error that ended it."""
        failure: Exception | None = None
        try:
            while await self.next_chunk(0):
                pass
        except exceptions.DeadlineExceededError:
            raise  # Of this program; the next run may have more time.
        except Exception as error:
            failure = error
        data = [self._reply.body]

        async def next_chunk(wanted: int | None) -> bytes:
            if data and data[0]:
                return data.pop()
            if failure is not None:
                raise failure
            return b""

        return RawBody(next_chunk, lambda complete: None, is_complete=lambda: failure is None)

    async def next_chunk(self, wanted: int | None) -> bytes:
        """What arrives next. All at once would lose what came before a failure."""
        raw, reply = self._raw, self._reply
        try:
            if hasattr(raw, "take"):
                data: bytes = await (raw.take(wanted) if wanted else raw.piece())
            else:
                self._pulled = self._pulled or iter(raw.stream())
                data = next(self._pulled, b"")
        except Exception as error:
            reply.failure, reply.is_cut = Failure.of(error), False
            raise
        reply.pieces.append(data)
        if self._left is not None:
            self._left -= len(data)
        if not data or self._left == 0:
            reply.is_cut = False
        return data

    def has_ended(self) -> bool:
        """Whether nothing more will come."""
        return bool(getattr(self._raw, "has_ended", False))

    def finish(self, complete: bool) -> None:
        """The end, or nobody wants more."""
        if complete:
            self._reply.is_cut = False
        else:
            self._raw.close()

    def set_timeout(self, seconds: float | None) -> None:
        """How long each following read may wait."""
        setter = getattr(self._raw, "set_socket_timeout", None)
        if setter is not None:
            setter(seconds)
