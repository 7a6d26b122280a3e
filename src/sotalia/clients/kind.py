"""What differs between sync and async clients."""

from __future__ import annotations

from sotalia.runtime.pickling import check

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.clients.base import BaseClient
    from sotalia.runtime import Runtime
    from sotalia.transport import Transport, TransportOptions


class ClientKind:
    """The base class, runtime and transport of a session's clients.

    ``transport`` makes one for each client, which then closes it; with ``owns_transports`` false it gives one that
    somebody else made, and will close.
    """

    __slots__ = ("_given", "base", "owns_transports", "runtime", "transport")

    def __init__(
        self, base: type[BaseClient], runtime: Runtime, transport: Callable[[TransportOptions], Transport]
    ) -> None:
        self.base = base
        self.runtime = runtime
        self.transport = transport
        self.owns_transports = True
        self._given: Any = None

    def __reduce__(self) -> Any:
        """Pickle a transport, or a function that makes some, as it was given."""
        check(
            self._given,
            f"the transport {self._given!r} of the session",
            "give the session a function of a module that makes transports, or make the session in the worker",
        )
        return _unpickled, (self.base, self.runtime, None if self._given else self.transport, self._given)

    def use(self, transport: Transport | Callable[[TransportOptions], Transport]) -> None:
        """Have clients send through a transport of the caller's, or through those that a function makes."""
        given: Any = transport

        def give(options: TransportOptions) -> Any:
            return given

        # A class of transports has ``send`` as well, and makes them; a mock has it and can be called.
        makes_them = isinstance(given, type) or not hasattr(given, "send")
        self._given = transport
        self.owns_transports = makes_them
        self.transport = given if makes_them else give

    def replace_runtime(self, runtime: Runtime) -> None:
        """Have clients wait and tell the time by another runtime. Raises ``TypeError`` for one of the other kind."""
        if runtime.is_async is not self.runtime.is_async:
            wanted, other = ("async", "sync") if self.runtime.is_async else ("sync", "async")
            raise TypeError(
                f"{type(runtime).__name__} is a runtime of {other} clients, and this session makes {wanted} ones; give one "
                f"whose is_async is {self.runtime.is_async}"
            )
        self.runtime = runtime


def _unpickled(base: Any, runtime: Runtime, transport: Any, given: Any) -> ClientKind:
    kind = ClientKind(base, runtime, transport)
    if given is not None:
        kind.use(given)
    return kind
