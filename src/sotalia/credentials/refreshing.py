"""What expires and refreshes itself ahead of it: keys, bearer tokens, sessions of S3 Express buckets.

Refreshing is written once, as ``async def`` (:meth:`Refreshing.freeze`); synchronous code runs it to its end. Of all
threads and tasks that use the same value one refreshes, see :mod:`~sotalia.runtime.single_flight`. With the limits of
credentials:

==================================  =======================================  ==========================================
time left                           who is there                             what happens
==================================  =======================================  ==========================================
15 minutes or more                  anybody                                  the value is used
less (*advisory*)                   the first one                            refreshes; a failure is logged, the value stays
less                                others meanwhile                         use the value they have
less than 10 minutes (*mandatory*)  the first one                            refreshes; a failure is logged, the value stays
less than 10 minutes                others meanwhile                         wait, then share what came of it
none, or nothing loaded yet         the first one                            refreshes; a failure is raised
none, or nothing loaded yet         others meanwhile                         wait, then share value or failure
==================================  =======================================  ==========================================

A refresh replaces the value all at once or not at all: whatever fails, what was there serves to its last moment, and is
tried again. (The reference raises a failure from 10 minutes before that moment on.) A source that hands out expired
keys during an outage, as IMDS may, gives them a later time of expiry: :mod:`~sotalia.credentials.instance`.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from sotalia.credentials.objects import RECURSION
from sotalia.runtime import SingleFlight, SyncRuntime, drive, resolved
from sotalia.runtime.notes import begin_wait, end_wait

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Generic, TypeVar

    from sotalia.runtime import Runtime

    T = TypeVar("T")
else:
    from sotalia.runtime.generic import Generic

    T = None

# The limits of the reference. What has less left than the first one would be refreshed at once, so caches of tokens and
# roles do not give it out either.
ADVISORY_SECONDS = 15 * 60
MANDATORY_SECONDS = 10 * 60


class Refreshing(Generic[T]):
    """A value, and when it expires (``_expiry_time``; ``None``: never). ``value`` is ``None`` when none is loaded yet.

    ``refresh_using`` gives what :meth:`_accepted` takes, or a coroutine of it. ``method`` names the source in messages.
    ``time_fetcher`` is the clock. The attributes have the reference's names, because programs set them.
    """

    #: Seconds before expiry.
    _advisory_refresh_timeout: float = ADVISORY_SECONDS
    _mandatory_refresh_timeout: float = MANDATORY_SECONDS
    #: Least seconds between two attempts, while the value is good.
    _attempt_timeout: float = 0
    #: What the value is in messages.
    _noun = "credentials"

    def __init__(
        self,
        value: T | None,
        expiry_time: datetime | None,
        refresh_using: Callable[[], Any],
        method: str,
        time_fetcher: Callable[[], datetime] | None = None,
        runtime: Runtime | None = None,
    ) -> None:
        self._value = value
        self._expiry_time = expiry_time
        self._refresh_using = refresh_using
        self.method = method
        self._time_fetcher = time_fetcher or now
        self._runtime = runtime or SyncRuntime()
        self._flight = SingleFlight(RECURSION)
        self._failures = 0
        self._next_refresh: datetime | None = None

    def _accepted(self, data: Any) -> tuple[T, datetime | None]:
        """Value and time of expiry out of what a refresh gave. Raises if it cannot serve."""
        raise NotImplementedError

    def _store(self, value: T, expiry_time: datetime | None) -> None:
        self._value = value
        # Last: whoever sees the new time must see the new value.
        self._expiry_time = expiry_time

    # -- access ------------------------------------------------------------------------------------------------

    async def freeze(self) -> T:
        """The value, refreshed where needed. Raises what ``refresh_using`` raises."""
        if self._is_due():
            began = begin_wait()
            try:
                await self._wait_for_refresh()
            finally:
                end_wait("credentials", began)
        assert self._value is not None
        return self._value

    async def _wait_for_refresh(self) -> None:
        while self._is_due():
            flight = self._flight.begin()
            if flight is not None:
                await self._flight.lead(flight, self._refresh_if_due())
                break
            if not self.refresh_needed(self._mandatory_refresh_timeout):
                break  # Somebody is at it, and the value is still good.
            failures = self._failures
            await self._flight.wait(self._runtime)
            if failures != self._failures and not self.refresh_needed(0):
                break  # It failed; those who waited do not each try again while the value is good.

    @property
    def known(self) -> T | None:
        """The value, however old it is; ``None`` before there is one."""
        return self._value

    def _refreshed(self) -> T:
        """:meth:`freeze` for synchronous code.

        Raises ``RuntimeError`` in an asynchronous session if it has to wait: await :meth:`freeze` there.
        """
        if self._is_due():
            if not self._runtime.is_async:
                return drive(self.freeze())
            if self.refresh_needed(self._mandatory_refresh_timeout):
                raise RuntimeError(
                    f"the {self._noun} from {self.method} belong to an asynchronous session and have to be refreshed, "
                    f"which may have to wait: use 'await {self._noun}.freeze()'"
                )
        assert self._value is not None
        return self._value

    # -- refreshing --------------------------------------------------------------------------------------------

    def refresh_needed(self, refresh_in: float | None = None) -> bool:
        """Whether the value expires within ``refresh_in`` seconds (default: the advisory limit), or is not there yet."""
        if self._value is None:
            return True
        if self._expiry_time is None:
            return False
        limit = self._advisory_refresh_timeout if refresh_in is None else refresh_in
        return (self._expiry_time - self._time_fetcher()).total_seconds() < limit

    def _is_due(self) -> bool:
        if not self.refresh_needed(self._advisory_refresh_timeout):
            return False
        pauses = self._next_refresh is not None and self._time_fetcher() < self._next_refresh
        return not pauses or self.refresh_needed(0)

    async def _refresh_if_due(self) -> None:
        # Between the look and the take-off somebody else may have been through.
        if not self._is_due():
            return
        if self._attempt_timeout:
            self._next_refresh = self._time_fetcher() + timedelta(seconds=self._attempt_timeout)
        try:
            value, expiry_time = self._accepted(await resolved(self._refresh_using()))
        except Exception as error:
            self._failures += 1
            self._log_failure(error)
            if self.refresh_needed(0):
                raise
        else:
            self._store(value, expiry_time)

    def _log_failure(self, error: Exception) -> None:
        import logging

        logging.getLogger(__name__).warning(
            "Refreshing temporary %s failed during %s refresh period.",
            self._noun,
            "mandatory" if self.refresh_needed(self._mandatory_refresh_timeout) else "advisory",
            exc_info=error,
        )

    def __repr__(self) -> str:
        until = "never expires" if self._expiry_time is None else f"expires {self._expiry_time.isoformat()}"
        return f"<{type(self).__name__} from {self.method}, {'not loaded yet' if self._value is None else until}>"


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
