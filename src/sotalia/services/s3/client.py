"""What an S3 client brings along beyond the handlers of its session: redirects and Express sessions of its own."""

from __future__ import annotations

from sotalia.events.tree import LAST, MIDDLE
from sotalia.services.s3.endpoints import RegionRedirector
from sotalia.services.s3.express import ExpressIdentities
from sotalia.services.s3.presigning import OldSignature

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.clients.base import BaseClient
    from sotalia.clients.settings import ClientSettings


def equip(client: BaseClient, settings: ClientSettings, **kwargs: Any) -> None:
    """A handler of ``client-created.s3``: what one client knows of regions, signatures and sessions."""
    events = client.meta.events
    redirector = RegionRedirector(client)
    events.install("needs-retry.s3", redirector.redirect_from_error, MIDDLE)
    events.install("before-parameter-build.s3", redirector.annotate_request_context, MIDDLE)
    events.install("before-endpoint-resolution.s3", redirector.redirect_from_cache, MIDDLE)
    if settings.signature_version is None:
        old = OldSignature(settings.session.endpoint_resolver, client.meta.region_name, client.meta.partition)
        events.install("choose-signer.s3", old.choose, MIDDLE)
    identities = ExpressIdentities(client)
    events.install("before-call.s3", identities.apply_signing_cache_key, MIDDLE)
    events.install("before-sign.s3", identities.provide_identities, LAST)
