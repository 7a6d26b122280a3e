"""Presigned URLs and forms of S3 still use the signature of old where that is understood."""

from __future__ import annotations

from sotalia.events.handlers import named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.endpoints.legacy_endpoints import LegacyEndpoints


class OldSignature:
    """Has URLs and forms of one client presigned with HMAC-SHA1, if its region is old enough to take that."""

    def __init__(self, legacy: LegacyEndpoints, region_name: str | None, partition: str | None) -> None:
        self._legacy = legacy
        self._region_name = region_name
        self._partition = partition
        self._is_understood: bool | None = None

    @named("old_signature")
    def choose(self, signature_version: Any, **kwargs: Any) -> str | None:
        """A handler of ``choose-signer``."""
        if not isinstance(signature_version, str) or not signature_version.endswith(("query", "post")):
            return None
        _, dash, suffix = signature_version.rpartition("-")
        if suffix == "post":
            dash, suffix = "-", "presign-post"
        if suffix not in ("query", "presign-post") or signature_version.startswith(("v4a", "s3v4a")):
            return None
        if signature_version.startswith("v4-s3express"):
            return signature_version
        if self._is_understood is None:
            self._is_understood = self._look_up()
        return f"s3{dash}{suffix}" if self._is_understood else None

    def _look_up(self) -> bool:
        if (
            self._region_name != "aws-global"
            and self._region_name not in self._legacy.get_available_endpoints("s3", self._partition or "aws")
        ):
            return False
        known = self._legacy.construct_endpoint("s3", self._region_name) or {}
        return "s3" in known.get("signatureVersions", ())
