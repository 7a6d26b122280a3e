"""Which attempts a rule hits: by counts, and by chance that is the same in each run with the same seed."""

from __future__ import annotations

from sotalia.runtime import ProcessLock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.fault_injection.rules import Fault


class RuleState:
    """A rule within a block: how many attempts fitted, and how many got the fault. Safe for threads."""

    __slots__ = ("_lock", "_number", "_seed", "fired", "fitted", "rule")

    def __init__(self, rule: Fault, number: int, seed: object) -> None:
        self.rule = rule
        self._number = number
        self._seed = seed
        self._lock = ProcessLock()
        #: Attempts that fitted, before chance and counts had their say.
        self.fitted = 0
        #: Attempts that get or got the fault.
        self.fired = 0

    def take(self, digest: bytes) -> bool:
        """Whether an attempt that fits gets the fault; it counts at once, so that no other thread takes its place."""
        rule = self.rule
        with self._lock.lock:
            self.fitted += 1
            if self.fitted <= rule.after or not _is_hit(digest, rule.probability):
                return False
            if rule.times is not None and self.fired >= rule.times:
                return False
            self.fired += 1
            return True

    def give_back(self) -> None:
        """The fault could not happen to the attempt."""
        with self._lock.lock:
            self.fired -= 1

    def digest(self, call_identity: str, attempt: int) -> bytes:
        """What chance is made of: the same for the same seed, rule, call and attempt."""
        from hashlib import blake2b

        text = f"{self._seed!r}|{self._number}|{self.rule.kind}|{call_identity}|{attempt}"
        return blake2b(text.encode("utf-8", "backslashreplace"), digest_size=16).digest()


def _is_hit(digest: bytes, probability: float) -> bool:
    # 53 bits, as many as a float holds: 0 never hits, 1 always does.
    return (int.from_bytes(digest[:8], "big") >> 11) / 2**53 < probability


def digest_of(value: object) -> str:
    """Text that is the same for the same values, and that does not show them; of files, only what they are counts."""
    from hashlib import blake2b

    return blake2b(repr(_plain(value, 0)).encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()


def _plain(value: Any, depth: int) -> Any:
    if depth > 20:
        return "..."
    if hasattr(value, "items"):
        return sorted(
            ((str(key), _plain(item, depth + 1)) for key, item in value.items()), key=lambda pair: pair[0]
        )
    if isinstance(value, set | frozenset):
        return sorted(repr(_plain(item, depth + 1)) for item in value)  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list | tuple):
        return [_plain(item, depth + 1) for item in value]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, bytearray | memoryview):
        return bytes(value)  # pyright: ignore[reportUnknownArgumentType]
    if isinstance(value, str | bytes | int | float | bool) or value is None:
        return value
    # The text of an object may hold its address, which differs from run to run; that of a file says little else.
    text = "" if hasattr(value, "read") else repr(value)
    return type(value).__name__ if " at 0x" in text or not text else text
