"""What the calls of the process run in while a recorder is on. It is taken back with the last one."""

from __future__ import annotations

from weakref import ref

from sotalia.call.channel import Channel
from sotalia.call.hooks import Hooks, compose, stand_outside
from sotalia.events import watching
from sotalia.events.listeners import Listeners
from sotalia.recording.capture import Capture, Shared, clock
from sotalia.recording.failing import failed
from sotalia.recording.handlers import RecordedListeners
from sotalia.runtime import ProcessLock, groups
from sotalia.runtime.notes import running
from sotalia.transport.timing import timed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CoroutineType
    from typing import Any

    from sotalia.call.call import Attempt, Call
    from sotalia.call.operation import Operation
    from sotalia.recording.recorder import Recorder
    from sotalia.transport import Transport

_active: tuple[Recorder, ...] = ()
# Of all of them: whether some want some calls only, and the most that one wants of bodies.
_choose = False
_bodies = 0
_switching = ProcessLock()


def switch_on(recorder: Recorder) -> None:
    """Record for this one as well."""
    with _switching.lock:
        groups.watch(1)
        _set((*_active, recorder))
        if len(_active) == 1:
            stand_outside(RecordedHooks)
            watching.watch(RecordedListeners)


def switch_off(recorder: Recorder) -> None:
    """Record for it no more."""
    with _switching.lock:
        if recorder not in _active:
            return
        groups.watch(-1)
        _set(tuple(other for other in _active if other is not recorder))
        if not _active:
            watching.watch(Listeners)
            stand_outside(Hooks)


def _set(active: tuple[Recorder, ...]) -> None:
    global _active, _choose, _bodies
    _active = active
    _choose = any(recorder.has_targets for recorder in active)
    _bodies = max((recorder.bodies for recorder in active), default=0)


# -- around a call ----------------------------------------------------------------------------------------------------


class RecordedHooks(Hooks):
    """Everything around the calls of one operation of one client, with a recorder outside of it."""

    __slots__ = ("_channel", "_is_bare", "_plain", "_shared", "_timed", "_transport")

    _shared: Shared
    _plain: Operation
    _timed: Operation
    _transport: Transport
    #: ``None`` for a transport that is not ours.
    _channel: TimedChannel | None

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.now = clock(arguments[-1])
        # Whether there is nothing but the recorder: then nobody asks for an attempt's error while the call lasts.
        self._is_bare = not self.moments and all(
            step.__module__ != compose.__module__ for step in arguments[:3]
        )

    async def run(self, call: Call) -> Any:
        """The whole call, recorded from its start to its end."""
        capture = self._begin(call)
        if capture is None:
            return await Hooks.run(self, call)
        token = running.set(capture)
        call.hooks = self
        call.started_at = capture.started
        failure: BaseException | None = None
        if self.moments:
            self.notify("call_started", call)
        try:
            result = call.result = await self.perform(call)
            return result
        except BaseException as error:
            call.error = failure = error
            if self._is_bare and isinstance(error, Exception) and call.attempts:
                attempt = call.attempts[-1]
                if attempt.ended_at is None:
                    attempt.error, attempt.ended_at = error, self.now()
            raise
        finally:
            call.ended_at = capture.now()
            try:
                running.reset(token)
            except ValueError:
                pass  # The call was given up, and is closed in another context.
            _end(capture, failure)
            if self.moments:
                self.notify("call_ended", call)
            del failure  # Its traceback holds this frame.

    def run_attempt(self, call: Call) -> CoroutineType[Any, Any, Attempt]:
        """One attempt, timed."""
        work: Any
        if self._is_bare:
            call.attempts[-1].started_at = self.now()
            work = self.try_once(call)
        else:
            work = Hooks.run_attempt(self, call)
        return work  # type: ignore[no-any-return]

    def notify(self, moment: str, call: Call) -> None:
        """A moment of the call has come."""
        if moment == "parameters_ready":
            capture: Any = running.get()
            if capture is not None:
                capture.take_parameters(call.parameters)
        if self.moments:
            Hooks.notify(self, moment, call)

    def _begin(self, call: Call) -> Capture | None:
        recorders = _active
        if _choose:
            recorders = tuple(recorder for recorder in recorders if recorder.wants(call))
        if not recorders:
            return None
        channel, operation = call.channel, call.operation
        try:
            try:
                is_known = operation is self._plain and channel.transport is self._transport
            except AttributeError:
                is_known = False
            if not is_known:
                self._prepare(call)
            capture = Capture(call, self._shared, _bodies)
            if self._channel is not None:
                call.channel = self._channel
            call.operation = self._timed
            parent: Any = running.get()
            for recorder in recorders:
                recorder.add(capture, parent)
            return capture
        except Exception as error:
            failed(error)
            call.channel, call.operation = channel, operation
            return None

    def _prepare(self, call: Call) -> None:
        """Make what all calls of the operation share, and keep it for the next."""
        operation, channel = call.operation, call.channel
        self._shared = Shared(call)
        self._timed = operation.replaced(
            validate=_validating(operation.validate),
            serialize=_serializing(operation.serialize),
        )
        view = timed(channel.transport)
        self._channel = None if view is None else TimedChannel(channel, view)
        # Last, as they say that the rest is there.
        self._transport, self._plain = channel.transport, operation


class TimedChannel(Channel):
    """A client's channel with another transport. It keeps nothing else of it, and not the channel itself: hooks last as long as
    the client's registry, to which channels refer.
    """

    def __init__(self, channel: Channel, transport: Any) -> None:
        self._channel = ref(channel)
        self.transport = transport
        self.runtime = channel.runtime
        self.owns_transport = False

    @property
    def original(self) -> Channel:
        """The client's channel. What stands in the place of its methods is looked for there."""
        channel = self._channel()
        assert channel is not None  # The client makes a call.
        return channel

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel(), name)


def _end(capture: Capture, error: BaseException | None) -> None:
    try:
        capture.end(error)
        if isinstance(error, Exception):
            from sotalia.recording.text import timeline

            error.add_note("\n".join(timeline(capture.record())))
    except Exception as failure:
        failed(failure)
        for recorder, number, _ in capture.numbers:
            recorder.drop(number)


# -- moments within it ------------------------------------------------------------------------------------------------


def _validating(validate: Callable[[object], str]) -> Callable[[object], str]:
    def timed_validate(parameters: object) -> str:
        capture: Any = running.get()
        if capture is not None:
            capture.endpoint_until = capture.now()
        return validate(parameters)

    return timed_validate


def _serializing(serialize: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[dict[str, Any]], Any]:
    def timed_serialize(parameters: dict[str, Any]) -> Any:
        capture: Any = running.get()
        if capture is None:
            return serialize(parameters)
        if capture.endpoint_until is None:
            capture.endpoint_until = capture.now()
        request = serialize(parameters)
        capture.serialized_at = capture.now()
        return request

    return timed_serialize
