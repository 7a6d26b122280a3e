"""Traces of calls for OpenTelemetry: the spans that its instrumentation of botocore makes for boto3.

>>> from sotalia.compatibility.opentelemetry import instrument
>>> instrument(session)                  # clients made from now on; or instrument(client); or instrument() for all

That instrumentation wraps botocore's classes, which sotalia does not use. Here one span is made per call, around
``_make_api_call``, so calls that validation refuses have one too: ``S3.PutObject``, kind client, with

    rpc.system (aws-api)  rpc.service  rpc.method  cloud.region  server.address  server.port
    aws.request_id  retry_attempts  http.status_code                        once there is an answer

and for calls that raise the status ``ERROR`` and the event ``exception``. Each attempt carries the header
``X-Amzn-Trace-Id``. Where ``opentelemetry-instrumentation-botocore`` is installed, what it adds for DynamoDB, Lambda,
SNS, SQS ... is added too: see :mod:`sotalia.compatibility.opentelemetry_services`.

Needs ``sotalia[otel]``. Nothing of this runs in a process that does not ask for it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from sotalia import __version__
from sotalia.clients import AsyncBaseClient, BaseClient
from sotalia.compatibility.opentelemetry_services import ServiceExtension, service_extension
from sotalia.runtime import drive, resolved
from sotalia.transport.address import host_and_port, split_url

try:
    from opentelemetry import context as otel_context
    from opentelemetry import trace
except ImportError as missing:
    raise ImportError(
        f"tracing needs OpenTelemetry's API ({missing}); install it with: pip install 'sotalia[otel]'"
    ) from missing

if TYPE_CHECKING:
    from collections.abc import Callable

    from sotalia.events import EventRegistry
    from sotalia.session import Session

__all__ = ["instrument", "uninstrument"]

_ID = "sotalia-opentelemetry"
_TRACE_HEADER = "X-Amzn-Trace-Id"
# The original instrumentation names this version of the conventions.
_SCHEMA = "https://opentelemetry.io/schemas/1.11.0"
_MARK = "_is_traced"
# Under either key a context says that nothing is to be traced; the second is the one of old.
_SUPPRESSED = (getattr(otel_context, "_SUPPRESS_INSTRUMENTATION_KEY", ""), "suppress_instrumentation")
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
    tracing = _Tracing(tracer_provider, propagator, request_hook, response_hook)
    if target is None:
        tracing.wrap_all_clients()
    elif isinstance(target, BaseClient):
        tracing.wrap_client(target)
    elif hasattr(target, "events") and hasattr(target, "client"):
        tracing.wrap_session(target.events)
    else:
        raise TypeError(f"{target!r} is no session and no client of sotalia: there is nothing to trace")


def uninstrument(target: Session | BaseClient | None = None) -> None:
    """Undo :func:`instrument` for the same target. Clients that a traced session has made stay traced."""
    if target is None:
        for kind, original in _originals.items():
            kind._make_api_call = original  # type: ignore[method-assign]
        _originals.clear()
        return
    if isinstance(target, BaseClient):
        for name in ("_make_api_call", _MARK):
            vars(target).pop(name, None)
        target.meta.events.unregister("request-created", unique_id=_ID)
        return
    target.events.unregister("creating-client-class", unique_id=_ID)
    target.events.unregister("request-created", unique_id=f"{_ID}-header")


# The methods that instrument() without a target replaced.
_originals: dict[type[BaseClient], Any] = {}


class _Tracing:
    """How the calls of one target are traced."""

    def __init__(self, provider: Any, propagator: Any, request_hook: Any, response_hook: Any) -> None:
        self._provider = provider
        self._propagator = propagator
        self._request_hook = request_hook
        self._response_hook = response_hook
        self._tracers: dict[str, Any] = {}

    # -- where it is put ---------------------------------------------------------------------------------------

    def wrap_session(self, events: EventRegistry) -> None:
        """The classes of clients to come get one more base."""
        bases = {is_async: _traced_base(self, is_async=is_async) for is_async in (False, True)}

        def add_base(base_classes: list[type], **kwargs: Any) -> None:
            base_classes.insert(0, bases[any(issubclass(base, AsyncBaseClient) for base in base_classes)])

        events.register("creating-client-class", add_base, unique_id=_ID)
        events.register("request-created", self.add_header, unique_id=f"{_ID}-header")

    def wrap_client(self, client: BaseClient) -> None:
        """One client gets a method of its own."""
        if _is_traced(client):
            return
        # An attribute of the instance goes before the method of its class.
        wrapped = self._method(client._make_api_call, is_async=isinstance(client, AsyncBaseClient))
        vars(client).update({"_make_api_call": partial(wrapped, client), _MARK: True})
        client.meta.events.register("request-created", self.add_header, unique_id=_ID)

    def wrap_all_clients(self) -> None:
        """The base classes of both colours get another method."""
        if _originals:
            return
        for kind in (BaseClient, AsyncBaseClient):
            _originals[kind] = original = kind._make_api_call
            kind._make_api_call = self._method_of_class(original, is_async=kind is AsyncBaseClient)  # type: ignore[method-assign]

    def _method(self, proceed: Callable[..., Any], *, is_async: bool) -> Callable[..., Any]:
        def traced(client: BaseClient, operation_name: str, api_params: dict[str, Any]) -> Any:
            work = self.call(client, proceed, operation_name, api_params)
            return work if is_async else drive(work)

        return traced

    def _method_of_class(self, original: Callable[..., Any], *, is_async: bool) -> Callable[..., Any]:
        def _make_api_call(self_: BaseClient, operation_name: str, api_params: dict[str, Any]) -> Any:
            if _is_traced(self_):
                return original(self_, operation_name, api_params)
            self_.meta.events.register("request-created", self.add_header, unique_id=_ID)
            return self._method(partial(original, self_), is_async=is_async)(
                self_, operation_name, api_params
            )

        return _make_api_call

    # -- one call ----------------------------------------------------------------------------------------------

    async def call(
        self, client: BaseClient, proceed: Callable[..., Any], operation_name: str, params: dict[str, Any]
    ) -> Any:
        """Make the call within a span. What it raises goes on as it is."""
        if any(otel_context.get_value(key) for key in _SUPPRESSED):
            return await resolved(proceed(operation_name, params))
        extension = service_extension(client, operation_name, params)
        if not extension.traces:
            return await resolved(proceed(operation_name, params))
        attributes = _without_user(extension.add_attributes(_attributes(client, operation_name)), client)
        service_name = client._service_model.service_name
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
                    result = await resolved(proceed(operation_name, params))
                _note_answer(span, result)
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
                name, __version__, self._provider, schema_url=_SCHEMA
            )
        return tracer

    def add_header(self, request: Any, **kwargs: Any) -> None:
        """A handler of ``request-created``, after the signer: services do not want this header signed."""
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


def _traced_base(tracing: _Tracing, *, is_async: bool) -> type:
    class TracedCalls:
        """A base of client classes, before all others: ``super()`` is whatever else the class is made of."""

        def _make_api_call(self, operation_name: str, api_params: dict[str, Any]) -> Any:
            proceed = super()._make_api_call  # type: ignore[misc]
            work = tracing.call(self, proceed, operation_name, api_params)  # type: ignore[arg-type]
            return work if is_async else drive(work)

    setattr(TracedCalls, _MARK, True)
    return TracedCalls


def _is_traced(client: BaseClient) -> bool:
    # Not by getattr(client, ...): it asks the handlers of events for what it does not find.
    return _MARK in vars(client) or hasattr(type(client), _MARK)


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
    found: dict[str, Any] = {
        "rpc.system": "aws-api",
        "rpc.service": str(meta.service_model.service_id),
        "rpc.method": operation_name,
        "cloud.region": meta.region_name,
    }
    if meta.endpoint_url:
        _, authority, _, _ = split_url(meta.endpoint_url)
        host, port = host_and_port(authority)
        found.update({"server.address": host, "server.port": port or 443})
    return {name: value for name, value in found.items() if value is not None}


def _without_user(attributes: dict[str, Any], client: BaseClient) -> dict[str, Any]:
    """Extensions take the address as it is, also one with user and password."""
    user, at, _ = split_url(client.meta.endpoint_url or "")[1].rpartition("@")
    if not at:
        return attributes
    return {
        name: value.replace(f"{user}@", "") if isinstance(value, str) else value
        for name, value in attributes.items()
    }


def _note_answer(span: Any, result: Any) -> None:
    metadata = result.get("ResponseMetadata") if isinstance(result, dict) else None
    if metadata is None:
        return
    request_id = metadata.get("RequestId")
    if request_id is None:
        headers = metadata.get("HTTPHeaders") or {}
        request_id = (
            headers.get("x-amzn-requestid") or headers.get("x-amz-request-id") or headers.get("x-amz-id-2")
        )
    found = {
        "aws.request_id": request_id or None,
        "retry_attempts": metadata.get("RetryAttempts"),
        "http.status_code": metadata.get("HTTPStatusCode"),
    }
    span.set_attributes({name: value for name, value in found.items() if value is not None})


def _note_failure(span: Any, error: Exception, extension: ServiceExtension) -> Any:
    """The answer inside the error, if it is one of the service; ``304 Not Modified`` is raised, but is no failure."""
    import traceback

    from sotalia import exceptions
    from sotalia.redaction import redact_text

    text = redact_text(str(error))
    lines = traceback.format_exception(error)
    span.record_exception(
        error, attributes={"exception.message": text, "exception.stacktrace": redact_text("".join(lines))}
    )
    if not isinstance(error, exceptions.ClientError):
        span.set_status(trace.StatusCode.ERROR, text)
        return None
    answer: Any = error.response
    _note_answer(span, answer)
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if isinstance(status, int) and not 100 <= status < 400:
        span.set_status(trace.StatusCode.ERROR, text)
        extension.on_error(span, error)
    else:
        extension.on_success(span, answer)
    return answer
