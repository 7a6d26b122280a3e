"""Start-up data of instances, which goes over the wire in base64."""

from __future__ import annotations

from sotalia.protocols.scalars import blob_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def encode_user_data(params: dict[str, Any], **kwargs: Any) -> None:
    """Encode ``UserData``."""
    if isinstance(params.get("UserData"), str | bytes | bytearray):
        params["UserData"] = blob_text(params["UserData"])
