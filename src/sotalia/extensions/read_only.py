"""Clients that change nothing: :class:`ReadOnly`."""

from __future__ import annotations

from sotalia.extensions.mutating import is_mutating

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.call import Call
    from sotalia.events import EventRegistry
    from sotalia.model.service import OperationModel


class ReadOnlyError(Exception):
    """A call that would change something, refused before anything was sent."""

    def __init__(self, service: str, operation: str) -> None:
        super().__init__(
            f"{service}.{operation} was not sent: it can change something, and the extension ReadOnly allows only calls that "
            "read; take the extension off (client.meta.events.extensions.remove('ReadOnly')) or give it a rule of your own "
            "(is_mutating=)"
        )
        self.service = service
        self.operation = operation

    def __reduce__(self) -> Any:
        return type(self), (self.service, self.operation), self.__dict__


class ReadOnly:
    """Refuses calls that can change something with :class:`ReadOnlyError`: no handler runs, nothing is sent.

    ``is_mutating(model)`` says which ones, in place of :func:`sotalia.extensions.is_mutating`. Presigned addresses are still made:
    nothing is sent for them here.
    """

    def __init__(self, is_mutating: Callable[[OperationModel], bool] = is_mutating) -> None:
        self._is_mutating = is_mutating

    def install(self, events: EventRegistry) -> None:
        """Stand around all calls."""
        events.around_call(self.refuse)

    def refuse(self, call: Call, proceed: Callable[[], Any]) -> Any:
        """Let calls pass that only read."""
        if self._is_mutating(call.operation.model):
            raise ReadOnlyError(call.operation.service_id, call.operation.name)
        return proceed()
