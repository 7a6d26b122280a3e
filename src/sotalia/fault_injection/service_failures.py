"""Faults that a service reports, or something before it: the request is answered and not carried out."""

from __future__ import annotations

import time

from sotalia.fault_injection.delivery import answering
from sotalia.fault_injection.error_bodies import bare_response, html_response, http_date, service_response
from sotalia.fault_injection.rules import Fault, seconds_of, whole
from sotalia.fault_injection.service_codes import service_error, wire_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, Unpack

    from sotalia.fault_injection.delivery import Delivery
    from sotalia.fault_injection.rules import Inject, Selection
    from sotalia.transport.messages import AWSResponse

    Operations = str | Iterable[str]

# How far a signature's time may be off ("Elements of an AWS API request signature": five minutes; S3: fifteen).
_TOLERATED_SECONDS = 300.0
_S3_TOLERATED_SECONDS = 900.0


def throttle(
    operation: Operations = "*",
    *,
    code: str | None = None,
    retry_after: float | None = None,
    **selection: Unpack[Selection],
) -> Fault:
    """The service asks to go slower, with its own code: ``SlowDown`` of S3, ``RequestLimitExceeded`` of EC2.

    ``code``: another one · ``retry_after``: seconds after which the service asks to try again (``x-amz-retry-after``).
    """
    headers: dict[str, str] = {}
    settings: dict[str, object] = {}
    if code is not None:
        settings["code"] = code
    if retry_after is not None:
        settings["retry_after"] = seconds_of("retry_after", retry_after)
        headers["x-amz-retry-after"] = str(round(retry_after * 1000))

    def respond(delivery: Delivery) -> AWSResponse:
        model = delivery.call.operation.model
        error = service_error("throttle", model)
        status = error.status if code is None else wire_names(model, code).status or error.status
        return service_response(delivery, code or error.code, error.message, status, headers=headers)

    return Fault("throttle", answering(respond), operation, settings=settings, **selection)


def service_failure(
    operation: Operations = "*",
    *,
    code: str,
    status: int | None = None,
    message: str = "This error was injected.",
    **selection: Unpack[Selection],
) -> Fault:
    """Any error of the service: ``service_failure("s3.GetObject", code="NoSuchKey")``.

    ``status``: by default the one that the model gives to the error, else 400.
    """
    if not isinstance(code, str) or not code:
        raise ValueError(f"code is the name of an error such as 'NoSuchKey', not {code!r}")
    settings: dict[str, object] = {"code": code}
    if status is not None:
        settings["status"] = whole("status", status, 400)
        if status > 599:
            raise ValueError(f"status is {status}; an error's is from 400 to 599")

    def respond(delivery: Delivery) -> AWSResponse:
        found = status or wire_names(delivery.call.operation.model, code).status or 400
        return service_response(delivery, code, message, found)

    return Fault("service_failure", answering(respond), operation, settings=settings, **selection)


def _reported(failure: str) -> Inject:
    def respond(delivery: Delivery) -> AWSResponse:
        error = service_error(failure, delivery.call.operation.model)
        return service_response(delivery, error.code, error.message, error.status)

    return answering(respond)


def internal_error(operation: Operations = "*", **selection: Unpack[Selection]) -> Fault:
    """500: the service failed, and says so with its own code."""
    return Fault("internal_error", _reported("internal_error"), operation, **selection)


def unavailable(operation: Operations = "*", **selection: Unpack[Selection]) -> Fault:
    """503: the service is overloaded, and says so with its own code."""
    return Fault("unavailable", _reported("unavailable"), operation, **selection)


def bad_gateway(operation: Operations = "*", **selection: Unpack[Selection]) -> Fault:
    """502: a load balancer got no sensible response of the service; the body is its HTML page."""
    return Fault(
        "bad_gateway", answering(lambda d: html_response(d, 502, "Bad Gateway")), operation, **selection
    )


def gateway_timeout(operation: Operations = "*", **selection: Unpack[Selection]) -> Fault:
    """504: a load balancer waited for the service in vain; the body is its HTML page."""
    inject = answering(lambda d: html_response(d, 504, "Gateway Time-out"))
    return Fault("gateway_timeout", inject, operation, **selection)


def expired_token(operation: Operations = "*", **selection: Unpack[Selection]) -> Fault:
    """The session's credentials have expired."""
    return Fault("expired_token", _reported("expired_token"), operation, **selection)


def invalid_signature(operation: Operations = "*", **selection: Unpack[Selection]) -> Fault:
    """The signature is not the one that the service computes."""
    return Fault("invalid_signature", _reported("invalid_signature"), operation, **selection)


def access_denied(operation: Operations = "*", **selection: Unpack[Selection]) -> Fault:
    """The credentials do not permit the call."""
    return Fault("access_denied", _reported("access_denied"), operation, **selection)


def clock_skew(
    operation: Operations = "*", *, seconds: float = 3600, **selection: Unpack[Selection]
) -> Fault:
    """The service's clock is so many seconds ahead (behind, if negative), and it refuses signatures that are too far off.

    Its ``Date`` says what time it has. A request that is signed by the service's clock passes.
    """
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise TypeError(f"seconds is a number of seconds, not {seconds!r}")
    if not _S3_TOLERATED_SECONDS < abs(seconds) < 1e9:
        raise ValueError(
            f"seconds is {seconds!r}; services tolerate clocks that are up to {_S3_TOLERATED_SECONDS:g} seconds off, so give more"
        )

    def respond(delivery: Delivery) -> AWSResponse | None:
        service_time = time.time() + seconds
        signed_at = _signed_at(delivery)
        is_s3 = delivery.call.operation.service_id == "s3"
        tolerated = _S3_TOLERATED_SECONDS if is_s3 else _TOLERATED_SECONDS
        if signed_at is None or abs(service_time - signed_at) <= tolerated:
            return None
        error = service_error("clock_skew", delivery.call.operation.model)
        headers = {"Date": http_date(service_time)}
        return service_response(delivery, error.code, error.message, error.status, headers=headers)

    return Fault("clock_skew", answering(respond), operation, settings={"seconds": seconds}, **selection)


def _signed_at(delivery: Delivery) -> float | None:
    """When the request says that it was signed, in seconds since 1970; ``None`` for one that does not say it."""
    text = header_text(delivery, "X-Amz-Date") or header_text(delivery, "Date")
    if not text:
        return None
    from sotalia.protocols.timestamps import parse_timestamp

    return float(parse_timestamp(text).timestamp())


def header_text(delivery: Delivery, name: str) -> str:
    """A header of the request; ``""`` for none."""
    value: Any = delivery.request.headers.get(name, "")
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _signing_region(delivery: Delivery) -> str | None:
    """The region of the request's credential scope (``AKID/20300101/REGION/s3/aws4_request``)."""
    _, found, scope = header_text(delivery, "Authorization").partition("Credential=")
    parts = scope.split("/")
    return parts[2] if found and len(parts) > 3 else None


def _region(value: object) -> str:
    from sotalia.endpoints.functions import is_valid_host_label

    if not isinstance(value, str) or not is_valid_host_label(value, False):
        raise ValueError(f"region is the name of a region such as 'eu-west-1', not {value!r}")
    return value


def redirect(
    operation: Operations = "*",
    *,
    region: str = "eu-central-1",
    status: int = 301,
    **selection: Unpack[Selection],
) -> Fault:
    """S3: the bucket is in another region, ``region``. A request that is signed for that one passes.

    ``status``: 301 (``PermanentRedirect``) or 307 (``TemporaryRedirect``).
    """
    region = _region(region)
    codes = {301: "PermanentRedirect", 307: "TemporaryRedirect"}
    if status not in codes:
        raise ValueError(f"status is {status!r}; S3 redirects with 301 or 307")

    def respond(delivery: Delivery) -> AWSResponse | None:
        if _signing_region(delivery) == region:
            return None
        return service_response(
            delivery,
            codes[status],
            "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future "
            "requests to this endpoint.",
            status,
            headers={"x-amz-bucket-region": region},
            members={"Endpoint": f"s3.{region}.amazonaws.com"},
        )

    settings = {"region": region, "status": status}
    return Fault("redirect", answering(respond), operation, only=["s3"], settings=settings, **selection)


def wrong_region(
    operation: Operations = "*", *, region: str = "eu-central-1", **selection: Unpack[Selection]
) -> Fault:
    """The request is signed for another region than ``region``, which the service expects. S3 says which one that is."""
    region = _region(region)

    def respond(delivery: Delivery) -> AWSResponse | None:
        signed_for = _signing_region(delivery)
        if signed_for == region:
            return None
        if delivery.call.operation.service_id == "s3":
            return service_response(
                delivery,
                "AuthorizationHeaderMalformed",
                f"The authorization header is malformed; the region '{signed_for}' is wrong; expecting '{region}'",
                400,
                members={"Region": region},
            )
        error = service_error("wrong_region", delivery.call.operation.model)
        return service_response(delivery, error.code, error.message, error.status)

    return Fault("wrong_region", answering(respond), operation, settings={"region": region}, **selection)


# -- of S3 and DynamoDB ------------------------------------------------------------------------------------------------


def _of_s3(kind: str, code: str, message: str, status: int) -> Any:
    def respond(delivery: Delivery) -> AWSResponse | None:
        if delivery.request.body is None:
            return None
        return service_response(delivery, code, message, status, headers={"Connection": "close"})

    def make(operation: Operations, selection: Mapping[str, Any]) -> Fault:
        return Fault(kind, answering(respond), operation, only=["s3"], **selection)

    return make


_incomplete_body = _of_s3(
    "incomplete_body",
    "IncompleteBody",
    "You did not provide the number of bytes specified by the Content-Length HTTP header",
    400,
)
_request_timeout = _of_s3(
    "request_timeout",
    "RequestTimeout",
    "Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be "
    "closed.",
    400,
)


def incomplete_body(operation: Operations = "*", **selection: Unpack[Selection]) -> Fault:
    """S3: less of an upload arrived than was announced (400 ``IncompleteBody``)."""
    made: Fault = _incomplete_body(operation, selection)
    return made


def request_timeout(operation: Operations = "*", **selection: Unpack[Selection]) -> Fault:
    """S3: an upload came too slowly (400 ``RequestTimeout``)."""
    made: Fault = _request_timeout(operation, selection)
    return made


def expectation_failed(operation: Operations = "*", **selection: Unpack[Selection]) -> Fault:
    """417: a proxy refuses ``Expect: 100-continue``, with which S3 is asked before a stream is uploaded."""

    def respond(delivery: Delivery) -> AWSResponse | None:
        return bare_response(delivery, 417) if header_text(delivery, "Expect") else None

    return Fault("expectation_failed", answering(respond), operation, only=["s3"], **selection)


_CONDITIONAL = [
    "s3.PutObject",
    "s3.CompleteMultipartUpload",
    "s3.CopyObject",
    "s3.DeleteObject",
    "dynamodb.PutItem",
    "dynamodb.UpdateItem",
    "dynamodb.DeleteItem",
]


def conditional_conflict(operation: Operations = "*", **selection: Unpack[Selection]) -> Fault:
    """Somebody else was quicker: 409 ``ConditionalRequestConflict`` of S3, ``ConditionalCheckFailedException`` of DynamoDB."""

    def respond(delivery: Delivery) -> AWSResponse:
        if delivery.call.operation.service_id == "s3":
            text = (
                "The conditional request cannot succeed due to a conflicting operation against this resource."
            )
            return service_response(delivery, "ConditionalRequestConflict", text, 409)
        return service_response(
            delivery, "ConditionalCheckFailedException", "The conditional request failed", 400
        )

    return Fault("conditional_conflict", answering(respond), operation, only=_CONDITIONAL, **selection)


_TRANSACTIONS = ["dynamodb.TransactWriteItems", "dynamodb.TransactGetItems"]
_SINGLE_WRITES = ["dynamodb.PutItem", "dynamodb.UpdateItem", "dynamodb.DeleteItem"]
_ONGOING = "Transaction is ongoing for the item"


def transaction_conflict(operation: Operations = "*", **selection: Unpack[Selection]) -> Fault:
    """DynamoDB: another transaction has the first item. ``TransactionCanceledException`` with its reasons for transactions,
    ``TransactionConflictException`` for writes of one item.
    """

    def respond(delivery: Delivery) -> AWSResponse:
        items: list[Any] | None = delivery.call.parameters.get("TransactItems")
        if items is None:
            return service_response(delivery, "TransactionConflictException", _ONGOING, 400)
        codes = ["TransactionConflict", *["None"] * (len(items) - 1)]
        text = (
            "Transaction cancelled, please refer cancellation reasons for specific reasons "
            f"[{', '.join(codes)}]"
        )
        reasons = [{"Code": code} for code in codes]
        reasons[0]["Message"] = _ONGOING
        return service_response(
            delivery, "TransactionCanceledException", text, 400, members={"CancellationReasons": reasons}
        )

    only = [*_TRANSACTIONS, *_SINGLE_WRITES]
    return Fault("transaction_conflict", answering(respond), operation, only=only, **selection)
