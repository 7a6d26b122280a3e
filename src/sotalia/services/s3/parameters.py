"""Parameters of S3 as S3 wants them: names checked, keys encoded, copy sources written out."""

from __future__ import annotations

import io
from binascii import b2a_base64

from sotalia import exceptions
from sotalia.protocols.scalars import plain, plain_text
from sotalia.transport.query_string import percent_encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# The texts of these expressions are part of the error message.
BUCKET = r"^[a-zA-Z0-9.\-_]{1,255}$"
ACCESS_POINT_ARN = (
    r"^arn:(aws).*:(s3|s3-object-lambda):[a-z\-0-9]*:[0-9]{12}:accesspoint[/:][a-zA-Z0-9\-.]{1,63}$"
)
OUTPOST_ARN = (
    r"^arn:(aws).*:s3-outposts:[a-z\-0-9]+:[0-9]{12}:outpost[/:]"
    r"[a-zA-Z0-9\-]{1,63}[/:]accesspoint[/:][a-zA-Z0-9\-]{1,63}$"
)
ARN = f"{ACCESS_POINT_ARN}|{OUTPOST_ARN}"
_BUCKET_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_")


def check_bucket_name(params: dict[str, Any], **kwargs: Any) -> None:
    """Raise ``ParamValidationError`` for a name that no bucket can have."""
    bucket = params.get("Bucket")
    # What is no text at all is reported by validation, with its type.
    if not isinstance(bucket, str) or (0 < len(bucket) <= 255 and _BUCKET_CHARACTERS.issuperset(bucket)):
        return
    import re

    if not re.search(ARN, bucket):
        raise exceptions.ParamValidationError(
            report=f'Invalid bucket name "{bucket}": Bucket name must match the regex "{BUCKET}" or be an ARN matching '
            f'the regex "{ARN}"'
        )


def note_input(params: dict[str, Any], context: dict[str, Any], **kwargs: Any) -> None:
    """Keep what later steps need to know of the parameters."""
    context["input_params"] = {
        name: params[name] for name in ("Bucket", "Delete", "Key", "Prefix") if name in params
    }


def wrap_body(params: dict[str, Any], **kwargs: Any) -> None:
    """Make a file of a body in memory, as handlers of these operations expect one."""
    body = params.get("Body")
    if isinstance(body, str):
        params["Body"] = io.BytesIO(body.encode("utf-8"))
    elif isinstance(body, bytes):
        params["Body"] = io.BytesIO(body)


def check_metadata(params: dict[str, Any], **kwargs: Any) -> None:
    """Raise ``ParamValidationError`` for metadata beyond ASCII, which headers cannot carry."""
    metadata: dict[str, Any] | str | None = params.get("Metadata")
    if not isinstance(metadata, dict):
        return
    for key, value in metadata.items():
        if not (plain_text(key).isascii() and plain_text(value).isascii()):
            raise exceptions.ParamValidationError(
                report=f'Non ascii characters found in S3 metadata for key "{key}", value: "{value}".  \n'
                "S3 metadata can only contain ASCII characters. "
            )


def write_sse_key(params: dict[str, Any], **kwargs: Any) -> None:
    """A customer's key in base64, with its MD5."""
    _write_key(params, "SSECustomer")


def write_copy_source_sse_key(params: dict[str, Any], **kwargs: Any) -> None:
    """The key of a copy's source in base64, with its MD5."""
    _write_key(params, "CopySourceSSECustomer")


def _write_key(params: dict[str, Any], prefix: str) -> None:
    key = params.get(f"{prefix}Key")
    if key is None or f"{prefix}KeyMD5" in params:
        return
    if isinstance(key, str):
        key = key.encode("utf-8")
    from hashlib import md5

    digest = md5(key, usedforsecurity=False).digest()
    params[f"{prefix}Key"] = b2a_base64(key, newline=False).decode("ascii")
    params[f"{prefix}KeyMD5"] = b2a_base64(digest, newline=False).decode("ascii")


def write_copy_source(params: dict[str, Any], **kwargs: Any) -> None:
    """``CopySource`` as text: from ``{"Bucket", "Key", "VersionId"}``, or from text whose version is kept."""
    source: dict[str, Any] | str | None = params.get("CopySource")
    if isinstance(source, dict):
        if "Key" not in source:
            raise exceptions.ParamValidationError(report="Missing required parameter: 'Key'")
        params["CopySource"] = _from_dictionary(source)
    elif isinstance(source, str):
        path, version = _split_version(source)
        params["CopySource"] = percent_encode(path, "/-._~") + version


def _from_dictionary(source: dict[str, Any]) -> str:
    bucket, key = plain(source.get("Bucket", "")), plain(source["Key"])
    version = plain(source.get("VersionId"))
    import re

    separator = "/object/" if re.search(ARN, bucket) else "/"
    written = percent_encode(f"{bucket}{separator}{key}", "/-._~")
    return written if version is None else f"{written}?versionId={version}"


def _split_version(source: str) -> tuple[str, str]:
    path, marker, version = source.rpartition("?versionId=")
    if marker and version and not any(character.isspace() for character in version):
        return path, marker + version
    return source, ""
