"""Registering handlers, and emitting events to them.

:mod:`~sotalia.events.tree` says in which order handlers are called. What an emission found in the tree is kept until a
registration that can change it.
"""

from __future__ import annotations

from threading import Lock
from types import CoroutineType
from typing import TYPE_CHECKING, Any, Final

from sotalia.events.aliases import AliasTable, apply_alias
from sotalia.events.handlers import Hook, LazyHandler, check_handler, check_is_plain, describe
from sotalia.events.tree import (
    EMPTY_NODE,
    FIRST,
    LAST,
    MIDDLE,
    Node,
    collect,
    count,
    registrations,
    with_handler,
    without_handler,
)
from sotalia.runtime import drive, renew_in_child, renewed_in_child
from sotalia.runtime.pickling import check

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

    from sotalia.call import Call, Observer
    from sotalia.events.handlers import Handler
    from sotalia.events.tree import Handlers

    #: ``hook(call, proceed)``, plain or ``async def``.
    AroundHook = Callable[[Call, Callable[[], Any]], Any]

#: The first part of the names under which hooks and observers stand in the tree.
AROUND: Final = "around"
_AROUND_DOT = f"{AROUND}."
# Names come from models, so they are few; this bound only keeps a caller who emits ever new names from filling the memory.
_CACHE_LIMIT = 50_000

#: What makes a handler that was written for the reference's objects fit for ours, by the first part of the event's name.
ADAPTERS: dict[str, Callable[[Handler], Handler | None]] = {}


class Listeners:
    """What one event name found: the name as handlers see it, and the handlers in order of calling."""

    __slots__ = ("event_name", "handlers")

    def __init__(self, event_name: str, handlers: Handlers) -> None:
        self.event_name = event_name
        self.handlers = handlers

    def explain_coroutine(self, handler: Handler) -> str:
        """Whose coroutine waits for an event loop that a synchronous client does not have."""
        return (
            f"{self.event_name}: {describe(handler)} returned a coroutine, but this client is synchronous: "
        )

    async def all(self, **kwargs: Any) -> list[tuple[Handler, Any]]:
        """Call handlers of either colour; the pairs of handler and return value, in order."""
        kwargs["event_name"] = self.event_name
        responses: list[tuple[Handler, Any]] = []
        for handler in self.handlers:
            value = handler(**kwargs)
            if type(value) is CoroutineType:
                value = await value
            responses.append((handler, value))
        return responses

    async def notify(self, **kwargs: Any) -> None:
        """Call handlers of either colour, in order, of an event for which return values mean nothing."""
        kwargs["event_name"] = self.event_name
        for handler in self.handlers:
            value = handler(**kwargs)
            if type(value) is CoroutineType:
                await value

    async def first_response(self, **kwargs: Any) -> tuple[Handler | None, Any]:
        """Call all handlers of either colour, in order; the first value that is not ``None``, and whose it is."""
        kwargs["event_name"] = self.event_name
        first, whose = None, None
        for handler in self.handlers:
            value = handler(**kwargs)
            if type(value) is CoroutineType:
                value = await value
            if first is None and value is not None:
                first, whose = value, handler
        return whose, first

    async def until_response(self, **kwargs: Any) -> tuple[Handler | None, Any]:
        """Call handlers of either colour up to the first that returns something else than ``None``."""
        kwargs["event_name"] = self.event_name
        handler: Handler | None = None
        for handler in self.handlers:
            value = handler(**kwargs)
            if type(value) is CoroutineType:
                value = await value
            if value is not None:
                return handler, value
        return handler, None


class _Snapshot:
    """One tree and what was looked up in it so far; shared by all copies that have not changed since."""

    __slots__ = ("composed", "found", "found_for_operation", "root")

    def __init__(self, root: Node) -> None:
        self.root = root
        self.found: dict[str, Listeners] = {}
        self.found_for_operation: dict[str, Listeners | None] = {}
        self.composed: dict[str, Any] = {}

    def replaced(self, root: Node, event_name: str) -> _Snapshot:
        """The snapshot of a tree that differs at ``event_name``: it forgets only look-ups that can differ."""
        new = _Snapshot(root)
        first = event_name.partition(".")[0]
        if first == "*" or not (self.found or self.composed):
            return new
        # A dictionary is copied at once, while other threads may add to it.
        dot = f"{first}."
        for name, listeners in self.found.copy().items():
            # The name with aliases applied: one of them may be its first part.
            if listeners.event_name != first and not listeners.event_name.startswith(dot):
                new.found[name] = listeners
        for name, heard in self.found_for_operation.copy().items():
            if name != first and not name.startswith(dot):
                new.found_for_operation[name] = heard
        if first != AROUND:
            new.composed = self.composed.copy()
        return new


class _Counted:
    """A handler registered under a counted unique id, and how often."""

    __slots__ = ("count", "handler")

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.count = 1


class EventRegistry:
    """Handlers by event name.

    ``aliases`` translates parts of names, both of registrations and of emissions (``logs`` -> ``cloudwatch-logs``).
    ``coroutines`` says whether ``async def`` handlers may be registered; only the registries of asynchronous sessions
    and clients accept them. ``copy.copy(registry)`` gives an isolated registry with the same handlers.
    """

    def __init__(self, aliases: Mapping[str, str] | None = None, *, coroutines: bool = False) -> None:
        self._aliases = AliasTable(aliases or {})
        #: Whether ``async def`` handlers may be registered.
        self.accepts_coroutines = coroutines
        self._snapshot = _Snapshot(EMPTY_NODE)
        self._unique: dict[Hashable, Handler | _Counted] = {}
        self.renew()
        renew_in_child(self)

    def renew(self) -> None:
        """In a forked child: forget who holds the lock."""
        self._lock = Lock()

    def __copy__(self) -> EventRegistry:
        twin = object.__new__(type(self))
        with self._lock:
            twin._aliases = self._aliases
            twin.accepts_coroutines = self.accepts_coroutines
            twin._snapshot = self._snapshot
            # As in the reference, counted ids keep one count for the origin and its copies.
            twin._unique = dict(self._unique)
        twin.renew()
        renew_in_child(twin)
        return twin

    def __deepcopy__(self, memo: dict[int, Any]) -> EventRegistry:
        return self.__copy__()

    def __getstate__(self) -> dict[str, Any]:
        """All registrations. Raises ``pickle.PicklingError`` that names a handler which cannot be pickled."""
        rows = list(registrations(self._snapshot.root, ()))
        for event_name, handler, _ in rows:
            target = handler.target if isinstance(handler, Hook) else handler
            if not isinstance(target, LazyHandler):
                check(
                    target,
                    f"{event_name}: {describe(target)}",
                    "register a function of a module, or register it in the worker",
                )
        return {
            "aliases": self._aliases,
            "coroutines": self.accepts_coroutines,
            "rows": rows,
            "unique": self._unique,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        root = EMPTY_NODE
        for event_name, handler, position in state["rows"]:
            root = with_handler(root, event_name.split("."), 0, handler, position)
        self._aliases = state["aliases"]
        self.accepts_coroutines = state["coroutines"]
        self._snapshot = _Snapshot(root)
        self._unique = state["unique"]
        self.renew()
        renew_in_child(self)

    def __repr__(self) -> str:
        return f"<EventRegistry: {count(self._snapshot.root)} handlers>"

    def set_colour(self, *, coroutines: bool) -> None:
        """Say whether ``async def`` handlers are accepted. Raises ``ValueError`` for one that is here and must not be."""
        if self.accepts_coroutines and not coroutines:
            for event_name, handler, _ in registrations(self._snapshot.root, ()):
                if not isinstance(handler, LazyHandler | Hook):
                    check_is_plain(event_name, handler)
        self.accepts_coroutines = coroutines

    # -- registration ------------------------------------------------------------------------------------------

    def register(
        self,
        event_name: str,
        handler: Handler,
        unique_id: Hashable | None = None,
        unique_id_uses_count: bool = False,
    ) -> None:
        """Call ``handler`` for every emission of ``event_name`` and of the names below it.

        ``unique_id`` (any hashable) makes later registrations with the same id do nothing, on whichever event; with
        ``unique_id_uses_count`` they are counted, and as many ``unregister`` calls are needed.
        Raises ``ValueError`` when the handler is not callable, does not accept ``**kwargs``, or is ``async def`` in a
        synchronous registry.
        """
        self._register(event_name, handler, unique_id, unique_id_uses_count, MIDDLE)

    def register_first(
        self,
        event_name: str,
        handler: Handler,
        unique_id: Hashable | None = None,
        unique_id_uses_count: bool = False,
    ) -> None:
        """Like :meth:`register`, before all plain registrations of exactly this event name."""
        self._register(event_name, handler, unique_id, unique_id_uses_count, FIRST)

    def register_last(
        self,
        event_name: str,
        handler: Handler,
        unique_id: Hashable | None = None,
        unique_id_uses_count: bool = False,
    ) -> None:
        """Like :meth:`register`, after all plain registrations of exactly this event name."""
        self._register(event_name, handler, unique_id, unique_id_uses_count, LAST)

    def _register(
        self, event_name: str, handler: Handler, unique_id: Hashable | None, counted: bool, position: int
    ) -> None:
        check_handler(event_name, handler, coroutines=self.accepts_coroutines)
        adapt = ADAPTERS.get(event_name.partition(".")[0])
        adapted = None if adapt is None else adapt(handler)
        if adapted is not None:
            if adapted in self.handlers(event_name):
                return
            handler = adapted
        self.install(event_name, handler, position, unique_id, counted)

    def install(
        self,
        event_name: str,
        handler: Handler,
        position: int = MIDDLE,
        unique_id: Hashable | None = None,
        counted: bool = False,
    ) -> None:
        """Register without looking at the handler: for built-in ones, which may be lazy or ``async def`` everywhere.

        A built-in coroutine only awaits its client's runtime, so in a synchronous client it never suspends.
        """
        event_name = self._alias(event_name)
        with self._lock:
            if unique_id is not None and self._is_repeated(unique_id, handler, counted):
                return
            root = with_handler(self._snapshot.root, event_name.split("."), 0, handler, position)
            self._snapshot = self._snapshot.replaced(root, event_name)

    def has_unique_id(self, unique_id: Hashable) -> bool:
        """Whether something is registered under this id."""
        return unique_id in self._unique

    def _is_repeated(self, unique_id: Hashable, handler: Handler, counted: bool) -> bool:
        known = self._unique.get(unique_id)
        if known is None:
            self._unique[unique_id] = _Counted(handler) if counted else handler
            return False
        _check_counting(unique_id, known, counted, "register")
        if isinstance(known, _Counted):
            known.count += 1
        return True

    def unregister(
        self,
        event_name: str,
        handler: Handler | None = None,
        unique_id: Hashable | None = None,
        unique_id_uses_count: bool = False,
    ) -> None:
        """Take one registration back; unknown ones are passed over in silence.

        With ``unique_id`` the handler stored under it is removed (a counted one when its count reaches zero); the event
        name must be the one it was registered for.
        """
        event_name = self._alias(event_name)
        with self._lock:
            if unique_id is not None:
                known = self._unique.get(unique_id)
                if known is None:
                    return
                _check_counting(unique_id, known, unique_id_uses_count, "unregister")
                if isinstance(known, _Counted):
                    known.count -= 1
                    if known.count:
                        return
                    known = known.handler
                del self._unique[unique_id]
                handler = known
            root = without_handler(self._snapshot.root, event_name.split("."), 0, handler)
            if root is not self._snapshot.root:
                self._snapshot = self._snapshot.replaced(root, event_name)

    # -- hooks and observers -----------------------------------------------------------------------------------

    def around_call(self, hook: AroundHook, scope: str = "", unique_id: Hashable | None = None) -> None:
        """Let ``hook(call, proceed)`` stand around every call of ``scope``: ``""``, ``"s3"`` or ``"s3.PutObject"``.

        See :mod:`sotalia.call.hooks`. Of two hooks the one that an event handler of the same scope would come first for
        stands further outside. Raises ``ValueError`` for what cannot be called.
        """
        self._around("call", hook, scope, unique_id)

    def around_attempt(self, hook: AroundHook, scope: str = "", unique_id: Hashable | None = None) -> None:
        """Let ``hook(call, proceed)`` stand around every attempt of the calls of ``scope``; ``call.attempt`` is the attempt."""
        self._around("attempt", hook, scope, unique_id)

    def observe(self, observer: Observer, scope: str = "", unique_id: Hashable | None = None) -> None:
        """Let an :class:`~sotalia.call.hooks.Observer` watch the calls of ``scope``. It cannot change them."""
        self._around("observer", observer, scope, unique_id)

    def remove(self, hook: AroundHook | Observer, scope: str = "") -> None:
        """Take back one hook or observer that was registered for exactly this scope; others are passed over."""
        for what in ("call", "attempt", "observer"):
            self.unregister(_around_name(what, scope), Hook(hook))

    def _around(self, what: str, hook: AroundHook | Observer, scope: str, unique_id: Hashable | None) -> None:
        if what != "observer" and not callable(hook):
            raise ValueError(
                f"{hook!r} cannot be called; a hook is a function hook(call, proceed), plain or 'async def'"
            )
        self.install(_around_name(what, scope), Hook(hook), unique_id=unique_id)

    # -- emission ----------------------------------------------------------------------------------------------

    def lookup(self, event_name: str) -> Listeners:
        """The name as handlers will see it (aliases applied), and the handlers in order of calling."""
        snapshot = self._snapshot
        found = snapshot.found.get(event_name)
        if found is None:
            found = self._find(snapshot, event_name)
            if len(snapshot.found) > _CACHE_LIMIT:
                snapshot.found.clear()
            snapshot.found[event_name] = found
        return found

    def listeners(self, event_name: str, operation: object) -> Listeners | None:
        """Who hears this event of this operation, or ``None``: the call path's look-up, one dictionary access.

        Built-in handlers that have nothing to do for the operation are left out. They say so by an attribute
        ``__sotalia_applies__(operation_model) -> bool`` (see :func:`only_for`), asked once per operation.
        """
        snapshot = self._snapshot
        try:
            return snapshot.found_for_operation[event_name]
        except KeyError:
            pass
        found = self.lookup(event_name)
        wanted = tuple(
            h
            for h in found.handlers
            if (ask := getattr(h, "__sotalia_applies__", None)) is None or ask(operation)
        )
        heard = Listeners(found.event_name, wanted) if wanted else None
        if len(snapshot.found_for_operation) > _CACHE_LIMIT:
            snapshot.found_for_operation.clear()
        snapshot.found_for_operation[event_name] = heard
        return heard

    def targets(self, what: str, scope: str) -> list[Any]:
        """The hooks around a ``call`` or an ``attempt``, or the ``observer`` objects, of a scope, in order."""
        handlers = self.handlers(f"{AROUND}.{what}.{scope}")
        return [handler.target for handler in handlers if isinstance(handler, Hook)]

    def forget_hooks(self) -> None:
        """Look hooks and observers up anew at the next call of each operation."""
        with self._lock:
            self._snapshot = self._snapshot.replaced(self._snapshot.root, AROUND)

    def composed(self, name: str) -> Any:
        """What :meth:`keep_composed` kept under ``name`` since the last hook was added or removed; ``None`` for nothing."""
        return self._snapshot.composed.get(name)

    def keep_composed(self, name: str, compose: Callable[[], Any]) -> Any:
        """What ``compose`` makes of hooks and observers, kept until one is added or removed."""
        while True:
            snapshot = self._snapshot
            made = compose()
            if snapshot is self._snapshot:  # Else another thread registered one meanwhile.
                snapshot.composed[name] = made
                return made

    def handlers(self, event_name: str) -> Handlers:
        """The handlers that an emission of this name calls now, in order."""
        return self.lookup(event_name).handlers

    def _find(self, snapshot: _Snapshot, event_name: str) -> Listeners:
        name = self._alias(event_name)
        nodes: list[Node] = []
        collect(snapshot.root, name.split("."), 0, nodes)
        handlers: list[Handler] = []
        for node in reversed(nodes):
            for section in node.handlers:
                handlers.extend(h.resolve() if type(h) is LazyHandler else h for h in section)
        is_around = name.startswith(_AROUND_DOT)
        return Listeners(name, tuple(h for h in handlers if isinstance(h, Hook) is is_around))

    def emit(self, event_name: str, **kwargs: Any) -> list[tuple[Handler, Any]]:
        """Call every handler with ``kwargs`` and ``event_name``; the pairs of handler and return value, in order.

        An exception of a handler ends the emission and goes to the caller.
        """
        found = self.lookup(event_name)
        kwargs["event_name"] = found.event_name
        return [(handler, self._call(handler, kwargs)) for handler in found.handlers]

    def emit_until_response(self, event_name: str, **kwargs: Any) -> tuple[Handler | None, Any]:
        """Call handlers up to the first that returns something else than ``None``: that handler and its value.

        ``(None, None)`` when there are no handlers, ``(last handler, None)`` when none of them answered.
        """
        found = self.lookup(event_name)
        kwargs["event_name"] = found.event_name
        handler: Handler | None = None
        for handler in found.handlers:
            value = self._call(handler, kwargs)
            if value is not None:
                return handler, value
        return handler, None

    def _call(self, handler: Handler, kwargs: dict[str, Any]) -> Any:
        value = handler(**kwargs)
        if type(value) is not CoroutineType:
            return value
        if self.accepts_coroutines:
            value.close()
            raise RuntimeError(
                f"{kwargs['event_name']}: {describe(handler)} is a coroutine function, but this event is emitted where "
                "nothing can be awaited (when a client is made, for one). Register a plain function for it; your own "
                "events can be emitted with 'await registry.emit_async(...)' or "
                "'await registry.emit_until_response_async(...)'."
            )
        try:
            return drive(value)
        except RuntimeError as error:
            # The coroutine is not of a call, so only the name of its handler is missing.
            if "event loop" not in str(error):
                raise
            found = Listeners(kwargs["event_name"], ())
            raise RuntimeError(f"{found.explain_coroutine(handler)}{error}") from error

    async def emit_async(self, event_name: str, **kwargs: Any) -> list[tuple[Handler, Any]]:
        """:meth:`emit` that awaits handlers which are ``async def``."""
        return await self.lookup(event_name).all(**kwargs)

    async def emit_until_response_async(self, event_name: str, **kwargs: Any) -> tuple[Handler | None, Any]:
        """:meth:`emit_until_response` that awaits handlers which are ``async def``."""
        return await self.lookup(event_name).until_response(**kwargs)

    # -- names -------------------------------------------------------------------------------------------------

    @property
    def _emitter(self) -> EventRegistry:
        # The reference keeps handlers in a registry below the one that knows aliases; tools go down to it.
        return self

    @property
    def _event_aliases(self) -> dict[str, str]:
        return {".".join(old): new for old, new in self._aliases.rows}

    def _alias_event_name(self, event_name: str) -> str:
        return self._alias(event_name)

    def alias(self, event_name: str) -> str:
        """The name under which an event is kept and emitted."""
        return self._alias(event_name)

    def _alias(self, event_name: str) -> str:
        parts = event_name.split(".")
        # Almost every name is free of aliases: one set comparison tells.
        if self._aliases.triggers.isdisjoint(parts):
            return event_name
        return apply_alias(self._aliases, parts) or event_name


def _around_name(what: str, scope: str) -> str:
    return f"{AROUND}.{what}.{scope}".rstrip(".")


def forget_hooks_everywhere() -> None:
    """Have every registry of the process look hooks and observers up anew."""
    for holder in renewed_in_child():
        if isinstance(holder, EventRegistry):
            holder.forget_hooks()


def first_non_none_response(responses: Iterable[tuple[Any, Any]], default: Any = None) -> Any:
    """The first return value that is not ``None`` in what :meth:`EventRegistry.emit` gave, or ``default``."""
    for _, value in responses:
        if value is not None:
            return value
    return default


def _check_counting(unique_id: Hashable, known: Handler | _Counted, counted: bool, verb: str) -> None:
    """The reference's texts, which name the first registration's kind the wrong way round; people match on them."""
    if counted == isinstance(known, _Counted):
        return
    if counted:
        raise ValueError(
            f"Initial registration of unique id {unique_id} was specified to use a counter. "
            f"Subsequent {verb} calls to unique id must specify use of a counter as well."
        )
    raise ValueError(
        f"Initial registration of unique id {unique_id} was specified to not use a counter. "
        f"Subsequent {verb} calls to unique id must specify not to use a counter as well."
    )
