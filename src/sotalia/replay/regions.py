"""The region that a call is compared by."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.call.call import Caller


def region_of(client: Caller) -> str | None:
    """The client's region; ``aws-global`` for a service without regions, such as IAM.

    A client of such a service has ``aws-global`` as its region, but the one that it was given where its endpoint was given
    too. So a call recorded of an embedded server would not be the one that is made without.
    """
    region = client.meta.region_name
    if region is None:
        return None
    prefix = client.meta.service_model.endpoint_prefix
    endpoint = client.parts.session.endpoint_resolver.construct_endpoint(prefix, region)
    name: str = (endpoint or {}).get("endpointName", region)
    return name if name.endswith("-global") else region
