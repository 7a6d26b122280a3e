"""Scopes: registrations that live for a block and its context, and for nobody else.

::

    with client.meta.events.scope() as events:
        events.register("before-call.s3", stamp)
        client.list_buckets()                        # stamped, and so are calls of tasks that are started here

A context is that of :mod:`contextvars`: threads and tasks beside the block do not see its registrations. Tasks, and threads
that are given a copy of the context, do, but only while the block lasts: whether a scope is open stands on the scope, not
in the context. So nobody hears its handlers afterwards, however the block ended and whoever still runs.

What is registered on ``events`` is a layer over the registry, which itself is not changed: at each name and position its
handlers come after those of the registry, as if they had been registered there last. Scopes within scopes are layers over
layers. Only a registry with an open scope looks for layers: its class is exchanged for one whose snapshot is a property. All
others cost what they cost before there were scopes.

A copy that is made within the block, such as the registry of a new client, sees the layers while the block lasts.
"""

from __future__ import annotations

from contextvars import ContextVar
from threading import RLock
from weakref import WeakSet

from sotalia.events.registrations import Registrations
from sotalia.events.tree import MIDDLE, joined, registrations
from sotalia.runtime.locks import ProcessLock
from sotalia.runtime.pickling import refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable
    from types import TracebackType
    from typing import Any

    from sotalia.events.handlers import Handler, Ordered
    from sotalia.events.listeners import Listeners
    from sotalia.events.registry import EventRegistry
    from sotalia.events.snapshot import Snapshot

#: The scopes that were entered in this context, outermost first; those that ended meanwhile mean nothing.
_entered: ContextVar[tuple[Scope, ...]] = ContextVar("sotalia_event_scopes", default=())
# Held while a registry's class is exchanged. Reentrant, as the garbage collector may end a scope anywhere.
_exchanging = ProcessLock(RLock)


class Scope:
    """One block. Entering it, by ``with`` or ``async with``, gives the registry to register on. It is entered once.

    ``plain`` is the class of registries without anything around them.
    """

    def __init__(self, registry: EventRegistry, plain: type[EventRegistry]) -> None:
        self._registry: EventRegistry | None = registry
        self._layer_class: Any = _combined(Layer, plain)
        #: What is registered here; ``None`` before the block and after it.
        self.layer: Layer | None = None
        self._attached: WeakSet[EventRegistry] = WeakSet()

    @property
    def is_open(self) -> bool:
        """Whether the block lasts."""
        return self.layer is not None

    def attach(self, registry: EventRegistry) -> None:
        """Have a registry look for this scope's layer."""
        with _exchanging.lock:
            if self.layer is not None:  # Else it ended meanwhile.
                self._attached.add(registry)
                _attach(registry, self)

    def close(self) -> None:
        """End the block: from now on nobody hears what was registered in it."""
        self.layer = None  # This is what ends it; all else tidies up.
        self._registry = None
        with _exchanging.lock:
            for attached in list(self._attached):
                _detach(attached, self)
            self._attached.clear()
        # The context is left as it is: the next scope that is entered drops this one. The garbage collector may end a scope
        # while a context variable is being set, and CPython before 3.12 crashes when another one is set within that.

    def __enter__(self) -> EventRegistry:
        registry, self._registry = self._registry, None
        if registry is None:
            raise RuntimeError(
                "this scope was entered before; each block takes one of its own: events.scope()"
            )
        try:
            layer: Any = self._layer_class(coroutines=registry.accepts_coroutines)
            layer.lie_over(registry, self)
            self.layer = layer
            self.attach(registry)
            _entered.set((*(scope for scope in _entered.get() if scope.is_open), self))
        except BaseException:
            self.close()
            raise
        registered: EventRegistry = layer
        return registered

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> EventRegistry:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return (
            f"<Scope {'open' if self.is_open else 'not entered' if self._registry is not None else 'ended'}>"
        )


class Layer(Registrations):
    """What a block registers on: its registrations are the scope's, its emissions those of the registry below.

    An event registry by :func:`_combined`, which makes one class of both.
    """

    def lie_over(self, target: EventRegistry, scope: Scope) -> None:
        """Say over which registry, and in which scope."""
        self._aliases = target._aliases
        self._declared = target._declared
        self.locate, self.lint = target.locate, target.lint
        self._target = target
        self.of = scope

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
        """Register for the block. An id that the registry has already makes it do nothing, as there."""
        if self.of.layer is not self:
            raise RuntimeError(
                f"{event_name}: the scope has ended, and with it what is registered on its events; register within its "
                "block, or on the client's own events"
            )
        if unique_id is not None and self._target.has_unique_id(unique_id):
            return
        super().install(event_name, handler, position, unique_id, counted, is_noted=is_noted)

    def has_unique_id(self, unique_id: Hashable) -> bool:
        """Whether something is registered under this id, here or below."""
        return super().has_unique_id(unique_id) or self._target.has_unique_id(unique_id)

    def refuse_circle(self, event_names: Iterable[str], handler: Ordered) -> None:
        """Raise ``OrderError`` also for what contradicts the constraints of the registry below."""
        if handler.order is not None and handler.order.constrains:
            from sotalia.events.order import refuse_circle

            for event_name in event_names:
                known = [
                    row
                    for registry in (self._target, self)
                    for row in registrations(registry._snapshot.root, ())
                ]
                refuse_circle(self.alias(event_name), handler, known)

    def scope(self) -> Scope:
        """A scope within this one."""
        return self._target.scope()

    def lookup(self, event_name: str) -> Listeners:
        """What an emission on the registry below finds now."""
        return self._target.lookup(event_name)

    def listeners(self, event_name: str, operation: object) -> Listeners | None:
        """What a call finds now."""
        return self._target.listeners(event_name, operation)

    def composed(self, name: str) -> Any:
        """What the registry below has composed."""
        return self._target.composed(name)

    def keep_composed(self, name: str, compose: Callable[[], Any]) -> Any:
        """What the registry below keeps composed."""
        return self._target.keep_composed(name, compose)

    def __copy__(self) -> Any:
        """A copy of the registry below, as it is seen here."""
        return self._target.__copy__()

    def __reduce_ex__(self, protocol: Any) -> Any:
        refuse("the events of a scope", "they live for a block of this process; pickle the registry")

    def __repr__(self) -> str:
        return f"{super().__repr__()[:-1]} of {self.of!r}>"


# -- registries with open scopes -----------------------------------------------------------------------------------


class _View:
    """A registry and the layers over it, joined; ``cached`` has the snapshots from which that was made, and the joint one."""

    __slots__ = ("cached",)

    def __init__(self) -> None:
        self.cached: tuple[tuple[Snapshot, ...], Snapshot] | None = None


def _outside(name: str) -> Any:
    """A method of a registry that is about its own registrations: no scope is looked at."""

    def call(self: Any, *arguments: Any, **named: Any) -> Any:
        token = _entered.set(())
        try:
            return _method(self, name)(self, *arguments, **named)
        finally:
            _entered.reset(token)

    call.__name__ = name
    return call


def _method(registry: Any, name: str) -> Any:
    """What the class of before has under a name. Not by ``super()``: another thread may end the last scope meanwhile."""
    return getattr(registry.__dict__["_plain"], name)


class ScopedRegistry(Registrations):
    """A registry over which scopes are open. It is one by assignment to ``__class__``, and only as long as they are.

    Its methods may still run when it no longer is: they look for nothing on ``self`` that other registries do not have. Its
    attributes are in ``__dict__``, where ``_plain`` is the class that it was, and ``_views`` what is seen of it within
    each open scope.
    """

    @property
    def _snapshot(self) -> Snapshot:
        own: Snapshot = self.__dict__["_snapshot"]
        entered = _entered.get()
        return own if not entered else _seen(self.__dict__["_views"], own, entered)

    @_snapshot.setter
    def _snapshot(self, value: Snapshot) -> None:
        self.__dict__["_snapshot"] = value

    install = _outside("install")
    unregister = _outside("unregister")
    _register = _outside("_register")
    change = _outside("change")
    registered_at = _outside("registered_at")
    refuse_circle = _outside("refuse_circle")
    forget_hooks = _outside("forget_hooks")
    forget_lookups = _outside("forget_lookups")
    set_accepts_coroutines = _outside("set_accepts_coroutines")
    __getstate__ = _outside("__getstate__")
    __repr__ = _outside("__repr__")

    def unique_ids(self) -> dict[int, Hashable]:
        """Also those of scopes that are seen here."""
        found: dict[int, Hashable] = _method(self, "unique_ids")(self)
        for layer in _layers(self):
            found.update(layer.unique_ids())
        return found

    def has_unique_id(self, unique_id: Hashable) -> bool:
        """Also in scopes that are seen here."""
        return _method(self, "has_unique_id")(self, unique_id) or any(
            unique_id in layer._unique for layer in _layers(self)
        )

    def __copy__(self) -> Any:
        """A registry with the same handlers; scopes that are seen here are seen there too, while they last."""
        twin = _outside("__copy__")(self)
        twin.__class__ = self.__dict__["_plain"]
        for layer in _layers(self):
            layer.of.attach(twin)
        return twin

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _blank, (self.__dict__["_plain"],), _outside("__getstate__")(self)


def _layers(registry: Any) -> list[Layer]:
    """What lies over a registry, as this context sees it: outermost first."""
    views = registry.__dict__["_views"]
    return [layer for scope in _entered.get() if scope in views and (layer := scope.layer) is not None]


def _seen(views: dict[Scope, _View], own: Snapshot, entered: tuple[Scope, ...]) -> Snapshot:
    """A registry's own snapshot, and in this context the layers over it."""
    layers: list[Layer] = []
    view = None
    for scope in entered:
        found = views.get(scope)
        if found is not None and (layer := scope.layer) is not None:
            layers.append(layer)
            view = found
    if view is None:
        return own
    parts = (own, *[layer._snapshot for layer in layers])
    cached = view.cached
    if cached is None or cached[0] != parts:
        cached = view.cached = parts, _joined(parts)
    return cached[1]


def _joined(parts: tuple[Snapshot, ...]) -> Snapshot:
    """A snapshot of all, with the look-ups of the first that no other can change."""
    own, *layers = parts
    joint = own
    for layer in layers:
        root = joined(joint.root, layer.root)
        for event_name in {name for name, _, _ in registrations(layer.root, ())}:
            joint = joint.replaced(root, event_name)
    return joint


def _attach(registry: Any, scope: Scope) -> None:
    registry.__dict__.setdefault("_views", {})[scope] = _View()
    if not isinstance(registry, ScopedRegistry):
        plain: Any = registry.__class__
        registry.__dict__["_plain"] = plain
        registry.__class__ = _combined(ScopedRegistry, plain)


def _detach(registry: Any, scope: Scope) -> None:
    views = registry.__dict__["_views"]
    views.pop(scope, None)
    if not views:
        registry.__class__ = registry.__dict__["_plain"]


def _blank(plain: type[EventRegistry]) -> EventRegistry:
    """A registry to be filled by what was pickled."""
    return object.__new__(plain)


_classes: dict[tuple[type, type], Any] = {}


def _combined(mixin: type, plain: type) -> Any:
    """The one class that is both."""
    known = _classes.get((mixin, plain))
    if known is None:
        attributes = {"__module__": plain.__module__, "__doc__": plain.__doc__}
        known = _classes[mixin, plain] = type(plain.__name__, (mixin, plain), attributes)
    return known
