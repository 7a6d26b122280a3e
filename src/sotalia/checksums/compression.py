"""Compress request bodies with gzip: for operations with the trait ``requestCompression``, from a minimum size on."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.config.client_config import Config
    from sotalia.model.service import OperationModel


def maybe_compress_request(config: Config, request: dict[str, Any], model: OperationModel) -> None:
    """Compress the body of a request dict in place, and add ``gzip`` to ``Content-Encoding`` (RFC 9110 8.4)."""
    traits = model.request_compression
    if not traits or "gzip" not in traits.get("encodings", ()):
        return
    if config.disable_request_compression or config.signature_version == "v2":
        return
    body = request["body"]
    if isinstance(body, dict):
        from sotalia.transport.messages import prepared_body

        body = prepared_body(body)
    if not isinstance(body, bytes | bytearray | str) and not hasattr(body, "read"):
        return
    if not _is_worth_it(config, body, model):
        return
    request["body"] = _compressed(body)
    headers = request["headers"]
    encoding = headers.get("Content-Encoding")
    headers["Content-Encoding"] = f"{encoding},gzip" if encoding else "gzip"


def _is_worth_it(config: Config, body: Any, model: OperationModel) -> bool:
    stream = model.get_streaming_input()
    if stream is not None:
        # Smithy's requestCompression: a streaming body is compressed whatever its size, unless its length is required.
        return "requiresLength" not in stream.metadata
    from sotalia.transport.messages import body_length, prepared_body

    length, minimum = body_length(prepared_body(body)), config.request_min_compression_size_bytes
    return length is not None and minimum is not None and length >= minimum


def _compressed(body: Any) -> Any:
    import gzip
    import io

    if isinstance(body, str):
        body = body.encode("utf-8")
    if isinstance(body, bytes | bytearray):
        # Without a time stamp, equal bodies compress to equal bytes: a retry sends what was signed.
        return gzip.compress(bytes(body), mtime=0)
    compressed = io.BytesIO()
    with gzip.GzipFile(fileobj=compressed, mode="wb", mtime=0) as file:
        while chunk := body.read(1024 * 1024):
            file.write(chunk.encode("utf-8") if isinstance(chunk, str) else chunk)
    compressed.seek(0)
    return compressed
