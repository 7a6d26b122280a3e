"""S3 Express buckets: requests are signed with the credentials of a session per bucket (``CreateSession``)."""

from __future__ import annotations

from collections import OrderedDict

from sotalia.call import pipeline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.clients.base import BaseClient
    from sotalia.services.s3.express_session import ExpressSession
    from sotalia.transport.messages import AWSRequest

_SESSIONS_CACHED = 100


class ExpressIdentities:
    """The sessions of one client, made when a bucket is first used and renewed before they end."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client
        self._sessions: OrderedDict[str, ExpressSession] = OrderedDict()

    def credentials_for(self, bucket: str) -> ExpressSession:
        """The credentials for a bucket. Freezing them raises what ``CreateSession`` raises."""
        session = self._sessions.get(bucket)
        if session is None:
            # Every S3 client has identities, few use such buckets: what refreshes would be 1 % of a first response.
            from sotalia.services.s3.express_session import ExpressSession

            async def refresh() -> dict[str, Any]:
                return await self._create_session(bucket)

            session = ExpressSession(refresh, "s3express", runtime=self._client.meta.runtime)
            # Of threads that come at once all use the first one's, so one of them creates the session.
            session = self._sessions.setdefault(bucket, session)
        try:
            self._sessions.move_to_end(bucket)
            if len(self._sessions) > _SESSIONS_CACHED:
                self._sessions.popitem(last=False)
        except KeyError:
            pass  # Another thread made room.
        return session

    async def _create_session(self, bucket: str) -> dict[str, Any]:
        result = await pipeline.invoke(self._client, "CreateSession", {"Bucket": bucket})
        keys = result["Credentials"]
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
        signing: dict[str, Any] = request.context.get("signing") or {}
        if signing.get("signing_name") == "s3express" and operation_name != "CreateSession":
            signing["identity_cache"] = self
            self.apply_signing_cache_key(request.context)  # Presigning has no `before-call`.
