"""Registering handlers: which one hears which event, under which id, and what is said of registrations that are dead."""

from __future__ import annotations

from _thread import allocate_lock

from sotalia.events.aliases import AliasTable, apply_alias
from sotalia.events.handlers import Hook, LazyHandler, check_handler, check_is_plain, describe
from sotalia.events.snapshot import Snapshot
from sotalia.events.tree import (
    EMPTY_NODE,
    FIRST,
    LAST,
    MIDDLE,
    count,
    exactly_at,
    registrations,
    tree,
    with_changed,
    with_handler,
    without_handler,
)
from sotalia.runtime import renew_in_child
from sotalia.runtime.pickling import check

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping
    from typing import Any, Self

    from sotalia.events.extensions import Installed
    from sotalia.events.handlers import Handler, Ordered
    from sotalia.events.place import Place

#: What makes a handler that was written for the reference's objects fit for ours, by the first part of the event's name.
ADAPTERS: dict[str, Callable[[Handler], Handler | None]] = {}


#: How registrations are checked.
LINT_MODES = ("warn", "error", "off")


class _Counted:
    """A handler registered under a counted unique id, and how often."""

    __slots__ = ("count", "handler")

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.count = 1


class Registrations:
    """The handlers of a registry, and what is known about the events that reach it."""

    def __init__(self, aliases: Mapping[str, str] | None = None, *, coroutines: bool = False) -> None:
        self._aliases = AliasTable(aliases or {})
        #: Whether ``async def`` handlers may be registered.
        self.accepts_coroutines = coroutines
        self._snapshot = Snapshot(EMPTY_NODE)
        self._unique: dict[Hashable, Handler | _Counted] = {}
        #: Gives what is known about the events that reach this registry; ``None`` for one of the program's own.
        self.locate: Callable[[], Place] | None = None
        self._lint = "warn"
        self._declared: frozenset[str] = frozenset()
        #: What :attr:`EventRegistry.extensions` lists.
        self.installed_extensions: tuple[Installed, ...] = ()
        self._forget_runs()
        self.renew()
        renew_in_child(self)

    def _forget_runs(self) -> None:
        # By event name and id() of the program's handlers: the number of the snapshot that has them first.
        self._since: dict[tuple[str, int], int] = {}
        # Events that copies emitted, each with the number of the snapshot that the latest of them was copied from.
        self._heard_by_copies: dict[str, int] = {}
        # Of what this was copied from: that table, and the number.
        self._origin: tuple[dict[str, int], int] | None = None

    def renew(self) -> None:
        """In a forked child: forget who holds the lock."""
        self._lock = allocate_lock()

    def __copy__(self) -> Self:
        twin = object.__new__(type(self))
        with self._lock:
            twin._aliases = self._aliases
            twin.accepts_coroutines = self.accepts_coroutines
            twin._snapshot = self._snapshot
            # As in the reference, counted ids keep one count for the origin and its copies.
            twin._unique = dict(self._unique)
            twin.locate, twin._lint, twin._declared = self.locate, self._lint, self._declared
            twin.installed_extensions = self.installed_extensions
            twin._since = dict(self._since)
            twin._heard_by_copies = {}
            twin._origin = self._heard_by_copies, self._snapshot.number
        twin.renew()
        renew_in_child(twin)
        return twin

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
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
            "lint": self._lint,
            "declared": self._declared,
            "extensions": self.installed_extensions,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        root = tree(
            (event_name.split("."), handler, position) for event_name, handler, position in state["rows"]
        )
        self._aliases = state["aliases"]
        self.accepts_coroutines = state["coroutines"]
        self._snapshot = Snapshot(root)
        self._unique = state["unique"]
        self.locate, self._lint, self._declared = None, state["lint"], state["declared"]
        self.installed_extensions = state["extensions"]
        self._forget_runs()
        self.renew()
        renew_in_child(self)

    def __repr__(self) -> str:
        return f"<EventRegistry: {count(self._snapshot.root)} handlers>"

    def set_accepts_coroutines(self, accepted: bool) -> None:
        """Say whether ``async def`` handlers are accepted. Raises ``ValueError`` for one that is here and must not be."""
        if self.accepts_coroutines and not accepted:
            for event_name, handler, _ in registrations(self._snapshot.root, ()):
                if not isinstance(handler, LazyHandler | Hook):
                    check_is_plain(event_name, handler)
        self.accepts_coroutines = accepted

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
            if adapted in exactly_at(self._snapshot.root, self.alias(event_name).split(".")):
                return
            handler = adapted
        if self.locate is not None and self._lint != "off":
            self._check(event_name, handler, unique_id)
        self.install(event_name, handler, position, unique_id, counted, is_noted=True)

    def _check(self, event_name: str, handler: Handler, unique_id: Hashable | None) -> None:
        """Report a registration that is dead. Raises ``DeadHandlerError`` under ``lint="error"``."""
        from sotalia.events.lint import findings, hidden, report, twice

        assert self.place is not None
        found = findings(event_name, handler, self.place, alias=self.alias, declared=self._declared)
        if not found:
            parts = self.alias(event_name).split(".")
            if unique_id is None:
                found = twice(event_name, handler, exactly_at(self._snapshot.root, parts))
            elif (known := self._unique.get(unique_id)) is not None:
                if isinstance(known, _Counted):
                    known = known.handler
                found = hidden(event_name, handler, unique_id, known, exactly_at(self._snapshot.root, parts))
        for finding in found:
            report(finding, is_error=self._lint == "error")

    @property
    def lint(self) -> str:
        """What becomes of a registration that can never do what it is meant for: ``"warn"``, ``"error"`` or ``"off"``."""
        return self._lint

    @lint.setter
    def lint(self, mode: str) -> None:
        if mode not in LINT_MODES:
            raise ValueError(f"lint is one of {', '.join(map(repr, LINT_MODES))}, not {mode!r}")
        self._lint = mode

    @property
    def place(self) -> Place | None:
        """What is known about the events that reach this registry; ``None``: nothing, and nothing is checked."""
        return None if self.locate is None else self.locate()

    def declare(self, *events: str) -> None:
        """Name events that the program emits itself, by their first part: registrations for them are then not reported."""
        self._declared |= {name.partition(".")[0] for name in events}

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
        """Register without looking at the handler: for built-in ones, which may be lazy or ``async def`` everywhere.

        A built-in coroutine only awaits its client's runtime, so in a synchronous client it never suspends. With ``is_noted``
        it is known when the handler was registered.
        """
        event_name = self.alias(event_name)
        with self._lock:
            if unique_id is not None and self._is_repeated(unique_id, handler, counted):
                return
            root = with_handler(self._snapshot.root, event_name.split("."), 0, handler, position)
            self._snapshot = snapshot = self._snapshot.replaced(root, event_name)
            if is_noted:
                self._since[event_name, id(handler)] = snapshot.number

    def install_all(self, rows: Iterable[tuple[str, Handler, int, Hashable | None]]) -> None:
        """:meth:`install` many in a registry that has none yet: event, handler, position, unique id."""
        with self._lock:
            self._snapshot = Snapshot(
                tree(
                    (self.alias(event_name).split("."), handler, position)
                    for event_name, handler, position, unique_id in rows
                    if unique_id is None or not self._is_repeated(unique_id, handler, False)
                )
            )

    def change(self, event_name: str, change: Callable[[Handler], Handler]) -> None:
        """Put what ``change`` makes of them in the places of the handlers that are registered at exactly this name."""
        event_name = self.alias(event_name)
        with self._lock:
            changed: dict[int, Handler] = {}
            for handler in exactly_at(self._snapshot.root, event_name.split(".")):
                if (new := change(handler)) is not handler:
                    changed[id(handler)] = new
            if not changed:
                return
            root = with_changed(
                self._snapshot.root,
                event_name.split("."),
                0,
                lambda handler: changed.get(id(handler), handler),
            )
            for unique_id, known in self._unique.items():
                if id(known) in changed:
                    self._unique[unique_id] = changed[id(known)]
            self._snapshot = self._snapshot.replaced(root, event_name)

    def registered_at(self, event_name: str) -> list[Handler]:
        """The handlers that are registered at exactly this name."""
        return list(exactly_at(self._snapshot.root, self.alias(event_name).split(".")))

    def registrations(self) -> list[tuple[str, Handler]]:
        """All registrations: the event's name, and the handler."""
        return [(name, handler) for name, handler, _ in registrations(self._snapshot.root, ())]

    def unique_ids(self) -> dict[int, Hashable]:
        """The unique ids of handlers, by ``id()`` of the handler."""
        by_handler: dict[int, Hashable] = {}
        for unique_id, handler in self._unique.copy().items():
            handler = handler.handler if isinstance(handler, _Counted) else handler
            by_handler[id(handler.resolve() if isinstance(handler, LazyHandler) else handler)] = unique_id
        return by_handler

    def has_unique_id(self, unique_id: Hashable) -> bool:
        """Whether something is registered under this id."""
        return unique_id in self._unique

    def refuse_circle(self, event_names: Iterable[str], handler: Ordered) -> None:
        """Raise ``OrderError`` when the constraints of a handler, and of those that are here, contradict each other."""
        if handler.order is not None and handler.order.constrains:
            from sotalia.events.order import refuse_circle

            for event_name in event_names:
                refuse_circle(self.alias(event_name), handler, registrations(self._snapshot.root, ()))

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
    ) -> bool:
        """Take one registration back, and say whether there was one to take back.

        With ``unique_id`` the handler stored under it is removed (a counted one when its count reaches zero); the event
        name must be the one it was registered for.
        """
        event_name = self.alias(event_name)
        with self._lock:
            if unique_id is not None:
                known = self._unique.get(unique_id)
                if known is None:
                    return False
                _check_counting(unique_id, known, unique_id_uses_count, "unregister")
                if isinstance(known, _Counted):
                    known.count -= 1
                    if known.count:
                        return False
                    known = known.handler
                del self._unique[unique_id]
                handler = known
            parts = event_name.split(".")
            root = without_handler(self._snapshot.root, parts, 0, handler)
            if root is self._snapshot.root:
                return False
            # What was registered may be another object that equals this one, such as a bound method.
            for registered in exactly_at(self._snapshot.root, parts):
                if registered is handler or registered == handler:
                    self._since.pop((event_name, id(registered)), None)
                    break
            self._snapshot = self._snapshot.replaced(root, event_name)
            return True

    def alias(self, event_name: str) -> str:
        """The name under which an event is registered and emitted: other names of services are translated."""
        parts = event_name.split(".")
        # Almost every name is free of aliases: one set comparison tells.
        if self._aliases.triggers.isdisjoint(parts):
            return event_name
        return apply_alias(self._aliases, parts) or event_name


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
