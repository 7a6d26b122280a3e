"""From a rule that hits an attempt to the fault that happens to it, and what is listed of it."""

from __future__ import annotations

from functools import partial
from time import perf_counter

from sotalia.fault_injection.delivery import Delivery
from sotalia.recording.current import remark
from sotalia.transport.layers import TransportLayer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from sotalia.call.call import Call
    from sotalia.fault_injection.decisions import RuleState
    from sotalia.fault_injection.rules import Fault
    from sotalia.transport import Transport
    from sotalia.transport.messages import AWSPreparedRequest, AWSResponse


class Fired:
    """A fault that happened. ``call``: ``s3.PutObject`` · ``number``: that of the call among those of its operation in the block,
    from 1 · ``attempt``: its attempt, from 1 · ``kind`` and ``rule`` · ``seconds``: since the block began, by the machine's clock.

    Two are equal if they differ in ``seconds`` alone.
    """

    __slots__ = ("attempt", "call", "kind", "number", "rule", "seconds")

    def __init__(self, call: str, number: int, attempt: int, rule: Fault, seconds: float) -> None:
        self.call = call
        self.number = number
        self.attempt = attempt
        self.kind = rule.kind
        self.rule = rule
        self.seconds = seconds

    def _key(self) -> tuple[object, ...]:
        return self.call, self.number, self.attempt, self.kind, repr(self.rule)

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, Fired) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"<{self.kind}: {self.call} {self.number}, attempt {self.attempt}>"


class Visit:
    """One call in one block. ``identity`` is what chance knows it by."""

    __slots__ = ("_began_at", "_list", "call", "identity", "number", "states")

    def __init__(
        self,
        call: Call,
        number: int,
        identity: str,
        states: list[RuleState],
        list_fired: Callable[[Fired], None],
        began_at: float,
    ) -> None:
        self.call = call
        self.number = number
        self.identity = identity
        self.states = states
        self._list = list_fired
        self._began_at = began_at

    def delivery(self, state: RuleState, request: AWSPreparedRequest, attempt: int) -> Delivery | None:
        """The attempt for a rule that hits it; ``None`` if it does not."""
        rule, call = state.rule, self.call
        if rule.attempts is not None and attempt not in rule.attempts:
            return None
        if rule.when is not None and not rule.when(call):
            return None
        digest = state.digest(self.identity, attempt)
        if not state.take(digest):
            return None

        def note(fires: bool) -> None:
            if fires:
                self._list(Fired(call.name, self.number, attempt, rule, perf_counter() - self._began_at))
                remark(f"fault injected: {rule.kind}")
            else:
                state.give_back()

        return Delivery(call, request, attempt, digest[8:].hex(), note)


class FaultLayer(TransportLayer):
    """The transport of one call, with the faults of all blocks that mean it."""

    def __init__(self, inner: Transport, call: Call, visits: list[Visit]) -> None:
        super().__init__(inner)
        self._call = call
        self._rules = [(visit, state) for visit in visits for state in visit.states]

    async def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """The response to a request, or what the rules make of it."""
        return await self._send_from(0, request)

    async def _send_from(self, index: int, request: AWSPreparedRequest) -> AWSResponse:
        attempt = self._call.attempts[-1].number
        while index < len(self._rules):
            visit, state = self._rules[index]
            index += 1
            delivery = visit.delivery(state, request, attempt)
            if delivery is not None:
                return await state.rule.inject(delivery, partial(self._send_from, index))
        return await self.inner.send(request)
