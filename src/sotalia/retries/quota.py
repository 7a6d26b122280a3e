"""What a client may spend on retries, so that a broken service is not asked ever more."""

from __future__ import annotations

from _thread import allocate_lock

from sotalia.runtime import renew_in_child

CAPACITY = 500
RETRY_COST = 14
THROTTLING_COST = 5
#: What a success without a retry gives back.
SUCCESS_REFUND = 1


class RetryQuota:
    """A bucket that retries take from and successes give back to. Safe for threads; never waits."""

    __slots__ = ("__weakref__", "_available", "_capacity", "_lock")

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._available = capacity
        self.renew()
        renew_in_child(self)

    def renew(self) -> None:
        """In a forked child: forget who holds the lock."""
        self._lock = allocate_lock()

    @property
    def available_capacity(self) -> int:
        """What is left."""
        return self._available

    def acquire(self, amount: int) -> bool:
        """Take an amount, if there is as much."""
        with self._lock:
            if amount > self._available:
                return False
            self._available -= amount
            return True

    def release(self, amount: int) -> None:
        """Give an amount back; never more than the capacity."""
        if self._available < self._capacity:
            with self._lock:
                self._available = min(self._capacity, self._available + amount)

    def __repr__(self) -> str:
        return f"<RetryQuota {self._available} of {self._capacity}>"
