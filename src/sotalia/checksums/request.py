"""Checksums of requests: chosen before ``before-call``, so that handlers can change them, and applied after it."""

from __future__ import annotations

from functools import cache

from sotalia.checksums.algorithms import PRIORITY, as_text, checksum, feed_body, is_supported

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.model.service import OperationModel

    RequestDict = dict[str, Any]

DEFAULT_ALGORITHM = "CRC32"
_HEADER = "x-amz-checksum-"


def resolve_checksum_context(request: RequestDict, model: OperationModel, params: dict[str, Any]) -> None:
    """Choose algorithm and place, and put them into ``request["context"]["checksum"]``."""
    traits = model.http_checksum
    if not traits and not model.http_checksum_required:
        return
    context = request["context"]
    decided: dict[str, Any] = context.get("checksum", {})
    algorithm = _request_algorithm(request, model, traits, params, decided)
    if algorithm is not None:
        decided["request_algorithm"] = {
            "algorithm": algorithm,
            "in": "trailer" if _may_trail(request, model) else "header",
            "name": _HEADER + algorithm,
        }
        context["checksum"] = decided
    mode_member = traits.get("requestValidationModeMember")
    if mode_member and mode_member in params:
        offered = tuple(traits.get("responseAlgorithms", ()))
        decided["response_algorithms"] = list(_usable(offered))
        context["checksum"] = decided


@cache
def _usable(offered: tuple[str, ...]) -> tuple[str, ...]:
    """The algorithms of an operation that we can verify here, best first."""
    names = {name.lower() for name in offered}
    return tuple(name for name in PRIORITY if name in names and is_supported(name))


def _request_algorithm(
    request: RequestDict,
    model: OperationModel,
    traits: dict[str, Any],
    params: dict[str, Any],
    decided: dict[str, Any],
) -> str | None:
    """The algorithm's name in lower case, or ``None`` for no checksum."""
    if any(name.lower().startswith(_HEADER) for name in request["headers"]):
        return None  # You passed the checksum itself, such as ChecksumCRC32.
    member = traits.get("requestAlgorithmMember")
    if member and member in params:
        name: str = params[member].lower()
        checksum(name)  # Raises before anything is sent if we cannot compute it.
        return name
    required = model.http_checksum_required or traits.get("requestChecksumRequired")
    when_supported = request["context"]["client_config"].request_checksum_calculation == "when_supported"
    if not required and not (member and when_supported):
        return None
    if request["context"].get("is_presign_request"):
        return None  # Whoever uses the URL chooses the body.
    if member and model.input_shape is not None:
        shape = model.input_shape.members[member]
        if shape.serialization.get("location") == "header":
            decided["request_algorithm_header"] = {
                "name": shape.serialization.get("name", member),
                "value": DEFAULT_ALGORITHM,
            }
    return DEFAULT_ALGORITHM.lower()


def _may_trail(request: RequestDict, model: OperationModel) -> bool:
    """Whether the checksum may follow a streamed body: only over TLS, and not with S3's Signature Version 2."""
    # In the clear, the signature has to cover the body, which needs to be read first anyway.
    return (
        model.has_streaming_input
        and request["url"].startswith("https:")
        and request["context"]["client_config"].signature_version != "s3"
    )


async def apply_request_checksum(request: RequestDict) -> None:
    """Add the header, or wrap the body so that the checksum follows it."""
    decided = request["context"].get("checksum")
    if not decided or not (algorithm := decided.get("request_algorithm")):
        return
    if algorithm["in"] == "trailer":
        from sotalia.checksums.trailer import add_trailer

        add_trailer(request, algorithm)
    elif algorithm["name"] not in request["headers"]:
        started = checksum(algorithm["algorithm"])
        await feed_body(started, _bytes_of(request["body"]))
        request["headers"][algorithm["name"]] = as_text(started.digest())
    header = decided.get("request_algorithm_header")
    if header:
        request["headers"][header["name"]] = header["value"]


def _bytes_of(body: Any) -> Any:
    if isinstance(body, dict):
        from sotalia.transport.messages import prepared_body

        return prepared_body(body)
    return body
