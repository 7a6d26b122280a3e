"""What all services have in common."""

from __future__ import annotations

import os

from sotalia.call.retry_context import new_uuid
from sotalia.events import only_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.model.service import OperationModel
    from sotalia.transport.messages import AWSRequest


def choose_service_name(service_name: str, **kwargs: Any) -> str:
    """A name that was once in use."""
    return {"runtime.sagemaker": "sagemaker-runtime"}.get(service_name, service_name)


@only_for(lambda model: bool(model.idempotent_members))
def fill_idempotency_tokens(params: dict[str, Any], model: OperationModel, **kwargs: Any) -> None:
    """A fresh token for each member that wants one and was left out."""
    for name in model.idempotent_members:
        if name not in params:
            params[name] = new_uuid()


@only_for(lambda model: "requestValidationModeMember" in model.http_checksum)
def ask_for_response_checksum(
    params: dict[str, Any], model: OperationModel, context: dict[str, Any], **kwargs: Any
) -> None:
    """Have the service send checksums, unless the client wants them only where they are required."""
    config = context.get("client_config")  # Presigning has none: a URL asks for no more than it must.
    if config is not None and config.response_checksum_validation == "when_supported":
        params.setdefault(model.http_checksum["requestValidationModeMember"], "ENABLED")


# Whether this is a Lambda function does not change while a process runs; asking os.environ raises and catches a KeyError.
@only_for(lambda model: "AWS_LAMBDA_FUNCTION_NAME" in os.environ)
def add_trace_header(params: dict[str, Any], **kwargs: Any) -> None:
    """In a Lambda function, hand its trace on, by which loops of functions are found."""
    if "X-Amzn-Trace-Id" in params["headers"]:
        return
    trace = os.environ.get("_X_AMZN_TRACE_ID")
    if trace is not None:
        from sotalia.transport.query_string import percent_encode

        safe = "-=;:+&[]{}\"',"
        params["headers"]["X-Amzn-Trace-Id"] = "".join(
            character if character in safe else percent_encode(character) for character in trace
        )


@only_for(lambda model: model.is_endpoint_discovery_operation)
def add_api_version_header(model: OperationModel, params: dict[str, Any], **kwargs: Any) -> None:
    """Endpoint discovery wants to know which API asks."""
    params["headers"].setdefault("x-amz-api-version", model.service_model.api_version)


def add_retry_headers(request: AWSRequest, **kwargs: Any) -> None:
    """Let the service tell attempts of one call from other calls."""
    retries = request.context.get("retries")
    if not retries:
        return
    headers = request.headers
    headers["amz-sdk-invocation-id"] = retries["invocation-id"]
    parts = [f"{name}={retries[name]}" for name in ("ttl", "attempt", "max") if name in retries]
    headers["amz-sdk-request"] = "; ".join(parts)
