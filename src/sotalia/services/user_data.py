"""Start-up data of instances, which goes over the wire in base64."""

from __future__ import annotations

from typing import Any

from sotalia.protocols.scalars import blob_text


def encode_user_data(params: dict[str, Any], **kwargs: Any) -> None:
    """Encode ``UserData``."""
    if isinstance(params.get("UserData"), str | bytes | bytearray):
        params["UserData"] = blob_text(params["UserData"])
