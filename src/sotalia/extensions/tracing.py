"""OpenTelemetry's spans as an extension: :class:`Tracing`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.events import EventRegistry


class Tracing:
    """Makes a span for each call, and adds the trace's header to each request: :mod:`sotalia.extensions.opentelemetry`.

    ``tracer_provider``, ``propagator``, ``request_hook`` and ``response_hook`` are those of
    :func:`~sotalia.extensions.opentelemetry.instrument`. Calls that are traced already have one span all the same. Needs
    ``sotalia[otel]``; OpenTelemetry is loaded when the extension is installed.
    """

    def __init__(
        self,
        tracer_provider: Any = None,
        *,
        propagator: Any = None,
        request_hook: Callable[..., None] | None = None,
        response_hook: Callable[..., None] | None = None,
    ) -> None:
        self._arguments = (tracer_provider, propagator, request_hook, response_hook)

    def install(self, events: EventRegistry) -> None:
        """Stand around all calls. Raises ``ImportError`` where OpenTelemetry is not installed."""
        from sotalia.extensions.opentelemetry import CallTracing

        CallTracing(*self._arguments).register(events)
