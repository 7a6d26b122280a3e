"""Under which code, status and text each service reports a failure.

What an operation's model lists comes first: DynamoDB's ``PutItem`` has ``ProvisionedThroughputExceededException``, its
``CreateTable`` has not. Else the codes are those that all services of a protocol share: "Common Errors" of their API references,
"List of error codes" of S3, "Error codes for the Amazon EC2 API".
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from sotalia.model.service import OperationModel


class ServiceError:
    """An error as a service reports it."""

    __slots__ = ("code", "message", "status")

    def __init__(self, code: str, message: str, status: int) -> None:
        self.code, self.message, self.status = code, message, status


# By failure: names of modeled errors, then for whom (a service, else a protocol) code, text and status.
_MODELED: Mapping[str, tuple[str, ...]] = {
    "throttle": (
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "TooManyRequestsException",
        "ThrottledException",
        "RequestThrottled",
        "RequestLimitExceeded",
    ),
    "internal_error": (
        "InternalServerError",
        "InternalServerException",
        "InternalServiceError",
        "InternalServiceException",
        "InternalFailureException",
        "InternalFailure",
        "InternalError",
        "InternalErrorException",
        "ServiceException",
    ),
    "unavailable": ("ServiceUnavailableException", "ServiceUnavailable", "ServiceUnavailableError"),
    "access_denied": ("AccessDeniedException",),
}
_RATE = "Rate exceeded"
_INTERNAL = "The request processing has failed because of an unknown error, exception or failure."
_DOWN = "The request has failed due to a temporary failure of the server."
_EXPIRED = "The security token included in the request is expired"
_SIGNATURE = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and "
    "signing method. Consult the service documentation for details."
)
_DENIED = "You are not authorized to perform this operation."
_REGION = "Credential should be scoped to a valid region."
_SHARED: Mapping[str, Mapping[str, tuple[str, str, int]]] = {
    "throttle": {
        "s3": ("SlowDown", "Please reduce your request rate.", 503),
        "ec2": ("RequestLimitExceeded", "Request limit exceeded.", 503),
        "query": ("Throttling", _RATE, 400),
        "rest-xml": ("Throttling", _RATE, 400),
        "rest-json": ("ThrottlingException", _RATE, 429),
        "json": ("ThrottlingException", _RATE, 400),
    },
    "internal_error": {
        "s3": ("InternalError", "We encountered an internal error. Please try again.", 500),
        "ec2": ("InternalError", "An internal error has occurred", 500),
        "query": ("InternalFailure", _INTERNAL, 500),
        "json": ("InternalFailure", _INTERNAL, 500),
    },
    "unavailable": {
        "s3": ("ServiceUnavailable", "Please reduce your request rate.", 503),
        "ec2": ("Unavailable", "The server is overloaded and can't handle the request.", 503),
        "query": ("ServiceUnavailable", _DOWN, 503),
        "json": ("ServiceUnavailable", _DOWN, 503),
    },
    "expired_token": {
        "s3": ("ExpiredToken", "The provided token has expired.", 400),
        "ec2": ("RequestExpired", "Request has expired.", 400),
        "query": ("ExpiredToken", _EXPIRED, 403),
        "rest-json": ("ExpiredTokenException", _EXPIRED, 403),
        "json": ("ExpiredTokenException", _EXPIRED, 400),
    },
    "clock_skew": {
        "s3": (
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
            403,
        ),
        "ec2": ("RequestExpired", "Request has expired.", 400),
        "query": ("SignatureDoesNotMatch", "Signature not yet current or expired", 403),
        "rest-json": ("InvalidSignatureException", "Signature not yet current or expired", 403),
        "json": ("InvalidSignatureException", "Signature not yet current or expired", 400),
    },
    "invalid_signature": {
        "s3": ("SignatureDoesNotMatch", _SIGNATURE, 403),
        "ec2": ("AuthFailure", "AWS was not able to validate the provided access credentials", 401),
        "query": ("SignatureDoesNotMatch", _SIGNATURE, 403),
        "rest-json": ("InvalidSignatureException", _SIGNATURE, 403),
        "json": ("InvalidSignatureException", _SIGNATURE, 400),
    },
    "access_denied": {
        "s3": ("AccessDenied", "Access Denied", 403),
        "ec2": ("UnauthorizedOperation", _DENIED, 403),
        "query": ("AccessDenied", _DENIED, 403),
        "rest-json": ("AccessDeniedException", _DENIED, 403),
        "json": ("AccessDeniedException", _DENIED, 400),
    },
    "wrong_region": {
        "ec2": ("AuthFailure", "AWS was not able to validate the provided access credentials", 401),
        "query": ("SignatureDoesNotMatch", _REGION, 403),
        "rest-json": ("InvalidSignatureException", _REGION, 403),
        "json": ("InvalidSignatureException", _REGION, 400),
    },
}
# Where a table has no row for a protocol.
_LIKE = {"rest-xml": "query", "rest-json": "json", "smithy-rpc-v2-cbor": "json"}
_CAPACITY = (
    "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level "
    "with the UpdateTable API."
)


def service_error(failure: str, operation: OperationModel) -> ServiceError:
    """Code, text and status with which the service of an operation reports a failure (a kind's name)."""
    rows = _SHARED[failure]
    service = operation.service_model
    protocol = service.resolved_protocol
    row = rows.get(service.service_id.hyphenize()) or rows.get(protocol) or rows[_LIKE[protocol]]
    modeled = {shape.name: shape for shape in operation.error_shapes}
    for name in _MODELED.get(failure, ()):
        if name in modeled:
            trait = modeled[name].metadata.get("error", {})
            text = _CAPACITY if name.startswith("Provisioned") else row[1]
            default = 500 if failure == "internal_error" else row[2]
            return ServiceError(trait.get("code") or name, text, trait.get("httpStatusCode") or default)
    return ServiceError(*row)


# What SQS still sends as codes, although its model has no word about them ("Migrating from the AWS query protocol to the AWS JSON
# protocol" of its Developer Guide).
_PREFIX = "AWS.SimpleQueueService."
_OLDER_CODES = {
    "QueueDoesNotExist": f"{_PREFIX}NonExistentQueue",
    "QueueNameExists": "QueueAlreadyExists",
    **{
        name: f"{_PREFIX}{name}"
        for name in (
            "BatchEntryIdsNotDistinct",
            "BatchRequestTooLong",
            "EmptyBatchRequest",
            "InvalidBatchEntryId",
            "MessageNotInflight",
            "PurgeQueueInProgress",
            "QueueDeletedRecently",
            "TooManyEntriesInBatchRequest",
            "UnsupportedOperation",
        )
    },
}


class WireNames:
    """An error's names: ``shape`` in the model, which JSON and CBOR send, and ``code``, which XML and query services send.

    They differ for few: SQS models ``QueueDoesNotExist`` and sends ``AWS.SimpleQueueService.NonExistentQueue``. ``status`` is
    the model's, ``None`` where it gives none.
    """

    __slots__ = ("code", "shape", "status")

    def __init__(self, shape: str, code: str, status: int | None) -> None:
        self.shape, self.code, self.status = shape, code, status


def wire_names(operation: OperationModel, name: str) -> WireNames:
    """The names of an error that is known by either of them; of one that is not modeled, both are ``name``."""
    service = operation.service_model
    older = _OLDER_CODES if service.service_id.hyphenize() == "sqs" else {}
    for shape in (*operation.error_shapes, *service.error_shapes):
        trait = shape.metadata.get("error", {})
        code: str = trait.get("code") or older.get(shape.name) or shape.name
        if name in (code, shape.name):
            return WireNames(shape.name, code, trait.get("httpStatusCode"))
    return WireNames(name, name, None)
