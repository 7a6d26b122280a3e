"""``sotalia.faults``: faults for all calls of a block, or for those of some clients."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter

from sotalia.call.hooks import EVERYWHERE
from sotalia.fault_injection import scopes
from sotalia.fault_injection.decisions import RuleState, digest_of
from sotalia.fault_injection.firing import FaultLayer, Fired, Visit
from sotalia.fault_injection.kinds import rule_from, rule_of
from sotalia.fault_injection.rules import Fault
from sotalia.fault_injection.targets import Targets
from sotalia.runtime import ProcessLock
from sotalia.runtime.spelling import closest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable
    from types import TracebackType
    from typing import Any, Literal, Self

    from sotalia.call.call import Call

_HOOK = "faults"
_starting = ProcessLock()
# Those that have been started, outermost first. Replaced as a whole, so that calls may read it without the lock.
_active: tuple[faults, ...] = ()


class UnusedFaultWarning(UserWarning):
    """A rule whose operation no service that was called has, but one much like it. Its text says what was meant."""


class faults:  # noqa: N801 - it reads like a function, as contextlib's do
    """Let calls fail on purpose: ``with sotalia.faults(throttle("s3.PutObject", attempts=[1]), seed=7) as faults:``.

    Positional arguments are rules, lists of rules, and the clients and sessions whose calls are meant; without any, all calls
    of the process are. A rule is a :class:`Fault`, a kind's name, or a dictionary with a ``kind``. Settings given by name are
    those of kinds given by name: ``faults("throttle", operation="PutObject", probability=0.3)``.

    ``seed``: decides which attempts rules with a ``probability`` hit. The same seed and the same calls give the same faults ·
    ``by``: how chance knows a call again in the next run. ``"order"``: by its operation and how many calls of it came before. In a
    concurrent program your threads decide that: the same number of calls fail, but not always the same ones. ``"parameters"``: by
    its operation, the caller's parameters, and how many such calls came before. It does not matter which thread comes first. A
    function of the call: by its operation, what the function returns, and how many such calls came before.

    Rules are asked in order for each attempt, those of inner blocks first. A rule that answers or fails ends it there; one that
    slows or damages goes around what comes after it. ``async with``, :meth:`start` and :meth:`stop` do the same as ``with``.
    Raises ``TypeError`` and ``ValueError`` for rules that make no sense, which say what was meant.
    """

    def __init__(
        self,
        *rules_and_targets: object,
        seed: int | str = 0,
        by: Literal["order", "parameters"] | Callable[[Call], object] = "order",
        **settings: object,
    ) -> None:
        if by not in ("order", "parameters") and not callable(by):
            raise ValueError(f"by is {by!r}; write 'order', 'parameters', or give a function of the call")
        if isinstance(seed, bool) or not isinstance(seed, int | str):
            raise TypeError(f"seed is a number or a text, not {type(seed).__name__}")
        self.seed = seed
        self._by = by
        rules: list[Fault] = []
        targets: list[object] = []
        is_named = False
        for item in _flat(rules_and_targets):
            is_named = is_named or isinstance(item, str)
            rule = _rule(item, settings)
            if rule is None:
                targets.append(item)
            else:
                rules.append(rule)
        if settings and not is_named:
            raise TypeError(
                f"{', '.join(settings)}: settings by name are for a kind given by name, as in faults('throttle', "
                "operation='s3'); give those of other rules to the rule"
            )
        if not rules and not any(isinstance(item, list | tuple) for item in rules_and_targets):
            raise TypeError(
                "faults() has no rules; give at least one, such as faults('throttle', operation='s3')"
            )
        self.rules = tuple(rules)
        self._targets = Targets(targets)
        for rule in rules:
            for scope in rule.scopes:
                scopes.check(scope, self._targets.clients, has_sessions=self._targets.has_sessions)
        self._forget()

    def _forget(self) -> None:
        self._states = [RuleState(rule, number, self.seed) for number, rule in enumerate(self.rules)]
        self._fired: list[Fired] = []
        self._counts: dict[str, int] = {}
        self._operations: dict[str, Any] = {}
        self._lock = ProcessLock()
        self._began_at = perf_counter()

    # -- what happened -------------------------------------------------------------------------------------------------

    @property
    def fired(self) -> list[Fired]:
        """The faults that happened, in order."""
        return list(self._fired)

    @property
    def unused(self) -> list[Fault]:
        """Rules that no attempt fitted, by operation, number and ``when``. Chance and counts do not matter here."""
        return [state.rule for state in self._states if not state.fitted]

    # -- from start to stop --------------------------------------------------------------------------------------------

    def start(self) -> Self:
        """From now on. Forgets what happened in an earlier run. Raises ``RuntimeError`` if it has been started already."""
        global _active
        with _starting.lock:
            if self in _active:
                raise RuntimeError("these faults have been started already; stop them first, or make others")
            self._forget()
            if not _active:
                EVERYWHERE.around_call(
                    _inject,
                    unique_id=_HOOK,
                    name=_HOOK,
                    before="deadline of a block",
                    after=("recorder", "no-network", "cassette"),
                )
            _active = (*_active, self)
        return self

    def stop(self) -> None:
        """No more faults; calls that run keep theirs to their end. Nothing happens if it has not been started."""
        self._stop(warns=True)

    def _stop(self, *, warns: bool) -> None:
        global _active
        with _starting.lock:
            if self not in _active:
                return
            _active = tuple(block for block in _active if block is not self)
            if not _active:
                EVERYWHERE.unregister("around.call", unique_id=_HOOK)
        if warns:
            self._warn_of_misspelt()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop(warns=error is None)  # A warning that is an error would take the other one's place.

    async def __aenter__(self) -> Self:
        return self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop(warns=error is None)

    def _warn_of_misspelt(self) -> None:
        """An operation without a service can be checked only now, by the services that were called."""
        known = {name for model in self._operations.values() for name in model.operation_names}
        for rule in self.unused:
            for scope in rule.scopes:
                if scope.service is not None or scope.operation in (None, *known):
                    continue
                meant = closest(scope.operation, known, 0.8)
                if meant:
                    import warnings

                    warnings.warn(
                        f"{rule!r} was never used: no service that was called has an operation {scope.operation!r}; "
                        f"did you mean {meant!r}?",
                        UnusedFaultWarning,
                        stacklevel=4,
                    )

    # -- calls ---------------------------------------------------------------------------------------------------------

    def _visit(self, call: Call) -> Visit | None:
        """What this block does to a call that begins; ``None`` if it is not meant."""
        if not self._targets.has(call.client):
            return None
        operation = call.operation
        if callable(self._by):
            key = f"{call.name}|{digest_of(self._by(call))}"
        elif self._by == "order":
            key = call.name
        else:
            key = f"{call.name}|{digest_of(call.parameters)}"
        with self._lock.lock:
            number = self._counts[key] = self._counts.get(key, 0) + 1
            ordinal = number
            if key != call.name:
                ordinal = self._counts[call.name] = self._counts.get(call.name, 0) + 1
            self._operations[operation.service_id] = operation.model.service_model
        states = [state for state in self._states if state.rule.fits(operation.service_id, operation.name)]
        return (
            Visit(call, ordinal, f"{key}|{number}", states, self._fired.append, self._began_at)
            if states
            else None
        )

    def __repr__(self) -> str:
        state = "active" if self in _active else "inactive"
        return f"<faults: {len(self.rules)} rules, {len(self._fired)} fired, {state}>"


def _flat(items: Iterable[object]) -> Iterable[object]:
    for item in items:
        if isinstance(item, list | tuple):
            yield from _flat(item)  # pyright: ignore[reportUnknownArgumentType]
        else:
            yield item


def _rule(item: object, settings: Mapping[str, object]) -> Fault | None:
    """The rule that an argument is; ``None`` for something else, which may be a client."""
    if isinstance(item, Fault):
        return item
    if isinstance(item, str):
        return rule_from(item, settings)
    if isinstance(item, Mapping):
        return rule_of(item)  # pyright: ignore[reportUnknownArgumentType]
    if callable(item) and getattr(item, "__module__", "").startswith(__name__.rpartition(".")[0]):
        name = getattr(item, "__name__", "throttle")
        raise TypeError(f"{name} is a function that makes a rule; write {name}()")
    return None


async def _inject(call: Call, proceed: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """The hook: a layer between the call and its transport, where one of the blocks means it."""
    visits = [visit for block in reversed(_active) if (visit := block._visit(call)) is not None]
    if not visits:
        return await proceed()
    channel = call.channel
    call.channel = channel.replaced(transport=FaultLayer(channel.transport, call, visits))
    try:
        return await proceed()
    finally:
        call.channel = channel  # The layer refers to the call, which would otherwise refer to itself.
