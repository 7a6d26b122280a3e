"""What a module's source has taught so far: names of scopes, attributes of objects, return values; and what it registers."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from sotalia.lint.values import UNKNOWN, Class, Function, Value, Values, join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable

    from sotalia.lint.scopes import Frame

# Statements and expressions within one another that are followed: far more than anybody writes, far less than Python's stack.
_DEPTH = 90
# Chains of attributes that are made from one another are as long as this at most. What changes in a later round grows for
# ever, such as a text that a loop adds to.
_PATIENCE = 6


@dataclass(slots=True)
class Registration:
    """``register(name, handler)`` and its like."""

    call: ast.Call
    receiver: Values
    name: Values
    name_node: ast.expr
    handler: Values
    handler_node: ast.expr | None


@dataclass(slots=True)
class TypedRegistration:
    """``on(Event, ...)``, as a call or as a decorator."""

    call: ast.Call
    receiver: Values
    event: str
    #: By the names of the arguments: ``service``, ``operation``, ...
    parts: dict[str, Values]
    handler: Values = ()
    handler_node: ast.expr | ast.stmt | None = None


@dataclass(slots=True)
class TypedFunction:
    """A function with an argument that is a typed event: of one of these classes."""

    node: ast.FunctionDef | ast.AsyncFunctionDef
    argument: str
    events: frozenset[str]


class Knowledge:
    """What one round learns, and what the round before has learnt."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Values] = {}
        self._learnt: dict[Hashable, Values] = {}
        self._round = 0
        #: What changed from round to round for too long to be followed further.
        self._unstable: set[Hashable] = set()
        self._depth = 0
        #: In how many blocks the source is that are wrong on purpose.
        self.silence = 0

    def start_round(self) -> None:
        """Follow the source once more, with what was learnt."""
        self._round += 1
        if self._round > _PATIENCE:
            keys = self._known.keys() | self._learnt.keys()
            self._unstable.update(key for key in keys if not self._is_settled(key))
        self._known, self._learnt = self._learnt, {}
        self.classes: dict[ast.AST, Class] = {}
        #: The classes of this file that inherit from one of it.
        self.subclasses: dict[ast.AST, list[Class]] = {}
        self.registrations: list[Registration] = []
        self.typed: list[TypedRegistration] = []
        self.typed_by_call: dict[ast.Call, TypedRegistration] = {}
        self.typed_functions: dict[ast.AST, TypedFunction] = {}
        #: First parts of events that the module emits or declares.
        self.emitted: set[str] = set()
        self.iterations = 0

    def has_settled(self) -> bool:
        """Whether the round has learnt nothing that the one before had not."""
        return all(map(self._is_settled, self._known.keys() | self._learnt.keys()))

    def _is_settled(self, key: Hashable) -> bool:
        return set(self._known.get(key, ())) == set(self._learnt.get(key, ()))

    def descend(self) -> bool:
        """Go one level down; false where it is too deep. A true one wants ``ascend`` afterwards."""
        if self._depth >= _DEPTH:
            return False
        self._depth += 1
        return True

    def ascend(self) -> None:
        """Come back from one level down."""
        self._depth -= 1

    def learn(self, key: Hashable, values: Values) -> None:
        """Add alternatives to what is known under a key."""
        self._learnt[key] = UNKNOWN if key in self._unstable else join(self._learnt.get(key, ()), values)

    def known(self, key: Hashable) -> Values:
        """What the round before has learnt under a key; no alternatives for nothing."""
        return self._known.get(key, ())

    def is_known(self, key: Hashable) -> bool:
        """Whether there is something under a key."""
        return key in self._known

    # -- names -------------------------------------------------------------------------------------------------

    def bind(self, name: str, values: Values, frame: Frame) -> None:
        """Let a name stand for something."""
        scope = frame.scope.named_elsewhere.get(name, frame.scope)
        self.learn((scope.key, name), values)
        frame.environment.bind(name, values)

    def lookup(self, name: str, frame: Frame) -> Values | None:
        """What a name stands for; ``None`` for one that is bound nowhere, such as a built-in one."""
        found = frame.environment.get(name)
        if found is not None:
            return found
        scope = frame.scope
        if self.is_known((scope.key, name)):
            # Bound on another way, or in an iteration before.
            return UNKNOWN
        outer = scope.parent
        while outer is not None:
            if not outer.is_class and self.is_known((outer.key, name)):
                return self.known((outer.key, name))
            outer = outer.parent
        return None

    # -- attributes --------------------------------------------------------------------------------------------

    def attribute_of(self, class_: Class, name: str, *, of_instance: bool) -> Values:
        """An attribute of a class of this file, or of an object of it; :data:`UNKNOWN` for one that comes from elsewhere.

        The class may stand for one that inherits from it, so what those define is among the alternatives.
        """
        found = [self._inherited(class_, name, of_instance, 0)]
        below = list(self.subclasses.get(class_.node, ()))
        seen: set[ast.AST] = {class_.node}
        while below:
            other = below.pop()
            if other.node not in seen:
                seen.add(other.node)
                below += self.subclasses.get(other.node, ())
                found.append(self._own(other, name, of_instance))
        return join(*found)

    def _own(self, class_: Class, name: str, of_instance: bool) -> Values:
        assigned = self.known((("self", class_.node), name)) if of_instance else ()
        own = self.known((class_.node, name))
        return join(assigned, *(self._from_class(value, of_instance=of_instance) for value in own))

    def _inherited(self, class_: Class, name: str, of_instance: bool, depth: int) -> Values:
        found = self._own(class_, name, of_instance)
        if found or depth > 10:
            return found or UNKNOWN
        for base in class_.bases:
            if len(base) != 1 or not isinstance(base[0], Class):
                return UNKNOWN
            found = self._inherited(base[0], name, of_instance, depth + 1)
            if found != UNKNOWN:
                return found
        return UNKNOWN

    def _from_class(self, value: Value, *, of_instance: bool) -> Values:
        if not isinstance(value, Function) or (isinstance(value.node, ast.Lambda) and not of_instance):
            return (value,)
        if value.kind == "decorated" or value.is_left_to_others:
            return UNKNOWN
        if value.kind == "property":
            return (self.known(("return", value.node)) or UNKNOWN) if of_instance else UNKNOWN
        return (value.bound(),) if of_instance or value.kind == "class" else (value,)
