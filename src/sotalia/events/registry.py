"""Who is called for an event, and in which order.

Names are dotted (``before-call.s3.PutObject``). A handler registered at ``a.b`` hears ``a.b`` and everything below it;
``*`` as a whole part stands for exactly one part. Order of the handlers of one emission, decided part by part from the
left: a wildcard before an exact part, a longer registration before a shorter one. For ``a.b.c`` that is ::

    *.*.*  *.*.c  *.*  *.b.*  *.b.c  *.b  *  a.*.*  a.*.c  a.*  a.b.*  a.b.c  a.b  a

At one name: ``register_first`` handlers, then ``register``, then ``register_last``, each in order of registration.

The registrations form a tree that is never changed, only replaced along the path to the new handler. So a copy of a
registry shares everything with its origin until one of them changes, an emission in one thread never sees half a
registration of another, and what an emission found is kept until the next registration.
"""

from __future__ import annotations

from threading import Lock
from types import CodeType, CoroutineType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sotalia.runtime import drive, renew_in_child

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping

    Handler = Callable[..., Any]
    Handlers = tuple[Handler, ...]

F = TypeVar("F")

FIRST: Final = 0
MIDDLE: Final = 1
LAST: Final = 2

_NOBODY: Handlers = ()
_VARKEYWORDS = 0x08  # inspect.CO_VARKEYWORDS; inspect itself takes 10 ms to import
_ASYNCHRONOUS = 0x80 | 0x200  # inspect.CO_COROUTINE, inspect.CO_ASYNC_GENERATOR
# A name is cached for as long as no handler is added. Names come from models, so they are few; this bound only keeps
# a caller who emits ever new names from filling the memory.
_CACHE_LIMIT = 50_000


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


class _Node:
    """One part of a name: the handlers registered exactly there, and the parts below. Never changed once in a tree."""

    __slots__ = ("children", "handlers")

    def __init__(self, children: dict[str, _Node], handlers: tuple[Handlers, Handlers, Handlers]) -> None:
        self.children = children
        self.handlers = handlers


_EMPTY_HANDLERS = (_NOBODY, _NOBODY, _NOBODY)
_EMPTY_NODE = _Node({}, _EMPTY_HANDLERS)


class _Snapshot:
    """One tree and what was looked up in it so far; shared by all copies that have not changed since."""

    __slots__ = ("found", "found_for_operation", "root")

    def __init__(self, root: _Node) -> None:
        self.root = root
        self.found: dict[str, Listeners] = {}
        self.found_for_operation: dict[str, Listeners | None] = {}


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
        self._aliases = _AliasTable(aliases or {})
        #: Whether ``async def`` handlers may be registered.
        self.accepts_coroutines = coroutines
        self._snapshot = _Snapshot(_EMPTY_NODE)
        self._unique: dict[Hashable, Handler | _Counted] = {}
        self.renew_lock()
        renew_in_child(self)

    def renew_lock(self) -> None:
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
        twin.renew_lock()
        renew_in_child(twin)
        return twin

    def __repr__(self) -> str:
        return f"<EventRegistry: {_count(self._snapshot.root)} handlers>"

    def set_colour(self, *, coroutines: bool) -> None:
        """Say whether ``async def`` handlers are accepted. Raises ``ValueError`` for one that is here and must not be."""
        if self.accepts_coroutines and not coroutines:
            for event_name, handler in _registrations(self._snapshot.root, ()):
                if type(handler) is not LazyHandler:
                    _check_colour(event_name, handler)
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
        _check_handler(event_name, handler, coroutines=self.accepts_coroutines)
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
            root = _with_handler(self._snapshot.root, event_name.split("."), 0, handler, position)
            self._snapshot = _Snapshot(root)

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
            root = _without_handler(self._snapshot.root, event_name.split("."), 0, handler)
            if root is not self._snapshot.root:
                self._snapshot = _Snapshot(root)

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

    def handlers(self, event_name: str) -> Handlers:
        """The handlers that an emission of this name calls now, in order."""
        return self.lookup(event_name).handlers

    def _find(self, snapshot: _Snapshot, event_name: str) -> Listeners:
        name = self._alias(event_name)
        nodes: list[_Node] = []
        _collect(snapshot.root, name.split("."), 0, nodes)
        handlers: list[Handler] = []
        for node in reversed(nodes):
            for section in node.handlers:
                handlers.extend(h.resolve() if type(h) is LazyHandler else h for h in section)
        return Listeners(name, tuple(handlers))

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

    def _alias(self, event_name: str) -> str:
        parts = event_name.split(".")
        # Almost every name is free of aliases: one set comparison tells.
        if self._aliases.triggers.isdisjoint(parts):
            return event_name
        return _apply_alias(self._aliases, parts) or event_name


def first_non_none_response(responses: Iterable[tuple[Any, Any]], default: Any = None) -> Any:
    """The first return value that is not ``None`` in what :meth:`EventRegistry.emit` gave, or ``default``."""
    for _, value in responses:
        if value is not None:
            return value
    return default


# -- the tree ------------------------------------------------------------------------------------------------------


def _with_handler(node: _Node, parts: list[str], depth: int, handler: Handler, position: int) -> _Node:
    """A copy of ``node`` in which ``handler`` is registered at ``parts[depth:]``; all else is shared."""
    if depth == len(parts):
        sections = list(node.handlers)
        sections[position] = (*sections[position], handler)
        return _Node(node.children, (sections[0], sections[1], sections[2]))
    part = parts[depth]
    child = _with_handler(node.children.get(part, _EMPTY_NODE), parts, depth + 1, handler, position)
    return _Node({**node.children, part: child}, node.handlers)


def _without_handler(node: _Node, parts: list[str], depth: int, handler: Handler | None) -> _Node:
    """A copy of ``node`` without the first registration of ``handler`` at ``parts[depth:]``, or ``node`` itself."""
    if depth == len(parts):
        for position, section in enumerate(node.handlers):
            if handler in section:
                index = section.index(handler)
                sections = list(node.handlers)
                sections[position] = section[:index] + section[index + 1 :]
                return _Node(node.children, (sections[0], sections[1], sections[2]))
        return node
    child = node.children.get(parts[depth])
    if child is None:
        return node
    changed = _without_handler(child, parts, depth + 1, handler)
    if changed is child:
        return node
    return _Node({**node.children, parts[depth]: changed}, node.handlers)


def _collect(node: _Node, parts: list[str], depth: int, nodes: list[_Node]) -> None:
    """Every node that hears ``parts``, exact before wildcard, shorter before longer: the order of calling, reversed."""
    nodes.append(node)
    if depth == len(parts):
        return
    for part in (parts[depth], "*"):
        child = node.children.get(part)
        if child is not None:
            _collect(child, parts, depth + 1, nodes)


def _registrations(node: _Node, parts: tuple[str, ...]) -> Iterator[tuple[str, Handler]]:
    """Every registration below ``node``: its event name and its handler."""
    for section in node.handlers:
        for handler in section:
            yield ".".join(parts), handler
    for part, child in node.children.items():
        yield from _registrations(child, (*parts, part))


def _count(node: _Node) -> int:
    return sum(map(len, node.handlers)) + sum(_count(child) for child in node.children.values())


# -- aliases -------------------------------------------------------------------------------------------------------


class _AliasTable:
    """Aliases split into parts, in order, and the parts without which none of them can match."""

    __slots__ = ("rows", "triggers")

    def __init__(self, aliases: Mapping[str, str]) -> None:
        self.rows = tuple((old.split("."), new) for old, new in aliases.items())
        self.triggers = frozenset(parts[0] for parts, _ in self.rows)


def _apply_alias(table: _AliasTable, parts: list[str]) -> str | None:
    """The name with its first matching alias replaced; a dotted alias collapses a run of parts into one."""
    for old, new in table.rows:
        length = len(old)
        for start in range(len(parts) - length + 1):
            if parts[start : start + length] == old:
                return ".".join([*parts[:start], new, *parts[start + length :]])
    return None


# -- checks --------------------------------------------------------------------------------------------------------


def _check_handler(event_name: str, handler: object, *, coroutines: bool) -> None:
    if not callable(handler):
        raise ValueError(f"Event handler {handler} must be callable.")
    if not _accepts_kwargs(handler):
        raise ValueError(f"Event handler {handler} must accept keyword arguments (**kwargs)")
    if not coroutines:
        _check_colour(event_name, handler)


def _check_colour(event_name: str, handler: object) -> None:
    if _is_coroutine_function(handler):
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


def _is_coroutine_function(handler: Any) -> bool:
    return bool(getattr(_code(_unwrapped(handler)), "co_flags", 0) & _ASYNCHRONOUS)


def _unwrapped(handler: Any) -> Any:
    """What a ``functools.partial`` calls in the end; told by its class, since a mock has every attribute one asks for."""
    from functools import partial

    while isinstance(handler, partial):
        handler = handler.func
    return handler


def _code(handler: Any) -> Any:
    """The code of a function or method, or of what calling an object runs; ``None`` for what is not Python."""
    if isinstance(handler, type):
        return None
    for candidate in (handler, getattr(type(handler), "__call__", None)):  # noqa: B004 - its code is wanted
        code = getattr(getattr(candidate, "__func__", candidate), "__code__", None)
        if code is not None:
            return code
    return None


def describe(handler: Any) -> str:
    """``handler 'audit' (app/hooks.py:12)``."""
    handler = _unwrapped(handler)
    name = getattr(handler, "__qualname__", None) or type(handler).__qualname__
    code = _code(handler)
    if type(code) is CodeType:  # a mock's only says that it is one
        return f"handler '{name}' ({code.co_filename}:{code.co_firstlineno})"
    return f"handler '{name}'"


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
