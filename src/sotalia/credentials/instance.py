"""Credentials of the role of an EC2 instance, from its metadata service (IMDSv2, and v1 where it must be).

See "Use the Instance Metadata Service to access instance metadata" in the Amazon EC2 User Guide.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from sotalia import exceptions
from sotalia.credentials.objects import RefreshableCredentials
from sotalia.credentials.provider import CredentialProvider

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sotalia.config.store import ConfigStore
    from sotalia.credentials.metadata_http import MetadataClient
    from sotalia.runtime import Runtime

_ROLES = "latest/meta-data/iam/security-credentials/"
_TOKEN_SECONDS = "21600"
_WITHOUT_TOKENS = (403, 404, 405)
_REQUIRED = ("AccessKeyId", "SecretAccessKey", "Token", "Expiration")


class InstanceMetadataProvider(CredentialProvider):
    """Asks the metadata service for the instance's role and its keys."""

    METHOD = "iam-role"
    CANONICAL_NAME = "Ec2InstanceMetadata"

    def __init__(
        self,
        client: MetadataClient,
        store: ConfigStore,
        runtime: Runtime,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._client = client
        self._store = store
        self._runtime = runtime
        self._environ: Mapping[str, str] = os.environ if environ is None else environ

    async def load(self) -> Any:
        """Credentials, or ``None`` off EC2. Raises ``MetadataRetrievalError`` where only v1 answers and is switched off."""
        if self._environ.get("AWS_EC2_METADATA_DISABLED", "false").lower() == "true":
            return None
        found = await self._fetch()
        if found is None:
            return None

        async def refresh() -> dict[str, Any]:
            return await self._fetch() or {}

        return RefreshableCredentials.create_from_metadata(found, refresh, self.METHOD, runtime=self._runtime)

    async def _fetch(self) -> dict[str, Any] | None:
        base = self._base_url()
        attempts = self._store.get_config_variable("metadata_service_num_attempts")
        token_headers = {"x-aws-ec2-metadata-token-ttl-seconds": _TOKEN_SECONDS}
        answer = await self._client.send("PUT", f"{base}latest/api/token", token_headers, attempts)
        headers: dict[str, str] = {}
        if answer is not None and answer.status_code == 200:
            headers["x-aws-ec2-metadata-token"] = answer.content.decode("utf-8")
        elif answer is None or answer.status_code not in _WITHOUT_TOKENS:
            return None  # Nobody there, or not the service we know.
        elif self._store.get_config_variable("ec2_metadata_v1_disabled"):
            raise exceptions.MetadataRetrievalError(
                error_msg="Unable to retrieve token for use in IMDSv2 call and IMDSv1 has been disabled"
            )
        role = await self._client.send("GET", base + _ROLES, headers, attempts)
        if role is None or role.status_code != 200 or not role.content:
            return None
        name = role.content.decode("utf-8").strip()
        keys = await self._client.send("GET", f"{base}{_ROLES}{name}", headers, attempts)
        return None if keys is None or keys.status_code != 200 else _parsed(keys.content)

    def _base_url(self) -> str:
        url = self._store.get_config_variable("ec2_metadata_service_endpoint")
        if url:
            return url if url.endswith("/") else f"{url}/"
        mode = (self._store.get_config_variable("ec2_metadata_service_endpoint_mode") or "").lower()
        if mode not in ("", "ipv4", "ipv6"):
            raise exceptions.InvalidIMDSEndpointModeError(mode=mode, valid_modes=["ipv4", "ipv6"])
        is_ipv6 = mode == "ipv6" or (not mode and self._store.get_config_variable("imds_use_ipv6"))
        return "http://[fd00:ec2::254]/" if is_ipv6 else "http://169.254.169.254/"


def _parsed(body: bytes) -> dict[str, Any] | None:
    import json

    try:
        found = json.loads(body)
    except ValueError:
        return None
    if not isinstance(found, dict) or any(name not in found for name in _REQUIRED):
        return None
    return {
        "access_key": found["AccessKeyId"],
        "secret_key": found["SecretAccessKey"],
        "token": found["Token"],
        "expiry_time": found["Expiration"],
        "account_id": found.get("AccountId"),
    }
