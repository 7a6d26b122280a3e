"""S3 Express buckets: requests are signed with the credentials of a session per bucket (``CreateSession``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sotalia.call import pipeline
from sotalia.credentials.refreshable import RefreshableCredentials

if TYPE_CHECKING:
    from sotalia.clients.base import BaseClient
    from sotalia.transport.messages import AWSRequest

_SESSIONS_KEPT = 100
_ADVISORY_SECONDS = 45
_MANDATORY_SECONDS = 10


class ExpressIdentities:
    """The sessions of one client, made when a bucket is first used and renewed before they end."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client
        self._sessions: dict[str, RefreshableCredentials] = {}

    async def credentials_for(self, bucket: str) -> RefreshableCredentials:
        """The credentials for a bucket. Raises what ``CreateSession`` raises."""
        found = self._sessions.pop(bucket, None)
        if found is None:

            async def refresh() -> dict[str, Any]:
                return await self._create_session(bucket)

            found = RefreshableCredentials.create_from_metadata(
                metadata=await refresh(),
                refresh_using=refresh,
                method="s3express",
                advisory_timeout=_ADVISORY_SECONDS,
                mandatory_timeout=_MANDATORY_SECONDS,
                runtime=self._client.meta.runtime,
            )
        if len(self._sessions) >= _SESSIONS_KEPT:
            self._sessions.pop(next(iter(self._sessions)), None)
        # At the end: the one used longest ago leaves first.
        self._sessions[bucket] = found
        return found

    async def _create_session(self, bucket: str) -> dict[str, Any]:
        answer = await pipeline.invoke(self._client, "CreateSession", {"Bucket": bucket})
        keys = answer["Credentials"]
        return {
            "access_key": keys["AccessKeyId"],
            "secret_key": keys["SecretAccessKey"],
            "token": keys["SessionToken"],
            "expiry_time": keys["Expiration"],
        }

    def apply_signing_cache_key(self, context: dict[str, Any], **kwargs: Any) -> None:
        """A handler of ``before-call``: say whose session signs."""
        if context.get("endpoint_properties", {}).get("backend") != "S3Express":
            return
        bucket = context.get("input_params", {}).get("Bucket")
        if bucket is not None:
            context.setdefault("signing", {})["cache_key"] = bucket

    def provide_identities(self, request: AWSRequest, operation_name: str, **kwargs: Any) -> None:
        """A handler of ``before-sign``: the signer finds the sessions here."""
        signing = request.context.get("signing") or {}
        if signing.get("signing_name") == "s3express" and operation_name != "CreateSession":
            signing["identity_cache"] = self
            self.apply_signing_cache_key(request.context)  # Presigning has no `before-call`.
