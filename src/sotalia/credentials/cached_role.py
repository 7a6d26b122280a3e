"""Credentials of roles, kept in a cache between refreshes and between sessions.

A cache is any mapping (``in``, get, set); keys and values are the reference's, so a directory of files
(:class:`~sotalia.credentials.json_cache.JSONFileCache`) may be shared with other tools. A value is
``{"Credentials": {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "AccountId"}, ...}``.
"""

from __future__ import annotations

import copy

from sotalia import exceptions
from sotalia.credentials.refreshing import ADVISORY_SECONDS, moment, now

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping
    from datetime import datetime
    from typing import Any


class CachedRole:
    """The refresh of a role's credentials: from the cache, else by ``ask``, whose answer is then kept."""

    def __init__(
        self,
        cache: MutableMapping[str, Any],
        arguments: dict[str, Any],
        ask: Callable[[], Awaitable[dict[str, Any]]],
        *,
        is_compact: bool = False,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._cache = cache
        self._key = cache_key(arguments, is_compact=is_compact)
        self._ask = ask
        self._clock = clock

    async def refresh(self) -> dict[str, Any]:
        """What :class:`~sotalia.credentials.refreshable.RefreshableCredentials` refreshes with."""
        answer = self._from_cache()
        if answer is not None and (found := _keys_of(answer)) is not None:
            return found
        answer = await self._ask()
        found = _keys_of(answer)
        if found is None:
            # Not what is there instead: it may be one of the keys.
            raise exceptions.CredentialRetrievalError(
                provider="role",
                error_msg="the response does not hold an access key, a secret, a token and an expiration",
            )
        self._cache[self._key] = copy.deepcopy(answer)
        return found

    def _from_cache(self) -> dict[str, Any] | None:
        if self._key not in self._cache:
            return None
        try:
            answer: dict[str, Any] = copy.deepcopy(self._cache[self._key])
            left = (moment(answer["Credentials"]["Expiration"]) - self._clock()).total_seconds()
        except (KeyError, TypeError, ValueError):
            return None  # Damaged, or gone since: as good as nothing.
        return answer if left >= ADVISORY_SECONDS else None


def _keys_of(answer: Any) -> dict[str, Any] | None:
    """The credentials of an answer; ``None`` where one of its parts is missing or of another kind."""
    try:
        keys = answer["Credentials"]
        return {
            "access_key": keys["AccessKeyId"],
            "secret_key": keys["SecretAccessKey"],
            "token": keys["SessionToken"],
            "expiry_time": moment(keys["Expiration"]).isoformat(),
            "account_id": keys.get("AccountId"),
        }
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return None


def cache_key(arguments: dict[str, Any], *, is_compact: bool = False) -> str:
    """The key of a role: SHA-1 of its arguments as sorted JSON. STS's have spaces in it, SSO's (``is_compact``) not."""
    import json
    from hashlib import sha1

    if "Policy" in arguments:
        arguments = {**arguments, "Policy": json.loads(arguments["Policy"])}
    separators = (",", ":") if is_compact else None
    text = json.dumps(arguments, sort_keys=True, separators=separators)
    return sha1(text.encode("utf-8"), usedforsecurity=False).hexdigest()


def sts_answer(response: dict[str, Any]) -> dict[str, Any]:
    """STS's answer as it is kept: with the account out of the role's ARN, without what is about HTTP."""
    found = {name: value for name, value in response.items() if name != "ResponseMetadata"}
    arn = str(response.get("AssumedRoleUser", {}).get("Arn", "")).split(":")
    if len(arn) >= 6 and arn[0] == "arn":
        found["Credentials"] = {**response.get("Credentials", {}), "AccountId": arn[4]}
    return found
