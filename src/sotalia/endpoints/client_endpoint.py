"""The default endpoint of a client: URL, region and signing names, resolved once when the client is created."""

from __future__ import annotations

from sotalia import exceptions
from sotalia.auth import AUTH_TYPE_MAPS
from sotalia.runtime.record import Record
from sotalia.transport.address import split_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from sotalia.endpoints.legacy_endpoints import LegacyEndpoints


# Regions that used STS's global host before STS had regional ones (``sts_regional_endpoints = legacy``).
LEGACY_GLOBAL_STS_REGIONS = frozenset(
    "ap-northeast-1 ap-south-1 ap-southeast-1 ap-southeast-2 aws-global ca-central-1 eu-central-1 eu-north-1 eu-west-1 "
    "eu-west-2 eu-west-3 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2".split()
)
_LABEL = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


class ClientEndpoint:
    """The usual endpoint of a client, and what its requests are signed for."""

    url: str
    region_name: str | None
    signing_region: str | None
    signing_name: str
    signature_version: Any
    partition: str | None
    variant_tags: list[str]


class ClientEndpointResolver(Record):
    """Finds :class:`ClientEndpoint` objects for one client's settings."""

    endpoints: LegacyEndpoints
    endpoint_prefix: str
    signing_name: str | None
    model_signature_version: str | None
    configured_signature_version: Any
    use_dualstack: bool
    use_fips: bool

    def resolve(self, region_name: str | None, endpoint_url: str | None, is_secure: bool) -> ClientEndpoint:
        """Resolve. Raises ``NoRegionError``, ``EndpointVariantError``, ``UnknownSignatureVersionError``."""
        variants: dict[str, Any] = {
            "use_dualstack_endpoint": self.use_dualstack,
            "use_fips_endpoint": self.use_fips,
        }
        known = self.endpoints.construct_endpoint(self.endpoint_prefix, region_name, **variants)
        if known is None:
            # A region nobody has heard of: taken for one of the first partition.
            known = self.endpoints.construct_endpoint(self.endpoint_prefix, region_name, "aws", **variants)
        known = known or {}
        endpoint = ClientEndpoint()
        scope: Mapping[str, str] = known.get("credentialScope", {})
        endpoint.region_name = endpoint.signing_region = region_name
        if endpoint_url is None and known:
            # The data knows its own hosts only; yours says nothing about the region.
            endpoint.region_name = known["endpointName"]
            endpoint.signing_region = scope.get("region", endpoint.region_name)
        endpoint.url = endpoint_url or self._url(known, region_name, is_secure)
        if region_name == "":
            # Other regions were looked at before; without a name the host has an empty label, unless it needs none.
            check_endpoint_url(endpoint.url)
        endpoint.signing_name = scope.get("service") or self.signing_name or self.endpoint_prefix
        endpoint.signature_version = self._signature_version(known)
        endpoint.partition = known.get("partition")
        endpoint.variant_tags = known.get("tags", [])
        return endpoint

    def _url(self, known: Mapping[str, Any], region_name: str | None, is_secure: bool) -> str:
        host = known.get("hostname") or f"{self.endpoint_prefix}.{region_name}.amazonaws.com"
        protocols = known.get("protocols", ["https"])
        scheme = "https" if is_secure and "https" in protocols else "http"
        return f"{scheme}://{host}"

    def _signature_version(self, known: Mapping[str, Any]) -> Any:
        if self.configured_signature_version is not None:
            return self.configured_signature_version
        if self.endpoint_prefix in ("s3", "s3-control"):
            return "s3v4"
        versions = known.get("signatureVersions", ["v4"])
        if self.model_signature_version is not None:
            versions = [self.model_signature_version]
        if "v4" in versions:
            return "v4"
        for version in versions:
            if version in AUTH_TYPE_MAPS:
                return version
        raise exceptions.UnknownSignatureVersionError(signature_version=versions)


def check_endpoint_url(url: str) -> None:
    """Raise ``ValueError`` unless the URL is absolute and has a valid host."""
    if not _is_valid(url):
        from sotalia.runtime.redaction import redact_text

        error = ValueError(f"Invalid endpoint: {redact_text(url)}")
        if "://" not in url:
            error.add_note("An endpoint is a URL: begin it with http:// or https://.")
        raise error


def _is_valid(url: str) -> bool:
    if "://" not in url or any(character <= " " or character == "\x7f" for character in url):
        return False
    scheme, authority, _, _ = split_url(url)
    host = authority.rpartition("@")[2]
    if not scheme or not host:
        return False
    if host.startswith("["):
        from ipaddress import IPv6Address

        try:
            IPv6Address(host[1:].partition("]")[0].partition("%")[0])
        except ValueError:
            return False
        return True
    name, colon, port = host.partition(":")
    if colon and not port.isdigit():
        return False
    # RFC 1123 2.1: labels of up to 63 characters, a name of up to 255.
    name = name.removesuffix(".").lower()
    return 0 < len(name) <= 255 and all(
        0 < len(label) <= 63 and _LABEL.issuperset(label) and label[0] != "-" and label[-1] != "-"
        for label in name.split(".")
    )


def is_legacy_global_sts(sts_regional_endpoints: str, region_name: str | None) -> bool:
    """Whether calls to STS go to its global host."""
    return sts_regional_endpoints == "legacy" and region_name in LEGACY_GLOBAL_STS_REGIONS


def is_s3_global(region_name: str | None, s3_config: Mapping[str, Any]) -> bool:
    """Whether calls to S3 go to its global host: in us-east-1 or without a region, unless you configure otherwise."""
    return s3_config.get("us_east_1_regional_endpoint", "legacy") == "legacy" and region_name in (
        "us-east-1",
        None,
    )
