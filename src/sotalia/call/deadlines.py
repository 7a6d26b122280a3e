"""Deadlines: how long a call, or all calls of a block, may take in all, over attempts, back-off, waiting, sending and reading.

>>> with sotalia.deadline(5):
...     for page in s3.get_paginator("list_objects_v2").paginate(Bucket="bucket"):
...         handle(page)

A timeout (``read_timeout``) limits one wait for bytes; ten attempts may take ten of them. A deadline limits the whole. What
would still be running then raises ``DeadlineExceededError``, which names the phase that used it up. Retries stop: a back-off
that does not fit is not begun.

An async call is cancelled at its deadline, whatever it does. A sync call looks at it wherever it waits for the network or
for another attempt: it cannot interrupt your handlers, a look-up of a host name, or a provider of credentials.
"""

from __future__ import annotations

from contextvars import ContextVar
from time import perf_counter

from sotalia import exceptions
from sotalia.call.hooks import EVERYWHERE
from sotalia.runtime import ProcessLock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import datetime
    from types import TracebackType
    from typing import Any, Self

    from sotalia.call.call import Call
    from sotalia.runtime import Runtime
    from sotalia.transport import Transport
    from sotalia.transport.http11 import Stream
    from sotalia.transport.messages import AWSPreparedRequest, AWSResponse


class Deadline:
    """A moment after which calls end. Handlers find it as ``context["deadline"]``.

    ``seconds`` from now on, or ``at`` a time with a time zone; both may be in the past: then nothing is sent. ``phase`` is
    what is under way. Raises ``TypeError`` for neither or both, ``ValueError`` for what is no time.
    """

    __slots__ = ("_expires_at", "_now", "phase", "seconds")

    def __init__(
        self,
        seconds: float | None = None,
        *,
        at: datetime | None = None,
        now: Callable[[], float] = perf_counter,
    ) -> None:
        if (seconds is None) is (at is None):
            raise TypeError("a deadline is given either in seconds or as a time (at=); give one of them")
        if at is not None:
            seconds = _seconds_until(at)
        assert seconds is not None
        if not isinstance(seconds, int | float) or isinstance(seconds, bool) or seconds != seconds:
            raise ValueError(f"a deadline is a number of seconds, not {seconds!r}")
        self.seconds = float(seconds)
        self._now = now
        self._expires_at = now() + self.seconds
        self.phase = "preparing the request"

    @classmethod
    def of_lambda(cls, context: Any, reserve: float = 0.5) -> Self:
        """The time that a Lambda invocation has left, less a ``reserve`` in seconds for what comes after the calls.

        ``context`` is the handler's second argument: ``get_remaining_time_in_millis`` of it is asked once.
        """
        return cls(context.get_remaining_time_in_millis() / 1000 - reserve)

    def __reduce__(self) -> Any:
        """Pickle the moment by the calendar: the clock that it is measured by is this process's own."""
        from datetime import UTC, datetime, timedelta

        at = datetime.now(UTC) + timedelta(seconds=self._expires_at - self._now())
        return _unpickled, (type(self), at, self.seconds, self.phase)

    @property
    def remaining(self) -> float:
        """Seconds that are left; 0 when it has passed."""
        return max(0.0, self._expires_at - self._now())

    @property
    def is_over(self) -> bool:
        """Whether it has passed."""
        return self._expires_at <= self._now()

    def enter(self, phase: str) -> None:
        """Say what is under way from now on. Raises ``DeadlineExceededError`` when there is no time for it."""
        if self.is_over:
            raise self.error()
        self.phase = phase

    def limit(self, seconds: float | None) -> float:
        """A timeout that ends with the deadline at the latest."""
        # A socket takes 0 for "do not wait at all", which is another error.
        remaining = max(self.remaining, 0.001)
        return remaining if seconds is None else min(seconds, remaining)

    def error(self, phase: str | None = None) -> Exception:
        """The error for a deadline that has passed."""
        error: Exception = exceptions.DeadlineExceededError(
            seconds=f"{self.seconds:g}", phase=phase or self.phase
        )
        return error

    def bound(self, stream: Stream, timeout: float | None) -> _BoundStream:
        """A stream whose every wait ends with the deadline. ``timeout`` limits each of them as usual."""
        return _BoundStream(stream, self, timeout)

    def bound_connector(self, connector: Any) -> Any:
        """What opens connections, within the time that is left."""
        return _BoundConnector(connector, self)

    def __repr__(self) -> str:
        return f"<Deadline of {self.seconds:g} s, {self.remaining:.3f} s left, {self.phase}>"


def _unpickled(kind: type[Deadline], at: datetime, seconds: float, phase: str) -> Deadline:
    deadline = kind(at=at)
    deadline.seconds, deadline.phase = seconds, phase
    return deadline


def _seconds_until(at: datetime) -> float:
    from datetime import UTC, datetime

    if at.tzinfo is None:
        raise ValueError(
            f"the deadline {at.isoformat()} has no time zone; give one, such as datetime.now(UTC) + ..."
        )
    return (at - datetime.now(UTC)).total_seconds()


# -- what a call waits for ------------------------------------------------------------------------------------------


class _BoundStream:
    """A connection for one conversation with a deadline."""

    __slots__ = ("_deadline", "_stream", "_timeout")

    def __init__(self, stream: Stream, deadline: Deadline, timeout: float | None) -> None:
        self._stream = stream
        self._deadline = deadline
        self._timeout = timeout

    @property
    def has_sent(self) -> bool:
        """Whether any byte may have left."""
        return self._stream.has_sent

    @has_sent.setter
    def has_sent(self, value: bool) -> None:
        self._stream.has_sent = value

    def set_timeout(self, seconds: float | None) -> None:
        """Limit each following operation, which the deadline limits in any case."""
        self._timeout = seconds

    async def receive(self) -> bytes:
        """Some bytes, ``b""`` once the peer has closed."""
        deadline = self._deadline
        waits_for_first = deadline.phase == "sending the request"
        deadline.enter("waiting for the response" if waits_for_first else "reading the response")
        data: bytes = await self._within(self._stream.receive())
        deadline.phase = "reading the response"
        return data

    async def received_now(self) -> bytes | None:
        """What has arrived, without waiting."""
        return await self._stream.received_now()

    async def send(self, data: bytes) -> None:
        """All of ``data``."""
        self._deadline.enter("sending the request")
        await self._within(self._stream.send(data))

    async def _within(self, work: Coroutine[Any, Any, Any]) -> Any:
        deadline = self._deadline
        self._stream.set_timeout(deadline.limit(self._timeout))
        try:
            return await work
        except TimeoutError:
            if deadline.is_over:
                raise deadline.error() from None
            raise

    def close(self) -> None:
        """Close at once."""
        self._stream.close()

    def is_stale(self) -> bool:
        """Whether an idle connection can no longer be used."""
        return self._stream.is_stale()


class _BoundConnector:
    """Opens connections for one call with a deadline."""

    __slots__ = ("_connector", "_deadline")

    def __init__(self, connector: Any, deadline: Deadline) -> None:
        self._connector = connector
        self._deadline = deadline

    @property
    def connect_timeout(self) -> float:
        """The limit for one step, in seconds."""
        return self._deadline.limit(self._connector.connect_timeout)

    async def connect(self, host: str, port: int) -> Any:
        """A plain connection."""
        return await self._within("connecting", "connect", host, port)

    async def secure(self, stream: Any, context: Any, server_name: str) -> Any:
        """TLS over a connection."""
        return await self._within("negotiating TLS", "secure", stream, context, server_name)

    async def finish_closing(self) -> None:
        """Return when connections that were closed have given their descriptors back."""
        await self._connector.finish_closing()

    async def _within(self, phase: str, method: str, *arguments: Any) -> Any:
        deadline = self._deadline
        deadline.enter(phase)
        connector = self._connector.with_connect_timeout(self.connect_timeout)
        try:
            return await getattr(connector, method)(*arguments)
        except TimeoutError:
            if deadline.is_over:
                raise deadline.error() from None
            raise


class _BoundRuntime:
    """A client's runtime that begins no back-off for which there is no time."""

    def __init__(self, runtime: Runtime, deadline: Deadline) -> None:
        self._runtime = runtime
        self._deadline = deadline

    def __getattr__(self, name: str) -> Any:
        return getattr(self._runtime, name)

    async def sleep(self, seconds: float) -> None:
        """Wait, unless the deadline would come first."""
        deadline = self._deadline
        if seconds >= deadline.remaining:
            raise deadline.error(f"waiting {seconds:.3g} s before another attempt")
        await self._runtime.sleep(seconds)


class _BoundTransport:
    """A client's transport that sends nothing after the deadline."""

    def __init__(self, transport: Transport, deadline: Deadline) -> None:
        self._transport = transport
        self._deadline = deadline

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    async def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """Send within the time that is left."""
        self._deadline.enter("sending the request")
        return await self._transport.send(request)


# -- around calls ----------------------------------------------------------------------------------------------------


def deadline_hook(seconds: float | None = None, *, at: datetime | None = None) -> Callable[..., Any]:
    """A hook that gives each call a deadline: for ``events.around_call(deadline_hook(5), "s3")``."""
    Deadline(seconds, at=at)  # Raises for what is no deadline now rather than in the first call.

    from functools import partial

    return partial(_within_own, seconds, at)  # It can be pickled, as a function in here could not.


async def _within_own(
    seconds: float | None, at: datetime | None, call: Call, proceed: Callable[[], Coroutine[Any, Any, Any]]
) -> Any:
    return await _within(Deadline(seconds, at=at, now=call.channel.runtime.now), call, proceed)


async def _within(deadline: Deadline, call: Call, proceed: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """The rest of a call, by the earlier of this deadline and one that it has already."""
    present = call.context.get("deadline")
    if isinstance(present, Deadline) and present.remaining <= deadline.remaining:
        return await proceed()
    channel = call.channel
    runtime = channel.runtime
    call.context["deadline"] = deadline
    call.channel = channel.replaced(
        runtime=_BoundRuntime(runtime, deadline), transport=_BoundTransport(channel.transport, deadline)
    )
    if deadline.is_over:
        raise deadline.error()
    if not runtime.is_async:
        return await proceed()
    import asyncio

    # A runtime of a test may have a clock of its own, which no timer of the event loop follows.
    limit = asyncio.timeout(deadline.remaining)
    try:
        async with limit:
            return await proceed()
    except TimeoutError:
        if limit.expired():
            raise deadline.error() from None
        raise


# -- a deadline for a block ------------------------------------------------------------------------------------------

# Of the blocks that this context is in, outermost first; the last one counts. No tokens: one block may be entered by several
# threads and tasks at once, and a token is of no use in another context.
_blocks: ContextVar[tuple[Deadline, ...]] = ContextVar("sotalia_deadlines", default=())
_HOOK_ID = "deadline of a block"
_installing = ProcessLock()


class deadline:  # noqa: N801 - it reads like a function, as contextlib's do
    """A deadline for all calls of a block, of whatever client: ``with sotalia.deadline(5):``, or ``async with``.

    Arguments are those of :class:`Deadline`. Blocks nest: the earlier deadline counts. It belongs to the thread or task that
    entered the block, and to tasks started in it. ``as`` gives the :class:`Deadline`.
    """

    def __init__(self, seconds: float | None = None, *, at: datetime | None = None) -> None:
        self._arguments = seconds, at
        Deadline(seconds, at=at)

    def __enter__(self) -> Deadline:
        _install()
        seconds, at = self._arguments
        mine = Deadline(seconds, at=at)
        outer = _blocks.get()
        is_later = bool(outer) and outer[-1].remaining < mine.remaining
        _blocks.set((*outer, outer[-1] if is_later else mine))
        return mine

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _blocks.set(_blocks.get()[:-1])

    async def __aenter__(self) -> Deadline:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)


def _install() -> None:
    """Have every call look whether it is within a block, from the first block of the process on."""
    if not EVERYWHERE.has_unique_id(_HOOK_ID):
        with _installing.lock:
            EVERYWHERE.around_call(_within_block, unique_id=_HOOK_ID)


async def _within_block(call: Call, proceed: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    blocks = _blocks.get()
    if not blocks:
        return await proceed()
    block = blocks[-1]
    # The time is the block's; what is under way is each call's own.
    mine = Deadline(block.remaining)
    mine.seconds = block.seconds
    return await _within(mine, call, proceed)
