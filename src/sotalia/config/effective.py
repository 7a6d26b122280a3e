"""The effective options of one client: ``client.meta.config``.

An option comes from your ``Config``, else from the session's variables, else it has its default. All are checked here:
you see a mistake when you create the client, and the message names the place of the setting.
"""

from __future__ import annotations

from sotalia import exceptions
from sotalia.config.client_config import NOT_SET, OPTION_DEFAULTS, RETRY_MODES, Config
from sotalia.config.variables import as_boolean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from typing import Any

    from sotalia.config.store import ConfigStore

_CHECKSUM_MODES = ("when_supported", "when_required")
_ACCOUNT_ID_MODES = ("preferred", "disabled", "required")
# In bytes; the reference's limit.
_MAX_COMPRESSION_SIZE = 1024 * 1024
# In characters. "Application ID" in the SDKs and Tools Reference Guide; services may cut a longer one.
_MAX_APP_ID = 50
# Options that clients use but do not show, as in the reference, or that are computed below.
_HIDDEN = frozenset(
    (
        "defaults_mode",
        "endpoint_discovery_enabled",
        "ignore_configured_endpoint_urls",
        "inject_host_prefix",
        "parameter_validation",
        "s3_disable_express_session_auth",
        "use_dualstack_endpoint",
        "use_fips_endpoint",
        "user_agent",
    )
)
_SHOWN = tuple(name for name in OPTION_DEFAULTS if name not in _HIDDEN)


class EffectiveOptions:
    """Computes the options of one client from your Config, if any, and the session's ``store``.

    ``where(name)`` describes the place of a variable. It is called only for messages.
    """

    def __init__(self, given: Any, store: ConfigStore, where: Callable[[str], str]) -> None:
        self.given = given
        self.store = store
        self._where = where

    def resolve(
        self,
        *,
        region_name: str | None,
        signature_version: object,
        s3: dict[str, Any] | None,
        variant_tags: Collection[str],
    ) -> Config:
        """The Config of the client. The arguments are what its endpoint decided.

        Raises ``InvalidRetryModeError``, ``InvalidMaxRetryAttemptsError``, ``InvalidChecksumConfigError``,
        ``InvalidConfigError``, and ``ValueError`` for a text that should be a number.
        """
        given = self.given
        options = {name: getattr(given, name, OPTION_DEFAULTS[name]) for name in _SHOWN}
        options.update(
            region_name=region_name,
            signature_version=signature_version,
            s3=s3,
            use_dualstack_endpoint=True if "dualstack" in variant_tags else None,
            use_fips_endpoint=True if "fips" in variant_tags else None,
            retries=self._retries(),
            connect_timeout=self._connect_timeout(),
            user_agent_appid=self._app_id(),
            request_min_compression_size_bytes=self._compression_size(),
            disable_request_compression=self._disables_compression(),
            sigv4a_signing_region_set=self.setting("sigv4a_signing_region_set"),
            request_checksum_calculation=self._checksum_mode("request_checksum_calculation"),
            response_checksum_validation=self._checksum_mode("response_checksum_validation"),
            account_id_endpoint_mode=self._account_id_mode(signature_version),
            auth_scheme_preference=self._auth_scheme_preference(),
            s3_disable_express_session_auth=self._disables_express_sessions(),
        )
        config = Config(**options)
        # Set afterwards, so that merging this Config does not carry it on.
        config.inject_host_prefix = self._injects_host_prefix()
        return config

    def setting(self, name: str) -> Any:
        """An option of the caller's ``Config``, else of the session."""
        value = getattr(self.given, name, None)
        return self.variable(name) if value is None else value

    def variable(self, name: str) -> Any:
        """A variable of the session. Raises ``ValueError`` for a text that should be a number, naming where it stands."""
        try:
            return self.store.get_config_variable(name)
        except ValueError as error:
            from sotalia.config.mistakes import located

            raise located(error, self._where(name)) from None

    def located(self, error: Exception, name: str, *, is_given: bool | None = None) -> Exception:
        """The error, with the place of the setting where that is not the program. ``None``: if the caller's Config has it."""
        if getattr(self.given, name, None) is not None if is_given is None else is_given:
            return error
        from sotalia.config.mistakes import located

        return located(error, self._where(name))

    def located_in_s3(self, error: Exception, key: str) -> Exception:
        """The same for a key of the options ``s3``."""
        is_given = key in (getattr(self.given, "s3", None) or {})
        return self.located(error, f"s3.{key}", is_given=is_given)

    # -- retries and times -------------------------------------------------------------------------------------

    def _retries(self) -> dict[str, Any]:
        """``mode``, and ``total_max_attempts`` where somebody has set one."""
        given = dict(getattr(self.given, "retries", None) or {})
        retries: dict[str, Any] = {}
        total = given.get("total_max_attempts")
        if total is None and given.get("max_attempts") is not None:
            total = given["max_attempts"] + 1  # It counts retries only.
        if total is None:
            total = self.variable("max_attempts")
            if total is not None and total < 1:
                raise self.located(
                    exceptions.InvalidMaxRetryAttemptsError(provided_max_attempts=total, min_value=1),
                    "max_attempts",
                    is_given=False,
                )
        if total is not None:
            retries["total_max_attempts"] = total
        retries["mode"] = given.get("mode") or self._retry_mode()
        return retries

    def _retry_mode(self) -> str:
        mode = str(self.variable("retry_mode") or "standard").lower()
        if mode not in RETRY_MODES:
            error = exceptions.InvalidRetryModeError(provided_retry_mode=mode, valid_modes=RETRY_MODES)
            raise self.located(error, "retry_mode", is_given=False)
        return mode

    def _connect_timeout(self) -> Any:
        """Seconds; a ``Config`` without a defaults mode has 60, so only without one does the session's mode count."""
        given = self.given
        if given is not None and given.connect_timeout is not None:
            return given.connect_timeout
        of_mode = self.variable("connect_timeout")
        return of_mode or (60 if given is None else None)

    # -- requests ----------------------------------------------------------------------------------------------

    def _app_id(self) -> str | None:
        app_id: str | None = self.setting("user_agent_appid")
        if app_id is not None and len(app_id) > _MAX_APP_ID:
            from sotalia.runtime.logs import logger

            logger(__name__).warning(
                "The configured value for user_agent_appid exceeds the maximum length of %d characters.",
                _MAX_APP_ID,
            )
        return app_id

    def _injects_host_prefix(self) -> Any:
        given = self.given
        if given is not None and getattr(given, "_inject_host_prefix", NOT_SET) != NOT_SET:
            return given.inject_host_prefix
        return not self.variable("disable_host_prefix_injection")

    def _disables_compression(self) -> bool:
        return as_boolean(self.setting("disable_request_compression"))

    def _compression_size(self) -> int:
        name = "request_min_compression_size_bytes"
        given = getattr(self.given, name, None)
        value = self.variable(name) if given is None else given
        try:
            size = int(value)
        except (TypeError, ValueError):
            size, mend = 0, f"Value must be an integer. Received {type(value)} instead."
        else:
            mend = f"Value must be between 1 and {_MAX_COMPRESSION_SIZE}."
        if not 1 <= size <= _MAX_COMPRESSION_SIZE:
            error = exceptions.InvalidConfigError(error_msg=f'Invalid value "{value}" for {name}. {mend}')
            raise self.located(error, name, is_given=given is not None)
        return size

    def _checksum_mode(self, name: str) -> str:
        given = getattr(self.given, name, None)
        value = self.variable(name) if given is None else given
        mode = str(value).lower()
        if mode not in _CHECKSUM_MODES:
            error = exceptions.InvalidChecksumConfigError(
                config_key=name, config_value=mode, valid_options=_CHECKSUM_MODES
            )
            raise self.located(error, name, is_given=given is not None)
        return mode

    def _account_id_mode(self, signature_version: object) -> str:
        from sotalia.config.unsigned import is_unsigned

        name = "account_id_endpoint_mode"
        if is_unsigned(signature_version):
            return "disabled"  # Without credentials there is no account.
        given = getattr(self.given, name, None)
        value = self.variable(name) if given is None else given
        mode = str(value).lower()
        if mode not in _ACCOUNT_ID_MODES:
            error = exceptions.InvalidConfigError(
                error_msg=f"The configured value '{mode}' for '{name}' is invalid. "
                f"Valid values are: {_ACCOUNT_ID_MODES}."
            )
            raise self.located(error, name, is_given=given is not None)
        return mode

    def _auth_scheme_preference(self) -> str | None:
        name = "auth_scheme_preference"
        given = getattr(self.given, name, None)
        value = given or self.variable(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise exceptions.InvalidConfigError(
                error_msg=f"{name} must be a comma-delimited string. Received {type(value)} instead: {value}."
            )
        items = (item.replace(" ", "").replace("\t", "") for item in value.split(",") if item.strip())
        return ",".join(items)

    def _disables_express_sessions(self) -> bool:
        """Whether to use directory buckets without sessions. As in the reference, the key of ``s3`` counts, not the option."""
        name = "s3_disable_express_session_auth"
        s3: dict[str, bool | str | None] = getattr(self.given, "s3", None) or {}
        given = s3.get("disable_s3_express_session_auth")
        value: bool | str | None = self.variable(name) if given is None else given
        if value is None or isinstance(value, bool):
            return bool(value)
        if not isinstance(value, str) or value.lower() not in ("true", "false"):
            error = exceptions.InvalidConfigError(
                error_msg=f'Invalid value "{value}" for {name}. Value must be a boolean'
            )
            raise self.located(error, name, is_given=given is not None)
        return value.lower() == "true"
