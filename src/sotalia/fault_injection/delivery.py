"""One attempt that gets a fault, for what a kind does to it: wait, send, drop, answer, spoil."""

from __future__ import annotations

from sotalia.call.deadlines import Deadline
from sotalia.call.pipeline import content
from sotalia.runtime import resolved
from sotalia.runtime.redaction import redact_url
from sotalia.transport.body import spent_body
from sotalia.transport.messages import AWSResponse, HeadersDict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from typing import Any

    from sotalia.call.call import Call
    from sotalia.fault_injection.rules import Inject
    from sotalia.runtime import Runtime
    from sotalia.transport.messages import AWSPreparedRequest

    #: Hands a request to what is below: further rules, then the client's transport.
    Send = Callable[[AWSPreparedRequest], Coroutine[Any, Any, AWSResponse]]


class Delivery:
    """One attempt.

    ``call`` and ``request`` are what they are for hooks · ``attempt`` its number · ``runtime`` the client's: what waits, waits by
    it · ``identity`` sixteen hexadecimal digits that are the same in each run with the same seed.
    """

    __slots__ = ("_note", "attempt", "call", "identity", "request", "runtime")

    def __init__(
        self,
        call: Call,
        request: AWSPreparedRequest,
        attempt: int,
        identity: str,
        note: Callable[[bool], None],
    ) -> None:
        self.call = call
        self.request = request
        self.attempt = attempt
        # Not the channel's, whose sleeps a deadline takes for delays between attempts.
        self.runtime: Runtime = call.client.meta.runtime
        self.identity = identity
        self._note = note

    @property
    def url(self) -> str:
        """The request's address for messages: without secrets."""
        return redact_url(self.request.url)

    def fires(self) -> None:
        """The fault happens now: it is listed, and recorders see it."""
        self._note(True)

    def spares(self) -> None:
        """There is nothing here that the fault could happen to: it counts for nothing."""
        self._note(False)

    async def wait(self, seconds: float, phase: str = "waiting for the response") -> None:
        """Let time pass by the call's runtime. Raises ``DeadlineExceededError`` once the call's deadline has passed."""
        await pause(self.runtime, self.request.context.get("deadline"), seconds, phase)

    @property
    def read_timeout(self) -> float | None:
        """How long the client waits for data, in seconds; ``None`` for ever."""
        seconds: float | None = self.request.context.get("read_timeout") or self.call.channel.read_timeout
        return seconds

    async def discard(self, response: AWSResponse) -> None:
        """Drop a response. What is left of its body stays unread, so that its connection is closed."""
        if self.request.stream_output:
            await resolved(response.raw.close())

    @property
    def streams(self) -> bool:
        """Whether the body of a good response is read by the caller, piece by piece."""
        return self.request.stream_output


async def pause(runtime: Runtime, deadline: Any, seconds: float, phase: str) -> None:
    """Let time pass by a runtime, up to a deadline, where there is one. Raises ``DeadlineExceededError``."""
    if isinstance(deadline, Deadline) and deadline.remaining <= seconds:
        await runtime.sleep(deadline.remaining)
        raise deadline.error(phase)
    await runtime.sleep(seconds)


def has_stream(delivery: Delivery, response: AWSResponse) -> bool:
    """Whether a response's body has not been read yet."""
    return delivery.streams and response.status_code < 300


async def changed(
    response: AWSResponse,
    *,
    headers: Mapping[str, str | None] | None = None,
    body: bytes | None = None,
    raw: Any = None,
) -> AWSResponse:
    """Another response like this one. A header of ``None`` is left out; ``body`` is a body that is in memory, ``raw`` a stream."""
    fields = HeadersDict(response.headers)
    for name, value in (headers or {}).items():
        if value is not None:
            fields[name] = value
        elif name in fields:
            del fields[name]
    if raw is not None:
        return AWSResponse(response.url, response.status_code, fields, raw)
    if body is None:
        body = await content(response)
    return AWSResponse(response.url, response.status_code, fields, spent_body(), content=body)


# -- three forms of faults ---------------------------------------------------------------------------------------------


def answering(respond: Callable[[Delivery], AWSResponse | None]) -> Inject:
    """Nothing is sent: the service, or something before it, responds at once. ``None`` leaves the attempt in peace."""

    async def inject(delivery: Delivery, send: Send) -> AWSResponse:
        response = respond(delivery)
        if response is None:
            delivery.spares()
            return await send(delivery.request)
        delivery.fires()
        return response

    return inject


def failing(
    error: Callable[[Delivery], Exception], *, processed: bool = False, seconds: float = 0.0
) -> Inject:
    """The attempt ends with an exception after so many seconds: ``processed`` once the service has carried it out."""

    async def inject(delivery: Delivery, send: Send) -> AWSResponse:
        delivery.fires()
        if processed:
            await delivery.discard(await send(delivery.request))
        if seconds:
            await delivery.wait(seconds)
        raise error(delivery)

    return inject


def spoiling(
    spoil: Callable[[Delivery, AWSResponse], Coroutine[Any, Any, AWSResponse | None]],
) -> Inject:
    """The service responds, and the response is damaged on its way. ``None``: there was nothing to damage."""

    async def inject(delivery: Delivery, send: Send) -> AWSResponse:
        response = await send(delivery.request)
        try:
            spoilt = await spoil(delivery, response)
        except BaseException:
            await delivery.discard(response)
            raise
        if spoilt is None:
            delivery.spares()
            return response
        delivery.fires()
        return spoilt

    return inject
