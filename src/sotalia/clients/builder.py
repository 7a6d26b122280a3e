"""How a client is put together: every decision first, then its parts, then the handlers that equip it."""

from __future__ import annotations

import os

from sotalia import exceptions
from sotalia.auth.signer import RequestSigner
from sotalia.call.channel import Channel
from sotalia.call.operation import Serialization
from sotalia.call.user_agent import ClientUserAgent
from sotalia.clients.addresses import endpoint_resolver
from sotalia.clients.base import client_class, method_to_api_mapping
from sotalia.clients.parts import ClientMeta, ClientParts
from sotalia.clients.settings import client_settings
from sotalia.credentials.objects import features_of
from sotalia.events.catalog import ClientCreated, CreatingSerializer
from sotalia.transport import TransportOptions
from sotalia.transport.proxies import environment_proxies

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.clients.base import BaseClient
    from sotalia.clients.kind import ClientKind
    from sotalia.clients.settings import ClientRequest, ClientSettings
    from sotalia.events import EventRegistry
    from sotalia.events.place import Place
    from sotalia.model.service import ServiceModel
    from sotalia.session.core import SessionCore


def build_client(session: SessionCore, request: ClientRequest, kind: ClientKind) -> BaseClient:
    """A client. Raises what bad settings raise: see "Configuration" in the documentation."""
    session.foreign_handlers.refresh()
    service_name = session.service_name_for(request.service_name)
    model = session.loader.service(service_name, request.api_version)
    base = client_class(model, session.events, kind.base)
    settings = client_settings(session, request, model, kind.runtime)
    events: EventRegistry = session.events.__copy__()
    events.set_accepts_coroutines(kind.runtime.is_async)
    events.locate = lambda: _place(model)
    serialization = _serialization(settings, events)
    user_agent = _user_agent(settings)
    client = base(
        ClientParts(
            meta=_meta(settings, events),
            channel=_channel(settings, events, kind, serialization),
            endpoint_resolver=endpoint_resolver(session, settings, events),
            signer=_signer(settings, events),
            user_agent=user_agent,
            serialization=serialization,
            loader=session.loader,
            validates_parameters=settings.validates_parameters,
            session=session,
            request=request,
        )
    )
    # Not among what was given, as with every option that is worked out: who merges the config asks again.
    settings.config.__dict__["user_agent"] = user_agent.text()
    events.emit(ClientCreated.name(model.service_id.hyphenize()), client=client, settings=settings)
    return client


def _meta(settings: ClientSettings, events: EventRegistry) -> ClientMeta:
    model, endpoint = settings.model, settings.endpoint
    return ClientMeta(
        events,
        model,
        settings.config,
        endpoint.region_name,
        endpoint.url,
        endpoint.partition,
        method_to_api_mapping(model),
        settings.runtime,
    )


def _place(model: ServiceModel) -> Place:
    from sotalia.clients.place import ClientPlace  # Registrations want it, starts do not.

    return ClientPlace(model)


def _serialization(settings: ClientSettings, events: EventRegistry) -> Serialization:
    model = settings.model
    options: dict[str, Any] = {"timestamp_precision": "default"}
    events.emit(
        CreatingSerializer.name(model.endpoint_prefix),
        protocol_name=model.resolved_protocol,
        service_model=model,
        serializer_kwargs=options,
    )
    parsers = settings.session.response_parser_defaults
    return Serialization(
        options["timestamp_precision"], parsers.get("timestamp_parser"), parsers.get("blob_parser")
    )


def _channel(
    settings: ClientSettings, events: EventRegistry, kind: ClientKind, serialization: Serialization
) -> Channel:
    transport: Any = kind.transport(_transport_options(settings))
    if hasattr(
        transport.__class__, "around_call"
    ):  # It wants to know whose requests it gets, as scripted ones do.
        events.around_call(transport.around_call)
    return Channel(
        settings.endpoint.url,
        settings.model.endpoint_prefix,
        events,
        transport,
        kind.runtime,
        settings.config.read_timeout,
        serialization,
        owns_transport=kind.owns_transports,
    )


def _transport_options(settings: ClientSettings) -> TransportOptions:
    config, options = settings.config, settings.options
    proxies = config.proxies
    if proxies is None:
        proxies = environment_proxies(settings.endpoint.url, os.environ)
    return TransportOptions(
        connect_timeout=config.connect_timeout,
        read_timeout=config.read_timeout,
        max_pool_connections=config.max_pool_connections,
        verify=_verify(settings),
        client_cert=config.client_cert,
        proxies=proxies,
        proxies_config=config.proxies_config or options.store.get_config_variable("proxies_config"),
        tcp_keepalive=bool(options.setting("tcp_keepalive")),
    )


def _verify(settings: ClientSettings) -> bool | str:
    verify: Any = settings.request.verify
    if verify is None:
        verify = settings.options.store.get_config_variable("ca_bundle")
    if verify is None:
        verify = os.environ.get("REQUESTS_CA_BUNDLE")
    if verify is None:
        return True
    if isinstance(verify, str) and not verify.strip():
        error = exceptions.InvalidConfigError(error_msg="The CA bundle must not be an empty path.")
        raise settings.options.located(error, "ca_bundle", is_given=settings.request.verify is not None)
    return verify  # type: ignore[no-any-return]


def _signer(settings: ClientSettings, events: EventRegistry) -> RequestSigner:
    endpoint = settings.endpoint
    return RequestSigner(
        settings.model.service_id,
        endpoint.signing_region,
        endpoint.signing_name,
        endpoint.signature_version,
        settings.request.credentials,
        events,
        settings.session.credentials.token_of_client(endpoint.signing_name, settings.request.store.profile),
    )


def _user_agent(settings: ClientSettings) -> ClientUserAgent:
    config, session, given = settings.config, settings.session, settings.options.given
    assert config.retries is not None
    mode = config.retries["mode"]
    features = [f"RETRY_MODE_{mode.upper()}"]
    if config.request_checksum_calculation is not None:
        features.append(f"FLEXIBLE_CHECKSUMS_REQ_{config.request_checksum_calculation.upper()}")
    if config.response_checksum_validation is not None:
        features.append(f"FLEXIBLE_CHECKSUMS_RES_{config.response_checksum_validation.upper()}")
    if settings.endpoint_url is not None:
        features.append("ENDPOINT_OVERRIDE")
    features.extend(features_of(settings.request.credentials))
    return ClientUserAgent(
        name=session.user_agent_name,
        version=session.user_agent_version,
        session_extra=session.user_agent_extra or None,
        retry_mode=mode,
        app_id=config.user_agent_appid,
        replacement=getattr(given, "user_agent", None),
        extra=getattr(given, "user_agent_extra", None),
        always=tuple(features),
    )
