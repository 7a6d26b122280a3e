"""What OpenTelemetry's instrumentation of botocore knows about single services, when it is installed.

It has one extension class per service (attributes of DynamoDB's tables, the kind of a queue's spans, trace contexts in
messages). They read a client and the parameters of a call, so they serve sotalia's clients as they are. They are not
public there: whatever is missing in another version is done without, and what they raise is logged, never raised.
"""

from __future__ import annotations

from sotalia.call import spans

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.clients.base import BaseClient


class ServiceExtension:
    """One call as its service's extension sees it; with ``theirs`` left out, as any service's."""

    def __init__(self, span_name: str, theirs: Any = None, scope: str = "") -> None:
        self._theirs = theirs
        self._context: Any = None
        self._name = span_name
        #: The service's name, added to the tracer's for services that have an extension.
        self.scope = scope
        self.traces: bool = theirs is None or theirs.should_trace_service_call()

    @property
    def span_name(self) -> str:
        """``S3.PutObject``, or what the extension made of it."""
        return self._name if self._theirs is None else str(self._theirs._call_context.span_name)

    @property
    def span_kind(self) -> Any:
        """Client, or for messages producer or consumer."""
        from opentelemetry.trace import SpanKind

        return SpanKind.CLIENT if self._theirs is None else self._theirs._call_context.span_kind

    def add_attributes(self, attributes: dict[str, Any]) -> dict[str, Any]:
        """The attributes that a span starts with."""
        self._ask("extract_attributes", attributes)
        return attributes

    def before_call(self, span: Any) -> None:
        """The span has started; parameters may still be changed."""
        self._ask("before_service_call", span, self._instruments())

    def on_success(self, span: Any, result: Any) -> None:
        """The service answered."""
        self._ask("on_success", span, result, self._instruments())

    def on_error(self, span: Any, error: Exception) -> None:
        """The service refused."""
        self._ask("on_error", span, error, self._instruments())

    def after_call(self) -> None:
        """The call has ended."""
        self._ask("after_service_call", self._instruments())

    def _instruments(self) -> Any:
        """Loggers and metrics of extensions, of the global providers; made once per call."""
        if self._theirs is not None and self._context is None:
            registry = _registry()
            from opentelemetry.instrumentation.botocore.extensions.types import _BotocoreInstrumentorContext

            self._context = _BotocoreInstrumentorContext(
                logger=registry.get_logger(self._theirs), metrics=registry.get_metrics(self._theirs)
            )
        return self._context

    def _ask(self, method: str, *arguments: Any) -> None:
        if self._theirs is None:
            return
        try:
            getattr(self._theirs, method)(*arguments)
        except Exception:
            import logging

            logging.getLogger(__name__).exception("OpenTelemetry's extension failed in %s", method)


def service_extension(client: BaseClient, operation_name: str, params: dict[str, Any]) -> ServiceExtension:
    """How this call is to be traced."""
    service = client.meta.service_model.service_name
    span_name = spans.span_name(client.meta.service_model.service_id, operation_name)
    registry = _registry()
    if registry is None or service not in _services:
        return ServiceExtension(span_name)
    from opentelemetry.instrumentation.botocore.extensions.types import _AwsSdkCallContext

    theirs = registry.get_extension(_AwsSdkCallContext(client, (operation_name, params)))
    if not theirs.should_end_span_on_exit():
        # It would end the span with the stream of the response (Bedrock's), but knows only botocore's class of streams.
        return ServiceExtension(span_name)
    return ServiceExtension(span_name, theirs, service)


_registries: list[Any] = []
# The services that have an extension.
_services: set[str] = set()


def _registry() -> Any:
    """Their registry of extensions, or ``None`` where it is not installed or looks different."""
    if not _registries:
        try:
            from opentelemetry.instrumentation.botocore.extensions import _BOTOCORE_EXTENSIONS
            from opentelemetry.instrumentation.botocore.extensions.registry import ExtensionRegistry

            _services.update(_BOTOCORE_EXTENSIONS)
            known: Any = _BOTOCORE_EXTENSIONS
            _registries.append(ExtensionRegistry(__name__, known))
        except (ImportError, TypeError):
            _registries.append(None)
    return _registries[0]
