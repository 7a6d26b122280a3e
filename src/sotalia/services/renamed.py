"""Methods whose names came out wrong once, and still answer to them."""

from __future__ import annotations

from sotalia.model.naming import xform_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.clients.base import BaseClient

# The wrong names, and the operations that they stand for.
_OPERATIONS = {
    "list_hi_ts_for_qualification_type": "ListHITsForQualificationType",
    "delete_whatsapp_media_message": "DeleteWhatsAppMessageMedia",
    "get_o_tel_enrichment": "GetOTelEnrichment",
    "start_o_tel_enrichment": "StartOTelEnrichment",
    "stop_o_tel_enrichment": "StopOTelEnrichment",
    "update_o_tel_enrichment": "UpdateOTelEnrichment",
    "create_o_auth2_token": "CreateOAuth2Token",
}


def right_method(client: BaseClient, event_name: str, **kwargs: Any) -> Any:
    """The method under its right name."""
    return getattr(client, xform_name(_OPERATIONS[event_name.rpartition(".")[2]]))
