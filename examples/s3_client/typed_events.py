"""The demo app's handlers in sotalia's own form: extensions where one says it, typed handlers for the rest.

``events.py`` says the same in boto3's form, which runs on a boto3 client as well.
"""

from __future__ import annotations

from typing import Any

from sotalia.events import BeforeCall
from sotalia.extensions import DefaultParams, ErrorLog, RetryRule

if __package__:
    from . import events
else:
    import events


def install(client: Any) -> None:
    """Everything that the app wants of a client of sotalia."""
    client.meta.events.extensions.add(
        # None counts as not given, and nothing has to be registered for each operation.
        DefaultParams(
            {name: {"Bucket": events.DEFAULT_BUCKET} for name in ("ListObjectsV2", "PutObject", "GetObject")}
        ),
        # What S3 answers and what is raised on the way, once a call; secrets are left out.
        ErrorLog(log_errors),
        # Bounded by itself, and no trouble where nothing came back.
        RetryRule(
            statuses=[500],
            delay=events.RETRY_DELAY_SECONDS,
            max_attempts=events.MAX_ATTEMPTS,
            scope="ListBuckets",
        ),
    )
    client.meta.events.on(BeforeCall, log_request, operation="ListBuckets")
    client.meta.events.on(BeforeCall, add_custom_header, operation="ListBuckets")


def log_request(event: BeforeCall) -> None:
    """Logs the request's headers, without those that hold a secret."""
    shown = {
        name: value for name, value in event.headers.items() if name.lower() not in events.SECRET_HEADERS
    }
    print(f"Logging request headers: {shown}")


def add_custom_header(event: BeforeCall) -> None:
    """Adds a custom header to the request."""
    event.headers["X-Custom-Header"] = "CustomValue"
    print("Custom header added.")


def log_errors(record: dict[str, Any]) -> None:
    """Logs any errors that occur during the API call."""
    status = "" if record["status"] is None else f"{record['status']} "
    print(f"Logging error: {status}{record['error']}: {record['message']}")
