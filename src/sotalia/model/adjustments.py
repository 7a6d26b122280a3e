"""Remove from URI templates what a service's rule set adds to the URL.

S3's rule set puts the bucket into host or path, and S3 Control's the account id into the host. The templates of their
operations would do it again. The reference changes an operation on its first call. Here it happens once, when the
description is read. ``authPath`` keeps the path with the bucket, which S3's Signature Version 2 signs.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_BUCKET = "/{Bucket}"
_ACCOUNT_PREFIX = "{AccountId}."


def adjust(service_name: str, description: dict[str, Any]) -> None:
    """Adjust a ``service-2`` description in place."""
    if service_name == "s3":
        for operation in description["operations"].values():
            _strip_bucket(operation["http"])
    elif service_name == "s3control":
        for operation in description["operations"].values():
            _strip_account(operation)


def _strip_bucket(http: dict[str, Any]) -> None:
    uri: str = http["requestUri"]
    if not uri.startswith(_BUCKET):
        return
    rest = uri[len(_BUCKET) :]
    http["requestUri"] = rest
    http["authPath"] = _BUCKET + (rest.partition("?")[0] or "/")


def _strip_account(operation: dict[str, Any]) -> None:
    requires = operation.get("staticContextParams", {}).get("RequiresAccountId", {})
    endpoint = operation.get("endpoint", {})
    if requires.get("value") is True and endpoint.get("hostPrefix") == _ACCOUNT_PREFIX:
        del endpoint["hostPrefix"]
