"""The tree of registrations, and the order in which it is walked.

Names are dotted (``before-call.s3.PutObject``). A handler registered at ``a.b`` hears ``a.b`` and everything below it;
``*`` as a whole part stands for exactly one part. Order of the handlers of one emission, decided part by part from the
left: a wildcard before an exact part, a longer registration before a shorter one. For ``a.b.c`` that is ::

    *.*.*  *.*.c  *.*  *.b.*  *.b.c  *.b  *  a.*.*  a.*.c  a.*  a.b.*  a.b.c  a.b  a

At one name: ``register_first`` handlers, then ``register``, then ``register_last``, each in order of registration.

A tree is never changed, only replaced along the path to the new handler. So a copy of a registry shares everything with
its origin until one of them changes, and an emission in one thread never sees half a registration of another.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Final

    from sotalia.events.handlers import Handler

    Handlers = tuple[Handler, ...]

FIRST: Final = 0
MIDDLE: Final = 1
LAST: Final = 2

NOBODY: Handlers = ()


class Node:
    """One part of a name: the handlers registered exactly there, and the parts below. Never changed once in a tree."""

    __slots__ = ("children", "handlers")

    def __init__(self, children: dict[str, Node], handlers: tuple[Handlers, Handlers, Handlers]) -> None:
        self.children = children
        self.handlers = handlers


_EMPTY_HANDLERS = (NOBODY, NOBODY, NOBODY)
EMPTY_NODE = Node({}, _EMPTY_HANDLERS)


def with_handler(node: Node, parts: list[str], depth: int, handler: Handler, position: int) -> Node:
    """A copy of ``node`` in which ``handler`` is registered at ``parts[depth:]``; all else is shared."""
    if depth == len(parts):
        sections = list(node.handlers)
        sections[position] = (*sections[position], handler)
        return Node(node.children, (sections[0], sections[1], sections[2]))
    part = parts[depth]
    child = with_handler(node.children.get(part, EMPTY_NODE), parts, depth + 1, handler, position)
    return Node({**node.children, part: child}, node.handlers)


def tree(rows: Iterable[tuple[list[str], Handler, int]]) -> Node:
    """A tree of many registrations (parts of the name, handler, position): the same as one after the other would give."""
    root = Node({}, _EMPTY_HANDLERS)
    for parts, handler, position in rows:
        node = root
        for part in parts:
            child = node.children.get(part)
            if child is None:
                child = node.children[part] = Node({}, _EMPTY_HANDLERS)
            node = child
        sections = list(node.handlers)
        sections[position] = (*sections[position], handler)
        node.handlers = (sections[0], sections[1], sections[2])
    return root


def without_handler(node: Node, parts: list[str], depth: int, handler: Handler | None) -> Node:
    """A copy of ``node`` without the first registration of ``handler`` at ``parts[depth:]``, or ``node`` itself."""
    if depth == len(parts):
        for position, section in enumerate(node.handlers):
            if handler in section:
                index = section.index(handler)
                sections = list(node.handlers)
                sections[position] = section[:index] + section[index + 1 :]
                return Node(node.children, (sections[0], sections[1], sections[2]))
        return node
    child = node.children.get(parts[depth])
    if child is None:
        return node
    changed = without_handler(child, parts, depth + 1, handler)
    if changed is child:
        return node
    return Node({**node.children, parts[depth]: changed}, node.handlers)


def with_changed(node: Node, parts: list[str], depth: int, change: Callable[[Handler], Handler]) -> Node:
    """A copy of ``node`` in which every handler registered at exactly ``parts[depth:]`` is what ``change`` makes of it."""
    if depth == len(parts):
        first, middle, last = (tuple(map(change, section)) for section in node.handlers)
        return Node(node.children, (first, middle, last))
    child = node.children.get(parts[depth])
    if child is None:
        return node
    return Node({**node.children, parts[depth]: with_changed(child, parts, depth + 1, change)}, node.handlers)


def joined(node: Node, other: Node) -> Node:
    """A tree with the registrations of both; at each name and position those of ``other`` are the later ones."""
    if other is EMPTY_NODE:
        return node
    first, middle, last = (mine + theirs for mine, theirs in zip(node.handlers, other.handlers, strict=True))
    children = dict(node.children)
    for part, child in other.children.items():
        children[part] = joined(children.get(part, EMPTY_NODE), child)
    return Node(children, (first, middle, last))


def collect(node: Node, parts: list[str], depth: int, nodes: list[Node]) -> None:
    """Every node that hears ``parts``, exact before wildcard, shorter before longer: the order of calling, reversed."""
    nodes.append(node)
    if depth == len(parts):
        return
    for part in (parts[depth], "*"):
        child = node.children.get(part)
        if child is not None:
            collect(child, parts, depth + 1, nodes)


def exactly_at(node: Node, parts: list[str]) -> Iterator[Handler]:
    """The handlers that are registered at exactly this name."""
    for part in parts:
        found = node.children.get(part)
        if found is None:
            return
        node = found
    for section in node.handlers:
        yield from section


def registrations(node: Node, parts: tuple[str, ...]) -> Iterator[tuple[str, Handler, int]]:
    """Every registration below ``node``: its event name, its handler, its position."""
    for position, section in enumerate(node.handlers):
        for handler in section:
            yield ".".join(parts), handler, position
    for part, child in node.children.items():
        yield from registrations(child, (*parts, part))


def count(node: Node) -> int:
    """How many registrations there are at and below ``node``."""
    return sum(map(len, node.handlers)) + sum(count(child) for child in node.children.values())
