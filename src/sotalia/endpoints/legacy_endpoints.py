"""Resolver for the legacy ``endpoints.json``, the data from before rule sets.

Requests go where rule sets say. This data still decides ``client.meta.endpoint_url``, the region of a service without
regions, signing names, and ``get_available_regions``.
"""

from __future__ import annotations

from sotalia import exceptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_NO_SERVICE: dict[str, Any] = {"endpoints": {}}
# The reference skips these partitions for dual-stack endpoints, though the data does not say so.
_WITHOUT_DUALSTACK = ("aws-iso", "aws-iso-b")


class LegacyEndpoints:
    """Looks up services and regions. ``uses_builtin_data`` is false for a user's own file."""

    def __init__(self, endpoint_data: dict[str, Any], uses_builtin_data: bool = True) -> None:
        if "partitions" not in endpoint_data:
            raise ValueError('Missing "partitions" in endpoint data')
        self._partitions: list[dict[str, Any]] = endpoint_data["partitions"]
        self.uses_builtin_data = uses_builtin_data

    # -- partitions and regions --------------------------------------------------------------------------------

    def get_available_partitions(self) -> list[str]:
        """Names of all partitions."""
        return [partition["partition"] for partition in self._partitions]

    def get_available_endpoints(
        self, service_name: str, partition_name: str = "aws", allow_non_regional: bool = False
    ) -> list[str]:
        """Regions of a service by its endpoint prefix; with ``allow_non_regional`` also names like ``fips-us-east-1``."""
        names: list[str] = []
        for partition in self._partitions:
            if partition["partition"] != partition_name:
                continue
            service = partition["services"].get(service_name, _NO_SERVICE)
            for name in service["endpoints"]:
                if name in partition["regions"] or allow_non_regional:
                    names.append(name)
        return names

    def get_partition_for_region(self, region_name: str) -> str:
        """The partition of a region. Raises ``UnknownRegionError``."""
        for partition in self._partitions:
            if _matches(partition, region_name):
                name: str = partition["partition"]
                return name
        raise exceptions.UnknownRegionError(
            region_name=region_name, error_msg="No partition found for provided region_name."
        )

    # -- one endpoint ------------------------------------------------------------------------------------------

    def construct_endpoint(
        self,
        service_name: str,
        region_name: str | None = None,
        partition_name: str | None = None,
        use_dualstack_endpoint: bool = False,
        use_fips_endpoint: bool = False,
    ) -> dict[str, Any] | None:
        """The data for a service (by endpoint prefix) in a region; ``None`` if no partition has the region.

        Raises ``NoRegionError`` for a regional service without a region, ``EndpointVariantError`` for a variant that the
        partition does not have.
        """
        if service_name == "s3" and use_dualstack_endpoint and region_name is None:
            region_name = "us-east-1"
        tags = [
            tag
            for tag, wanted in (("dualstack", use_dualstack_endpoint), ("fips", use_fips_endpoint))
            if wanted
        ]
        for partition in self._partitions:
            if partition_name is not None:
                if partition["partition"] == partition_name:
                    return self._in_partition(partition, service_name, region_name, tags, is_forced=True)
                continue
            if use_dualstack_endpoint and partition["partition"] in _WITHOUT_DUALSTACK:
                continue
            endpoint = self._in_partition(partition, service_name, region_name, tags)
            if endpoint is not None:
                return endpoint
        return None

    def _in_partition(
        self,
        partition: dict[str, Any],
        service_name: str,
        region_name: str | None,
        tags: list[str],
        *,
        is_forced: bool = False,
    ) -> dict[str, Any] | None:
        service: Mapping[str, Any] = partition["services"].get(service_name, _NO_SERVICE)
        if region_name is None:
            region_name = service.get("partitionEndpoint")
            if region_name is None:
                raise exceptions.NoRegionError()
        if region_name in service["endpoints"]:
            return _resolve(partition, service_name, service, region_name, tags)
        if not is_forced and not _matches(partition, region_name):
            return None
        global_endpoint: str | None = service.get("partitionEndpoint")
        if global_endpoint and not service.get("isRegionalized", True):
            region_name = global_endpoint
        return _resolve(partition, service_name, service, region_name, tags)


def _matches(partition: dict[str, Any], region_name: str) -> bool:
    if region_name in partition["regions"]:
        return True
    expression = partition.get("regionRegex")
    if not expression:
        return False
    import re

    return re.match(expression, region_name) is not None


def _resolve(
    partition: dict[str, Any],
    service_name: str,
    service: Mapping[str, Any],
    endpoint_name: str,
    tags: list[str],
) -> dict[str, Any]:
    described = service["endpoints"].get(endpoint_name, {})
    if described.get("deprecated"):
        from sotalia.runtime.logs import logger

        logger(__name__).warning("Client is configured with the deprecated endpoint: %s", endpoint_name)
    sources = [described, service.get("defaults", {}), partition.get("defaults", {})]
    result: dict[str, Any] = {}
    if tags:
        for source in sources:
            for variant in source.get("variants", ()):
                if set(variant["tags"]) == set(tags):
                    result = {**variant, **result}
        if not result:
            raise exceptions.EndpointVariantError(
                tags=tags, error_msg=f"Endpoint does not exist for {service_name} in region {endpoint_name}"
            )
        # A variant has a host of its own, but the credential scope is the endpoint's.
        result = {**described, **result}
    else:
        result = dict(described)
    result.setdefault("dnsSuffix", partition["dnsSuffix"])
    result["partition"] = partition["partition"]
    result["endpointName"] = endpoint_name
    for source in sources[1:]:
        result = {**source, **result}
    for key in ("hostname", "sslCommonName"):
        if key in result:
            result[key] = result[key].format(
                service=service_name, region=endpoint_name, dnsSuffix=result["dnsSuffix"]
            )
    return result
