"""Order that programs ask for: this handler before that one, whatever the names of the events they are registered for.

Handlers are named, and constraints refer to names: ``events.on(BeforeCall, audit, before="stamp", after=["defaults"])``. The
name of a handler is ``name=``, else a ``unique_id`` that is text, else that of its function. So a plain handler, a built-in
one and one that does not exist yet can be named. A name that no handler of an emission has means nothing there.

Constraints are applied once, when the list of an emission is looked up, and only to lists in which somebody has one. What they
leave open stays as the tree has it (:mod:`~sotalia.events.tree`).
"""

from __future__ import annotations

from sotalia.events.handlers import Ordered, describe, unwrapped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from sotalia.events.handlers import Handler

    # The parts of a name, of which "*" is any.
    Pattern = tuple[str, ...]


class OrderError(ValueError):
    """Constraints that contradict each other. ``circle`` has the names: ``("audit", "stamp", "audit")``."""

    def __init__(self, message: str, circle: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.circle = circle


class Order:
    """What one handler is called, and which names it wants to stand before and after."""

    __slots__ = ("after", "before", "name")

    def __init__(self, name: str, before: tuple[str, ...] = (), after: tuple[str, ...] = ()) -> None:
        self.name = name
        self.before = before
        self.after = after

    @property
    def constrains(self) -> bool:
        """Whether there is anything but a name."""
        return bool(self.before or self.after)

    def __repr__(self) -> str:
        return f"<Order of {self.name!r}, before {self.before}, after {self.after}>"


class Wish:
    """What a caller of ``on()`` or ``around_call()`` says about order, before it is known for which function."""

    __slots__ = ("after", "before", "name")

    def __init__(
        self, name: str | None, before: str | Iterable[str], after: str | Iterable[str], unique_id: object
    ) -> None:
        """Raise ``TypeError`` for what is no name."""
        self.before, self.after = _names("before", before), _names("after", after)
        if name is not None:
            _names("name", [name])
        elif isinstance(unique_id, str):
            name = unique_id
        self.name = name

    def of(self, handler: Handler) -> Order | None:
        """The order of one function; ``None`` where nothing was said."""
        if self.name is None and not (self.before or self.after):
            return None
        return Order(name_of(handler) if self.name is None else self.name, self.before, self.after)


def _names(argument: str, value: Any) -> tuple[str, ...]:
    names = (value,) if isinstance(value, str) else tuple(value)
    for name in names:
        if not isinstance(name, str) or not name:
            raise TypeError(
                f"{argument}= takes names of handlers, not {name!r}: that is name=, a unique_id or the name of a function"
            )
    return names


def name_of(handler: Handler, unique_ids: Mapping[int, Hashable] | None = None) -> str:
    """The name by which constraints refer to a handler. ``unique_ids`` are those of handlers, by ``id(handler)``."""
    if isinstance(handler, Ordered) and handler.order is not None:
        return handler.order.name
    target = unwrapped(handler)
    built_in: str | None = getattr(target, "__sotalia_name__", None)
    if isinstance(built_in, str):  # A mock has every attribute.
        return built_in
    unique_id = None if unique_ids is None else unique_ids.get(id(handler))
    if isinstance(unique_id, str):
        return unique_id
    name = getattr(target, "__name__", None)
    return name if isinstance(name, str) else type(target).__name__


# -- the order of one emission -------------------------------------------------------------------------------------


def in_order(handlers: Sequence[Handler], unique_ids: Mapping[int, Hashable]) -> tuple[Handler, ...]:
    """Handlers of one emission, reordered as their constraints want.

    Every constraint holds, unless it contradicts one that came before it; registrations that do so are refused, but those
    of a scope and of the registry around it may meet only here. Handlers without constraints keep their order among each
    other where no constraint stands against it, then handlers with constraints keep theirs to all others.
    """
    orders = [h.order if isinstance(h, Ordered) else None for h in handlers]
    if not any(order is not None and order.constrains for order in orders):
        return tuple(handlers)
    count = len(handlers)
    at: dict[str, list[int]] = {}
    for index, handler in enumerate(handlers):
        at.setdefault(name_of(handler, unique_ids), []).append(index)
    # What comes after each handler, itself included, as the bits of a number.
    after = [1 << index for index in range(count)]

    def put(first: int, then: int) -> None:
        """Say that one comes before the other, unless it is settled already."""
        if after[first] >> then & 1 or after[then] >> first & 1:
            return
        for index in range(count):
            if after[index] >> first & 1:
                after[index] |= after[then]

    for index, order in enumerate(orders):
        if order is None:
            continue
        for name in order.before:
            for other in at.get(name, ()):
                put(index, other)
        for name in order.after:
            for other in at.get(name, ()):
                put(other, index)
    free = [index for index, order in enumerate(orders) if order is None or not order.constrains]
    for indices in (free, range(count)):
        for position, then in enumerate(indices):
            for first in reversed(indices[:position]):
                put(first, then)
    # Every pair is settled now.
    return tuple(handlers[index] for index in sorted(range(count), key=lambda each: -after[each].bit_count()))


# -- circles -------------------------------------------------------------------------------------------------------


class _Constrained:
    """A registration with constraints."""

    __slots__ = ("handler", "order", "pattern")

    def __init__(self, pattern: Pattern, handler: Ordered, order: Order) -> None:
        self.pattern = pattern
        self.handler = handler
        self.order = order


def refuse_circle(event_name: str, handler: Ordered, known: Iterable[tuple[str, Handler, int]]) -> None:
    """Raise :class:`OrderError` when no list could hold to the constraints of ``handler`` and of the ``known`` ones.

    Only registrations that one emission can reach together are held against each other. A name counts before there is a
    handler of this name: a plain one may be registered at any time, which nothing could refuse.
    """
    order = handler.order
    assert order is not None
    new = _Constrained(tuple(event_name.split(".")), handler, order)
    others: list[_Constrained] = []
    for name, registered, _ in known:
        other: object = registered
        if isinstance(other, Ordered) and other.order is not None and other.order.constrains:
            others.append(_Constrained(tuple(name.split(".")), other, other.order))
    circle = _circle(new, others)
    if circle is None:
        return
    names = (order.name, *(node if isinstance(node, str) else node.order.name for node, _ in circle))
    reasons = "; ".join(
        f"{first!r} before {then!r}: {describe(owner.handler)}"
        for first, then, (_, owner) in zip(names[:-1], names[1:], circle, strict=True)
    )
    raise OrderError(
        f"{event_name}: this order is impossible: {' -> '.join(names)} ({reasons}); take one of these constraints back. "
        "Nothing was registered",
        names,
    )


def _circle(
    new: _Constrained, others: list[_Constrained]
) -> list[tuple[_Constrained | str, _Constrained]] | None:
    """The shortest way from a registration back to itself: each node, and who wants it after the one before it."""
    everybody = [new, *others]
    start = (new, new.pattern)
    # How each node was reached first, together with the names that one emission would have to have.
    seen: dict[tuple[Any, Pattern], tuple[Any, Any]] = {}
    reached: list[tuple[_Constrained | str, Pattern]] = [start]
    for node, pattern in reached:
        for following, owner in _following(node, everybody):
            joint = _joint(pattern, (following if isinstance(following, _Constrained) else owner).pattern)
            if joint is None:
                continue
            if following is new:
                path: list[tuple[_Constrained | str, _Constrained]] = [(following, owner)]
                step: Any = (node, pattern)
                while step != start:
                    step, via = seen[step]
                    path.insert(0, via)
                return path
            state = (following, joint)
            if state not in seen:
                seen[state] = ((node, pattern), (following, owner))
                reached.append(state)
    return None


def _following(
    node: _Constrained | str, everybody: list[_Constrained]
) -> Iterator[tuple[_Constrained | str, _Constrained]]:
    """What has to come after a registration, or after plain handlers of a name; and who says so."""
    name = node if isinstance(node, str) else node.order.name
    for other in everybody:
        if name in other.order.after:
            yield other, other
    if isinstance(node, str):
        return
    for wanted in node.order.before:
        yield wanted, node
        for other in everybody:
            if other.order.name == wanted:
                yield other, node


def _joint(one: Pattern, other: Pattern) -> Pattern | None:
    """The names of emissions that reach both patterns, as a pattern; ``None`` for none."""
    if len(one) < len(other):
        one, other = other, one
    parts = list(one)
    for index, part in enumerate(other):
        if parts[index] == "*":
            parts[index] = part
        elif part not in ("*", parts[index]):
            return None
    return tuple(parts)
