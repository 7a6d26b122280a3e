"""Credentials as objects: fixed ones, and ones that refresh themselves.

Refreshing is written once, as ``async def`` (:meth:`RefreshableCredentials.freeze`); properties and
``get_frozen_credentials`` run it to its end. No ``repr`` shows a key.
"""

from __future__ import annotations

import time
from collections import namedtuple
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sotalia import exceptions
from sotalia.runtime import SyncRuntime, drive, resolved

if TYPE_CHECKING:
    from collections.abc import Callable

    from sotalia.runtime import Runtime

# As in the reference, a plain tuple; subclassed only for a repr that keeps the keys to itself.
_Frozen = namedtuple("_Frozen", ("access_key", "secret_key", "token", "account_id"), defaults=(None,))


class ReadOnlyCredentials(_Frozen):
    """Credentials at one moment: ``access_key, secret_key, token, account_id``."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<ReadOnlyCredentials>"


async def freeze(credentials: Any) -> Any:
    """The credentials at this moment, refreshed where needed; also of the reference's own objects."""
    own = getattr(credentials, "freeze", None)
    if own is not None:
        return await own()
    for name in ("get_frozen_credentials", "get_frozen_token"):
        method = getattr(credentials, name, None)
        if method is not None:
            return await resolved(method())
    return credentials


class Credentials:
    """Fixed credentials. ``method`` says where they come from."""

    def __init__(
        self,
        access_key: Any,
        secret_key: Any,
        token: str | None = None,
        method: str | None = None,
        account_id: str | None = None,
    ) -> None:
        self.access_key = access_key
        self.secret_key = secret_key
        self.token = token
        self.method = "explicit" if method is None else method
        self.account_id = account_id

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        """The credentials as a tuple."""
        return ReadOnlyCredentials(self.access_key, self.secret_key, self.token, self.account_id)

    async def freeze(self) -> ReadOnlyCredentials:
        """The same, to be awaited."""
        return ReadOnlyCredentials(self.access_key, self.secret_key, self.token, self.account_id)

    def get_deferred_property(self, property_name: str) -> Callable[[], Any]:
        """A function that gives one part when it is called."""
        return lambda: getattr(self, property_name, None)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} from {self.method}>"


class RefreshableCredentials(Credentials):
    """Credentials that expire: refreshed from 15 minutes before, and not used within the last 10 without.

    ``refresh_using`` gives a dictionary of ``access_key, secret_key, token, expiry_time`` (ISO 8601) and perhaps
    ``account_id``, or a coroutine of one. Between the two limits a failed refresh is logged and the old keys serve on;
    after the second it is raised.
    """

    _advisory_refresh_timeout = 15 * 60
    _mandatory_refresh_timeout = 10 * 60

    def __init__(
        self,
        access_key: Any,
        secret_key: Any,
        token: Any,
        expiry_time: datetime | None,
        refresh_using: Callable[[], Any],
        method: str,
        time_fetcher: Callable[[], datetime] | None = None,
        advisory_timeout: float | None = None,
        mandatory_timeout: float | None = None,
        account_id: str | None = None,
        runtime: Runtime | None = None,
    ) -> None:
        self._access_key = access_key
        self._secret_key = secret_key
        self._token = token
        self._account_id = account_id
        self._expiry_time = expiry_time
        self._refresh_using = refresh_using
        self._time_fetcher = time_fetcher or _now
        self.method = method
        self._lock = (runtime or SyncRuntime()).lock()
        self._refreshing = False
        if advisory_timeout is not None:
            self._advisory_refresh_timeout = advisory_timeout  # type: ignore[assignment]
        if mandatory_timeout is not None:
            self._mandatory_refresh_timeout = mandatory_timeout  # type: ignore[assignment]

    @classmethod
    def create_from_metadata(
        cls, metadata: dict[str, Any], refresh_using: Callable[[], Any], method: str, **arguments: Any
    ) -> RefreshableCredentials:
        """Credentials with the values that a refresh gave."""
        return cls(
            access_key=metadata["access_key"],
            secret_key=metadata["secret_key"],
            token=metadata["token"],
            expiry_time=_moment(metadata["expiry_time"]),
            refresh_using=refresh_using,
            method=method,
            account_id=metadata.get("account_id"),
            **arguments,
        )

    # -- access ------------------------------------------------------------------------------------------------

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        """The credentials as a tuple, refreshed where needed."""
        return drive(self.freeze())

    @property
    def access_key(self) -> Any:
        """The access key, refreshed where needed."""
        drive(self._refresh())
        return self._access_key

    @access_key.setter
    def access_key(self, value: Any) -> None:
        self._access_key = value

    @property
    def secret_key(self) -> Any:
        """The secret key, refreshed where needed."""
        drive(self._refresh())
        return self._secret_key

    @secret_key.setter
    def secret_key(self, value: Any) -> None:
        self._secret_key = value

    @property
    def token(self) -> Any:
        """The session token, refreshed where needed."""
        drive(self._refresh())
        return self._token

    @token.setter
    def token(self, value: Any) -> None:
        self._token = value

    @property
    def account_id(self) -> Any:
        """The account, refreshed where needed."""
        drive(self._refresh())
        return self._account_id

    @account_id.setter
    def account_id(self, value: Any) -> None:
        self._account_id = value

    async def freeze(self) -> ReadOnlyCredentials:
        """The credentials as a tuple, refreshed where needed. Raises what ``refresh_using`` raises."""
        await self._refresh()
        return ReadOnlyCredentials(self._access_key, self._secret_key, self._token, self._account_id)

    # -- refreshing --------------------------------------------------------------------------------------------

    def _seconds_remaining(self) -> float:
        assert self._expiry_time is not None
        return (self._expiry_time - self._time_fetcher()).total_seconds()

    def refresh_needed(self, refresh_in: float | None = None) -> bool:
        """Whether the credentials expire within ``refresh_in`` seconds (default: the advisory limit)."""
        if self._expiry_time is None:
            return False
        limit = self._advisory_refresh_timeout if refresh_in is None else refresh_in
        return self._seconds_remaining() < limit

    async def _refresh(self) -> None:
        if not self.refresh_needed(self._advisory_refresh_timeout):
            return
        if self._refreshing and not self.refresh_needed(self._mandatory_refresh_timeout):
            return  # Somebody is at it, and the keys are still good.
        async with self._lock:
            if not self.refresh_needed(self._advisory_refresh_timeout):
                return
            self._refreshing = True
            try:
                await self._protected_refresh(
                    is_mandatory=self.refresh_needed(self._mandatory_refresh_timeout)
                )
            finally:
                self._refreshing = False

    async def _protected_refresh(self, *, is_mandatory: bool) -> None:
        try:
            metadata = await resolved(self._refresh_using())
        except Exception:
            if is_mandatory:
                raise
            import logging

            logging.getLogger(__name__).warning(
                "Refreshing temporary credentials failed during advisory refresh period.", exc_info=True
            )
            return
        self._set_from(metadata)
        if self.refresh_needed(0):
            raise RuntimeError("Credentials were refreshed, but the refreshed credentials are still expired.")

    def _set_from(self, metadata: dict[str, Any]) -> None:
        missing = [
            name for name in ("access_key", "secret_key", "token", "expiry_time") if name not in metadata
        ]
        if missing:
            raise exceptions.CredentialRetrievalError(
                provider=self.method,
                error_msg=f"Credential refresh failed, response did not contain: {', '.join(missing)}",
            )
        self._access_key = metadata["access_key"]
        self._secret_key = metadata["secret_key"]
        self._token = metadata["token"]
        self._expiry_time = _moment(metadata["expiry_time"])
        self._account_id = metadata.get("account_id")


class DeferredRefreshableCredentials(RefreshableCredentials):
    """Credentials of which nothing is loaded until they are first used."""

    def __init__(
        self,
        refresh_using: Callable[[], Any],
        method: str,
        time_fetcher: Callable[[], datetime] | None = None,
        runtime: Runtime | None = None,
    ) -> None:
        super().__init__(None, None, None, None, refresh_using, method, time_fetcher, runtime=runtime)

    def refresh_needed(self, refresh_in: float | None = None) -> bool:
        """Also when there is nothing yet."""
        return self._access_key is None or super().refresh_needed(refresh_in)


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


def _moment(value: Any) -> Any:
    if value is None or isinstance(value, datetime):
        return value
    from sotalia.protocols.timestamps import parse_timestamp

    return parse_timestamp(value)
