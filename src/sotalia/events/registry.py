"""Emitting events to the handlers that are registered for them.

:mod:`~sotalia.events.tree` says in which order handlers are called. A look-up in the tree is cached until a registration
that can change it.
"""

from __future__ import annotations

from types import CoroutineType

from sotalia.events import listeners as listening
from sotalia.events.handlers import Hook, LazyHandler, Ordered, applicable, describe
from sotalia.events.listeners import Listeners, name_culprit
from sotalia.events.registrations import Registrations
from sotalia.events.snapshot import AROUND
from sotalia.events.tree import FIRST, LAST, MIDDLE, Node, collect
from sotalia.runtime import drive, renewed_in_child

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable
    from typing import Any, Final, TypeVar

    from sotalia.call import Call, Observer
    from sotalia.events.event import Event
    from sotalia.events.extensions import Extensions
    from sotalia.events.handlers import Handler, Returned
    from sotalia.events.order import Wish
    from sotalia.events.scope import Scope
    from sotalia.events.snapshot import Snapshot
    from sotalia.events.tree import Handlers
    from sotalia.events.typed import Registration
    from sotalia.events.usage import Unused

    E = TypeVar("E", bound=Event)

    #: ``hook(call, proceed)``, plain or ``async def``.
    AroundHook = Callable[[Call, Callable[[], Any]], Any]

_AROUND_DOT: Final = f"{AROUND}."
# Names come from models, so they are few; this bound only keeps a caller who emits ever new names from filling the memory.
_CACHE_LIMIT = 50_000


_FOR_PROGRAMS = (
    "alias around_attempt around_call declare emit emit_async emit_until_response emit_until_response_async extensions "
    "handlers lint observe on register register_first register_last scope unregister unused"
).split()


class EventRegistry(Registrations):
    """Handlers by event name.

    ``aliases`` translates parts of names, both of registrations and of emissions (``logs`` -> ``cloudwatch-logs``).
    ``coroutines`` says whether ``async def`` handlers may be registered; only the registries of asynchronous sessions
    and clients accept them. ``copy.copy(registry)`` gives an isolated registry with the same handlers.
    """

    # -- emission ----------------------------------------------------------------------------------------------

    def lookup(self, event_name: str) -> Listeners:
        """The name as handlers will see it (aliases applied), and the handlers in order of calling."""
        snapshot = self._snapshot
        found = snapshot.found.get(event_name)
        if found is None:
            found = snapshot.asked.get(event_name) or self._find(snapshot, event_name)
            if len(snapshot.found) > _CACHE_LIMIT:
                snapshot.found.clear()
            snapshot.found[event_name] = found
            self._let_origin_know(found.event_name)
        return found

    def _let_origin_know(self, event_name: str) -> None:
        """Once for each name; later emissions cost nothing more."""
        if self._origin is not None:
            heard, number = self._origin
            if len(heard) > _CACHE_LIMIT:
                heard.clear()
            heard[event_name] = max(number, heard.get(event_name, 0))

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
        wanted = applicable(found.handlers, operation)
        heard = listening.found_class(found.event_name, wanted) if wanted else None
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

    def forget_lookups(self) -> None:
        """Look everything up anew. What ran so far is still known."""
        with self._lock:
            self._snapshot = self._snapshot.replaced(self._snapshot.root, "*")

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
                self._let_origin_know(name)
                return made

    def __dir__(self) -> list[str]:
        """What programs use; rooms of ours know the rest."""
        return sorted({*_FOR_PROGRAMS, *(name for name in super().__dir__() if name.startswith("_"))})

    def handlers(self, event_name: str) -> Handlers:
        """The handlers that an emission of this name calls now, in order."""
        # Not by lookup(): what that finds counts as emitted.
        snapshot = self._snapshot
        found = snapshot.found.get(event_name) or snapshot.asked.get(event_name)
        if found is None:
            found = self._find(snapshot, event_name)
            if len(snapshot.asked) > _CACHE_LIMIT:
                snapshot.asked.clear()
            snapshot.asked[event_name] = found
        return found.handlers

    def has_run(self, event_name: str, handler: Handler) -> bool:
        """Whether this event was emitted here since the handler was registered. ``handler`` is one of :meth:`handlers`.

        A handler may not have run all the same, where one before it raised or responded.
        """
        from sotalia.events.usage import has_run

        return has_run(self, self.alias(event_name), handler)

    def unused(self) -> list[Unused]:
        """The program's registrations whose event was never emitted: here, or on a client that was made from here since.

        Handlers of sotalia and of its extensions are left out. A handler of a session that was registered after a client
        was made does not count for that client, which never calls it.
        """
        from sotalia.events.usage import unused

        return unused(self)

    def _find(self, snapshot: Snapshot, event_name: str) -> Listeners:
        name = self.alias(event_name)
        nodes: list[Node] = []
        collect(snapshot.root, name.split("."), 0, nodes)
        handlers: list[Handler] = []
        for node in reversed(nodes):
            for section in node.handlers:
                handlers.extend(h.resolve() if isinstance(h, LazyHandler) else h for h in section)
        is_around = name.startswith(_AROUND_DOT)
        found = tuple(h for h in handlers if isinstance(h, Hook) is is_around)
        if any(isinstance(h, Ordered) and h.order is not None for h in found):
            from sotalia.events.order import in_order

            found = in_order(found, self.unique_ids())
        return listening.found_class(name, found)

    def emit(self, event_name: str, **kwargs: Any) -> list[tuple[Handler, Any]]:
        """Call every handler with ``kwargs`` and ``event_name``; the pairs of handler and return value, in order.

        An exception of a handler ends the emission and goes to the caller.
        """
        found = self.lookup(event_name)
        kwargs["event_name"] = found.event_name
        if not found.handlers:
            return []
        call = self._call if type(found) is Listeners else found.watched(self._call, kwargs)
        return [(handler, call(handler, kwargs)) for handler in found.handlers]

    def emit_until_response(self, event_name: str, **kwargs: Any) -> tuple[Handler | None, Any]:
        """Call handlers up to the first that returns something else than ``None``: that handler and its value.

        ``(None, None)`` when there are no handlers, ``(last handler, None)`` when none of them answered.
        """
        found = self.lookup(event_name)
        kwargs["event_name"] = found.event_name
        handler: Handler | None = None
        if not found.handlers:
            return None, None
        call = self._call if type(found) is Listeners else found.watched(self._call, kwargs)
        for handler in found.handlers:
            value = call(handler, kwargs)
            if value is not None:
                return handler, value
        return handler, None

    def _call(self, handler: Handler, kwargs: dict[str, Any]) -> Any:
        try:
            value: Returned = handler(**kwargs)
        except Exception as error:
            name_culprit(error, handler, kwargs["event_name"])
            raise
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

    # -- typed handlers ----------------------------------------------------------------------------------------

    def on(
        self,
        event: type[E],
        handler: Callable[[E], object] | None = None,
        *,
        service: str | Iterable[str] | None = None,
        operation: str | Iterable[str] | None = None,
        resource: str | Iterable[str] | None = None,
        attribute: str | Iterable[str] | None = None,
        first: bool = False,
        last: bool = False,
        unique_id: Hashable | None = None,
        name: str | None = None,
        before: str | Iterable[str] = (),
        after: str | Iterable[str] = (),
    ) -> Registration[E]:
        """Register a typed handler: ``handler(event)``, plain or ``async def``, gets an object of the class ``event``.

        Give the handler, or write ``@events.on(BeforeCall, operation="PutObject")`` above it. ``service`` and
        ``operation`` (one or several; ``resource`` for ``CreatingResourceClass``, ``attribute`` for ``GetAttribute``) say for
        what; left out, all. On a client's registry the service is the client's. ``first`` and ``last`` are those of
        :meth:`register_first` and :meth:`register_last`; ``before`` and ``after`` name handlers, see
        :mod:`sotalia.events.order`. The registration that is returned can be taken back by ``remove()``, or by leaving a
        ``with`` block. Raises ``TypeError`` for something that the event has no place for, ``OrderError`` for constraints
        that nothing can hold.
        """
        from sotalia.events.typed import Registration, event_names

        parts = {"operation": operation, "resource": resource, "attribute": attribute}
        place = self.place
        if service is None and place is not None:
            service = place.service_id
        names = event_names(event, service, {name: part for name, part in parts.items() if part is not None})
        position = _position(event, first=first, last=last)
        wish = self._wish(name, before, after, unique_id)
        registration = Registration(self, event, names, position, unique_id, wish)
        if handler is not None:
            registration(handler)
        return registration

    # -- hooks and observers -----------------------------------------------------------------------------------

    def around_call(
        self,
        hook: AroundHook,
        scope: str = "",
        unique_id: Hashable | None = None,
        *,
        name: str | None = None,
        before: str | Iterable[str] = (),
        after: str | Iterable[str] = (),
    ) -> None:
        """Let ``hook(call, proceed)`` stand around every call of ``scope``: ``""``, ``"s3"`` or ``"s3.PutObject"``.

        See :mod:`sotalia.call.hooks`. Of two hooks the one that an event handler of the same scope would come first for
        stands further outside; ``before`` and ``after`` name others that shall stand further inside and outside. Raises
        ``ValueError`` for what cannot be called, ``OrderError`` for constraints that nothing can hold.
        """
        self._around("call", hook, scope, unique_id, self._wish(name, before, after, unique_id))

    def around_attempt(
        self,
        hook: AroundHook,
        scope: str = "",
        unique_id: Hashable | None = None,
        *,
        name: str | None = None,
        before: str | Iterable[str] = (),
        after: str | Iterable[str] = (),
    ) -> None:
        """Let ``hook(call, proceed)`` stand around every attempt of the calls of ``scope``; ``call.attempt`` is the attempt."""
        self._around("attempt", hook, scope, unique_id, self._wish(name, before, after, unique_id))

    def observe(self, observer: Observer, scope: str = "", unique_id: Hashable | None = None) -> None:
        """Let an :class:`~sotalia.call.hooks.Observer` watch the calls of ``scope``. It cannot change them."""
        self._around("observer", observer, scope, unique_id)

    def remove(self, hook: AroundHook | Observer, scope: str = "") -> None:
        """Take back one hook or observer that was registered for exactly this scope; others are passed over."""
        for what in ("call", "attempt", "observer"):
            self.unregister(_around_name(what, scope), Hook(hook))

    def _around(
        self,
        what: str,
        hook: AroundHook | Observer,
        scope: str,
        unique_id: Hashable | None,
        wish: Wish | None = None,
    ) -> None:
        if what != "observer" and not callable(hook):
            raise ValueError(
                f"{hook!r} cannot be called; a hook is a function hook(call, proceed), plain or 'async def'"
            )
        around = Hook(hook, None if wish is None or not callable(hook) else wish.of(hook))
        event_name = _around_name(what, scope)
        self.refuse_circle([event_name], around)
        self.install(event_name, around, unique_id=unique_id, is_noted=True)

    def _wish(
        self,
        name: str | None,
        before: str | Iterable[str],
        after: str | Iterable[str],
        unique_id: Hashable | None,
    ) -> Wish | None:
        if name is None and before == after == () and unique_id is None:
            return None
        from sotalia.events.order import Wish

        return Wish(name, before, after, unique_id)

    # -- scopes ------------------------------------------------------------------------------------------------

    def scope(self) -> Scope:
        """Registrations that live for a block and its context: ``with client.meta.events.scope() as events:``.

        What is registered on ``events`` is heard by calls of the block, and of threads and tasks that are started with its
        context, while the block lasts. ``async with`` does the same. See :mod:`sotalia.events.scope`.
        """
        from sotalia.events.scope import Scope

        return Scope(self, EventRegistry)

    @property
    def extensions(self) -> Extensions:
        """The extensions that are installed here: to list, ``add`` and ``remove``."""
        from sotalia.events.extensions import Extensions

        return Extensions(self)

    # -- names -------------------------------------------------------------------------------------------------

    @property
    def _emitter(self) -> EventRegistry:
        # The reference keeps handlers in a registry below the one that knows aliases; tools go down to it.
        return self

    @property
    def _event_aliases(self) -> dict[str, str]:
        return {".".join(old): new for old, new in self._aliases.rows}

    def _alias_event_name(self, event_name: str) -> str:
        return self.alias(event_name)


def _position(event: type[Event], *, first: bool, last: bool) -> int:
    if first and last:
        raise TypeError(f"{event.__name__}: a handler is either first or last; give one of them")
    return FIRST if first else LAST if last else MIDDLE


def _around_name(what: str, scope: str) -> str:
    return f"{AROUND}.{what}.{scope}".rstrip(".")


def forget_hooks_everywhere() -> None:
    """Have every registry of the process look hooks and observers up anew."""
    for holder in renewed_in_child():
        if isinstance(holder, EventRegistry):
            holder.forget_hooks()


def forget_lookups_everywhere() -> None:
    """Have every registry of the process look everything up anew."""
    for holder in renewed_in_child():
        if isinstance(holder, EventRegistry):
            holder.forget_lookups()


def first_non_none_response(responses: Iterable[tuple[Any, Any]], default: Any = None) -> Any:
    """The first return value that is not ``None`` in what :meth:`EventRegistry.emit` gave, or ``default``."""
    for _, value in responses:
        if value is not None:
            return value
    return default
