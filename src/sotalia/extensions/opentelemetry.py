"""Traces of calls for OpenTelemetry: the spans that its instrumentation of botocore makes for boto3.

>>> from sotalia.extensions.opentelemetry import instrument
>>> instrument(session)                  # clients made from now on; or instrument(client); or instrument() for all

That instrumentation wraps botocore's classes, which sotalia does not use. Here a hook around each call makes one span, so calls that validation refuses have one too: ``S3.PutObject``, kind client, with

    rpc.system (aws-api)  rpc.service  rpc.method  cloud.region  server.address  server.port
    aws.request_id  retry_attempts  http.status_code                        once there is a response

and for calls that raise the status ``ERROR`` and the event ``exception``. Each attempt carries the header
``X-Amzn-Trace-Id``, set before the request is signed; signers leave it and W3C's headers out of signatures, as proxies change
them. :class:`sotalia.extensions.Tracing` is the same as an extension, and ``opentelemetry-instrument`` calls :func:`instrument` by
:mod:`sotalia.extensions.opentelemetry_instrumentor`. Where ``opentelemetry-instrumentation-botocore`` is installed, what it adds for DynamoDB, Lambda,
SNS, SQS ... is added too: see :mod:`sotalia.extensions.opentelemetry_services`.

Needs ``sotalia[otel]``. Nothing of this runs in a process that does not ask for it.
"""

from __future__ import annotations

from sotalia.call.hooks import EVERYWHERE
from sotalia.call.spans import SCHEMA, call_attributes, is_failure, response_attributes
from sotalia.clients.base import BaseClient
from sotalia.events import RequestCreated
from sotalia.extensions.opentelemetry_services import ServiceExtension, service_extension
from sotalia.runtime.version import __version__
from sotalia.transport.address import split_url

try:
    from opentelemetry import context as otel_context
    from opentelemetry import trace
except ImportError as missing:
    raise ImportError(
        f"tracing needs OpenTelemetry's API ({missing}); install it with: pip install 'sotalia[otel]'"
    ) from missing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from sotalia.call import Call
    from sotalia.events import EventRegistry
    from sotalia.session import Session

__all__ = ["instrument", "uninstrument"]

_ID = "sotalia-opentelemetry"
_HEADER_ID = f"{_ID}-header"
# More specific than any handler of a whole service, so the signers come later.
_HEADER_EVENT = RequestCreated.name("*", "*")
_TRACE_HEADER = "X-Amzn-Trace-Id"
# Under either key a context says that nothing is to be traced; the second is the one of old.
_SUPPRESSED = (getattr(otel_context, "_SUPPRESS_INSTRUMENTATION_KEY", ""), "suppress_instrumentation")
_ORIGINAL_SCOPE = "opentelemetry.instrumentation.botocore"
_HTTP_SUPPRESSED = getattr(otel_context, "_SUPPRESS_HTTP_INSTRUMENTATION_KEY", None)


def instrument(
    target: Session | BaseClient | None = None,
    tracer_provider: Any = None,
    *,
    propagator: Any = None,
    request_hook: Callable[..., None] | None = None,
    response_hook: Callable[..., None] | None = None,
) -> None:
    """Trace the calls of a client, of all clients that a session makes from now on, or of all clients (``None``).

    ``tracer_provider``: default: the global one · ``propagator``: writes the header, default: AWS X-Ray's, the only one
    that services hand on · ``request_hook(span, service_name, operation_name, api_params)`` and
    ``response_hook(span, service_name, operation_name, result)`` are those of the original. A target that is traced
    already is left as it is. Raises ``TypeError`` for a target that is none of these.
    """
    tracing = CallTracing(
        tracer_provider, propagator, request_hook, response_hook, is_everywhere=target is None
    )
    tracing.register(_registry(target))


def uninstrument(target: Session | BaseClient | None = None) -> None:
    """Undo :func:`instrument` for the same target. Clients that a traced session has made stay traced."""
    registry = _registry(target)
    registry.unregister("around.call", unique_id=_ID)
    registry.unregister(_HEADER_EVENT, unique_id=_HEADER_ID)


def _registry(target: Session | BaseClient | None) -> EventRegistry:
    if target is None:
        return EVERYWHERE
    if isinstance(target, BaseClient):
        registry: EventRegistry = target.meta.events
        return registry
    if hasattr(target, "events") and hasattr(target, "client"):
        return target.events
    raise TypeError(f"{target!r} is no session and no client of sotalia: there is nothing to trace")


class CallTracing:
    """How the calls of one target are traced; the arguments are those of :func:`instrument`."""

    def __init__(
        self,
        provider: Any,
        propagator: Any,
        request_hook: Any,
        response_hook: Any,
        *,
        is_everywhere: bool = False,
    ) -> None:
        self._provider = provider
        # Clients that are traced by themselves, or by their session, have one span a call all the same.
        self._is_everywhere = is_everywhere
        self._propagator = propagator
        self._request_hook = request_hook
        self._response_hook = response_hook
        self._tracers: dict[str, Any] = {}

    def register(self, events: EventRegistry) -> None:
        """Trace the calls of a registry, unless they are traced already."""
        events.around_call(self.around_call, unique_id=_ID)
        if not self._is_everywhere:  # No event is emitted there.
            events.register_first(_HEADER_EVENT, self.add_header, unique_id=_HEADER_ID)

    async def around_call(self, call: Call, proceed: Callable[[], Any]) -> Any:
        """Make the call within a span. What it raises goes on as it is."""
        client: Any = call.client
        operation_name, params = call.operation.name, call.parameters
        is_traced_within = self._is_everywhere and call.events.has_unique_id(_ID)
        if is_traced_within or any(otel_context.get_value(key) for key in _SUPPRESSED):
            return await proceed()
        if _is_traced_by_original(operation_name):
            return await proceed()
        extension = service_extension(client, operation_name, params)
        if not extension.traces:
            return await proceed()
        if not call.events.has_unique_id(_HEADER_ID):
            call.events.register_first(_HEADER_EVENT, self.add_header, unique_id=_HEADER_ID)
        attributes = _without_user(extension.add_attributes(_attributes(client, operation_name)), client)
        service_name = client.meta.service_model.service_name
        with self._tracer(extension).start_as_current_span(
            extension.span_name,
            kind=extension.span_kind,
            attributes=attributes,
            set_status_on_exception=False,
            record_exception=False,
        ) as span:
            extension.before_call(span)
            if self._request_hook is not None:
                self._request_hook(span, service_name, operation_name, params)
            result = None
            try:
                with _HttpSuppressed():
                    result = await proceed()
                _note_result(span, result)
                extension.on_success(span, result)
            except Exception as error:
                result = _note_failure(span, error, extension)
                raise
            finally:
                extension.after_call()
                if self._response_hook is not None:
                    self._response_hook(span, service_name, operation_name, result)
            return result

    def _tracer(self, extension: ServiceExtension) -> Any:
        name = f"{__name__}.{extension.scope}" if extension.scope else __name__
        tracer = self._tracers.get(name)
        if tracer is None:
            tracer = self._tracers[name] = trace.get_tracer(
                name, __version__, self._provider, schema_url=SCHEMA
            )
        return tracer

    def add_header(self, request: Any, **kwargs: Any) -> None:
        """A handler of ``request-created``, before the signer, so that whatever the propagator writes is there to be signed."""
        if _TRACE_HEADER in request.headers:
            return
        if self._propagator is not None:
            self._propagator.inject(request.headers)
            return
        found = trace.get_current_span().get_span_context()
        if found.is_valid:
            # AWS X-Ray's form: the trace id in two parts, the first of which was once a time.
            trace_id = f"{found.trace_id:032x}"
            sampled = int(found.trace_flags.sampled)
            request.headers[_TRACE_HEADER] = (
                f"Root=1-{trace_id[:8]}-{trace_id[8:]};Parent={found.span_id:016x};Sampled={sampled}"
            )


def _is_traced_by_original(operation_name: str) -> bool:
    """Whether the current span is one that the instrumentation of botocore has just made for this call.

    Under ``patch_boto3`` what it puts in the place of botocore's methods reaches our clients too. Spans of other SDKs of
    OpenTelemetry may lack a scope; those are left alone.
    """
    span: Any = trace.get_current_span()
    scope = getattr(getattr(span, "instrumentation_scope", None), "name", "")
    attributes: Mapping[str, Any] = getattr(span, "attributes", None) or {}
    return scope.startswith(_ORIGINAL_SCOPE) and attributes.get("rpc.method") == operation_name


class _HttpSuppressed:
    """Tells instrumentations of HTTP libraries below that the call is traced already."""

    def __enter__(self) -> None:
        self._token: Any = None
        if _HTTP_SUPPRESSED is not None:
            self._token = otel_context.attach(otel_context.set_value(_HTTP_SUPPRESSED, True))

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            otel_context.detach(self._token)


def _attributes(client: BaseClient, operation_name: str) -> dict[str, Any]:
    meta = client.meta
    service_id = str(meta.service_model.service_id)
    return call_attributes(service_id, operation_name, meta.region_name, meta.endpoint_url)


def _without_user(attributes: dict[str, Any], client: BaseClient) -> dict[str, Any]:
    """Extensions take the address as it is, also one with user and password."""
    user, at, _ = split_url(client.meta.endpoint_url or "")[1].rpartition("@")
    if not at:
        return attributes
    return {
        name: value.replace(f"{user}@", "") if isinstance(value, str) else value
        for name, value in attributes.items()
    }


def _note_result(span: Any, result: dict[str, Any] | None) -> None:
    metadata: dict[str, Any] | None = result.get("ResponseMetadata") if isinstance(result, dict) else None
    if metadata is None:
        return
    request_id = metadata.get("RequestId")
    if request_id is None:
        headers: dict[str, str] = metadata.get("HTTPHeaders") or {}
        request_id = (
            headers.get("x-amzn-requestid") or headers.get("x-amz-request-id") or headers.get("x-amz-id-2")
        )
    span.set_attributes(
        response_attributes(request_id, metadata.get("RetryAttempts"), metadata.get("HTTPStatusCode"))
    )


def _note_failure(span: Any, error: Exception, extension: ServiceExtension) -> Any:
    """The answer inside the error, if it is one of the service; ``304 Not Modified`` is raised, but is no failure."""
    import traceback

    from sotalia import exceptions
    from sotalia.runtime.redaction import redact_text

    text = redact_text(str(error))
    lines = traceback.format_exception(error)
    span.record_exception(
        error, attributes={"exception.message": text, "exception.stacktrace": redact_text("".join(lines))}
    )
    if not isinstance(error, exceptions.ClientError):
        span.set_status(trace.StatusCode.ERROR, text)
        return None
    answer: Any = error.response
    _note_result(span, answer)
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if is_failure(status):
        span.set_status(trace.StatusCode.ERROR, text)
        extension.on_error(span, error)
    else:
        extension.on_success(span, answer)
    return answer
