"""Which ``ExtraArgs`` a transfer takes, and which of its calls gets which."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SHARED = (
    "ACL CacheControl ChecksumAlgorithm ContentDisposition ContentEncoding ContentLanguage ContentType "
    "ExpectedBucketOwner Expires GrantFullControl GrantRead GrantReadACP GrantWriteACP Metadata "
    "ObjectLockLegalHoldStatus ObjectLockMode ObjectLockRetainUntilDate RequestPayer ServerSideEncryption StorageClass "
    "SSECustomerAlgorithm SSECustomerKey SSECustomerKeyMD5 SSEKMSKeyId SSEKMSEncryptionContext Tagging "
    "WebsiteRedirectLocation"
).split()
#: Checksums of a whole object that a caller may give.
FULL_CHECKSUMS = (
    "ChecksumCRC32 ChecksumCRC32C ChecksumCRC64NVME ChecksumMD5 ChecksumSHA1 ChecksumSHA256 ChecksumSHA512 "
    "ChecksumXXHASH3 ChecksumXXHASH64 ChecksumXXHASH128"
).split()
ALLOWED_UPLOAD_ARGS = [*_SHARED, "ChecksumType", "MpuObjectSize", *FULL_CHECKSUMS]
ALLOWED_DOWNLOAD_ARGS = (
    "ChecksumMode VersionId SSECustomerAlgorithm SSECustomerKey SSECustomerKeyMD5 RequestPayer ExpectedBucketOwner"
).split()
_SOURCE_CONDITIONS = (
    "CopySourceIfMatch CopySourceIfModifiedSince CopySourceIfNoneMatch CopySourceIfUnmodifiedSince"
).split()
_SOURCE_KEY = ("CopySourceSSECustomerAlgorithm CopySourceSSECustomerKey CopySourceSSECustomerKeyMD5").split()
_DIRECTIVES = ["MetadataDirective", "TaggingDirective", "AnnotationDirective"]
ALLOWED_COPY_ARGS = [*_SHARED, *_SOURCE_CONDITIONS, *_SOURCE_KEY, *_DIRECTIVES]

_KEY = ["SSECustomerKey", "SSECustomerAlgorithm", "SSECustomerKeyMD5"]
OWNER = ["RequestPayer", "ExpectedBucketOwner"]
#: What the parts of an upload get, and its completion.
UPLOAD_PART = ["ChecksumAlgorithm", *_KEY, *OWNER]
COMPLETE_UPLOAD = [*_KEY, *OWNER, "ChecksumType", "MpuObjectSize", *FULL_CHECKSUMS]
NOT_FOR_PUT = ["ChecksumType", "MpuObjectSize"]
NOT_FOR_CREATE = ["MpuObjectSize", *FULL_CHECKSUMS]
#: The same for copies.
COPY_PART = [*_SOURCE_CONDITIONS, *_SOURCE_KEY, *_KEY, *OWNER]
COMPLETE_COPY = [*_KEY, *OWNER]
NOT_FOR_CREATE_COPY = [*_SOURCE_CONDITIONS, *_SOURCE_KEY, *_DIRECTIVES, "Tagging"]
#: What of a copy's arguments applies to reading its source, under the names that reading has for it.
HEAD_OF_SOURCE = {
    **{name: name.removeprefix("CopySource") for name in (*_SOURCE_CONDITIONS, *_SOURCE_KEY)},
    **{name: name for name in OWNER},
}
#: What a copy in parts takes over from its source, unless the caller replaces it.
PRESERVED = (
    "CacheControl ContentDisposition ContentEncoding ContentLanguage ContentType Expires Metadata"
).split()

_OBJECT_LAMBDA = re.compile(
    r"arn:(aws).*:s3-object-lambda:[a-z\-0-9]+:[0-9]{12}:accesspoint[/:][a-zA-Z0-9\-]{1,63}"
)


def checked(given: dict[str, Any] | None, allowed: Collection[str], bucket: Any) -> dict[str, Any]:
    """A copy of ``ExtraArgs``.

    Raises ``ValueError`` for others than the allowed ones and for Object Lambda buckets, ``TypeError`` for what is no
    dictionary, such as a callback that was given in its place.
    """
    if isinstance(bucket, str) and _OBJECT_LAMBDA.match(bucket):
        raise ValueError(
            "TransferManager methods do not support S3 Object Lambda resource. Use direct client calls instead."
        )
    if given and not isinstance(given, Mapping):
        raise TypeError(
            f"ExtraArgs must be a dictionary, not {type(given)}: a callback is passed by name, Callback=..."
        )
    for name in given or ():
        if name not in allowed:
            raise ValueError(f"Invalid extra_args key '{name}', must be one of: {', '.join(allowed)}")
    return dict(given or {})


def only(given: dict[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Those arguments that are named."""
    return {name: value for name, value in given.items() if name in names}


def without(given: dict[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Those arguments that are not named."""
    return {name: value for name, value in given.items() if name not in names}
