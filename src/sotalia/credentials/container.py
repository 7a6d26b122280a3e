"""Credentials from the agent of a container (ECS, EKS Pod Identity).

See "Container credential provider" in the AWS SDKs and Tools Reference Guide.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from sotalia import exceptions
from sotalia.credentials.objects import RefreshableCredentials
from sotalia.credentials.provider import CredentialProvider
from sotalia.transport.address import host_and_port, split_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sotalia.credentials.metadata_http import MetadataClient
    from sotalia.runtime import Runtime

_AGENT = "http://169.254.170.2"
_PLAIN_HOSTS = frozenset(("localhost", "169.254.170.2", "169.254.170.23", "fd00:ec2::23", "::1"))
_ATTEMPTS = 3


class ContainerProvider(CredentialProvider):
    """Asks the address in ``AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`` or ``..._FULL_URI``."""

    METHOD = "container-role"
    CANONICAL_NAME = "EcsContainer"

    def __init__(
        self, client: MetadataClient, runtime: Runtime, environ: Mapping[str, str] | None = None
    ) -> None:
        self._client = client
        self._runtime = runtime
        self._environ: Mapping[str, str] = os.environ if environ is None else environ

    async def load(self) -> Any:
        """Credentials, or ``None`` outside of a container. Raises ``CredentialRetrievalError``, ``ValueError``."""
        relative = self._environ.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
        url = f"{_AGENT}{relative}" if relative else self._environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI")
        if not url:
            return None
        check_address(url)

        async def fetch() -> dict[str, Any]:
            return await self._fetch(url)

        return RefreshableCredentials.create_from_metadata(
            await fetch(), fetch, self.METHOD, runtime=self._runtime
        )

    async def _fetch(self, url: str) -> dict[str, Any]:
        answer = await self._client.send("GET", url, self._headers(), _ATTEMPTS)
        if answer is None or answer.status_code != 200:
            status = "no answer" if answer is None else f"status {answer.status_code}"
            raise exceptions.CredentialRetrievalError(
                provider=self.METHOD, error_msg=f"Error retrieving metadata: {status} from {url}"
            )
        import json

        try:
            found = json.loads(answer.content)
            return {
                "access_key": found["AccessKeyId"],
                "secret_key": found["SecretAccessKey"],
                "token": found["Token"],
                "expiry_time": found["Expiration"],
                "account_id": found.get("AccountId"),
            }
        except (ValueError, KeyError, TypeError) as error:
            raise exceptions.CredentialRetrievalError(
                provider=self.METHOD, error_msg=f"the answer of {url} lacks credentials ({error!r})"
            ) from None

    def _headers(self) -> dict[str, str]:
        path = self._environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
        if path:
            with open(path, encoding="utf-8") as file:
                token = file.read()
        else:
            token = self._environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN", "")
        if "\r" in token or "\n" in token:
            raise ValueError("Auth token value is not a legal header value: it holds a line break")
        return {"Accept": "application/json", **({"Authorization": token} if token else {})}


def check_address(url: str) -> None:
    """Raise ``ValueError`` for an address that would send the token in the clear to another machine."""
    scheme, authority, _, _ = split_url(url)
    host, _ = host_and_port(authority)
    if scheme == "https" or host in _PLAIN_HOSTS or host.startswith("127."):
        return
    raise ValueError(
        f"Unsupported host '{host}'. Can only retrieve metadata over http from loopback addresses and: "
        f"{', '.join(sorted(_PLAIN_HOSTS))}"
    )
