"""Credentials that expire and refresh themselves, by the rules of :mod:`~sotalia.credentials.refreshing`."""

from __future__ import annotations

from sotalia import exceptions
from sotalia.credentials.objects import Credentials, ReadOnlyCredentials
from sotalia.credentials.refreshing import Refreshing, moment
from sotalia.runtime.pickling import OfOneProcess
from sotalia.runtime.reference_base import ReferenceBase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import Any

    from sotalia.runtime import Runtime

_PARTS = ("access_key", "secret_key", "token", "expiry_time")


class RefreshableCredentials(OfOneProcess, Refreshing[ReadOnlyCredentials], Credentials, ReferenceBase):
    """Credentials with a time they expire at, in ``_expiry_time`` (``None``: never).

    ``refresh_using`` gives a dictionary of ``access_key, secret_key, token, expiry_time`` (ISO 8601) and perhaps
    ``account_id``, or a coroutine of one. ``time_fetcher`` is the clock. ``advisory_timeout`` and ``mandatory_timeout``
    are the two limits in seconds.
    """

    _pickle_instead = (
        "what renews keys is bound to its process; let the worker find its own credentials, or pickle "
        "get_frozen_credentials(), which end some day"
    )

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return self.__copy__()

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
        frozen = ReadOnlyCredentials(access_key, secret_key, token, account_id)
        Refreshing[ReadOnlyCredentials].__init__(
            self, frozen, expiry_time, refresh_using, method, time_fetcher, runtime
        )
        self._access_key = access_key
        self._secret_key = secret_key
        self._token = token
        self._account_id = account_id
        if advisory_timeout is not None:
            self._advisory_refresh_timeout = advisory_timeout
        if mandatory_timeout is not None:
            self._mandatory_refresh_timeout = mandatory_timeout

    @classmethod
    def create_from_metadata(
        cls,
        metadata: dict[str, Any],
        refresh_using: Callable[[], Any],
        method: str,
        advisory_timeout: float | None = None,
        mandatory_timeout: float | None = None,
        runtime: Runtime | None = None,
    ) -> RefreshableCredentials:
        """Credentials with the values that a refresh gave."""
        return cls(
            access_key=metadata["access_key"],
            secret_key=metadata["secret_key"],
            token=metadata["token"],
            expiry_time=cls._expiry_datetime(metadata["expiry_time"]),
            refresh_using=refresh_using,
            method=method,
            advisory_timeout=advisory_timeout,
            mandatory_timeout=mandatory_timeout,
            account_id=metadata.get("account_id"),
            runtime=runtime,
        )

    # -- access ------------------------------------------------------------------------------------------------

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        """:meth:`freeze` for synchronous code.

        Raises ``RuntimeError`` for credentials of an asynchronous session that have to wait: await :meth:`freeze` there.
        """
        return self._refresh()

    @property
    def access_key(self) -> Any:
        """The access key, refreshed where needed. Parts read one by one may be of two refreshes: see :meth:`freeze`."""
        self._refresh()
        return self._access_key

    @access_key.setter
    def access_key(self, value: Any) -> None:
        self._access_key = value

    @property
    def secret_key(self) -> Any:
        """The secret key, refreshed where needed."""
        self._refresh()
        return self._secret_key

    @secret_key.setter
    def secret_key(self, value: Any) -> None:
        self._secret_key = value

    @property
    def token(self) -> Any:
        """The session token, refreshed where needed."""
        self._refresh()
        return self._token

    @token.setter
    def token(self, value: Any) -> None:
        self._token = value

    @property
    def account_id(self) -> Any:
        """The account, refreshed where needed."""
        self._refresh()
        return self._account_id

    @account_id.setter
    def account_id(self, value: Any) -> None:
        self._account_id = value

    # -- refreshing --------------------------------------------------------------------------------------------

    def _refresh(self) -> ReadOnlyCredentials:
        return self._refreshed()

    def _accepted(self, data: Any) -> tuple[ReadOnlyCredentials, datetime | None]:
        """Keys and time. Raises ``CredentialRetrievalError``, ``RuntimeError`` for expired keys."""
        missing = [name for name in _PARTS if name not in data] if data else _PARTS
        if missing:
            raise exceptions.CredentialRetrievalError(
                provider=self.method,
                error_msg=f"Credential refresh failed, response did not contain: {', '.join(missing)}",
            )
        until = self._expiry_datetime(data["expiry_time"])
        if until is not None and until < self._time_fetcher():
            raise RuntimeError("Credentials were refreshed, but the refreshed credentials are still expired.")
        keys = (data["access_key"], data["secret_key"], data["token"], data.get("account_id"))
        return ReadOnlyCredentials(*keys), until

    def _store(self, value: ReadOnlyCredentials, expiry_time: datetime | None) -> None:
        self._access_key, self._secret_key, self._token, self._account_id = value
        super()._store(value, expiry_time)

    @staticmethod
    def _expiry_datetime(value: Any) -> Any:
        return moment(value)


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
        self._value = None
