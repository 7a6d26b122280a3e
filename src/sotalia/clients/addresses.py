"""Where the calls of a client go: its region and usual endpoint, found when it is made, and what its rule set starts from."""

from __future__ import annotations

from functools import partial

from sotalia import exceptions
from sotalia.config.endpoint_url import configured_endpoint_url
from sotalia.credentials.objects import Credentials, freeze_for_call, stand_in
from sotalia.endpoints.auth_schemes import MODEL_SCHEMES
from sotalia.endpoints.builtins import default_builtins
from sotalia.endpoints.client_endpoint import (
    ClientEndpoint,
    ClientEndpointResolver,
    check_endpoint_url,
    is_s3_global,
)
from sotalia.endpoints.resolver import EndpointRulesetResolver, FixedEndpoint
from sotalia.endpoints.ruleset import EndpointProvider
from sotalia.runtime.logs import logger
from sotalia.runtime.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from typing import Any

    from sotalia.clients.settings import ClientRequest, ClientSettings
    from sotalia.config.client_config import AnyConfig
    from sotalia.config.effective import EffectiveOptions
    from sotalia.config.settings import SessionSettings
    from sotalia.events import EventRegistry
    from sotalia.model.service import ServiceModel
    from sotalia.session.core import SessionCore

    Resolve = Callable[[str | None, str | None], ClientEndpoint]


_LABEL = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")


class Addressing(Record):
    """What decides where the calls of a client go.

    ``region_name`` the region it was asked for or configured with · ``takes_s3_options`` whether the options of ``s3`` count
    for the service · ``endpoint_url`` the address that it was given or configured with, if any · ``signature_version`` the
    one that the caller or the profile names, if any.
    """

    request: ClientRequest
    model: ServiceModel
    region_name: str | None
    use_fips: bool
    use_dualstack: bool
    takes_s3_options: bool
    s3_config: dict[str, Any]
    uses_global_sts: bool
    endpoint_url: str | None
    signature_version: Any


def explicit_endpoint_url(
    session: SessionCore, request: ClientRequest, options: EffectiveOptions, profile: Mapping[str, Any]
) -> str | None:
    """The address that the caller gave, else one that is configured. Raises ``ValueError`` for what is no address."""
    if request.endpoint_url is not None:
        check_endpoint_url(request.endpoint_url)
        return request.endpoint_url
    if options.setting("ignore_configured_endpoint_urls"):
        return None
    places = (request.service_name, profile, session.full_config)
    try:
        url = configured_endpoint_url(*places)
    except exceptions.InvalidConfigError as error:
        raise options.located(error, "services") from None
    try:
        if url is not None:
            check_endpoint_url(url)
    except ValueError as error:
        from sotalia.config.endpoint_url import endpoint_url_origin
        from sotalia.config.mistakes import located

        raise located(error, endpoint_url_origin(*places, session.where, session.config_file)) from None
    return url


# -- the usual endpoint --------------------------------------------------------------------------------------------


def usual_endpoint(session: SessionCore, addressing: Addressing) -> ClientEndpoint:
    """Host, region, and names in signatures. Raises ``NoRegionError``, ``EndpointVariantError`` ..."""
    model = addressing.model
    resolver = ClientEndpointResolver(
        endpoints=session.endpoint_resolver,
        endpoint_prefix=model.endpoint_prefix,
        signing_name=model.metadata.get("signingName"),
        model_signature_version=_model_signature_version(model),
        configured_signature_version=addressing.signature_version,
        use_dualstack=addressing.use_dualstack,
        use_fips=addressing.use_fips,
    )
    resolve = partial(resolver.resolve, is_secure=addressing.request.use_ssl)
    return _USUAL.get(model.service_name, _plain_endpoint)(resolve, addressing)


def _plain_endpoint(resolve: Resolve, addressing: Addressing) -> ClientEndpoint:
    return resolve(addressing.region_name, addressing.endpoint_url)


def _s3_endpoint(resolve: Resolve, addressing: Addressing) -> ClientEndpoint:
    region = addressing.region_name
    is_global = is_s3_global(region, addressing.s3_config)
    # The reference leaves the region out for the global address, and then takes the options' region for it.
    of_options = getattr(addressing.request.config, "region_name", None)
    endpoint = resolve(of_options if is_global else region, addressing.endpoint_url)
    if endpoint.signing_region is None and (region is None or is_global):
        usual = resolve(None, None)
        endpoint.signing_region, endpoint.region_name = usual.signing_region, usual.region_name
    if is_global and endpoint.region_name == "aws-global":
        endpoint.region_name = "us-east-1"
    return endpoint


def _sts_endpoint(resolve: Resolve, addressing: Addressing) -> ClientEndpoint:
    endpoint = resolve(addressing.region_name, addressing.endpoint_url)
    if addressing.uses_global_sts and addressing.endpoint_url is None and not endpoint.variant_tags:
        scheme = "https" if addressing.request.use_ssl else "http"
        endpoint.url, endpoint.signing_region = f"{scheme}://sts.amazonaws.com", "us-east-1"
    return endpoint


# The two services with global hosts of old. They bring no handlers for it, as for everything else: the reference
# chooses the endpoint before the client has events, and emits nothing meanwhile.
_USUAL = {"s3": _s3_endpoint, "sts": _sts_endpoint}


def _model_signature_version(model: ServiceModel) -> str | None:
    """The first auth scheme of the model that we know, else its older word for it."""
    for scheme in model.metadata.get("auth") or ():
        if scheme in MODEL_SCHEMES:
            return MODEL_SCHEMES[scheme]
    return model.signature_version


# -- the endpoint of each call -------------------------------------------------------------------------------------


def endpoint_resolver(
    session: SessionCore, settings: ClientSettings, events: EventRegistry
) -> EndpointRulesetResolver | FixedEndpoint:
    """What finds the endpoint of each call: the service's rule set, with what the settings mean to it."""
    model, config, request, usual = settings.model, settings.config, settings.request, settings.endpoint
    ruleset = session.loader.ruleset(model.service_name, request.api_version)
    if ruleset is None:
        return FixedEndpoint(usual.url)
    # As in the reference, the endpoint's region counts where the global host may have replaced the client's.
    takes_usual = settings.region_name is None or model.endpoint_prefix in ("s3", "sts")
    builtins = default_builtins(
        region_name=usual.region_name if takes_usual else settings.region_name,
        use_fips=settings.use_fips,
        use_dualstack=settings.use_dualstack,
        use_global_sts=settings.uses_global_sts,
        s3_config=settings.s3_config,
        endpoint_url=settings.endpoint_url,
        configured_url=None if session.endpoint_resolver.uses_builtin_data else usual.url,
        account_id=partial(_account_id, request.credentials),
        account_id_endpoint_mode=config.account_id_endpoint_mode,
    )
    disables_express = config.s3_disable_express_session_auth
    builtins["AWS::S3::DisableS3ExpressSessionAuth"] = disables_express
    context = dict(getattr(request.config, "client_context_params", None) or {})
    if settings.takes_s3_options:
        context.update(settings.s3_config, disable_s3_express_session_auth=disables_express)
    return EndpointRulesetResolver(
        _endpoint_provider(model, ruleset, session.loader.partitions()),
        model,
        builtins,
        context,
        events,
        use_ssl=request.use_ssl,
        requested_auth_scheme=getattr(request.config, "signature_version", None),
        auth_scheme_preference=config.auth_scheme_preference,
    )


def _endpoint_provider(
    model: ServiceModel, ruleset: dict[str, Any], partitions: dict[str, Any]
) -> EndpointProvider:
    """The service's rule set, compiled; all its clients share compiled parts and results.

    Compared by identity, not equality: a session with other data paths may bring other partitions.
    """
    cached: tuple[Any, Any, EndpointProvider] | None = model.derived.get("endpoints")
    if cached is None or cached[0] is not ruleset or cached[1] is not partitions:
        cached = model.derived["endpoints"] = (ruleset, partitions, EndpointProvider(ruleset, partitions))
    return cached[2]


def _account_id(credentials: Any) -> str | Coroutine[Any, Any, str | None] | None:
    """The account of the credentials, for rule sets that put it into the host."""
    if type(credentials) is Credentials:  # Fixed ones never have to be waited for.
        return credentials.account_id
    if credentials is None and stand_in.get() is None:
        return None
    return _account_of(credentials)


async def _account_of(credentials: Any) -> str | None:
    account_id: str | None = getattr(await freeze_for_call(credentials), "account_id", None)
    return account_id


# -- the region -------------------------------------------------------------------------------------------------------


def choose_region(session: SessionSettings, region_name: str | None, config: AnyConfig | None) -> str | None:
    """The region of a new client. Raises ``InvalidRegionError``, ``TypeError`` for what is not text."""
    if region_name is None:
        region_name = getattr(config, "region_name", None)
    if region_name is None:
        region_name = _configured_region(session)
    check_region(region_name)
    if region_name is not None and type(region_name) is not str:
        region_name = str.__str__(region_name)  # Members of an Enum print their name, not their value.
    return region_name


def _configured_region(session: SessionSettings) -> str | None:
    region: str | None = session.config_store.get_config_variable("region")
    try:
        check_region(region)
    except exceptions.InvalidRegionError as error:
        from sotalia.config.mistakes import located

        raise located(error, session.where("region")) from None
    return region


def check_region(region_name: str | None) -> None:
    """Raise ``InvalidRegionError`` for what cannot be part of a host name, ``TypeError`` for what is not text."""
    # The empty text is a region for the reference: with an address of its own, a client needs none.
    if region_name is None or region_name == "":
        return
    if not isinstance(region_name, str):
        raise TypeError(f"region_name must be text such as 'us-east-1', not {type(region_name).__name__}")
    if not (
        len(region_name) <= 63
        and _LABEL.issuperset(region_name)
        and region_name[0] != "-"
        and region_name[-1] != "-"
        and not region_name.isdigit()
    ):
        error = exceptions.InvalidRegionError(region_name=region_name)
        meant = region_name.strip().replace("_", "-").lower()
        if meant != region_name and _LABEL.issuperset(meant):
            error.add_note(f"Did you mean {meant!r}?")
        raise error


def without_fips(region_name: str | None, use_fips: Any) -> tuple[str | None, bool]:
    """Region and flag of a legacy pseudo region (``fips-us-east-1``); any other stays as it is."""
    if region_name is None or not (region_name.startswith("fips-") or region_name.endswith("-fips")):
        return region_name, bool(use_fips)
    bare = region_name.replace("fips-", "").replace("-fips", "")
    logger(__name__).warning(
        "transforming region from %s to %s and setting use_fips_endpoint to true. client should not be configured with a "
        "fips psuedo region.",
        region_name,
        bare,
    )
    return bare, True
