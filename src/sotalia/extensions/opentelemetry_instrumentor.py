"""What ``opentelemetry-instrument`` finds: it loads the entry points of the group ``opentelemetry_instrumentor``, so this module is
loaded by nothing else, and only where OpenTelemetry is.

``OTEL_PYTHON_DISABLED_INSTRUMENTATIONS=sotalia`` leaves it out.
"""

from __future__ import annotations

from collections.abc import Collection

from opentelemetry.instrumentation.instrumentor import BaseInstrumentor  # type: ignore[attr-defined]

from sotalia.extensions.opentelemetry import instrument, uninstrument

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class SotaliaInstrumentor(BaseInstrumentor):  # type: ignore[misc]
    """Traces the calls of all clients of the process. Arguments of ``instrument`` are those of ours."""

    def instrumentation_dependencies(self) -> Collection[str]:
        """None: what is traced is installed with this module."""
        return ()

    def _instrument(self, **kwargs: Any) -> None:
        names = ("tracer_provider", "propagator", "request_hook", "response_hook")
        instrument(**{name: kwargs[name] for name in names if name in kwargs})

    def _uninstrument(self, **kwargs: Any) -> None:
        uninstrument()
