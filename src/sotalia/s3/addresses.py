"""Addresses of S3 as text: ``s3://bucket/key``, where a bucket may be an access point by its ARN."""

from __future__ import annotations

import re
from dataclasses import dataclass

# An access point, also one of an Outpost, goes by its ARN, which has slashes of its own.
_ARN = re.compile(r"arn:[^/]+?:(?:outpost[/:][^/:]+[/:])?accesspoint[/:][^/:]+")
# What looks like an address. A folder of such a name can be written with './' before it.
_OTHER_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True, slots=True)
class Address:
    """A bucket, and a key or the start of keys in it, as they are written: ``key`` may be empty."""

    bucket: str
    key: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


def address(text: str) -> Address | None:
    """The address that a text is; ``None`` for what is the path of a file or folder.

    Raises ``ValueError`` for an address without a bucket, and for one of something else.
    """
    if not text.startswith("s3:"):
        if _OTHER_SCHEME.match(text):
            raise ValueError(
                f"{text!r} is neither the path of a folder nor 's3://bucket/prefix', in small letters"
            )
        return None
    rest = text.removeprefix("s3://")
    arn = _ARN.match(rest)
    bucket = arn.group() if arn is not None else rest.partition("/")[0]
    if rest == text or not bucket:
        raise ValueError(
            f"{text!r} names no bucket: write 's3://bucket/prefix' as text, or './{text}' for a folder of this name"
        )
    return Address(bucket, rest[len(bucket) :].removeprefix("/"))


def is_alias(bucket: str) -> bool:
    """Whether a bucket is named by an access point, so that two names may be those of one bucket."""
    return ":" in bucket or bucket.endswith(("-s3alias", "--op-s3", "--ol-s3"))
