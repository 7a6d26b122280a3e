"""Credentials of the role of an EC2 instance, from its metadata service (IMDSv2, and v1 where it must be).

See "Use the Instance Metadata Service to access instance metadata" in the Amazon EC2 User Guide.
"""

from __future__ import annotations

import re

from sotalia import exceptions
from sotalia.credentials.metadata_http import MetadataConnection, nobody_there
from sotalia.credentials.provider import CredentialProvider

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import Any

    from sotalia.credentials.settings import ChainSettings
    from sotalia.transport.messages import AWSResponse

_TOKEN = "latest/api/token"
_ROLES = "latest/meta-data/iam/security-credentials/"
_ZONE = "latest/meta-data/placement/availability-zone/"
_TOKEN_SECONDS = "21600"
_WITHOUT_TOKENS = (403, 404, 405)
_REQUIRED = ("AccessKeyId", "SecretAccessKey", "Token", "Expiration")
_MODES = ("ipv4", "ipv6")
#: IMDS may serve expired keys during an outage. Keep using them and ask again after this long; the advisory limit is
#: added, because refreshing starts that early. The spread keeps a fleet from asking all at once.
_SPREAD_SECONDS = (120, 600)


class _NothingThereError(Exception):
    """IMDS is switched off, or nobody gave a usable answer."""


class InstanceMetadata:
    """One instance's metadata service.

    Raises ``InvalidIMDSEndpointModeError``, ``InvalidIMDSEndpointError``, ``ValueError`` for settings that are none; the
    text says where they stand.
    """

    def __init__(self, settings: ChainSettings) -> None:
        self._settings = settings
        self._timeout_seconds = float(settings.variable("metadata_service_timeout"))
        self._attempts = int(settings.variable("metadata_service_num_attempts"))
        self.url = _base_url(settings)

    @property
    def is_disabled(self) -> bool:
        """Whether ``AWS_EC2_METADATA_DISABLED`` is ``true``."""
        return self._settings.environ.get("AWS_EC2_METADATA_DISABLED", "false").lower() == "true"

    async def credentials(self) -> dict[str, Any] | None:
        """The role's keys as IMDS gives them; ``None`` where there are none.

        Raises ``MetadataRetrievalError`` when there is no token and IMDSv1 is switched off.
        """
        try:
            async with self._connection() as connection:
                headers = await self._token_headers(connection)
                role = (await self._get(connection, _ROLES, headers)).text.strip()
                answer = await self._get(connection, _ROLES + role, headers, needs_json=True)
        except _NothingThereError:
            return None
        import json

        document: dict[str, Any] | list[Any] | str | float | None = json.loads(answer.content)
        keys: dict[str, Any] = document if isinstance(document, dict) else {}
        return keys if all(name in keys for name in _REQUIRED) else None

    async def region(self) -> str | None:
        """The region that the instance is in; ``None`` off EC2."""
        try:
            async with self._connection() as connection:
                headers = await self._token_headers(connection)
                return (await self._get(connection, _ZONE, headers)).text[:-1]
        except _NothingThereError:
            return None

    def _connection(self) -> MetadataConnection:
        if self.is_disabled:
            raise _NothingThereError
        if self._timeout_seconds <= 0:
            name = "metadata_service_timeout"
            what = ValueError(f"{name} is {self._timeout_seconds:g} seconds and must be more than 0")
            raise _complaint(exceptions.HTTPClientError(error=what), self._settings, name)
        return MetadataConnection(self._settings, self.url, self._timeout_seconds, uses_proxies=True)

    async def _token_headers(self, connection: MetadataConnection) -> dict[str, str]:
        """Headers with a token of IMDSv2; without one for IMDSv1, if that may be used."""
        headers = {"User-Agent": self._settings.user_agent()}
        token = await self._token(
            connection, {"x-aws-ec2-metadata-token-ttl-seconds": _TOKEN_SECONDS, **headers}
        )
        if token:
            return {"x-aws-ec2-metadata-token": token, **headers}
        if self._settings.variable("ec2_metadata_v1_disabled"):
            raise exceptions.MetadataRetrievalError(
                error_msg="Unable to retrieve token for use in IMDSv2 call and IMDSv1 has been disabled"
            )
        return headers

    async def _token(self, connection: MetadataConnection, headers: dict[str, str]) -> str | None:
        for _ in range(self._attempts):
            try:
                answer = await connection.send("PUT", self.url + _TOKEN, headers)
            except exceptions.ReadTimeoutError:
                return None  # The answer has too far to go (a container behind one hop): v1 may be nearer.
            except nobody_there():
                continue
            if answer.status_code == 200:
                return answer.text
            if answer.status_code in _WITHOUT_TOKENS:
                return None
            if answer.status_code == 400:
                raise _NothingThereError
        return None

    async def _get(
        self,
        connection: MetadataConnection,
        path: str,
        headers: dict[str, str],
        *,
        needs_json: bool = False,
    ) -> AWSResponse:
        for _ in range(self._attempts):
            try:
                answer = await connection.send("GET", self.url + path, headers)
            except nobody_there():
                continue
            if answer.status_code == 200 and answer.content and not (needs_json and not _is_json(answer)):
                return answer
        raise _NothingThereError


class InstanceMetadataProvider(CredentialProvider):
    """Asks the metadata service for the instance's role and its keys.

    ``clock`` and ``spread`` (seconds between two limits) are for tests.
    """

    METHOD = "iam-role"
    CANONICAL_NAME = "Ec2InstanceMetadata"

    def __init__(
        self,
        settings: ChainSettings,
        clock: Callable[[], datetime] | None = None,
        spread: Callable[[int, int], int] | None = None,
    ) -> None:
        super().__init__()
        self._settings = settings
        self._metadata = InstanceMetadata(settings)
        self._clock = clock
        self._spread = spread

    async def load(self) -> Any:
        """Credentials, or ``None`` off EC2. Raises ``MetadataRetrievalError`` where only v1 answers and is switched off."""
        found = await self._fetch()
        if found is None:
            return None

        async def refresh() -> dict[str, Any]:
            return await self._fetch() or {}

        from sotalia.credentials.refreshable import RefreshableCredentials

        return RefreshableCredentials.create_from_metadata(
            found, refresh, self.METHOD, runtime=self._settings.runtime
        )

    async def _fetch(self) -> dict[str, Any] | None:
        found = await self._metadata.credentials()
        if found is None:
            return None
        return {
            "access_key": found["AccessKeyId"],
            "secret_key": found["SecretAccessKey"],
            "token": found["Token"],
            "expiry_time": self._extended(found["Expiration"]),
        }

    def _extended(self, expiration: Any) -> Any:
        """The time of expiry; of keys that IMDS should have replaced by now, a later one."""
        from datetime import UTC, datetime, timedelta
        from random import randint

        from sotalia.credentials.refreshing import ADVISORY_SECONDS, now

        form = "%Y-%m-%dT%H:%M:%SZ"
        try:
            until = datetime.strptime(expiration, form).replace(tzinfo=UTC)
        except (TypeError, ValueError):
            return expiration
        moment = (self._clock or now)()
        offset = timedelta(seconds=ADVISORY_SECONDS + (self._spread or randint)(*_SPREAD_SECONDS))
        if moment < until - offset:
            return expiration
        import logging

        logging.getLogger(__name__).info(
            "Attempting credential expiration extension due to a credential service availability issue. "
            "A refresh of these credentials will be attempted again within the next %.0f minutes.",
            offset.total_seconds() / 60,
        )
        return (moment + offset).astimezone(UTC).strftime(form)

    def absence(self) -> str:
        """Switched off, or nobody answered."""
        if self._metadata.is_disabled:
            return "the variable AWS_EC2_METADATA_DISABLED is true"
        return f"no role from the instance metadata service at {self._metadata.url}"

    def origin(self) -> str:
        """The service's address."""
        return f"instance metadata service at {self._metadata.url}"


async def instance_region(settings: ChainSettings) -> str | None:
    """The region of the instance we run on, from its availability zone; ``None`` off EC2 or where IMDS is switched off.

    Raises ``MetadataRetrievalError`` when there is no token and IMDSv1 is switched off.
    """
    return await InstanceMetadata(settings).region()


def _base_url(settings: ChainSettings) -> str:
    mode = settings.variable("ec2_metadata_service_endpoint_mode")
    if mode is None:
        mode = "ipv6" if settings.variable("imds_use_ipv6") else "ipv4"
    elif mode.lower() not in _MODES:
        bad_mode = exceptions.InvalidIMDSEndpointModeError(mode=mode, valid_modes=_MODES)
        raise _complaint(bad_mode, settings, "ec2_metadata_service_endpoint_mode")
    url = settings.variable("ec2_metadata_service_endpoint")
    if not url:
        return "http://[fd00:ec2::254]/" if mode.lower() == "ipv6" else "http://169.254.169.254/"
    if not re.match(r"https?://[^/?#\s]+", url):
        bad_url = exceptions.InvalidIMDSEndpointError(endpoint=url)
        raise _complaint(bad_url, settings, "ec2_metadata_service_endpoint")
    return url if url.endswith("/") else f"{url}/"


def _complaint(error: Exception, settings: ChainSettings, name: str) -> Exception:
    from sotalia.config.mistakes import located

    found: Exception = located(error, settings.where(name))
    return found


def _is_json(answer: AWSResponse) -> bool:
    import json

    try:
        json.loads(answer.content)
    except ValueError:
        return False
    return True
