"""Credentials that expire, and refresh themselves ahead of it.

Refreshing is written once, as ``async def`` (:meth:`RefreshableCredentials.freeze`); properties and
``get_frozen_credentials`` run it to its end. Of all threads and tasks that use the same credentials one refreshes, see
:mod:`~sotalia.credentials.single_flight`:

==================================  =======================================  ==========================================
time left                           who is there                             what happens
==================================  =======================================  ==========================================
15 minutes or more                  anybody                                  the keys are used
less (*advisory*)                   the first one                            refreshes; a failure is logged, the keys stay
less                                others meanwhile                         use the keys they have
less than 10 minutes (*mandatory*)  the first one                            refreshes; a failure is logged, the keys stay
less than 10 minutes                others meanwhile                         wait, then share what came of it
none                                the first one                            refreshes; a failure is raised
none                                others meanwhile                         wait, then share keys or failure
==================================  =======================================  ==========================================

A refresh replaces the keys all at once or not at all: whatever fails, those that were there serve to their last moment,
and are tried again. (The reference raises a failure from 10 minutes before that moment on.)
"""

from __future__ import annotations

import time
from datetime import UTC, datetime

from sotalia import exceptions
from sotalia.credentials.objects import Credentials, ReadOnlyCredentials
from sotalia.credentials.single_flight import SingleFlight
from sotalia.runtime import SyncRuntime, drive, resolved
from sotalia.runtime.pickling import OfOneProcess
from sotalia.runtime.reference_base import ReferenceBase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.runtime import Runtime

_ADVISORY_SECONDS = 15 * 60
_MANDATORY_SECONDS = 10 * 60
_PARTS = ("access_key", "secret_key", "token", "expiry_time")


class RefreshableCredentials(OfOneProcess, Credentials, ReferenceBase):
    """Credentials with a time they expire at, in ``_expiry_time`` (``None``: never).

    ``refresh_using`` gives a dictionary of ``access_key, secret_key, token, expiry_time`` (ISO 8601) and perhaps
    ``account_id``, or a coroutine of one. ``time_fetcher`` is the clock. ``advisory_timeout`` and ``mandatory_timeout``
    are the two limits in seconds.
    """

    _advisory_refresh_timeout: float = _ADVISORY_SECONDS
    _mandatory_refresh_timeout: float = _MANDATORY_SECONDS

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
        self._refresh_using = refresh_using
        self._access_key = access_key
        self._secret_key = secret_key
        self._token = token
        self._account_id = account_id
        self._expiry_time = expiry_time
        self._time_fetcher = time_fetcher or now
        self.method = method
        self._frozen_credentials: ReadOnlyCredentials | None = ReadOnlyCredentials(
            access_key, secret_key, token, account_id
        )
        self._runtime = runtime or SyncRuntime()
        self._flight = SingleFlight()
        self._failures = 0
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

    async def freeze(self) -> ReadOnlyCredentials:
        """The credentials as a tuple, refreshed where needed. Raises what ``refresh_using`` raises."""
        await self._refresh_if_needed()
        assert self._frozen_credentials is not None
        return self._frozen_credentials

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        """:meth:`freeze` for synchronous code.

        Raises ``RuntimeError`` for credentials of an asynchronous session that have to wait: await :meth:`freeze` there.
        """
        self._refresh()
        assert self._frozen_credentials is not None
        return self._frozen_credentials

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

    def _seconds_remaining(self) -> float:
        assert self._expiry_time is not None
        return (self._expiry_time - self._time_fetcher()).total_seconds()

    def refresh_needed(self, refresh_in: float | None = None) -> bool:
        """Whether the credentials expire within ``refresh_in`` seconds (default: the advisory limit)."""
        if self._expiry_time is None:
            return False
        limit = self._advisory_refresh_timeout if refresh_in is None else refresh_in
        return self._seconds_remaining() < limit

    def _refresh(self) -> None:
        if not self.refresh_needed(self._advisory_refresh_timeout):
            return
        if not self._runtime.is_async:
            drive(self._refresh_if_needed())
        elif self.refresh_needed(self._mandatory_refresh_timeout):
            raise RuntimeError(
                f"the credentials from {self.method} belong to an asynchronous session and have to be refreshed, "
                "which may have to wait: use 'await credentials.freeze()'"
            )

    async def _refresh_if_needed(self) -> None:
        while self.refresh_needed(self._advisory_refresh_timeout):
            flight = self._flight.begin()
            if flight is not None:
                await self._flight.lead(flight, self._refresh_still_needed())
                return
            if not self.refresh_needed(self._mandatory_refresh_timeout):
                return  # Somebody is at it, and the keys are still good.
            failures = self._failures
            await self._flight.wait(self._runtime)
            if failures != self._failures and not self.refresh_needed(0):
                return  # It failed; those who waited do not each try again while the keys are good.

    async def _refresh_still_needed(self) -> None:
        # Between the look and the take-off somebody else may have been through.
        if self.refresh_needed(self._advisory_refresh_timeout):
            await self._protected_refresh()

    async def _protected_refresh(self) -> None:
        try:
            found = self._checked(await resolved(self._refresh_using()))
        except Exception:
            import logging

            self._failures += 1
            is_mandatory = self.refresh_needed(self._mandatory_refresh_timeout)
            logging.getLogger(__name__).warning(
                "Refreshing temporary credentials failed during %s refresh period.",
                "mandatory" if is_mandatory else "advisory",
                exc_info=True,
            )
            if self.refresh_needed(0):
                raise
            return
        self._set_from_data(found)

    def _checked(self, data: Any) -> dict[str, Any]:
        """What a refresh gave, if it can serve. Raises ``CredentialRetrievalError``, ``RuntimeError`` for expired keys."""
        missing = [name for name in _PARTS if name not in data] if data else _PARTS
        if missing:
            raise exceptions.CredentialRetrievalError(
                provider=self.method,
                error_msg=f"Credential refresh failed, response did not contain: {', '.join(missing)}",
            )
        until = self._expiry_datetime(data["expiry_time"])
        if until is not None and (until - self._time_fetcher()).total_seconds() < 0:
            raise RuntimeError("Credentials were refreshed, but the refreshed credentials are still expired.")
        found: dict[str, Any] = data
        return found

    def _set_from_data(self, data: dict[str, Any]) -> None:
        self._access_key = data["access_key"]
        self._secret_key = data["secret_key"]
        self._token = data["token"]
        self._account_id = data.get("account_id")
        self._frozen_credentials = ReadOnlyCredentials(
            self._access_key, self._secret_key, self._token, self._account_id
        )
        # Last: whoever sees the new time must see the new keys.
        self._expiry_time = self._expiry_datetime(data["expiry_time"])

    @staticmethod
    def _expiry_datetime(value: Any) -> Any:
        return moment(value)

    def __repr__(self) -> str:
        until = "never expires" if self._expiry_time is None else f"expires {self._expiry_time.isoformat()}"
        return f"<{type(self).__name__} from {self.method}, {until}>"


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
        self._frozen_credentials = None

    def refresh_needed(self, refresh_in: float | None = None) -> bool:
        """Also when there is nothing yet."""
        return self._frozen_credentials is None or super().refresh_needed(refresh_in)

    def __repr__(self) -> str:
        if self._frozen_credentials is None:
            return f"<{type(self).__name__} from {self.method}, not loaded yet>"
        return super().__repr__()


def now() -> datetime:
    """The time, aware."""
    return datetime.fromtimestamp(time.time(), UTC)


def moment(value: Any) -> Any:
    """A time as ``datetime``; text is ISO 8601 or anything that dateutil reads, ``None`` stays."""
    if value is None or isinstance(value, datetime):
        return value
    from sotalia.protocols.timestamps import parse_timestamp

    try:
        return parse_timestamp(value)
    except (ArithmeticError, TypeError, ValueError):
        pass
    # Not what stands there, nor as a cause: a source that mixes up its parts may have put a key there.
    raise ValueError(
        f"the time at which credentials end is not a timestamp, but {type(value).__name__} of another form"
    )
