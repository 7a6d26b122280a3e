"""A record of each call that failed: :class:`ErrorLog`."""

from __future__ import annotations

from sotalia.call import Observer
from sotalia.extensions.records import Sink, of_call
from sotalia.runtime.logs import logger
from sotalia.runtime.printable import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Collection

    from sotalia.call import Call
    from sotalia.events import EventRegistry
    from sotalia.extensions.records import Record

_ERROR = 40


class ErrorLog(Observer):
    """Logs each call that raises, once: for an error that the service returned, and for one that kept it from being reached.

    ``service`` ``operation`` ``error`` (a code of the service, or the name of the exception) ``message`` (without secrets)
    ``status`` ``attempts`` ``seconds`` ``request_id``. ``target`` as for :class:`~sotalia.extensions.RequestLog` (default: ``sotalia.errors``),
    at level ``ERROR``.
    ``ignored``: codes and names that are no failure to you, such as ``"NoSuchKey"``. A call that was cancelled did not fail.
    """

    def __init__(
        self,
        target: logging.Logger | str | Callable[[Record], object] | None = None,
        ignored: Collection[str] = (),
    ) -> None:
        self._sink = Sink(logger("sotalia.errors") if target is None else target)
        self._ignored = {ignored} if isinstance(ignored, str) else set(ignored)

    def install(self, events: EventRegistry) -> None:
        """Observe all calls."""
        events.observe(self)

    def call_ended(self, call: Call) -> None:
        """The call has a result or an error."""
        error = call.error
        if not isinstance(error, Exception) or not self._sink.wants(_ERROR):
            return
        record = of_call(call)
        if self._ignored & {record["error"], type(error).__name__}:
            return
        text = f"{call.name} failed after {len(call.attempts)} attempts: {printable(record['message'])}"
        self._sink.put(_ERROR, text, record)
