"""The event handlers of the demo app. Each works unchanged on a boto3 client."""

from __future__ import annotations

from typing import Any

DEFAULT_BUCKET = "my-default-bucket"
MAX_ATTEMPTS = 3
RETRY_DELAY_SECONDS = 2
SECRET_HEADERS = ("authorization", "x-amz-security-token")


# snippet-start:[s3.event_handler.add_default_bucket]
def add_default_bucket(params: dict[str, Any], **kwargs: Any) -> None:
    """Automatically adds a default bucket if none is provided.

    The guide's app passes ``Bucket=None`` when no name was given, so ``None`` counts as not provided too.
    """
    if params.get("Bucket") is None:
        params["Bucket"] = DEFAULT_BUCKET


# snippet-end:[s3.event_handler.add_default_bucket]


# snippet-start:[s3.event_handler.log_request]
def log_request(params: dict[str, Any], **kwargs: Any) -> None:
    """Logs the request's headers, without those that hold a secret."""
    headers = params.get("headers", {})
    shown = {name: value for name, value in headers.items() if name.lower() not in SECRET_HEADERS}
    print(f"Logging request headers: {shown}")


# snippet-end:[s3.event_handler.log_request]


# snippet-start:[s3.event_handler.add_custom_header]
def add_custom_header(params: dict[str, Any], **kwargs: Any) -> None:
    """Adds a custom header to the request."""
    if "headers" not in params:
        params["headers"] = {}
    params["headers"]["X-Custom-Header"] = "CustomValue"
    print("Custom header added.")


# snippet-end:[s3.event_handler.add_custom_header]


# snippet-start:[s3.event_handler.log_errors]
def log_errors(
    exception: Exception | None = None,
    http_response: Any = None,
    parsed: dict[str, Any] | None = None,
    **kwargs: Any,
) -> None:
    """Logs any errors that occur during the API call.

    ``after-call-error`` brings what was raised on the way (no connection, no credentials). An error that S3 itself
    answers (404, 403) is an answer, so it arrives on ``after-call``: registered there too, this handler logs both.
    """
    if exception:
        print(f"Logging error: {exception}")
    elif http_response is not None and http_response.status_code >= 300:
        error = (parsed or {}).get("Error", {})
        print(f"Logging error: {http_response.status_code} {error.get('Code')}: {error.get('Message')}")


# snippet-end:[s3.event_handler.log_errors]


# snippet-start:[s3.event_handler.custom_retry_logic]
def custom_retry_logic(response: Any, attempts: int, **kwargs: Any) -> int | None:
    """Implements custom retry logic for server errors.

    ``response`` is ``None`` when nothing came back, and ``attempts`` counts the attempts made so far: without looking
    at it, a server that keeps failing would be asked for ever.
    """
    if response is None or attempts >= MAX_ATTEMPTS:
        return None
    status_code = response[0].status_code
    if status_code == 500:  # Retry on server error
        print("Server error detected, retrying...")
        return RETRY_DELAY_SECONDS
    return None


# snippet-end:[s3.event_handler.custom_retry_logic]
