"""A handler for each of the guide's nine events, in boto3's form: each works unchanged on a boto3 session.

They are the guide's five use cases (default parameters, logs, headers, errors, retries) and the two events of classes.
"""

from __future__ import annotations

import time
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSResponse
from urllib3 import HTTPResponse

BUCKET = "photos"
MAX_ATTEMPTS = 3
RETRY_DELAY_SECONDS = 0.02


class Album:
    """A base class for the resource."""


def add_method(class_attributes: dict[str, Any], **kwargs: Any) -> None:
    """Give the client class a method of our own; on an async client it returns what is to be awaited."""

    def photos(client: Any, **arguments: Any) -> Any:
        return client.list_objects_v2(**arguments)

    class_attributes["photos"] = photos


def add_base(base_classes: list[type], **kwargs: Any) -> None:
    """Have the resource's class inherit from ours."""
    base_classes.insert(0, Album)


def default_bucket(params: dict[str, Any], context: dict[str, Any], **kwargs: Any) -> None:
    """Fill in the bucket that the caller left out."""
    context["demo_start"] = time.perf_counter()
    params.setdefault("Bucket", BUCKET)


def add_header(params: dict[str, Any], **kwargs: Any) -> None:
    """Send a header with every attempt; it is signed."""
    params["headers"]["X-Team"] = "holiday"


def count_attempt(request: Any, **kwargs: Any) -> None:
    """Say in a header of each attempt which one it is."""
    attempt = request.context["demo_attempt"] = request.context.get("demo_attempt", 0) + 1
    request.headers["X-Attempt"] = str(attempt)


class Overload:
    """Answer some first attempts with 503 in the network's place: an overloaded service, on demand."""

    def __init__(self, every: int) -> None:
        """Of so many calls, the first meets the overload."""
        self._every = every
        self._calls = 0

    def __call__(self, request: Any, **kwargs: Any) -> AWSResponse | None:
        """Respond, or leave it to the network."""
        if request.headers["X-Attempt"] not in ("1", b"1"):
            return None
        self._calls += 1
        if (self._calls - 1) % self._every:
            return None
        return AWSResponse(request.url, 503, {}, HTTPResponse(BytesIO(), preload_content=False))


def retry(response: Any, attempts: int, **kwargs: Any) -> float | None:
    """Try an overloaded service again, sooner than the rules of botocore would."""
    if response is not None and response[0].status_code == 503 and attempts < MAX_ATTEMPTS:
        return RETRY_DELAY_SECONDS
    return None


def add_duration(parsed: dict[str, Any], context: dict[str, Any], **kwargs: Any) -> None:
    """Put into the result how long the call took."""
    parsed["Took"] = f"{(time.perf_counter() - context['demo_start']) * 1e3:.1f} ms"


def explain_error(exception: Exception, **kwargs: Any) -> None:
    """Say what to do, beside what went wrong."""
    exception.add_note("try: sotalia local")


def nine(overload: Overload) -> dict[str, Any]:
    """The guide's events in its order, and what listens to each."""
    return {
        "creating-client-class.s3": add_method,
        "creating-resource-class.s3": add_base,
        "provide-client-params.s3": default_bucket,
        "before-call.s3": add_header,
        "request-created.s3": count_attempt,
        "before-send.s3": overload,
        "needs-retry.s3": retry,
        "after-call.s3": add_duration,
        "after-call-error.s3": explain_error,
    }
