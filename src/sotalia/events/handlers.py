"""Handlers: what may be registered, how a lazy one is named, and how an error names the culprit."""

from __future__ import annotations

from types import CodeType, CoroutineType, FunctionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable
    from typing import Any, TypeVar

    from sotalia.events.event import Event
    from sotalia.events.order import Order

    Handler = Callable[..., Any]
    # What a handler returns: a union, for checkers to know what comes of its coroutine.
    Returned = CoroutineType[Any, Any, Any] | dict[str, Any] | str | int | None
    F = TypeVar("F")

_PACKAGE = f"{__name__.partition('.')[0]}."
_VARKEYWORDS = 0x08  # inspect.CO_VARKEYWORDS; inspect itself takes 10 ms to import
_ASYNCHRONOUS = 0x80 | 0x200  # inspect.CO_COROUTINE, inspect.CO_ASYNC_GENERATOR


class LazyHandler:
    """A handler named by ``"package.module:function"``, imported when an event that it hears is first emitted."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path

    def resolve(self) -> Handler:
        """The function itself."""
        from importlib import import_module

        module, _, name = self.path.partition(":")
        handler: Handler = getattr(import_module(module), name)
        return handler

    def __call__(self, **kwargs: Any) -> Any:
        """Call the function itself."""
        return self.resolve()(**kwargs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LazyHandler) and other.path == self.path

    def __hash__(self) -> int:
        return hash(self.path)

    def __repr__(self) -> str:
        return f"<LazyHandler {self.path}>"


def only_for(wanted: Callable[[Any], bool]) -> Callable[[F], F]:
    """Mark a built-in handler as one for some operations: ``wanted(operation_model)`` says for which.

    The call path then leaves it out for all others, as if it were not registered.
    """

    def mark(handler: F) -> F:
        handler.__sotalia_applies__ = wanted  # type: ignore[attr-defined]
        return handler

    return mark


def applicable(handlers: Iterable[Handler], operation: object) -> tuple[Handler, ...]:
    """The handlers that have something to do for an operation: see :func:`only_for`."""
    return tuple(
        handler
        for handler in handlers
        if (ask := getattr(handler, "__sotalia_applies__", None)) is None or ask(operation)
    )


def named(name: str) -> Callable[[F], F]:
    """Name a built-in handler, for programs that want theirs before or after it, where its function's name says little."""

    def mark(handler: F) -> F:
        handler.__sotalia_name__ = name  # type: ignore[attr-defined]
        return handler

    return mark


def sends(why: str, instead: str | None = None) -> Callable[[F], F]:
    """Mark a built-in handler as one that may send requests of its own, so that ``explain`` does not call it.

    ``why`` in words · ``instead`` the name of a method of the same object that does what can be done without sending, and
    returns whether that was all.
    """

    def mark(handler: F) -> F:
        handler.__sotalia_sends__ = (why, instead)  # type: ignore[attr-defined]
        return handler

    return mark


class LazyModule:
    """Stands for a module in a table of handlers: its attributes are :class:`LazyHandler` objects."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> LazyHandler:
        return LazyHandler(f"{self._name}:{name}")


class Ordered:
    """A handler that may have a name of its own, and say before or after which others it wants to stand."""

    __slots__ = ("order",)

    order: Order | None


class Hook(Ordered):
    """A hook or an observer of calls in the tree of handlers, where emissions pass it over."""

    __slots__ = ("target",)

    def __init__(self, target: Any, order: Order | None = None) -> None:
        self.target = target
        self.order = order

    def __call__(self, **kwargs: Any) -> None:
        """Nothing: an event that is emitted is none of its business."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hook) and other.target == self.target

    def __hash__(self) -> int:
        return hash(self.target)

    def __repr__(self) -> str:
        return f"<Hook {describe(self.target)}>"


class TypedHandler(Ordered):
    """A function of one typed event, as a handler: it gets the event's object, and speaks by its methods."""

    __slots__ = ("event", "function")

    def __init__(self, event: type[Event], function: Handler, order: Order | None = None) -> None:
        self.event = event
        self.function = function
        self.order = order

    def __call__(self, **arguments: Any) -> Any:
        """What the function had the event's object return; a coroutine for a coroutine function."""
        event = self.event(arguments)
        value: Returned = self.function(event)
        if type(value) is CoroutineType:
            return self._awaited(event, value)
        self._check(event, value)
        return event.returned

    async def _awaited(self, event: Event, work: Coroutine[Any, Any, Any]) -> Any:
        self._check(event, await work)
        return event.returned

    def _check(self, event: Event, value: object) -> None:
        # A lambda always returns something, mostly what nobody means: 'lambda event: event.params.setdefault(...)'.
        if value is not None and getattr(self.function, "__name__", "") != "<lambda>":
            raise TypeError(
                f"{event.event_name}: {describe(self)} returned {short(value)}; typed handlers return nothing, but call a "
                f"method of the event{_methods(self.event)}"
            )

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, TypedHandler) and other.event is self.event and other.function == self.function
        )

    def __hash__(self) -> int:
        return hash((self.event, self.function))

    def __repr__(self) -> str:
        return f"<TypedHandler of {self.event.__name__}: {describe(self)}>"


class OwnedHandler:
    """A handler of an extension: what it raises names the extension."""

    __slots__ = ("function", "owner")

    def __init__(self, function: Handler, owner: str) -> None:
        self.function = function
        self.owner = owner

    def __call__(self, **arguments: Any) -> Any:
        """Call the handler; a coroutine for one that awaits."""
        try:
            value: Returned = self.function(**arguments)
        except Exception as error:
            self.name_owner(error, f"of {arguments['event_name']}")
            raise
        return self._awaited(value, arguments) if type(value) is CoroutineType else value

    async def _awaited(self, value: Coroutine[Any, Any, Any], arguments: dict[str, Any]) -> Any:
        try:
            return await value
        except Exception as error:
            self.name_owner(error, f"of {arguments['event_name']}")
            raise

    def name_owner(self, error: Exception, where: str) -> None:
        """Add a note to an exception: which extension it comes from, and its handler."""
        add_note(error, f"raised in extension {self.owner!r}: {describe(self)} {where}")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and (other.function, other.owner) == (self.function, self.owner)

    def __hash__(self) -> int:
        return hash((self.function, self.owner))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.owner}: {describe(self)}>"


def _methods(event: type[Event]) -> str:
    """``, such as respond()``: what a typed handler can call in the place of returning something."""
    names = [
        name
        for base in event.__mro__[:-2]
        for name, found in vars(base).items()
        if type(found) is FunctionType and not name.startswith("_")
    ]
    return f", such as {' or '.join(f'{name}()' for name in names)}" if names else ""


def unfit_value(event: type[Event], event_name: str, handler: Any, value: object) -> TypeError:
    """The error for a return value that makes no sense at an event: whose it is, what it is, what is expected."""
    return TypeError(f"{event_name}: {describe(handler)} returned {short(value)}; expected {event.expects}")


def short(value: object) -> str:
    """A value for a message: its type, and what it is where that can hold no secret."""
    if value is None or isinstance(value, bool | int | float):
        return repr(value)
    return f"a value of type {type(value).__name__}"


def check_handler(event_name: str, handler: object, *, coroutines: bool) -> None:
    """Raise ``ValueError`` for what cannot be a handler; ``coroutines``: whether ``async def`` ones are accepted."""
    if not callable(handler):
        raise ValueError(f"Event handler {handler} must be callable.")
    if not _accepts_kwargs(handler):
        raise ValueError(f"Event handler {handler} must accept keyword arguments (**kwargs)")
    if not coroutines:
        check_is_plain(event_name, handler)


def check_is_plain(event_name: str, handler: object) -> None:
    """Raise ``ValueError`` for a coroutine function."""
    if is_coroutine_function(handler):
        raise ValueError(
            f"{event_name}: {describe(handler)} is a coroutine function, but this client is synchronous. "
            "Register a plain function, or create the client with the asynchronous session."
        )


def _accepts_kwargs(handler: Callable[..., Any]) -> bool:
    code = getattr(getattr(handler, "__func__", handler), "__code__", None)
    if type(code) is CodeType and not hasattr(handler, "__wrapped__"):
        return bool(code.co_flags & _VARKEYWORDS)
    import inspect

    try:
        return inspect.getfullargspec(handler).varkw is not None
    except TypeError:
        return True  # a signature that cannot be read is given the benefit of the doubt


def is_coroutine_function(handler: Any) -> bool:
    """Whether calling it gives something to be awaited: also for objects with ``async def __call__``, and partials."""
    return bool(getattr(_code(unwrapped(handler)), "co_flags", 0) & _ASYNCHRONOUS)


def unwrapped(handler: Any) -> Any:
    """What a ``functools.partial``, a typed handler, a hook or a handler of an extension calls in the end.

    Its class says so, not an attribute: a mock has every attribute that one asks for.
    """
    from functools import partial

    while True:
        if isinstance(handler, partial):
            handler = handler.func
        elif isinstance(handler, TypedHandler | OwnedHandler):
            handler = handler.function
        elif isinstance(handler, Hook):
            handler = handler.target
        else:
            return handler


def _code(handler: object) -> Any:
    """The code of a function or method, or of what calling an object runs; ``None`` for what is not Python."""
    if isinstance(handler, type):
        return None
    for candidate in (handler, getattr(type(handler), "__call__", None)):  # noqa: B004 - its code is wanted
        code = getattr(getattr(candidate, "__func__", candidate), "__code__", None)
        if code is not None:
            return code
    return None


def is_built_in(handler: Any) -> bool:
    """Whether a handler is one of this package's own."""
    module = getattr(unwrapped(handler), "__module__", None)
    return isinstance(module, str) and module.startswith(_PACKAGE)


def add_note(error: Exception, note: str) -> None:
    """Add a note to an exception, once: the same error may pass several emissions."""
    if note not in getattr(error, "__notes__", ()):
        error.add_note(note)


def place_of(handler: Any) -> str:
    """``app/hooks.py:12``, or ``""`` where that is not known."""
    code = _code(unwrapped(handler))
    # A mock's code only says that it is one.
    return f"{code.co_filename}:{code.co_firstlineno}" if type(code) is CodeType else ""


def describe(handler: Any) -> str:
    """``handler 'audit' (app/hooks.py:12)``."""
    place = place_of(handler)
    handler = unwrapped(handler)
    name = getattr(handler, "__qualname__", None) or type(handler).__qualname__
    return f"handler '{name}' ({place})" if place else f"handler '{name}'"
