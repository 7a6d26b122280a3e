"""Extensions: objects that register handlers, hooks and observers as one, listed by name and removable as one.

An extension has a method ``install(events)`` and, if its class's name will not do, a ``name``. It is installed by
``client(..., extensions=[...])``, ``Session(extensions=[...])`` or ``events.extensions.add(...)``. What it registers there is
recorded, so removing needs nothing of it. Its handlers and hooks add its name to what they raise.
"""

from __future__ import annotations

import os
from _thread import RLock
from types import CoroutineType, FunctionType, MethodType
from typing import TYPE_CHECKING, Any, Protocol

from sotalia.events.handlers import Hook, OwnedHandler, check_handler
from sotalia.events.snapshot import AROUND
from sotalia.events.tree import MIDDLE
from sotalia.runtime import ProcessLock

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

    from sotalia.events.handlers import Handler, Returned
    from sotalia.events.registry import EventRegistry

#: The group of entry points that names stand for, and the variable that says which of them every session gets.
GROUP = f"{__name__.partition('.')[0]}.extensions"
VARIABLE = "SOTALIA_EXTENSIONS"


# One extension may install another one.
_installing = ProcessLock(RLock)


class Extension(Protocol):
    """What can be installed."""

    def install(self, events: EventRegistry) -> None:
        """Register what it consists of. ``events`` is a session's registry, or a client's."""
        ...


class ExtensionError(Exception):
    """An extension that there is not, or that failed while it was installed. ``name`` says which."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name

    def __reduce__(self) -> Any:
        return type(self), (self.name, str(self))


class Installed:
    """An extension that is installed, and its registrations: pairs of an event's name and a handler, in order."""

    __slots__ = ("_registered", "extension", "name")

    def __init__(
        self,
        name: str,
        extension: Extension,
        registered: tuple[tuple[str, Handler, Hashable, bool], ...] = (),
    ) -> None:
        self.name = name
        self.extension = extension
        self._registered = registered

    @property
    def registrations(self) -> list[tuple[str, Handler]]:
        """Names of events, or of what hooks stand around (``around.call.s3``), each with the extension's own function."""
        return [(event_name, _own(handler)) for event_name, handler, _, _ in self._registered]

    def remove_from(self, events: EventRegistry) -> None:
        """Take the registrations back."""
        for event_name, handler, unique_id, counted in reversed(self._registered):
            events.unregister(event_name, handler, unique_id, counted)

    def __repr__(self) -> str:
        return f"<Installed {self.name}: {len(self._registered)} registrations>"


class Extensions:
    """The extensions of a registry, in the order of installation. The copies of the registry that clients get keep them."""

    __slots__ = ("_events",)

    def __init__(self, events: EventRegistry) -> None:
        self._events = events

    def add(self, *extensions: Extension | str) -> None:
        """Install extensions; all or none. A text names an entry point of the group ``sotalia.extensions``.

        One that is installed here already is passed over. Raises ``ExtensionError`` for one that fails or that there is
        not, ``TypeError`` for what is none.
        """
        with _installing.lock:
            before = self._events.installed_extensions
            try:
                for extension in extensions:
                    self._add(load(extension) if isinstance(extension, str) else extension)
            except BaseException:
                for installed in self._events.installed_extensions[len(before) :]:
                    self.remove(installed.extension)
                raise

    def _add(self, extension: Extension) -> None:
        if isinstance(extension, type) or not callable(getattr(extension, "install", None)):
            raise _no_extension(extension)
        if extension in self:
            return
        name = getattr(extension, "name", None) or type(extension).__name__
        recorder: Any = _Recorder(self._events, name)
        try:
            extension.install(recorder)
        except BaseException as error:
            Installed(name, extension, tuple(recorder.recorded)).remove_from(self._events)
            if not isinstance(error, Exception):
                raise
            raise ExtensionError(
                name, f"extension {name!r} cannot be installed: {type(error).__name__}: {error}"
            ) from error
        self._events.installed_extensions += (Installed(name, extension, tuple(recorder.recorded)),)

    def remove(self, extension: Extension | str) -> bool:
        """Take back an extension, or all of a name, and say whether it was there."""
        is_name = isinstance(extension, str)
        found = [
            each for each in self if (each.name == extension if is_name else each.extension is extension)
        ]
        for installed in found:
            installed.remove_from(self._events)
        self._events.installed_extensions = tuple(each for each in self if each not in found)
        return bool(found)

    def __iter__(self) -> Iterator[Installed]:
        return iter(self._events.installed_extensions)

    def __len__(self) -> int:
        return len(self._events.installed_extensions)

    def __contains__(self, extension: object) -> bool:
        return any(extension in (each.name, each) or extension is each.extension for each in self)

    def __repr__(self) -> str:
        return f"<Extensions: {', '.join(each.name for each in self) or 'none'}>"


def _no_extension(value: object) -> TypeError:
    expected = "an extension is an object with a method install(events)"
    if isinstance(value, type):
        hint = f"; write {value.__name__}()" if hasattr(value, "install") else ""
        return TypeError(f"{expected}, not the class {value.__name__}{hint}")
    return TypeError(f"{expected}, not {type(value).__name__}")


class _OwnedHook(OwnedHandler):
    """A hook of an extension: what it raises names the extension, what ``proceed()`` raised does not."""

    __slots__ = ()

    def __call__(self, call: Any, proceed: Callable[[], Any]) -> Any:  # type: ignore[override]
        inner = _Proceed(proceed)
        try:
            value: Returned = self.function(call, inner)
        except Exception as error:
            self._name(error, inner, call)
            raise
        return self._finished(value, inner, call) if type(value) is CoroutineType else value

    async def _finished(self, value: CoroutineType[Any, Any, Any], inner: _Proceed, call: Any) -> Any:
        try:
            return await value
        except Exception as error:
            self._name(error, inner, call)
            raise

    def _name(self, error: Exception, inner: _Proceed, call: Any) -> None:
        if error is not inner.error:
            self.name_owner(error, f"around {call.name}")


class _Proceed:
    """The rest of a call, with what it raised."""

    __slots__ = ("_proceed", "error")

    def __init__(self, proceed: Callable[[], Any]) -> None:
        self._proceed = proceed
        self.error: Exception | None = None

    def __call__(self) -> Any:
        try:
            value: Returned = self._proceed()
        except Exception as error:
            self.error = error
            raise
        return self._awaited(value) if type(value) is CoroutineType else value

    async def _awaited(self, value: CoroutineType[Any, Any, Any]) -> Any:
        try:
            return await value
        except Exception as error:
            self.error = error
            raise


class _Recorder:
    """The registry as an extension sees it while it is installed: it records what is registered, and for whom.

    All other methods are the registry's own, which come back here to register.
    """

    __slots__ = ("_events", "_owner", "recorded")

    def __init__(self, events: EventRegistry, owner: str) -> None:
        self._events = events
        self._owner = owner
        self.recorded: list[tuple[str, Handler, Hashable, bool]] = []

    def __getattr__(self, name: str) -> Any:
        method = getattr(type(self._events), name, None)
        return MethodType(method, self) if isinstance(method, FunctionType) else getattr(self._events, name)

    def _register(
        self, event_name: str, handler: Handler, unique_id: Hashable | None, counted: bool, position: int
    ) -> None:
        check_handler(event_name, handler, coroutines=self.accepts_coroutines)
        owned = OwnedHandler(handler, self._owner)
        if self._record(event_name, owned, unique_id, counted):
            self._events._register(event_name, owned, unique_id, counted, position)

    def install(
        self,
        event_name: str,
        handler: Handler,
        position: int = MIDDLE,
        unique_id: Hashable | None = None,
        counted: bool = False,
        *,
        is_noted: bool = False,
    ) -> None:
        if isinstance(handler, Hook) and not event_name.startswith(f"{AROUND}.observer"):
            handler = Hook(_OwnedHook(handler.target, self._owner))
        if self._record(event_name, handler, unique_id, counted):
            self._events.install(event_name, handler, position, unique_id, counted, is_noted=is_noted)

    def _record(self, event_name: str, handler: Handler, unique_id: Hashable | None, counted: bool) -> bool:
        """Whether there is something to register: a unique id that is taken belongs to somebody else."""
        if unique_id is not None and not counted and self._events.has_unique_id(unique_id):
            return False
        self.recorded.append((event_name, handler, unique_id, counted))
        return True

    def unregister(
        self,
        event_name: str,
        handler: Handler | None = None,
        unique_id: Hashable | None = None,
        unique_id_uses_count: bool = False,
    ) -> bool:
        if isinstance(handler, Hook):
            # It may be a hook of the extension, or an observer, which is registered as it is.
            wrapped: Handler = Hook(_OwnedHook(handler.target, self._owner))
            handler = wrapped if self._forget(event_name, wrapped, unique_id) else handler
        elif handler is not None:
            handler = OwnedHandler(handler, self._owner)
        self._forget(event_name, handler, unique_id)
        return self._events.unregister(event_name, handler, unique_id, unique_id_uses_count)

    def _forget(self, event_name: str, handler: Handler | None, unique_id: Hashable | None) -> bool:
        """Drop what was recorded of a registration, and say whether there was something."""
        for row in self.recorded:
            if row[0] == event_name and (row[1] == handler if unique_id is None else row[2] == unique_id):
                self.recorded.remove(row)
                return True
        return False

    def declare(self, *events: str) -> None:
        self._events.declare(*events)


def _own(handler: Any) -> Any:
    """The function that an extension registered."""
    if isinstance(handler, Hook):
        handler = handler.target
    return handler.function if isinstance(handler, OwnedHandler) else handler


# -- by name -------------------------------------------------------------------------------------------------------


def install_in_session(
    events: EventRegistry, extensions: Iterable[Extension | str] | None, *, from_environment: bool
) -> None:
    """Install those that ``SOTALIA_EXTENSIONS`` names, in its order, and then those of the argument."""
    named = os.environ.get(VARIABLE, "") if from_environment else ""
    events.extensions.add(*filter(None, (name.strip() for name in named.split(","))), *(extensions or ()))


def load(name: str) -> Extension:
    """The extension of an entry point: an object with ``install``, or something to call for one. Raises ``ExtensionError``."""
    from importlib.metadata import entry_points

    found = entry_points(group=GROUP)
    if name not in found.names:
        known = ", ".join(sorted(found.names)) or "none"
        raise ExtensionError(
            name, f"there is no extension {name!r}; the entry points of the group {GROUP!r} are: {known}"
        )
    try:
        loaded: Any = found[name].load()
        # A class has the method as well; what it makes is meant.
        made: Extension = loaded if hasattr(loaded, "install") and not isinstance(loaded, type) else loaded()
    except Exception as error:
        raise ExtensionError(
            name,
            f"extension {name!r} ({found[name].value}) cannot be loaded: {type(error).__name__}: {error}",
        ) from error
    return made
