"""Which responses and exceptions the modes ``standard`` and ``adaptive`` retry. Pure.

See "Retry behavior" in the AWS SDKs and Tools Reference Guide; the lists are those of botocore 1.44.
"""

from __future__ import annotations

from sotalia import exceptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

    from sotalia.model.service import OperationModel
    from sotalia.model.shapes import Shape
    from sotalia.transport.messages import AWSResponse

    #: ``throttling``: the service asks to go slower; ``transient``: it, or the way to it, failed.
    Kind = Literal["throttling", "transient"]

TRANSIENT_CODES = frozenset(("RequestTimeout", "RequestTimeoutException", "PriorRequestNotComplete"))
TRANSIENT_STATUSES = frozenset((500, 502, 503, 504))
THROTTLING_CODES = frozenset(
    "Throttling ThrottlingException ThrottledException RequestThrottledException TooManyRequestsException "
    "ProvisionedThroughputExceededException TransactionInProgressException RequestLimitExceeded BandwidthLimitExceeded "
    "LimitExceededException RequestThrottled SlowDown PriorRequestNotComplete EC2ThrottledException".split()
)
THROTTLING_STATUS = 429
#: Services whose responses carry a checksum of their own (``x-amz-crc32``).
CHECKED_SERVICES = frozenset(("dynamodb",))
# One service returns it, without modeling it.
_CODES_OF_SERVICES = {"sts": "IDPCommunicationError"}


def error_code(parsed: dict[str, Any] | None) -> str | None:
    """The error's code in a parsed response; ``None`` if there is none, or if ``Error`` is a member of the result."""
    error: dict[str, str] | str | None = None if parsed is None else parsed.get("Error")
    return error.get("Code") if isinstance(error, dict) else None


def throttling_rule(operation: OperationModel | None, status: int | None, code: str | None) -> str | None:
    """The rule by which a response is a throttling, in words; ``None`` if it is not.

    The well-known codes go first, then the operation's model, then the status (RFC 6585 4: 429 Too Many Requests).
    """
    if code in THROTTLING_CODES:
        return f"code {code}"
    trait = retryable_trait(operation, code)
    if trait is not None:
        return f"the model of {code}" if trait.get("throttling") else None
    if status == THROTTLING_STATUS and not is_modeled(operation, code):
        return f"status {status}"
    return None


def transient_rule(
    service_id: str, operation: OperationModel | None, status: int, code: str | None
) -> str | None:
    """The rule by which a response is a transient failure, in words; ``None`` if it is not."""
    if code in TRANSIENT_CODES or (code is not None and code == _CODES_OF_SERVICES.get(service_id)):
        return f"code {code}"
    if status in TRANSIENT_STATUSES:
        return f"status {status}"
    return f"the model of {code}" if retryable_trait(operation, code) is not None else None


def retry_rule(
    service_id: str,
    operation: OperationModel | None,
    http_response: AWSResponse | None,
    parsed: dict[str, Any] | None,
    caught: BaseException | None,
) -> tuple[Kind, str] | None:
    """Why one attempt is worth another, and what says so, in words; ``None`` when it is not.

    ``service_id`` is the hyphenated id. Without a response, ``caught`` is what sending raised.
    """
    if http_response is None:
        retryable = (exceptions.ConnectionError, exceptions.HTTPClientError)
        if caught is None or not isinstance(caught, retryable):
            return None
        return "transient", type(caught).__name__
    status = http_response.status_code
    code = error_code(parsed)
    if status >= 300 or code is not None:
        if rule := throttling_rule(operation, status, code):
            return "throttling", rule
        if rule := transient_rule(service_id, operation, status, code):
            return "transient", rule
    if service_id in CHECKED_SERVICES and not has_matching_crc32(http_response):
        return "transient", "a body that is not what its checksum says"
    return None


def retryable_trait(operation: OperationModel | None, code: str | None) -> dict[str, Any] | None:
    """What the model says about retrying an error of this operation (``{"throttling": True}``); ``None`` for nothing."""
    if operation is None or code is None:
        return None
    for shape in operation.error_shapes:
        trait: dict[str, Any] | None = shape.metadata.get("retryable")
        if trait is not None and _code_of(shape) == code:
            return trait
    return None


def is_modeled(operation: OperationModel | None, code: str | None) -> bool:
    """Whether the operation is modeled to answer this error; then its model alone says whether a retry helps."""
    if operation is None or code is None:
        return False
    return any(_code_of(shape) == code for shape in operation.error_shapes)


def _code_of(shape: Shape) -> str:
    code: str = shape.metadata.get("error", {}).get("code") or shape.name
    return code


def has_matching_crc32(http_response: AWSResponse) -> bool:
    """Whether the body has the checksum that DynamoDB sent with it; without one, yes."""
    expected = http_response.headers.get("x-amz-crc32")
    return expected is None or str(actual_crc32(http_response)) == str(expected).strip()


def actual_crc32(http_response: AWSResponse) -> int:
    """The checksum of the body that came."""
    from zlib import crc32

    return crc32(http_response.content)
