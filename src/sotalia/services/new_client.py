"""What equips every new client: handlers of ``client-created``, in the reference's order of registration.

Modules that few clients need are imported where they are wanted.
"""

from __future__ import annotations

from functools import partial

from sotalia.events.tree import LAST, MIDDLE
from sotalia.retries.clock_skew import ClockSkewCorrection
from sotalia.retries.installation import install_retries
from sotalia.runtime.logs import is_enabled, logger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.clients.base import BaseClient
    from sotalia.clients.settings import ClientSettings


def sign_requests(client: BaseClient, **kwargs: Any) -> None:
    """The client's signer and its user agent hear every request that is made."""
    event = f"request-created.{client.meta.service_model.service_id.hyphenize()}"
    client.meta.events.install(event, client.parts.signer.handler)
    client.meta.events.install(event, client.parts.user_agent.rebuild, LAST)


def retry_calls(client: BaseClient, settings: ClientSettings, **kwargs: Any) -> None:
    """The retry mode of the client's config, and new signatures where a service finds the clock wrong."""
    meta = client.meta
    install_retries(meta.events, meta.service_model, meta.config, settings.runtime, settings.session.loader)
    service_id = meta.service_model.service_id.hyphenize()
    skew = ClockSkewCorrection(client.parts.signer)
    meta.events.install(f"needs-retry.{service_id}", skew.needs_retry, MIDDLE, f"clock-skew-{service_id}")


def log_client(client: BaseClient, **kwargs: Any) -> None:
    """Say what the client is for."""
    if is_enabled("sotalia.client"):
        from sotalia.runtime.redaction import redact_url

        meta = client.meta
        logger("sotalia.client").debug(
            "%s: client for %s at %s, retries %s",
            meta.service_model.service_id.hyphenize(),
            meta.region_name,
            redact_url(meta.endpoint_url or ""),
            meta.config.retries,
        )


def discover_endpoints(client: BaseClient, settings: ClientSettings, **kwargs: Any) -> None:
    """Endpoint discovery, for services that have it, unless the caller names an endpoint."""
    if (
        settings.request.endpoint_url is None
        and client.meta.service_model.endpoint_discovery_operation is not None
    ):
        from sotalia.services import discovery

        discovery.equip(client, settings.setting("endpoint_discovery_enabled"))


def await_defaults_mode(client: BaseClient, settings: ClientSettings, **kwargs: Any) -> None:
    """Let the first call decide a defaults mode that needs the instance's region, unless the caller gave a timeout."""
    if settings.awaits_defaults_mode and getattr(settings.request.config, "connect_timeout", None) is None:
        from sotalia.services.instance_region import FirstCall

        session = settings.session
        load = partial(session.loader.load_data, "sdk-default-configuration")
        FirstCall(client, settings.region_name, session.region_of_instance.find, load)


def monitor_calls(client: BaseClient, settings: ClientSettings, **kwargs: Any) -> None:
    """Client-side monitoring, where it is switched on."""
    session = settings.session
    if settings.request.store.get_config_variable("csm_enabled"):
        from sotalia.services.monitoring import monitor_of

        monitor: Any = session.part(
            "monitor", lambda: monitor_of(session)
        )  # Only some of an Observer's methods.
        client.meta.events.observe(monitor)
