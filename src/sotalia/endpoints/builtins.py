"""The built-in parameters of rule sets, from a client's settings.

Handlers of ``before-endpoint-resolution`` get a copy for each call, under these names. Smithy's page "Rules engine
built-ins" lists them.
"""

from __future__ import annotations

from sotalia.endpoints.client_endpoint import is_s3_global
from sotalia.transport.address import host_and_port, split_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def default_builtins(
    *,
    region_name: str | None,
    use_fips: bool | None,
    use_dualstack: bool | None,
    use_global_sts: bool,
    s3_config: Mapping[str, Any],
    endpoint_url: str | None,
    configured_url: str | None,
    account_id: object,
    account_id_endpoint_mode: str | None,
) -> dict[str, Any]:
    """The values for one client. ``endpoint_url`` is yours, ``configured_url`` comes from a user's own endpoints.json.

    ``account_id`` may be a function. Only a rule set that has this parameter calls it.
    """
    url = endpoint_url or configured_url
    return {
        "AWS::Region": region_name,
        # Rule sets refuse both together with an explicit endpoint; the reference drops them.
        "AWS::UseFIPS": False if url is not None else bool(use_fips),
        "AWS::UseDualStack": False if url is not None else bool(use_dualstack),
        "AWS::STS::UseGlobalEndpoint": use_global_sts,
        "AWS::S3::UseGlobalEndpoint": is_s3_global(region_name, s3_config),
        "AWS::S3::Accelerate": s3_config.get("use_accelerate_endpoint", False),
        "AWS::S3::ForcePathStyle": _forces_path_style(s3_config, endpoint_url),
        "AWS::S3::UseArnRegion": s3_config.get("use_arn_region", True),
        "AWS::S3Control::UseArnRegion": s3_config.get("use_arn_region", False),
        "AWS::S3::DisableMultiRegionAccessPoints": s3_config.get(
            "s3_disable_multiregion_access_points", False
        ),
        "AWS::S3::DisableS3ExpressSessionAuth": s3_config.get("disable_s3_express_session_auth", False),
        "SDK::Endpoint": url,
        "AWS::Auth::AccountId": account_id,
        "AWS::Auth::AccountIdEndpointMode": account_id_endpoint_mode,
    }


def _forces_path_style(s3_config: Mapping[str, Any], endpoint_url: str | None) -> bool:
    style = s3_config.get("addressing_style")
    if s3_config.get("use_accelerate_endpoint", False):
        return False
    # A host of your own has rarely a wildcard name for buckets.
    if endpoint_url is not None and not is_s3_accelerate_url(endpoint_url):
        return style != "virtual"
    return style == "path"


def is_s3_accelerate_url(url: str) -> bool:
    """Whether a URL is that of S3 Transfer Acceleration."""
    _, authority, _, _ = split_url(url)
    host, _ = host_and_port(authority)
    return host in ("s3-accelerate.amazonaws.com", "s3-accelerate.dualstack.amazonaws.com")
