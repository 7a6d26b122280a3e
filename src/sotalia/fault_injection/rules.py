"""A rule: which attempts of which calls get a fault, and what happens to them."""

from __future__ import annotations

from sotalia.events.handlers import is_coroutine_function
from sotalia.fault_injection.scopes import Scope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Mapping
    from typing import Any, TypedDict

    from sotalia.call.call import Call
    from sotalia.fault_injection.delivery import Delivery, Send
    from sotalia.transport.messages import AWSResponse

    Inject = Callable[[Delivery, Send], Coroutine[Any, Any, AWSResponse]]

    class Selection(TypedDict, total=False):
        """What every kind takes to choose attempts: see :class:`Fault`."""

        attempts: int | Iterable[int] | None
        probability: float
        times: int | None
        after: int
        when: Callable[[Call], object] | None


class Fault:
    """A rule. Functions such as :func:`~sotalia.fault_injection.throttle` make one of a ready-made kind.

    ``kind``: its name · ``inject``: what it does, ``async def inject(delivery, send)``, see
    :class:`~sotalia.fault_injection.delivery.Delivery` · ``operation``: for which calls, ``"s3.PutObject"``, ``"s3"``,
    ``"PutObject"``, ``"*"``, or several of them · ``attempts``: numbers of attempts, from 1; ``None`` for all ·
    ``probability``: from 0 to 1, by the seed of the block · ``times``: at most so often; ``None`` for no limit · ``after``: so
    many attempts that fit are left in peace first · ``when``: a function of the :class:`~sotalia.call.call.Call`, asked before
    each attempt; a false value leaves it in peace · ``only``: the operations that can have this fault at all; empty for any.

    Raises ``TypeError`` or ``ValueError`` for values that make no sense.
    """

    __slots__ = (
        "after",
        "attempts",
        "inject",
        "kind",
        "only",
        "operation",
        "probability",
        "scopes",
        "settings",
        "times",
        "when",
    )

    def __init__(
        self,
        kind: str,
        inject: Inject,
        operation: str | Iterable[str] = "*",
        *,
        attempts: int | Iterable[int] | None = None,
        probability: float = 1.0,
        times: int | None = None,
        after: int = 0,
        when: Callable[[Call], object] | None = None,
        only: Iterable[str] = (),
        settings: Mapping[str, object] | None = None,
    ) -> None:
        self.kind = kind
        self.inject = inject
        texts = (
            [operation]
            if isinstance(operation, str) or not hasattr(operation, "__iter__")
            else list(operation)
        )
        if not texts:
            raise ValueError("operation is empty; write 's3.PutObject', 's3', or leave it out for all calls")
        self.operation = texts[0] if len(texts) == 1 else texts
        self.scopes = tuple(map(Scope, texts))
        self.only = tuple(map(Scope, only))
        for scope in self.scopes:
            if self.only and not any(map(scope.overlaps, self.only)):
                possible = ", ".join(other.text for other in self.only)
                raise ValueError(f"{kind} is for {possible} only; operation={scope.text!r} never has it")
        self.attempts = _attempts(attempts)
        self.probability = _probability(probability)
        self.times = None if times is None else whole("times", times, 1)
        self.after = whole("after", after, 0)
        if when is not None and not callable(when):
            raise TypeError(f"when is a function of the call that returns whether it is meant, not {when!r}")
        if is_coroutine_function(when):
            raise TypeError("when is a coroutine function; give a plain function of the call")
        self.when = when
        #: What the kind was given beyond the choice of attempts.
        self.settings = dict(settings or {})

    def fits(self, service: str, operation: str) -> bool:
        """Whether calls of this operation may get it."""
        return any(scope.fits(service, operation) for scope in self.scopes) and (
            not self.only or any(scope.fits(service, operation) for scope in self.only)
        )

    def __repr__(self) -> str:
        parts = [] if self.operation == "*" else [repr(self.operation)]
        parts += [f"{name}={value!r}" for name, value in self.settings.items()]
        if self.attempts is not None:
            parts.append(f"attempts={sorted(self.attempts)}")
        parts += [
            f"{name}={getattr(self, name)!r}"
            for name, usual in (("probability", 1.0), ("times", None), ("after", 0))
            if getattr(self, name) != usual
        ]
        if self.when is not None:
            parts.append(f"when={getattr(self.when, '__name__', type(self.when).__name__)}")
        return f"{self.kind}({', '.join(parts)})"


def whole(name: str, value: object, least: int) -> int:
    """A whole number of at least ``least``. Raises ``TypeError`` or ``ValueError``."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} is a whole number, not {value!r}")
    if value < least:
        raise ValueError(f"{name} is {value}; give a whole number from {least} on")
    return value


def seconds_of(name: str, value: object) -> float:
    """A number of seconds that is not negative. Raises ``TypeError`` or ``ValueError``."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} is a number of seconds, not {value!r}")
    if not 0 <= value < float("inf"):
        raise ValueError(f"{name} is {value!r}; give a number of seconds from 0 on")
    return float(value)


def share_of(name: str, value: object) -> float:
    """A share from 0 to 1. Raises ``TypeError`` or ``ValueError``."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} is a number from 0 to 1, not {value!r}")
    if not 0 <= value <= 1:
        raise ValueError(f"{name} is {value!r}; give a number from 0 to 1")
    return float(value)


def _probability(value: object) -> float:
    return share_of("probability", value)


def _attempts(value: object) -> frozenset[int] | None:
    if value is None:
        return None
    if isinstance(value, int):
        value = [value]
    if isinstance(value, str | bytes) or not hasattr(value, "__iter__"):
        raise TypeError(f"attempts is a list of numbers such as [1, 2], not {value!r}")
    numbers: list[object] = list(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType, reportArgumentType]
    if not numbers:
        raise ValueError("attempts is empty, so that no attempt is meant; leave it out for all of them")
    for number in numbers:
        if isinstance(number, bool) or not isinstance(number, int):
            raise TypeError(f"attempts is a list of numbers such as [1, 2]; it has {number!r}")
        if number < 1:
            raise ValueError(f"attempts has {number}; the first attempt is number 1")
    return frozenset(numbers)  # type: ignore[arg-type]
