"""What a client is made from: what its caller asked for, and what became of that.

:func:`client_settings` makes every decision once, in the reference's order, which says which of several mistakes is found
first. The parts of a client are then built from the decisions alone.
"""

from __future__ import annotations

import os

from sotalia import exceptions
from sotalia.clients.addresses import Addressing, explicit_endpoint_url, usual_endpoint, without_fips
from sotalia.config.effective import EffectiveOptions
from sotalia.endpoints.client_endpoint import is_legacy_global_sts
from sotalia.runtime.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from sotalia.config.client_config import AnyConfig, Config
    from sotalia.config.store import ConfigStore
    from sotalia.endpoints.client_endpoint import ClientEndpoint
    from sotalia.model.service import ServiceModel
    from sotalia.runtime import Runtime
    from sotalia.session.core import SessionCore


class ClientRequest(Record):
    """What the caller of ``Session.client`` asked for, with the region and the credentials that were chosen."""

    service_name: str
    region_name: str | None
    #: The region that the caller named, if any.
    given_region: str | None = None
    api_version: str | None = None
    use_ssl: bool = True
    verify: bool | str | None = None
    endpoint_url: str | None = None
    credentials: Any
    config: AnyConfig | None
    #: The session's variables with the selected profile, as they were when the client was asked for.
    store: ConfigStore


class ClientSettings(Addressing):
    """The settings of one client; handlers of ``client-created`` get them.

    ``request`` what the caller asked for · ``session`` where it comes from · ``endpoint`` the usual one, with the region and
    the names in signatures · ``config`` the effective options · ``awaits_defaults_mode`` whether the defaults mode depends
    on where the program runs, which the first call has to find out.
    """

    session: SessionCore
    runtime: Runtime
    options: EffectiveOptions
    endpoint: ClientEndpoint
    config: Config
    validates_parameters: bool
    awaits_defaults_mode: bool

    def setting(self, name: str) -> Any:
        """An option of the caller's ``Config``, else of the session."""
        return self.options.setting(name)


def client_settings(
    session: SessionCore,
    request: ClientRequest,
    model: ServiceModel,
    runtime: Runtime,
) -> ClientSettings:
    """Every decision about a client. Raises what bad settings raise: see "Configuration" in the documentation."""
    options = EffectiveOptions(request.config, request.store, session.where)
    profile = request.store.profile
    region_name, use_fips = without_fips(request.region_name, options.setting("use_fips_endpoint"))
    awaits_defaults_mode = _apply_defaults_mode(session, options, region_name)
    # As in the reference, these two are looked at for every service.
    s3_config = _s3_config(options)
    sts_regional_endpoints = _sts_regional_endpoints(options)
    takes_s3_options = model.endpoint_prefix in ("s3", "s3-control")
    addressing = Addressing(
        request=request,
        model=model,
        region_name=region_name,
        use_fips=use_fips,
        use_dualstack=_uses_dualstack(options, s3_config if takes_s3_options else {}),
        takes_s3_options=takes_s3_options,
        s3_config=s3_config,
        uses_global_sts=model.service_name == "sts"
        and is_legacy_global_sts(sts_regional_endpoints, region_name),
        endpoint_url=explicit_endpoint_url(session, request, options, profile),
        signature_version=_signature_version(request, profile, model),
    )
    endpoint = usual_endpoint(session, addressing)
    if takes_s3_options and "dualstack" in endpoint.variant_tags:
        s3_config = {**s3_config, "use_dualstack_endpoint": True}
    addressed: dict[str, Any] = {**vars(addressing), "s3_config": s3_config}
    return ClientSettings(
        **addressed,
        session=session,
        runtime=runtime,
        options=options,
        endpoint=endpoint,
        config=_effective_config(options, endpoint, s3_config),
        validates_parameters=_validates_parameters(request, profile),
        awaits_defaults_mode=awaits_defaults_mode,
    )


def _apply_defaults_mode(session: SessionCore, options: EffectiveOptions, region_name: str | None) -> bool:
    """Change the defaults to those of a mode. True if the mode depends on where the program runs, and nobody knows yet."""
    mode = options.setting("defaults_mode")
    if mode is None or mode.lower() == "legacy":
        return False
    from sotalia.config.defaults_mode import apply_defaults_mode

    is_open = False

    def region_here() -> str | None:
        nonlocal is_open
        region = session.region_of_instance.ask()
        is_open = not session.region_of_instance.is_known
        return region

    def load() -> dict[str, Any]:
        data: dict[str, Any] = session.loader.load_data("sdk-default-configuration")
        return data

    try:
        apply_defaults_mode(options.store, mode, region_name, load, os.environ, region_here)
    except exceptions.InvalidDefaultsMode as error:
        raise options.located(error, "defaults_mode") from None
    return is_open


def _s3_config(options: EffectiveOptions) -> dict[str, Any]:
    given: dict[str, Any] = getattr(options.given, "s3", None) or {}
    s3_config: dict[str, Any] = {**(options.store.get_config_variable("s3") or {}), **given}
    choice = s3_config.get("us_east_1_regional_endpoint", "legacy")
    if choice not in ("legacy", "regional"):
        error = exceptions.InvalidS3UsEast1RegionalEndpointConfigError(
            s3_us_east_1_regional_endpoint_config=choice
        )
        raise options.located_in_s3(error, "us_east_1_regional_endpoint")
    return s3_config


def _sts_regional_endpoints(options: EffectiveOptions) -> str:
    choice: str = options.store.get_config_variable("sts_regional_endpoints") or "regional"
    if choice not in ("legacy", "regional"):
        error = exceptions.InvalidSTSRegionalEndpointsConfigError(sts_regional_endpoints_config=choice)
        raise options.located(error, "sts_regional_endpoints", is_given=False)
    return choice


def _uses_dualstack(options: EffectiveOptions, s3_config: dict[str, Any]) -> bool:
    of_s3 = s3_config.get("use_dualstack_endpoint")
    return bool(options.setting("use_dualstack_endpoint") if of_s3 is None else of_s3)


def _signature_version(request: ClientRequest, profile: Mapping[str, Any], model: ServiceModel) -> Any:
    version = getattr(request.config, "signature_version", None)
    if version is not None:
        return version
    block: dict[str, Any] | str | None = profile.get(model.service_name)
    return block.get("signature_version") if isinstance(block, dict) else None


def _effective_config(
    options: EffectiveOptions, endpoint: ClientEndpoint, s3_config: dict[str, Any]
) -> Config:
    """The effective options, as handlers and users see them on ``client.meta.config``."""
    is_shown = bool(s3_config) or getattr(options.given, "s3", None) is not None
    try:
        return options.resolve(
            region_name=endpoint.region_name,
            signature_version=endpoint.signature_version,
            s3=s3_config if is_shown else None,
            variant_tags=endpoint.variant_tags,
        )
    except exceptions.InvalidS3AddressingStyleError as error:
        raise options.located_in_s3(error, "addressing_style") from None


def _validates_parameters(request: ClientRequest, profile: Mapping[str, Any]) -> bool:
    if not getattr(request.config, "parameter_validation", True):
        return False
    configured = profile.get("parameter_validation")
    return configured is None or str(configured).lower() == "true"
