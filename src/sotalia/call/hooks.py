"""What may stand around a call and around each of its attempts: hooks, which can change it, and observers, which cannot.

A hook is ``async def hook(call, proceed)`` or a plain function. It does its part, calls ``proceed()`` once for the rest and
returns what comes back. An ``async def`` hook awaits ``proceed()`` on any client. A plain one gets the outcome itself on a
synchronous client, and on an asynchronous client a coroutine, which it may simply return::

    def with_default(call, proceed):
        call.parameters.setdefault("MaxKeys", 100)
        return proceed()

    client.meta.events.around_call(with_default, "s3.ListObjectsV2")

Around a call the outcome is the result, and what ``proceed()`` raises is what the call raised, also before there was a
request. Around an attempt it is the :class:`~sotalia.call.call.Attempt`, with its response or its error.

Hooks are composed once for each operation of a client, outermost first in the order of event handlers. Without hooks and
observers a call pays one look-up.
"""

from __future__ import annotations

from functools import partial
from types import MappingProxyType

from sotalia.call.call import Attempt
from sotalia.events import EVENT_ALIASES, EventRegistry
from sotalia.events.handlers import describe, is_coroutine_function
from sotalia.events.registry import forget_hooks_everywhere
from sotalia.runtime import drive, resolved
from sotalia.runtime.logs import logger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable
    from typing import Any, Final, Literal, NoReturn

    from sotalia.call.call import Call
    from sotalia.runtime import Runtime

    Step = Callable[[Call], Coroutine[Any, Any, Any]]


class Observer:
    """The moments of a call, to be overridden. Each method gets a read-only view of the :class:`Call`.

    What a method returns is ignored; what it raises is logged and does not reach the call.
    """

    def call_started(self, call: Call) -> None:
        """A method of a client was called."""

    def parameters_ready(self, call: Call) -> None:
        """The handlers have made of the parameters what they wanted."""

    def attempt_started(self, call: Call) -> None:
        """``call.attempt.request`` is signed and goes out now."""

    def attempt_ended(self, call: Call) -> None:
        """``call.attempt`` has a response or an error."""

    def retry_scheduled(self, call: Call) -> None:
        """There is to be another attempt, after ``call.attempt.delay_seconds``."""

    def call_ended(self, call: Call) -> None:
        """The call has a result or an error. Every call that started ends, however it ends."""


class ReadOnlyView:
    """A call or an attempt that can only be read: what observers get."""

    __slots__ = ("_viewed",)

    def __init__(self, viewed: Call | Attempt) -> None:
        object.__setattr__(self, "_viewed", viewed)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._viewed, name)
        if type(value) is dict:
            mapping: dict[Any, Any] = value
            return MappingProxyType(mapping)
        if type(value) is list:  # Of attempts.
            return tuple(map(ReadOnlyView, value))
        return ReadOnlyView(value) if type(value) is Attempt else value

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(
            f"an observer cannot change a call: {name!r} is read-only; to change calls, register a hook with "
            "events.around_call() or events.around_attempt()"
        )

    def __repr__(self) -> str:
        return repr(self._viewed)


class Hooks:
    """Everything around the calls of one operation of one client, composed once."""

    __slots__ = ("moments", "now", "perform", "send", "try_once")

    def __init__(
        self,
        perform: Step,
        send: Step,
        try_once: Step,
        observers: Iterable[Observer],
        runtime: Runtime,
    ) -> None:
        self.perform = perform
        self.send = send
        self.try_once = try_once
        #: Seconds of the runtime's clock.
        self.now: Callable[[], float] = runtime.now
        #: Methods of observers by moment.
        self.moments: dict[str, list[Callable[[Any], None]]] = {}
        for observer in observers:
            for name in _MOMENTS:
                if getattr(type(observer), name, None) not in (None, getattr(Observer, name)):
                    self.moments.setdefault(name, []).append(getattr(observer, name))

    async def run(self, call: Call) -> Any:
        """The whole call, observed from its start to its end."""
        call.hooks = self
        call.started_at = self.now()
        self.notify("call_started", call)
        try:
            call.result = await self.perform(call)
            return call.result
        except BaseException as error:
            call.error = error
            raise
        finally:
            call.ended_at = self.now()
            self.notify("call_ended", call)

    async def run_attempt(self, call: Call) -> Attempt:
        """One attempt, timed. What it raises (a wrong checksum, say) ended it."""
        attempt = call.attempts[-1]
        attempt.started_at = self.now()
        try:
            await self.try_once(call)
        except Exception as error:
            if attempt.ended_at is None:
                attempt.error, attempt.ended_at = error, self.now()
                if attempt.request is not None:
                    self.notify("attempt_ended", call)
            raise
        return attempt

    def notify(self, moment: str, call: Call) -> None:
        """Let observers know; what they raise is logged."""
        methods = self.moments.get(moment)
        if methods is None:
            return
        view: Any = ReadOnlyView(call)
        for method in methods:
            try:
                method(view)
            except Exception as error:
                # Not its text, in which there may be anything: what failed may be the hiding of secrets.
                logger("sotalia.call").warning(
                    "%s: an observer failed at %s: %s raised %s at %s",
                    call.name,
                    moment,
                    describe(method),
                    type(error).__name__,
                    _place(error),
                )


def _place(error: Exception) -> str:
    """File and line where an error was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "?" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"


#: The class of what :func:`compose` makes: see :func:`stand_outside`.
composed_class: type[Hooks] = Hooks


def stand_outside(hooks_class: type[Hooks]) -> None:
    """Have the calls of the process run by ``hooks_class``, outside of all hooks; by :class:`Hooks` itself as before.

    Like a hook that is the outermost in any case, and without what it costs that hooks can be many.
    """
    global composed_class
    composed_class = hooks_class
    forget_hooks_everywhere()


_MOMENTS = tuple(name for name in vars(Observer) if not name.startswith("_"))


class _Everywhere(EventRegistry):
    """Hooks and observers of all clients of the process, also of those that are there already."""

    def install(self, *arguments: Any, **named: Any) -> None:
        super().install(*arguments, **named)
        forget_hooks_everywhere()

    def scope(self) -> NoReturn:
        """There is none: what is composed from these hooks, all contexts share."""
        raise TypeError(
            "hooks of the whole process have no scope; open one on the events of a session or a client"
        )

    def unregister(self, *arguments: Any, **named: Any) -> bool:
        was_registered = super().unregister(*arguments, **named)
        forget_hooks_everywhere()
        return was_registered


#: What stands around every call of this process, outside of what clients have themselves. Only hooks and observers are
#: looked at here: handlers of events belong to sessions and clients.
EVERYWHERE: Final = _Everywhere(EVENT_ALIASES, coroutines=True)


def compose(call: Call, perform: Step, send: Step, try_once: Step) -> Hooks | Literal[False]:
    """The hooks and observers of the call's operation, or ``False`` where there are none."""
    events, runtime = call.events, call.channel.runtime
    around_call, around_retry_loop, around_attempt, observers = (
        EVERYWHERE.targets(what, call.name) + events.targets(what, call.name)
        for what in ("call", "retry-loop", "attempt", "observer")
    )
    if composed_class is Hooks and not (around_call or around_retry_loop or around_attempt or observers):
        return False
    for hook in reversed(around_attempt):
        try_once = _around(hook, try_once, _attempt_outcome, runtime)
    for hook in reversed(around_retry_loop):
        send = _around(hook, send, _loop_outcome, runtime)
    for hook in reversed(around_call):
        perform = _around(hook, perform, _call_outcome, runtime)
    return composed_class(perform, send, try_once, observers, runtime)


def _around(hook: Callable[..., Any], inner: Step, checked: Callable[..., Any], runtime: Runtime) -> Step:
    """One step with a hook around it."""
    is_driven = not runtime.is_async and not is_coroutine_function(hook)

    async def around(call: Call) -> Any:
        proceed = _Proceed(hook, inner, call)
        outcome = hook(call, partial(_drive_step, proceed) if is_driven else proceed)
        return checked(hook, call, await resolved(outcome))

    return around


def _drive_step(proceed: _Proceed) -> Any:
    """The rest of a synchronous call, for a plain hook."""
    return drive(proceed())


class _Proceed:
    """The rest of the call, for one hook and once."""

    __slots__ = ("_call", "_hook", "_inner", "_was_called")

    def __init__(self, hook: Any, inner: Step, call: Call) -> None:
        self._hook, self._inner, self._call = hook, inner, call
        self._was_called = False

    def __call__(self) -> Coroutine[Any, Any, Any]:
        if self._was_called:
            raise RuntimeError(
                f"{self._call.name}: {describe(self._hook)} called proceed() a second time, which would send the request "
                "again; to try again, register a handler of needs-retry, or make another call with the client"
            )
        self._was_called = True
        return self._inner(self._call)


def _call_outcome(hook: Any, call: Call, outcome: dict[str, Any] | str | None) -> Any:
    if isinstance(outcome, dict):
        return outcome
    raise _no_outcome(hook, call, outcome, "the result: 'return proceed()', or a dictionary of its own")


def _loop_outcome(hook: Any, call: Call, outcome: Any) -> None:
    """What such a hook has to say, it leaves on the call: see :mod:`sotalia.compatibility.endpoint`."""


def _attempt_outcome(hook: Any, call: Call, outcome: Any) -> Any:
    attempt = call.attempt
    if attempt.response is None and attempt.error is None:
        raise _no_outcome(hook, call, outcome, "proceed(), or set 'response' and 'result' of call.attempt")
    return attempt


def _no_outcome(hook: Any, call: Call, outcome: Any, expected: str) -> TypeError:
    return TypeError(
        f"{call.name}: {describe(hook)} returned {type(outcome).__name__}; a hook returns {expected}"
    )
