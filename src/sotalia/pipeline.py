"""One call of one operation, top to bottom.

This file stands in the order of the guide's table of events; every line below that emits one is marked with its name.

    provide-client-params  ->  before-parameter-build  ->  before-endpoint-resolution
       ->  validate, serialize  ->  before-call
       ->  [ request-created (signs)  ->  before-send  ->  transport
             ->  before-parse  ->  response-received  ->  needs-retry ]  per attempt
       ->  after-call | after-call-error

It is written once. An asynchronous client awaits it; in a synchronous client nothing below ever suspends, so
:func:`sotalia.runtime.drive` runs it to its end. An event nobody listens to costs one dictionary look-up: its keyword
arguments are not even gathered.

What fires when (``after-call`` also for 4xx and 5xx answers, ``after-call-error`` only for what was *raised*, endpoint
resolution before validation, exceptions of ``before-send`` handlers as failed attempts) follows the reference.
"""

from __future__ import annotations

import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from sotalia.checksums.compression import maybe_compress_request
from sotalia.checksums.request import apply_request_checksum, resolve_checksum_context
from sotalia.checksums.response import handle_checksum_body
from sotalia.logs import are_calls_logged, observe_calls, tell_retry
from sotalia.operation import compiled
from sotalia.runtime import resolved
from sotalia.services.general import new_uuid
from sotalia.transport.messages import AWSRequest
from sotalia.transport.query_string import percent_encode_sequence
from sotalia.useragent import features

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from sotalia.auth.signer import RequestSigner
    from sotalia.client_exceptions import ClientExceptions
    from sotalia.endpoint import Attempts, CallEndpoints, Endpoint
    from sotalia.endpoints.ruleset import RuleSetEndpoint
    from sotalia.model.service import OperationModel
    from sotalia.operation import Operation, Serialization
    from sotalia.transport.messages import AWSPreparedRequest, AWSResponse
    from sotalia.useragent import ClientUserAgent

    Params = dict[str, Any]
    RequestDict = dict[str, Any]
    Context = dict[str, Any]
    Parsed = dict[str, Any]


class Caller(Protocol):
    """What the pipeline needs of a client, and all that it knows of one."""

    meta: Any
    _endpoint: Endpoint
    _endpoints: CallEndpoints
    _request_signer: RequestSigner
    _user_agent: ClientUserAgent
    _validates_parameters: bool

    @property
    def exceptions(self) -> ClientExceptions:
        """The service's errors."""
        ...

    def _operation(self, operation_name: str) -> Operation: ...


async def call(client: Caller, operation_name: str, params: Params) -> Parsed:
    """Make one call: from the caller's parameters to the parsed response, or a raised ``ClientError``.

    Raises what handlers, validation, endpoint resolution, credentials and the transport raise, unchanged.
    """
    operation = client._operation(operation_name)
    context = new_context(client, operation)
    with features.of_call():
        request = await build_request(client, operation, params, context)
        model = operation.model
        events = client.meta.events

        answer = None
        if listeners := events.listeners(operation.before_call, model):  # before-call
            _, answer = await listeners.until_response(
                model=model, params=request, request_signer=client._request_signer, context=context
            )
        if answer is None:
            http_response, parsed = await exchange(client, operation, request, context)
        else:
            http_response, parsed = answer

        if listeners := events.listeners(operation.after_call, model):  # after-call
            await listeners.notify(http_response=http_response, parsed=parsed, model=model, context=context)

        if http_response.status_code >= 300:
            raise client_error(client, operation_name, parsed, context)
        return parsed


def new_context(client: Caller, operation: Operation) -> Context:
    """The one dictionary that every event of a call shares."""
    return {
        "client_region": client.meta.region_name,
        "client_config": client.meta.config,
        "has_streaming_input": operation.has_streaming_input,
        "auth_type": operation.auth_type,
        "unsigned_payload": operation.unsigned_payload,
        "auth_options": operation.auth_options,
    }


async def provide_params(client: Caller, operation: Operation, params: Params, context: Context) -> Params:
    """What the handlers make of the caller's parameters."""
    model = operation.model
    events = client.meta.events
    if are_calls_logged():
        observe_calls(events, model.service_model)
    if listeners := events.listeners(operation.provide_client_params, model):  # provide-client-params
        _, given = await listeners.first_response(params=params, model=model, context=context)
        params = params if given is None else given
    if listeners := events.listeners(operation.before_parameter_build, model):  # before-parameter-build
        await listeners.notify(params=params, model=model, context=context)
    return params


async def build_request(
    client: Caller, operation: Operation, params: Params, context: Context
) -> RequestDict:
    """From the caller's parameters to a request dict that is ready for ``before-call``."""
    params = await provide_params(client, operation, params, context)
    endpoint = await client._endpoints.resolve(operation.model, params, context)  # before-endpoint-resolution
    request = address(client, serialize(client, operation, params), endpoint, context)
    request["headers"]["User-Agent"] = client._user_agent.text()
    if operation.has_checksums:
        resolve_checksum_context(request, operation.model, params)
    return request


def address(client: Caller, request: RequestDict, endpoint: RuleSetEndpoint, context: Context) -> RequestDict:
    """The request dict with what its endpoint adds: URL and headers; and with the call's context."""
    if "host_prefix" in request and not client.meta.config.inject_host_prefix:
        del request["host_prefix"]
    if endpoint.headers:
        request["headers"].update(endpoint.headers)
    request["url"] = request_url(endpoint.url, request)
    request["context"] = context
    return request


def serialize(client: Caller, operation: Operation, params: Params) -> RequestDict:
    """Validate the parameters and write them as a request dict. Raises ``ParamValidationError``."""
    if client._validates_parameters:
        report = operation.validate(params)
        if report:
            from sotalia import exceptions

            raise exceptions.ParamValidationError(report=report)
    return operation.serialize(params)


def client_error(client: Caller, operation_name: str, parsed: Parsed, context: Context) -> Exception:
    """The exception for an answer that is an error, of the class that the service models for its code."""
    code = context.get("error_code_override") or parsed.get("Error", {}).get("Code")
    error: Exception = client.exceptions.from_code(code)(parsed, operation_name)
    return error


async def exchange(
    client: Caller, operation: Operation, request: RequestDict, context: Context
) -> tuple[AWSResponse, Parsed]:
    """Send the request, as often as the retry handlers want, and report what was raised on the way."""
    if operation.may_be_compressed:
        maybe_compress_request(client.meta.config, request, operation.model)
    if "checksum" in request["context"]:
        await apply_request_checksum(request)
    endpoint = client._endpoint
    try:
        if endpoint.is_intercepted:
            answer: tuple[AWSResponse, Parsed] = await resolved(
                endpoint.make_request(operation.model, request)
            )
            return answer
        return await attempts(endpoint, operation, request, context)
    except Exception as error:
        if listeners := client.meta.events.listeners(operation.after_call_error, operation.model):
            await listeners.notify(exception=error, context=context)  # after-call-error
        raise


def request_url(endpoint_url: str, request: RequestDict) -> str:
    """Where a request goes: the endpoint's host and path, the operation's path and query, and the host prefix."""
    scheme, host, slash, base, fixed_query = _parts(endpoint_url)
    path = request["url_path"]
    if not path or path == "/":
        path = f"{slash}{base}" or "/"
    else:
        if base.endswith("/") and path.startswith("/"):
            path = path[1:]
        path = f"{slash}{base}{path}" if base else path
        if not path.startswith("/"):
            path = f"/{path}"
    url = f"{scheme}://{request.get('host_prefix') or ''}{host}{path}"
    query = request["query_string"]
    if not query and not fixed_query:
        return url
    parts = [part for part in (fixed_query, percent_encode_sequence(query) if query else "") if part]
    return f"{url}{'&' if '?' in url else '?'}{'&'.join(parts)}" if parts else url


@lru_cache(maxsize=256)
def _parts(endpoint_url: str) -> tuple[str, str, str, str, str]:
    """Scheme, host, slash, path after it, and query of an endpoint's address: the same for many calls."""
    scheme, _, rest = endpoint_url.partition("://")
    host, slash, base = rest.partition("/")
    base, _, fixed_query = base.partition("?")
    return scheme, host, slash, base, fixed_query


# -- attempts ------------------------------------------------------------------------------------------------------


async def attempts(
    endpoint: Endpoint, operation: Operation, request: RequestDict, context: Context
) -> tuple[AWSResponse, Parsed]:
    """Try until the retry handlers are content: the last response and its parsed form, or the last exception."""
    number = 1
    retries = context["retries"] = {"attempt": number, "invocation-id": new_uuid()}
    prepared = await create_request(endpoint, operation, request)
    outcome = await attempt(endpoint, operation, prepared, context)
    while (delay_seconds := await retry_delay(endpoint, operation, request, number, outcome)) is not None:
        await endpoint.runtime.sleep(delay_seconds)
        number += 1
        retries["attempt"] = number
        set_time_to_live(endpoint, retries, outcome, context)
        prepared.reset_stream()
        prepared = await create_request(endpoint, operation, request)
        outcome = await attempt(endpoint, operation, prepared, context)
    if outcome.parsed is not None and "ResponseMetadata" in outcome.parsed:
        outcome.parsed["ResponseMetadata"]["RetryAttempts"] = number - 1
    if outcome.error is not None:
        raise outcome.error
    assert outcome.http_response is not None
    assert outcome.parsed is not None
    return outcome.http_response, outcome.parsed


def attempts_by_model(serialization: Serialization) -> Attempts:
    """:func:`attempts` for who has an operation's model, as callers of ``Endpoint.make_request`` do."""

    def attempts_of(
        endpoint: Endpoint, model: OperationModel, request: RequestDict, context: Context
    ) -> Coroutine[Any, Any, tuple[AWSResponse, Parsed]]:
        return attempts(endpoint, compiled(model, serialization), request, context)

    return attempts_of


class Outcome:
    """How one attempt ended: with an answer (of any status) or with an exception of the sending."""

    __slots__ = ("error", "http_response", "parsed")

    def __init__(
        self, http_response: AWSResponse | None, parsed: Parsed | None, error: Exception | None
    ) -> None:
        self.http_response = http_response
        self.parsed = parsed
        self.error = error

    @property
    def response(self) -> Any:
        """The pair that handlers of ``needs-retry`` see, or ``None``."""
        return None if self.http_response is None else (self.http_response, self.parsed)


async def create_request(
    endpoint: Endpoint, operation: Operation, request: RequestDict
) -> AWSPreparedRequest:
    """The HTTP request of one attempt, signed: the signer is a handler of ``request-created``."""
    created = AWSRequest.from_request_dict(request, stream_output=operation.stream_output)
    if listeners := endpoint.events.listeners(operation.request_created, operation.model):  # request-created
        await listeners.notify(request=created, operation_name=operation.name)
    return endpoint.prepare_request(created)


async def attempt(
    endpoint: Endpoint, operation: Operation, prepared: AWSPreparedRequest, context: Context
) -> Outcome:
    """Send one prepared request and parse its answer."""
    http_response, error = await transmit(endpoint, operation, prepared)
    parsed = None
    if http_response is not None:
        parsed = await parse(endpoint, operation, http_response, context)
    if listeners := endpoint.events.listeners(
        operation.response_received, operation.model
    ):  # response-received
        await listeners.notify(
            response_dict=http_response and await response_dict(endpoint, operation, http_response),
            parsed_response=parsed,
            context=context,
            exception=error,
        )
    return Outcome(http_response, parsed, error)


async def transmit(
    endpoint: Endpoint, operation: Operation, prepared: AWSPreparedRequest
) -> tuple[AWSResponse | None, Exception | None]:
    """The HTTP response, or the exception in its place. A handler of ``before-send`` may answer for the network."""
    try:
        http_response = None
        if listeners := endpoint.events.listeners(operation.before_send, operation.model):  # before-send
            _, http_response = await listeners.first_response(request=prepared)
        if http_response is None:
            http_response = await endpoint.transport.send(prepared)
    except Exception as error:
        # Whatever failed, the retry handlers decide what becomes of it.
        return None, error
    return http_response, None


async def parse(
    endpoint: Endpoint, operation: Operation, http_response: AWSResponse, context: Context
) -> Parsed:
    """The response as a dictionary. What it raises (a broken body, a wrong checksum) ends the call at once."""
    answer = await response_dict(endpoint, operation, http_response)
    handle_checksum_body(http_response, answer, context, operation.model)
    customized: Parsed = {}
    if listeners := endpoint.events.listeners(operation.before_parse, operation.model):  # before-parse
        await listeners.notify(
            operation_model=operation.model, response_dict=answer, customized_response_dict=customized
        )
    if operation.has_event_stream_output:
        parsed = await operation.parser.parse_event_stream(answer)
    else:
        parsed = operation.parser.parse(answer)
    if customized:
        parsed.update(customized)
    if http_response.status_code >= 300:
        operation.parser.add_modeled_error(answer, parsed)
    return parsed


async def response_dict(
    endpoint: Endpoint, operation: Operation, http_response: AWSResponse
) -> dict[str, Any]:
    """What parsers and handlers see of an HTTP response; ``body`` is a stream where the operation streams."""
    status = http_response.status_code
    body: Any
    if status >= 300 or not operation.stream_output:
        body = getattr(http_response, "_content", None)
        if type(body) is not bytes:
            body = await endpoint.content(http_response)
    elif operation.has_event_stream_output:
        body = http_response.raw
    else:
        body = endpoint.streaming_body(http_response.raw, http_response.headers.get("content-length"))
    return {
        "headers": http_response.headers,
        "status_code": status,
        "context": {"operation_name": operation.name, "is_async": endpoint.runtime.is_async},
        "body": body,
    }


def set_time_to_live(endpoint: Endpoint, retries: dict[str, Any], outcome: Outcome, context: Context) -> None:
    """Tell the service until when we would wait for the answer of the next attempt, by its own clock."""
    if outcome.http_response is None or context.get("has_streaming_input"):
        return
    date = outcome.http_response.headers.get("Date")
    if date is None:
        return
    from sotalia.protocols.timestamps import parse_timestamp

    try:
        server_time = parse_timestamp(date).timestamp()
    except (ValueError, OverflowError):
        return  # A date that is none says nothing.
    until = server_time + (context.get("read_timeout") or endpoint.read_timeout or 60)
    retries["ttl"] = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(until))


async def retry_delay(
    endpoint: Endpoint, operation: Operation, request: RequestDict, number: int, outcome: Outcome
) -> float | None:
    """Seconds to wait before the next attempt, or ``None`` when there is to be none."""
    listeners = endpoint.events.listeners(operation.needs_retry, operation.model)
    if listeners is None:
        return None
    handler, delay_seconds = await listeners.first_response(  # needs-retry
        response=outcome.response,
        endpoint=endpoint,
        operation=operation.model,
        attempts=number,
        caught_exception=outcome.error,
        request_dict=request,
    )
    # None and False stop; 0 retries at once. (True, by accident of the reference, waits one second.)
    if delay_seconds is None or delay_seconds is False:
        return None
    if are_calls_logged():
        tell_retry(operation.model, number, handler, delay_seconds)
    wanted: float = delay_seconds
    return wanted
