"""The options of one client, under the reference's names. You may pass a ``botocore.config.Config`` in its place."""

from __future__ import annotations

from sotalia import exceptions
from sotalia.config.unsigned import PickledMarker, is_unsigned
from sotalia.runtime.reference_base import ReferenceBase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Protocol

    class AnyConfig(Protocol):
        """A :class:`Config` or botocore's, which has no types to name it by."""

        def merge(self, other_config: Any, /) -> AnyConfig:
            """A new one with the options of both; ``other_config`` wins."""
            ...


#: Options with their defaults, in the order of positional arguments.
OPTION_DEFAULTS: dict[str, Any] = {
    "region_name": None,
    "signature_version": None,
    "user_agent": None,
    "user_agent_extra": None,
    "user_agent_appid": None,
    "connect_timeout": 60,
    "read_timeout": 60,
    "parameter_validation": True,
    "max_pool_connections": 10,
    "proxies": None,
    "proxies_config": None,
    "s3": None,
    "s3_disable_express_session_auth": None,
    "retries": None,
    "client_cert": None,
    "inject_host_prefix": None,
    "endpoint_discovery_enabled": None,
    "use_dualstack_endpoint": None,
    "use_fips_endpoint": None,
    "ignore_configured_endpoint_urls": None,
    "defaults_mode": None,
    "tcp_keepalive": None,
    "request_min_compression_size_bytes": None,
    "disable_request_compression": None,
    "client_context_params": None,
    "sigv4a_signing_region_set": None,
    "request_checksum_calculation": None,
    "response_checksum_validation": None,
    "account_id_endpoint_mode": None,
    "auth_scheme_preference": None,
}
#: The internal value of ``inject_host_prefix`` until you set it. It is the reference's, so code can read either Config.
NOT_SET = "UNSET"
ADDRESSING_STYLES = ("virtual", "auto", "path", None)
RETRY_MODES = ("legacy", "standard", "adaptive")
_RETRY_OPTIONS = ("max_attempts", "mode", "total_max_attempts")


class Config(ReferenceBase):
    """Options of a client: timeouts in seconds, retries, proxies, addressing. See "Config Reference" of botocore.

    Options that you leave out are ``None``, except ``connect_timeout`` and ``read_timeout`` (60),
    ``max_pool_connections`` (10), ``parameter_validation`` and ``inject_host_prefix`` (true). Raises ``TypeError`` for
    unknown options (did you mean ...?), ``InvalidS3AddressingStyleError``, ``InvalidRetryConfigurationError`` and its
    subclasses.
    """

    OPTION_DEFAULTS = OPTION_DEFAULTS
    NON_LEGACY_OPTION_DEFAULTS: dict[str, Any] = {"connect_timeout": None}

    #: What becomes of registrations that can never fire; by keyword only, as the reference has no such option.
    lint: str | None = None

    _user_provided_options: dict[str, Any]
    _inject_host_prefix: bool | str | None

    if TYPE_CHECKING:
        region_name: str | None
        signature_version: object  # A string, or botocore.UNSIGNED.
        user_agent: str | None
        user_agent_extra: str | None
        user_agent_appid: str | None
        connect_timeout: float | None
        read_timeout: float | None
        parameter_validation: bool
        max_pool_connections: int
        proxies: dict[str, str] | None
        proxies_config: dict[str, Any] | None
        s3: dict[str, Any] | None
        s3_disable_express_session_auth: bool | None
        retries: dict[str, Any] | None
        client_cert: str | tuple[str, str] | None
        endpoint_discovery_enabled: bool | str | None
        use_dualstack_endpoint: bool | None
        use_fips_endpoint: bool | None
        ignore_configured_endpoint_urls: bool | None
        defaults_mode: str | None
        tcp_keepalive: bool | None
        request_min_compression_size_bytes: int | None
        disable_request_compression: bool | None
        client_context_params: dict[str, Any] | None
        sigv4a_signing_region_set: str | None
        request_checksum_calculation: str | None
        response_checksum_validation: str | None
        account_id_endpoint_mode: str | None
        auth_scheme_preference: str | None

        def __init__(
            self,
            region_name: str | None = None,
            signature_version: object = None,
            user_agent: str | None = None,
            user_agent_extra: str | None = None,
            user_agent_appid: str | None = None,
            connect_timeout: float | None = 60,
            read_timeout: float | None = 60,
            parameter_validation: bool = True,
            max_pool_connections: int = 10,
            proxies: dict[str, str] | None = None,
            proxies_config: dict[str, Any] | None = None,
            s3: dict[str, Any] | None = None,
            s3_disable_express_session_auth: bool | None = None,
            retries: dict[str, Any] | None = None,
            client_cert: str | tuple[str, str] | None = None,
            inject_host_prefix: bool | None = None,
            endpoint_discovery_enabled: bool | str | None = None,
            use_dualstack_endpoint: bool | None = None,
            use_fips_endpoint: bool | None = None,
            ignore_configured_endpoint_urls: bool | None = None,
            defaults_mode: str | None = None,
            tcp_keepalive: bool | None = None,
            request_min_compression_size_bytes: int | None = None,
            disable_request_compression: bool | None = None,
            client_context_params: dict[str, Any] | None = None,
            sigv4a_signing_region_set: str | None = None,
            request_checksum_calculation: str | None = None,
            response_checksum_validation: str | None = None,
            account_id_endpoint_mode: str | None = None,
            auth_scheme_preference: str | None = None,
            *,
            lint: str | None = None,
        ) -> None:
            """Set options, in the order of ``OPTION_DEFAULTS``."""

    else:

        def __init__(self, *arguments, **options):
            self._take(arguments, options)

    def _take(self, arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
        self._user_provided_options = _given(arguments, options)
        self._inject_host_prefix = NOT_SET
        values = self.__dict__  # Every client has a Config of some thirty options: no call for each.
        values.update(OPTION_DEFAULTS)
        if self._user_provided_options.get("defaults_mode", "legacy") != "legacy":
            # The mode brings a time of its own.
            values.update(self.NON_LEGACY_OPTION_DEFAULTS)
        values.update(self._user_provided_options)
        del values["inject_host_prefix"]  # A property, which knows whether it was set.
        if "inject_host_prefix" in self._user_provided_options:
            self.inject_host_prefix = self._user_provided_options["inject_host_prefix"]
        style = (self.s3 or {}).get("addressing_style")
        if style not in ADDRESSING_STYLES:
            raise exceptions.InvalidS3AddressingStyleError(s3_addressing_style=style)
        validate_retries(self.retries)

    def __getstate__(self) -> dict[str, Any]:
        state = dict(self.__dict__)
        if is_unsigned(self.signature_version):
            state["signature_version"] = PickledMarker()
        given = state["_user_provided_options"]
        if is_unsigned(given.get("signature_version")):
            state["_user_provided_options"] = {**given, "signature_version": PickledMarker()}
        return state

    def __copy__(self) -> Config:
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        return twin

    @property
    def inject_host_prefix(self) -> bool:
        """Whether operations may put parameters into the host name; true unless you set it."""
        return True if self._inject_host_prefix == NOT_SET else self._inject_host_prefix  # type: ignore[return-value] # As set.

    @inject_host_prefix.setter
    def inject_host_prefix(self, value: bool | None) -> None:
        self._inject_host_prefix = value

    def merge(self, other_config: Any) -> Config:
        """A new Config with the options of both; ``other_config`` wins."""
        return Config(**{**self._user_provided_options, **other_config._user_provided_options})

    def __repr__(self) -> str:
        options = self._user_provided_options.items()
        # URLs of proxies may hold passwords.
        shown = ", ".join(f"{name}={'...' if name == 'proxies' else repr(value)}" for name, value in options)
        return f"Config({shown})"


def _given(arguments: tuple[Any, ...], options: dict[str, Any]) -> dict[str, Any]:
    names = list(OPTION_DEFAULTS)
    if len(arguments) > len(names):
        raise TypeError(f"Takes at most {len(names)} arguments ({len(arguments)} given)")
    given = dict(zip(names, arguments, strict=False))
    for name, value in options.items():
        if name not in OPTION_DEFAULTS and name != "lint":
            from sotalia.runtime.spelling import did_you_mean

            hint = did_you_mean(name, names, "; ")
            raise TypeError(f"Got unexpected keyword argument '{name}'{hint}")
        if name in given:
            raise TypeError(f"Got multiple values for keyword argument '{name}'")
        given[name] = value
    return given


def validate_retries(retries: Mapping[str, Any] | None) -> None:
    """Raise ``InvalidRetryConfigurationError`` or a subclass for unknown or invalid options of ``retries``."""
    for name, value in (retries or {}).items():
        if name not in _RETRY_OPTIONS:
            raise exceptions.InvalidRetryConfigurationError(
                retry_config_option=name, valid_options=_RETRY_OPTIONS
            )
        if name == "mode":
            if value not in RETRY_MODES:
                raise exceptions.InvalidRetryModeError(provided_retry_mode=value, valid_modes=RETRY_MODES)
        # `max_attempts` counts retries only, `total_max_attempts` the first attempt too.
        elif value < (1 if name == "total_max_attempts" else 0):
            raise exceptions.InvalidMaxRetryAttemptsError(
                provided_max_attempts=value, min_value=1 if name == "total_max_attempts" else 0
            )
