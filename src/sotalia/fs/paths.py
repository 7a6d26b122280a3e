"""Paths: ``bucket/key``, perhaps with ``s3://`` before them and ``?versionId=...`` behind; a bucket may be an ARN."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

#: Protocols that s3fs has as well.
SHARED = ("s3", "s3a")
#: Nobody else's, so that ``s3://`` is left to whoever has it.
OWN = "sotalia"
#: What a path may begin with.
PROTOCOLS = (*SHARED, OWN)
_VERSION = "?versionId="
_REGION = r"[a-z0-9-]*"
_NAME = r"[a-zA-Z0-9-]{1,63}"
# The forms of ARNs in the place of a bucket: "Amazon S3 resources" in the Service Authorization Reference. Their parts are
# divided by ":" or "/", which is also what divides them from the key.
_ARNS = tuple(
    re.compile(rf"(?P<bucket>arn:aws[a-z-]*:{form})(?:[/:](?P<key>.*))?", re.DOTALL)
    for form in (
        rf"s3:{_REGION}:\d{{12}}:accesspoint[/:][^/:]+",
        rf"s3-outposts:{_REGION}:\d{{12}}:outpost[/:]{_NAME}[/:](?:bucket|accesspoint)[/:]{_NAME}",
        rf"s3-object-lambda:{_REGION}:\d{{12}}:accesspoint[/:]{_NAME}",
    )
)


def split_bucket(path: str) -> tuple[str, str]:
    """Bucket and key of a path without protocol; the bucket may be the ARN of an access point."""
    if path.startswith("arn:"):
        for form in _ARNS:
            if match := form.fullmatch(path):
                return match["bucket"], match["key"] or ""
    bucket, _, key = path.partition("/")
    return bucket, key


def split_version(key: str) -> tuple[str, str | None]:
    """A key without ``?versionId=...``, and the version; ``None`` where there is none."""
    key, _, version = key.partition(_VERSION)
    return key, version or None


def with_version(name: str, version: str | None) -> str:
    """A name that says the version; an object from before the bucket had versions has the version ``null``."""
    return name if version in (None, "null") else f"{name}{_VERSION}{version}"


def names_version(url: str) -> bool:
    """Whether a URL ends with ``?versionId=...``."""
    return "versionId" in parse_qs(urlsplit(url).query)


def one_version(*versions: str | None) -> str | None:
    """The one version that several places agree on, ``None`` for none. Raises ``ValueError`` for different ones."""
    found = {version for version in versions if version is not None}
    if len(found) > 1:
        raise ValueError(
            f"two versions of one object: {sorted(found)}; give the version once, in the path or by name"
        )
    return found.pop() if found else None
