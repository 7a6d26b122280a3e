"""The variables of a session: environment variables, configuration key and default of each."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def as_boolean(value: object) -> bool:
    """``true`` in upper or lower case is true, all other text is false."""
    return value if isinstance(value, bool) else str(value).lower() == "true"


class Variable:
    """One variable: configuration key (block and key for a nested one), environment variables in order, default."""

    __slots__ = ("config_key", "convert", "default", "environment")

    def __init__(
        self,
        config_key: str | tuple[str, str] | None,
        environment: str | list[str] | None = None,
        default: Any = None,
        convert: Callable[[Any], Any] | None = None,
    ) -> None:
        self.config_key = config_key
        self.environment = [environment] if isinstance(environment, str) else environment or []
        self.default = default
        self.convert = convert

    def as_tuple(self) -> tuple[Any, Any, Any, Any]:
        """Key, environment, default and conversion: the form of botocore's ``SESSION_VARIABLES``."""
        # There, one environment variable is text and none is None.
        environment: Any = self.environment
        if len(environment) < 2:
            environment = environment[0] if environment else None
        return self.config_key, environment, self.default, self.convert


def _row(name: str, default: Any = None, convert: Any = None, environment: str = "") -> Variable:
    return Variable(name, environment or f"AWS_{name.upper()}", default, convert)


VARIABLES: dict[str, Variable] = {
    "profile": Variable(None, ["AWS_DEFAULT_PROFILE", "AWS_PROFILE"]),
    "region": Variable("region", "AWS_DEFAULT_REGION"),
    "data_path": Variable("data_path", "AWS_DATA_PATH"),
    "config_file": Variable(None, "AWS_CONFIG_FILE", "~/.aws/config"),
    "credentials_file": Variable(None, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
    "ca_bundle": _row("ca_bundle"),
    "api_versions": Variable("api_versions", None, {}),
    "metadata_service_timeout": _row("metadata_service_timeout", 1, int),
    "metadata_service_num_attempts": _row("metadata_service_num_attempts", 1, int),
    "ec2_metadata_service_endpoint": _row("ec2_metadata_service_endpoint"),
    "ec2_metadata_service_endpoint_mode": _row("ec2_metadata_service_endpoint_mode"),
    "ec2_metadata_v1_disabled": _row("ec2_metadata_v1_disabled", False, as_boolean),
    "imds_use_ipv6": _row("imds_use_ipv6", False, as_boolean),
    "use_dualstack_endpoint": _row("use_dualstack_endpoint", None, as_boolean),
    "use_fips_endpoint": _row("use_fips_endpoint", None, as_boolean),
    "ignore_configured_endpoint_urls": _row("ignore_configured_endpoint_urls", None, as_boolean),
    "parameter_validation": Variable("parameter_validation", None, True),
    "csm_enabled": _row("csm_enabled", False, as_boolean),
    "csm_host": _row("csm_host", "127.0.0.1"),
    "csm_port": _row("csm_port", 31000, int),
    "csm_client_id": _row("csm_client_id", ""),
    "endpoint_discovery_enabled": _row("endpoint_discovery_enabled", "auto"),
    "sts_regional_endpoints": _row("sts_regional_endpoints", "regional"),
    "retry_mode": _row("retry_mode", "standard"),
    "defaults_mode": _row("defaults_mode", "legacy"),
    "max_attempts": _row("max_attempts", None, int),
    "user_agent_appid": _row("sdk_ua_app_id"),
    "request_min_compression_size_bytes": _row("request_min_compression_size_bytes", 10240),
    "disable_request_compression": _row("disable_request_compression", False, as_boolean),
    "sigv4a_signing_region_set": _row("sigv4a_signing_region_set"),
    "request_checksum_calculation": _row("request_checksum_calculation", "when_supported"),
    "response_checksum_validation": _row("response_checksum_validation", "when_supported"),
    "account_id_endpoint_mode": _row("account_id_endpoint_mode", "preferred"),
    "disable_host_prefix_injection": _row("disable_host_prefix_injection", None, as_boolean),
    "auth_scheme_preference": _row("auth_scheme_preference"),
    "tcp_keepalive": _row("tcp_keepalive", None, as_boolean, "BOTOCORE_TCP_KEEPALIVE"),
    "s3_disable_express_session_auth": _row("s3_disable_express_session_auth"),
}

#: Variables that are nested blocks of a profile, by key. A key may have several places, of which the first wins.
SECTIONS: dict[str, dict[str, tuple[Variable, ...]]] = {
    "s3": {
        "addressing_style": (Variable(("s3", "addressing_style"), None),),
        "use_accelerate_endpoint": (Variable(("s3", "use_accelerate_endpoint"), None, None, as_boolean),),
        "use_dualstack_endpoint": (Variable(("s3", "use_dualstack_endpoint"), None, None, as_boolean),),
        "payload_signing_enabled": (Variable(("s3", "payload_signing_enabled"), None, None, as_boolean),),
        "use_arn_region": (
            Variable("s3_use_arn_region", "AWS_S3_USE_ARN_REGION", None, as_boolean),
            Variable(("s3", "use_arn_region"), None, None, as_boolean),
        ),
        "us_east_1_regional_endpoint": (
            Variable("s3_us_east_1_regional_endpoint", "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT"),
            Variable(("s3", "us_east_1_regional_endpoint"), None),
        ),
        "s3_disable_multiregion_access_points": (
            Variable(
                ("s3", "s3_disable_multiregion_access_points"),
                "AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS",
                None,
                as_boolean,
            ),
        ),
    },
    "proxies_config": {
        "proxy_ca_bundle": (Variable("proxy_ca_bundle", None),),
        "proxy_client_cert": (Variable("proxy_client_cert", None),),
        "proxy_use_forwarding_for_https": (
            Variable("proxy_use_forwarding_for_https", None, None, as_boolean),
        ),
    },
}
