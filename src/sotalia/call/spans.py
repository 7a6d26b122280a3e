"""How a call looks as a span of OpenTelemetry: its name, and its attributes.

One place for spans that are made while a call runs (:mod:`sotalia.extensions.opentelemetry`) and for those that are made of recorded
calls afterwards (:mod:`sotalia.recording.spans`). The names are those of OpenTelemetry's instrumentation of botocore. Nothing here
needs OpenTelemetry.
"""

from __future__ import annotations

from sotalia.transport.address import host_and_port, split_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

#: The original instrumentation names this version of the conventions.
SCHEMA: Final = "https://opentelemetry.io/schemas/1.11.0"


def span_name(service_id: str, operation: str) -> str:
    """``S3.PutObject``. ``service_id`` is the model's, as it is written there: ``CloudWatch Logs``."""
    return f"{service_id}.{operation}"


def call_attributes(service_id: str, operation: str, region: str | None, url: str | None) -> dict[str, Any]:
    """What is known before there is a response. ``url`` is where the call goes."""
    attributes: dict[str, Any] = {
        "rpc.system": "aws-api",
        "rpc.service": service_id,
        "rpc.method": operation,
        "cloud.region": region,
    }
    if url:
        host, port = host_and_port(split_url(url)[1])
        attributes.update({"server.address": host, "server.port": port or 443})
    return known(attributes)


def response_attributes(request_id: str | None, retries: int | None, status: int | None) -> dict[str, Any]:
    """What is known once there is a response."""
    return known(
        {
            "aws.request_id": request_id or None,
            "retry_attempts": retries,
            "http.status_code": status,
        }
    )


def is_failure(status: Any) -> bool:
    """Whether an error with this status is one: ``304 Not Modified`` is raised, but is what was asked for."""
    return isinstance(status, int) and not 100 <= status < 400


def known(attributes: dict[str, Any]) -> dict[str, Any]:
    """Without those that are ``None``."""
    return {name: value for name, value in attributes.items() if value is not None}
