"""Responses of handlers in the place of the service: what plain and typed handlers give, as a call's response."""

from __future__ import annotations

from collections.abc import Mapping

from sotalia.events.catalog import BeforeCall, BeforeSend
from sotalia.events.event import HandlerResponse
from sotalia.events.handlers import unfit_value
from sotalia.transport.messages import AWSResponse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.events.listeners import Listeners
    from sotalia.transport.messages import AWSPreparedRequest


def handler_response(
    value: HandlerResponse | tuple[Any, ...] | list[Any] | None,
    listeners: Listeners,
    handler: Any,
    request: dict[str, Any] | None,
) -> tuple[AWSResponse, dict[str, Any]]:
    """The HTTP response and the result that a handler of ``before-call`` gave. Raises ``TypeError`` for anything else."""
    if type(value) is HandlerResponse:
        if not isinstance(value.result, dict):
            raise unfit_value(BeforeCall, listeners.event_name, handler, value.result)
        value.result.setdefault("ResponseMetadata", {}).setdefault("HTTPStatusCode", value.status_code)
        return _response(str((request or {}).get("url", "")), value), value.result
    if (
        not isinstance(value, tuple | list)
        or len(value) != 2
        or not hasattr(value[0], "status_code")
        or not isinstance(value[1], Mapping)
    ):
        raise unfit_value(BeforeCall, listeners.event_name, handler, value)
    response, result = value
    return response, result


def handler_http_response(
    value: Any, listeners: Listeners, handler: Any, request: AWSPreparedRequest
) -> AWSResponse:
    """The HTTP response that a handler of ``before-send`` gave. Raises ``TypeError`` for anything else."""
    if type(value) is HandlerResponse:
        from sotalia.transport.scripted import canned_response

        return canned_response(request, value.status_code, value.headers, value.body)
    if not hasattr(value, "status_code") or not hasattr(value, "headers"):
        raise unfit_value(BeforeSend, listeners.event_name, handler, value)
    response: AWSResponse = value
    return response


def _response(url: str, given: HandlerResponse) -> AWSResponse:
    from sotalia.transport.body import spent_body

    response = AWSResponse(url, given.status_code, given.headers, spent_body())
    response._content = given.body
    return response
