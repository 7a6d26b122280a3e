"""Names and what they may stand for, as a program's source is followed."""

from __future__ import annotations

from sotalia.lint.values import join

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Hashable, Iterable

    from sotalia.lint.values import Values


class Environment:
    """Names bound on the way to a statement. A branch looks through to what was bound before it."""

    __slots__ = ("blurred", "outer", "own")

    def __init__(self, outer: Environment | None = None) -> None:
        self.own: dict[str, Values] = {}
        self.outer = outer
        #: Names that only a condition made less known; after the branch they are what they were.
        self.blurred: set[str] = set()

    def get(self, name: str) -> Values | None:
        """What a name stands for here; ``None`` for one that is not bound on the way here."""
        here: Environment | None = self
        while here is not None:
            found = here.own.get(name)
            if found is not None:
                return found
            here = here.outer
        return None

    def bind(self, name: str, values: Values) -> None:
        """Let a name stand for something else; what was known of its attributes is not any more."""
        self.own[name] = values
        self.blurred.discard(name)

    def blur(self, name: str, values: Values) -> None:
        """Know less of a name in this branch."""
        self.own[name] = values
        self.blurred.add(name)

    def merge(self, branches: Iterable[Environment], *, is_only_way: bool = False) -> None:
        """Go on after branches of which any may have been taken."""
        branches = list(branches)
        names = {
            name for branch in branches for name in branch.own if is_only_way or name not in branch.blurred
        }
        merged = {}
        for name in names:
            found = [values for branch in branches if (values := branch.get(name)) is not None]
            merged[name] = join(*found)
        self.own.update(merged)


class Scope:
    """A module, a function or a class. ``key`` is its node."""

    __slots__ = ("is_class", "key", "named_elsewhere", "parent")

    def __init__(self, key: Hashable, parent: Scope | None = None, *, is_class: bool = False) -> None:
        self.key = key
        self.parent = parent
        self.is_class = is_class
        #: Names that belong to another scope, by ``global`` and ``nonlocal``.
        self.named_elsewhere: dict[str, Scope] = {}

    @property
    def module(self) -> Scope:
        """The outermost one."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope


class Frame:
    """Where a statement is followed: its scope, and the names bound on the way."""

    __slots__ = ("environment", "owner", "scope")

    def __init__(self, scope: Scope, environment: Environment, owner: ast.AST | None = None) -> None:
        self.scope = scope
        self.environment = environment
        #: The function whose ``return`` statements these are.
        self.owner = owner

    def branch(self) -> Frame:
        """The same place, on one of several ways from here."""
        return Frame(self.scope, Environment(self.environment), self.owner)
