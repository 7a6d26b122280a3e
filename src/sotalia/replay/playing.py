"""One call within a cassette: recorded, or played back.

The call runs as ever: its handlers, its retries, its parser. Only its transport is another one, :class:`CassetteTransport`,
and who is asked for credentials: this file's :class:`CallOnCassette`. What becomes of the call is decided once its parameters
are final, by whichever of the two is asked first.
"""

from __future__ import annotations

import time

from sotalia import exceptions
from sotalia.call.pipeline import content
from sotalia.credentials.objects import ReadOnlyCredentials, freeze
from sotalia.recording.current import remark
from sotalia.replay.bodies import copied, with_hashed_streams
from sotalia.replay.recordings import Failure, Recording, Reply
from sotalia.replay.responses import recorded_body, response_of
from sotalia.retries.clock_skew import RESPONDED_AT, server_seconds
from sotalia.transport.layers import TransportLayer
from sotalia.transport.request_body import announced_length, send_body

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    from sotalia.call.call import Call
    from sotalia.replay.cassettes import Cassette
    from sotalia.replay.secrecy import CallSecrets
    from sotalia.transport.messages import AWSPreparedRequest, AWSResponse

# Signs what nobody will check. The forms are those of keys, the account is nobody's.
_KEYS: Final = ReadOnlyCredentials("AKIAIOSFODNN7EXAMPLE", "played-back", "played-back", "000000000000")
#: Clocks that differ by less are right; what is more decides about retries, and so belongs to what is recorded.
_OFF_SECONDS: Final = 60


class CallOnCassette:
    """One call. It stands in for the call's credentials, which a call that is played back does not have."""

    def __init__(self, call: Call, cassette: Cassette) -> None:
        self._call = call
        self._cassette = cassette
        # Tokens that handlers make up are no part of what was asked.
        self._given = tuple(call.parameters)
        # What can be read once is hashed on its way: calls that send something else are not the same.
        hashed = with_hashed_streams(call.parameters)
        self._has_streams = hashed is not None
        if hashed is not None:
            call.parameters = hashed
        self._recording: Recording | None = None
        self._missing: Exception | None = None
        self._attempts = 0
        self._is_decided = False
        self._has_ended = False
        self.is_played = False
        #: Calls within are made to get credentials: they are nobody's recording.
        self.is_fetching = False
        self.secrets: CallSecrets | None = None

    def decide(self) -> None:
        """Find what was recorded for the call, now that its parameters are final."""
        if self._is_decided:
            return
        self._is_decided = True
        call, cassette = self._call, self._cassette
        if cassette.placebo is not None:
            self.is_played = True
            return
        try:
            # A rule of the user may fail, too; each attempt fails like the first one.
            parameters = cassette.secrecy.parameters(call, self._given)
            self._recording = cassette.recording_of(call, parameters)
        except Exception as error:
            self._missing = error
            return
        if self._recording is not None:
            self.is_played = True
            remark(f"played from {cassette.name}")
            return
        self.secrets = cassette.secrecy.of_call(call)
        self._recording = cassette.begin(call, parameters)
        remark(f"recorded in {cassette.name}")

    def skips_pauses(self) -> bool:
        """Whether nobody needs to wait after it."""
        if self._call.attempts and not self._has_ended and not self._has_streams:
            self.decide()  # What came of the attempt may have come from a fault, before anybody asked here.
        return self.is_played and self._cassette.is_running

    async def freeze(self, credentials: Any) -> Any:
        """The client's credentials where the call is sent; keys that open nothing where it is not."""
        if not self._has_streams:
            self.decide()
        # A stream says what it is when it is read, after this: its call may have to be sent.
        may_be_sent = self._recording is not None or (self._has_streams and self._cassette.may_record)
        if self.is_played or not may_be_sent:
            return _KEYS
        if credentials is None:
            return None
        self.is_fetching = True
        try:
            return await freeze(credentials)
        finally:
            self.is_fetching = False

    def ended(self) -> None:
        """The call has a result or an error."""
        self._has_ended = True
        if self._recording is not None and not self.is_played:
            self._cassette.end(self._recording, self.secrets, attempts=self._attempts)

    def stands_for(self, call: Call) -> bool:
        """Whether this is the call."""
        return call is self._call

    async def play_result(self) -> bool:
        """Leave a result on the call in the place of all attempts, where the cassette is a folder of results."""
        placebo = self._cassette.placebo
        if placebo is None:
            return False
        self._is_decided = self.is_played = True
        await placebo.play(self._call)
        self._cassette.count_played()
        remark(f"played from {self._cassette.name}")
        return True

    # -- attempts --------------------------------------------------------------------------------------------------

    async def send(self, request: AWSPreparedRequest, inner: Any) -> AWSResponse:
        """The response to one attempt: recorded earlier, or recorded now."""
        if not self._has_streams or self._is_decided or request.body is None:
            return await self._respond(request, inner)
        body = request.body
        request.body = copy = await copied(body)
        try:
            return await self._respond(request, inner)
        finally:
            request.body = body  # Which cannot be sent again: retries must see that.
            copy.close()

    async def _respond(self, request: AWSPreparedRequest, inner: Any) -> AWSResponse:
        self.decide()
        if self._missing is not None:
            raise self._missing
        assert self._recording is not None
        self._attempts += 1
        if self.is_played:
            return await self._play(request, self._recording)
        return await self._record(request, inner, self._recording)

    async def _play(self, request: AWSPreparedRequest, recording: Recording) -> AWSResponse:
        await _read_through(request)
        reply = recording.replies[min(self._attempts, len(recording.replies)) - 1]
        if self._attempts > len(recording.replies) and reply.is_transient:
            raise self._cassette.too_many_attempts(self._call, recording, self._attempts)
        # Behind a response that ended the call there is an attempt only if that response was lost, by a fault, say. The
        # service would give it again.
        if reply.status is None:
            assert reply.failure is not None
            raise reply.failure.error()
        date = server_seconds(reply.headers.get("Date") or reply.headers.get("date"))
        # The clock of today says nothing about that of the recording.
        request.context[RESPONDED_AT] = time.time() if date is None else date - reply.clock_offset_seconds
        return response_of(reply, request, self._cassette.name)

    async def _record(self, request: AWSPreparedRequest, inner: Any, recording: Recording) -> AWSResponse:
        assert self.secrets is not None
        self.secrets.add_request(request)
        try:
            response: AWSResponse = await inner.send(request)
        except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
            # What else is raised here is about this program: a deadline, a client that was closed.
            recording.replies.append(Reply(failure=Failure.of(error)))
            raise
        headers = {name: _text(value) for name, value in response.headers.items()}
        reply = Reply(response.status_code, headers, clock_offset_seconds=_clock_offset(response))
        if request.stream_output:
            call = self._call
            response.raw = await recorded_body(
                response,
                reply,
                is_async=call.channel.runtime.is_async,
                is_event_stream=call.operation.has_event_stream_output,
            )
        else:
            reply.pieces.append(await content(response))
        recording.replies.append(reply)
        return response


class CassetteTransport(TransportLayer):
    """The transport of one call within a cassette."""

    def __init__(self, inner: Any, call: CallOnCassette) -> None:
        super().__init__(inner)
        self._call = call

    async def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """The response, recorded or played."""
        return await self._call.send(request, self.inner)


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _clock_offset(response: AWSResponse) -> int:
    """By how much the service's clock is ahead, in whole minutes; 0 where it is right."""
    date = server_seconds(response.headers.get("Date"))
    offset = 0 if date is None else date - time.time()
    return 0 if abs(offset) <= _OFF_SECONDS else round(offset / 60) * 60


async def _read_through(request: AWSPreparedRequest) -> None:
    """Read a body as if it were sent: progress is counted, and a length that is wrong is found."""
    if request.body is not None:
        length = announced_length(request.headers.by_lower_name, request.body)
        await send_body(_Nowhere(), request.body, length, _never)  # type: ignore[arg-type]  # Of a stream it uses send.


class _Nowhere:
    async def send(self, data: bytes) -> None:
        """Nothing is sent."""


async def _never() -> bool:
    return False
