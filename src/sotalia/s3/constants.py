"""The names of ``boto3.s3.constants``: values of ``TransferConfig(preferred_transfer_client=...)``."""

from __future__ import annotations

CLASSIC_TRANSFER_CLIENT = "classic"
CRT_TRANSFER_CLIENT = "crt"
AUTO_RESOLVE_TRANSFER_CLIENT = "auto"
