"""One call of one operation, top to bottom.

This file stands in the order of the guide's table of events; every line below that emits one is marked with its name.

    provide-client-params  ->  before-parameter-build  ->  before-endpoint-resolution
       ->  validate, serialize  ->  before-call
       ->  [ request-created (signs)  ->  before-send  ->  transport
             ->  before-parse  ->  response-received  ->  needs-retry ]  per attempt
       ->  after-call | after-call-error

It is written once. An asynchronous client awaits it; in a synchronous client nothing below ever suspends, so
:func:`sotalia.runtime.drive` runs it to its end. Every step takes the :class:`~sotalia.call.call.Call` and leaves on it what
it made. An event nobody listens to costs one dictionary look-up: its keyword arguments are not even gathered.

What fires when (``after-call`` also for 4xx and 5xx responses, ``after-call-error`` only for what was *raised*, endpoint
resolution before validation, exceptions of ``before-send`` handlers as failed attempts) follows the reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from sotalia.call import hooks
from sotalia.call.call import Attempt, Call
from sotalia.call.retry_context import new_uuid, note_next_attempt
from sotalia.checksums.request import apply_request_checksum, resolve_checksum_context
from sotalia.checksums.response import handle_checksum_body
from sotalia.endpoints.url import request_url
from sotalia.events.catalog import NeedsRetry, ProvideClientParams
from sotalia.events.handlers import describe, unfit_value
from sotalia.protocols.scalars import plain_params
from sotalia.protocols.serialize import refused
from sotalia.runtime.features import features
from sotalia.runtime.logs import are_calls_logged, log_calls
from sotalia.transport.body import AsyncStreamingBody, StreamingBody
from sotalia.transport.messages import AWSRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

    from sotalia.call.call import Caller, Parameters, RequestDict, Result
    from sotalia.call.operation import Operation
    from sotalia.endpoints.ruleset import RuleSetEndpoint
    from sotalia.transport.messages import AWSPreparedRequest, AWSResponse


def invoke(client: Caller, operation_name: str, parameters: Parameters) -> Coroutine[Any, Any, Result]:
    """A call by the operation's name, with the hooks and observers that stand around it: a coroutine to run.

    Raises ``OperationNotFoundError``; the coroutine what handlers, validation, endpoint resolution, credentials and the
    transport raise, unchanged, or ``ClientError``.
    """
    parts = client.parts
    operation = parts.operations.get(operation_name) or parts.operation(operation_name)
    call = Call(client, operation, parameters)
    if are_calls_logged():
        log_calls(call.events)
    around = call.events.composed(operation.around)
    if around is None:
        compose = partial(hooks.compose, call, perform, attempts, try_once)
        around = call.events.keep_composed(operation.around, compose)
    return around.run(call) if around else perform(call)


async def perform(call: Call) -> Result:
    """Make the call: from the caller's parameters to the parsed response, or a raised ``ClientError``."""
    operation, model, events = call.operation, call.operation.model, call.events
    token = features.of_call.set(set(features.around.get()))
    try:
        await build_request(call)

        reply = None
        if listeners := events.listeners(operation.before_call, model):  # before-call
            handler, reply = await listeners.until_response(
                model=model,
                params=call.request,
                request_signer=call.client.parts.signer,
                context=call.context,
            )
            if reply is not None:
                from sotalia.call.handler_responses import handler_response

                call.response, call.result = handler_response(reply, listeners, handler, call.request)
        if reply is None:
            await exchange(call)
        response, result = call.response, call.result
        assert response is not None
        assert result is not None

        if listeners := events.listeners(operation.after_call, model):  # after-call
            await listeners.notify(http_response=response, parsed=result, model=model, context=call.context)

        if response.status_code >= 300:
            raise client_error(call, result)
        return result
    except Exception as error:
        note(error, call)
        raise
    finally:
        features.of_call.reset(token)


def note(error: Exception, call: Call) -> None:
    """Put on an error what call raised it."""
    try:
        from sotalia.call.error_classes import note_call
    except ImportError:
        return  # The interpreter is about to end: nothing can be imported any more.
    note_call(error, call)


async def provide_parameters(call: Call) -> None:
    """Let the handlers make of the caller's parameters what they want."""
    operation, events = call.operation, call.events
    model = operation.model
    call.parameters = plain_params(call.parameters)
    if listeners := events.listeners(operation.provide_client_params, model):  # provide-client-params
        handler, provided = await listeners.first_response(
            params=call.parameters, model=model, context=call.context
        )
        if provided is not None:
            if not isinstance(provided, Mapping):
                raise unfit_value(ProvideClientParams, listeners.event_name, handler, provided)
            call.parameters = provided  # type: ignore[assignment]  # a mapping is what the reference passes on
    if listeners := events.listeners(operation.before_parameter_build, model):  # before-parameter-build
        try:
            await listeners.notify(params=call.parameters, model=model, context=call.context)
        except UnicodeEncodeError as error:
            raise refused(error) from None  # Keys and bodies are encoded here.
    if call.hooks is not None:
        call.hooks.notify("parameters_ready", call)


async def build_request(call: Call) -> None:
    """From the caller's parameters to a request dict that is ready for ``before-call``."""
    await provide_parameters(call)
    operation, client = call.operation, call.client
    endpoint = await client.parts.endpoint_resolver.resolve(  # before-endpoint-resolution
        operation.model, call.parameters, call.context
    )
    request = address(call, serialize(client, operation, call.parameters), endpoint)
    request["headers"]["User-Agent"] = client.parts.user_agent.text()
    if operation.has_checksums:
        resolve_checksum_context(request, operation.model, call.parameters)


def address(call: Call, request: RequestDict, endpoint: RuleSetEndpoint) -> RequestDict:
    """The call's request: the dict with what its endpoint adds, URL and headers, and with the call's context."""
    if "host_prefix" in request and not call.client.meta.config.inject_host_prefix:
        del request["host_prefix"]
    if endpoint.headers:
        request["headers"].update(endpoint.headers)
    try:
        request["url"] = request_url(endpoint.url, request)
    except UnicodeEncodeError as error:
        raise refused(error) from None
    request["context"] = call.context
    call.request = request
    return request


def serialize(client: Caller, operation: Operation, parameters: Parameters) -> RequestDict:
    """Validate the parameters and write them as a request dict. Raises ``ParamValidationError``."""
    if client.parts.validates_parameters:
        report = operation.validate(parameters)
        if report:
            from sotalia import exceptions
            from sotalia.call.next_steps import note_misspelt_parameters

            error = exceptions.ParamValidationError(report=report)
            note_misspelt_parameters(error, operation.model, parameters)
            raise error
    return operation.serialize(parameters)


def client_error(call: Call, result: Result) -> Exception:
    """The exception for a response that is an error, of the class that the service models for its code."""
    code = call.context.get("error_code_override") or result.get("Error", {}).get("Code")
    error: Exception = call.client.exceptions.from_code(code)(result, call.operation.name)
    return error


async def exchange(call: Call) -> None:
    """Send the request, as often as the retry handlers want, and report what was raised on the way."""
    operation, request = call.operation, call.request
    assert request is not None
    if operation.may_be_compressed:
        from sotalia.checksums.compression import maybe_compress_request

        maybe_compress_request(call.client.meta.config, request, operation.model)
    if "checksum" in call.context:
        await apply_request_checksum(request)
    try:
        await (attempts(call) if call.hooks is None else call.hooks.send(call))
    except Exception as error:
        if listeners := call.events.listeners(operation.after_call_error, operation.model):
            await listeners.notify(exception=error, context=call.context)  # after-call-error
        raise


# -- attempts ------------------------------------------------------------------------------------------------------


async def attempts(call: Call) -> None:
    """Try until the retry handlers are content. Leaves the last response and its parsed form, or raises the last error."""
    call.context["retries"] = {"attempt": 1, "invocation-id": new_uuid()}
    attempt = Attempt(1)
    while True:
        call.attempts.append(attempt)
        await (try_once(call) if call.hooks is None else call.hooks.run_attempt(call))
        delay_seconds = await retry_delay(call, attempt)
        if delay_seconds is None:
            break
        from sotalia.runtime.pauses import pause  # Most calls are not repeated.

        await pause(call.channel.runtime, delay_seconds)
        note_next_attempt(call, attempt)
        if attempt.request is not None:
            attempt.request.reset_stream()
        attempt = Attempt(attempt.number + 1)
    result = attempt.result
    if result is not None and "ResponseMetadata" in result:
        result["ResponseMetadata"]["RetryAttempts"] = attempt.number - 1
    if attempt.error is not None:
        raise attempt.error
    call.response, call.result = attempt.response, result


async def try_once(call: Call) -> Attempt:
    """Sign and send the request, and parse what comes back."""
    operation, attempt, around = call.operation, call.attempts[-1], call.hooks
    prepared = attempt.request = await create_request(call)
    if around is not None:
        attempt.sent_at = around.now()
        around.notify("attempt_started", call)
    attempt.response, attempt.error = await transmit(call, prepared)
    if attempt.response is not None:
        attempt.result = await parse(call, attempt.response)
    if around is not None:
        attempt.ended_at = around.now()
        around.notify("attempt_ended", call)
    if listeners := call.events.listeners(operation.response_received, operation.model):  # response-received
        await listeners.notify(
            response_dict=attempt.response and await response_dict(call, attempt.response),
            parsed_response=attempt.result,
            context=call.context,
            exception=attempt.error,
        )
    return attempt


async def create_request(call: Call) -> AWSPreparedRequest:
    """The HTTP request of one attempt, signed: the signer is a handler of ``request-created``."""
    operation = call.operation
    created = AWSRequest.from_request_dict(call.request, stream_output=operation.stream_output)  # type: ignore[arg-type]
    try:
        if listeners := call.events.listeners(operation.request_created, operation.model):  # request-created
            await listeners.notify(request=created, operation_name=operation.name)
        return created.prepare()
    except UnicodeEncodeError as error:
        # Headers and forms are encoded when they are signed, the rest was before.
        raise refused(error) from None


async def transmit(call: Call, prepared: AWSPreparedRequest) -> tuple[AWSResponse | None, Exception | None]:
    """The HTTP response, or the exception in its place. A handler of ``before-send`` may respond for the network."""
    operation = call.operation
    try:
        response = None
        if listeners := call.events.listeners(operation.before_send, operation.model):  # before-send
            handler, response = await listeners.first_response(request=prepared)
            if response is not None:
                from sotalia.call.handler_responses import handler_http_response

                response = handler_http_response(response, listeners, handler, prepared)
        if response is None:
            if type(prepared.body) is str:
                prepared.body = prepared.body.encode("utf-8")
            response = await call.channel.transport.send(prepared)
    except Exception as error:
        # Whatever failed, the retry handlers decide what becomes of it.
        return None, error
    return response, None


async def parse(call: Call, response: AWSResponse) -> Result:
    """The response as a dictionary. What it raises (a broken body, a wrong checksum) ends the call at once."""
    operation, model = call.operation, call.operation.model
    fields = await response_dict(call, response)
    handle_checksum_body(response, fields, call.context, model)
    customized: Result = {}
    if listeners := call.events.listeners(operation.before_parse, model):  # before-parse
        await listeners.notify(
            operation_model=model, response_dict=fields, customized_response_dict=customized
        )
    if operation.has_event_stream_output:
        parsed: Result = await operation.parser.parse_event_stream(fields)
    else:
        parsed = operation.parser.parse(fields)
    if customized:
        parsed.update(customized)
    if response.status_code >= 300:
        operation.parser.add_modeled_error(fields, parsed)
    return parsed


async def response_dict(call: Call, response: AWSResponse) -> dict[str, Any]:
    """What parsers and handlers see of an HTTP response; ``body`` is a stream where the operation streams."""
    operation, is_async = call.operation, call.channel.runtime.is_async
    status = response.status_code
    body: Any
    if status >= 300 or not operation.stream_output:
        body = getattr(response, "_content", None)
        if type(body) is not bytes:
            body = await content(response)
    elif operation.has_event_stream_output:
        body = response.raw
    else:
        body_class = AsyncStreamingBody if is_async else StreamingBody
        body = body_class(response.raw, response.headers.get("content-length"))
    return {
        "headers": response.headers,
        "status_code": status,
        "context": {"operation_name": operation.name, "is_async": is_async},
        "body": body,
    }


async def content(response: Any) -> bytes:
    """The whole body of a response, whoever made it."""
    known = getattr(response, "_content", None)
    if known is not None:
        return bytes(known)
    take = getattr(response.raw, "take", None)
    if take is None:
        return response.content  # type: ignore[no-any-return]
    response._content = data = bytes(await take())
    return data


async def retry_delay(call: Call, attempt: Attempt) -> float | None:
    """Seconds to wait before the next attempt, or ``None`` when there is to be none."""
    model = call.operation.model
    listeners = call.events.listeners(call.operation.needs_retry, model)
    if listeners is None:
        return None
    handler, delay_seconds = await listeners.first_response(  # needs-retry
        response=attempt.response and (attempt.response, attempt.result),
        endpoint=call.channel,
        operation=model,
        attempts=attempt.number,
        caught_exception=attempt.error,
        request_dict=call.request,
    )
    # None and False stop; 0 retries at once. (True, by accident of the reference, waits one second.)
    if delay_seconds is None or delay_seconds is False:
        return None
    attempt.delay_seconds = wanted = delay_seconds
    if not hasattr(wanted, "__float__"):
        raise unfit_value(NeedsRetry, listeners.event_name, handler, wanted)
    if not 0 <= wanted < float("inf"):
        raise ValueError(
            f"{listeners.event_name}: {describe(handler)} returned {wanted!r}; expected {NeedsRetry.expects}"
        )
    if call.hooks is not None:
        attempt.retry_reason = getattr(delay_seconds, "reason", None) or describe(handler)
        call.hooks.notify("retry_scheduled", call)
    return wanted  # type: ignore[no-any-return]
