"""Amazon S3 Glacier: account, version, and checksums of uploads."""

from __future__ import annotations

import io
from hashlib import sha256

from sotalia import exceptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.model.service import OperationModel

_MEGABYTE = 1024 * 1024


def fill_account_id(params: dict[str, Any], **kwargs: Any) -> None:
    """A dash stands for the account of the credentials."""
    if params.get("accountId") is None:
        params["accountId"] = "-"


def add_version(model: OperationModel, params: dict[str, Any], **kwargs: Any) -> None:
    """The version of the API."""
    params["headers"]["x-amz-glacier-version"] = model.service_model.api_version


def add_checksums(params: dict[str, Any], **kwargs: Any) -> None:
    """The hash of the body, and its tree hash. See "Computing Checksums" in the Amazon S3 Glacier Developer Guide."""
    body = params["body"]
    if isinstance(body, bytes | bytearray):
        body = io.BytesIO(body)
    headers = params["headers"]
    try:
        start = body.tell()
        body.seek(start)
    except (AttributeError, OSError) as error:
        raise exceptions.UnseekableStreamError(
            stream_object=f"of type {type(body).__name__}: it can be read only once, but its hash has to be known before it "
            "is sent; give bytes or a file that can seek"
        ) from error
    whole = sha256()
    chunks: list[bytes] = []
    while data := body.read(_MEGABYTE):
        whole.update(data)
        chunks.append(sha256(data).digest())
    body.seek(start)
    headers.setdefault("x-amz-content-sha256", whole.hexdigest())
    headers.setdefault("x-amz-sha256-tree-hash", tree_hash(chunks).hex())


def tree_hash(hashes: list[bytes]) -> bytes:
    """The hash of a tree whose leaves are the hashes of the megabytes."""
    if not hashes:
        return sha256(b"").digest()
    while len(hashes) > 1:
        pairs = [hashes[n : n + 2] for n in range(0, len(hashes), 2)]
        hashes = [sha256(b"".join(pair)).digest() if len(pair) == 2 else pair[0] for pair in pairs]
    return hashes[0]
