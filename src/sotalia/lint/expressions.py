"""What expressions may be: see :mod:`~sotalia.lint.values`."""

from __future__ import annotations

import ast

from sotalia.lint import sdk
from sotalia.lint.comparing import compared, truth
from sotalia.lint.knowledge import Knowledge, TypedFunction
from sotalia.lint.values import (
    BLANK,
    LARGE,
    NOTHING,
    UNKNOWN,
    Class,
    Function,
    Instance,
    Mapping,
    Sequence,
    Text,
    Value,
    Values,
    blurred,
    concatenated,
    filled,
    join,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sotalia.lint.scopes import Frame

# A loop is followed item by item so often; after that, once with an item that is not known.
_ITERATIONS = 3000


class Expressions(Knowledge):
    """Values of expressions, and what conditions on them say."""

    def value(self, node: ast.expr | None, frame: Frame) -> Values:
        """The alternatives of an expression. Registrations in it are collected on the way."""
        if node is None or not self.descend():
            return UNKNOWN
        try:
            find = _FINDERS.get(type(node))
            if find is not None:
                return find(self, node, frame) or UNKNOWN
            self.children(node, frame)
            return UNKNOWN
        finally:
            self.ascend()

    def children(self, node: ast.AST, frame: Frame) -> None:
        """Look at all expressions within one of which nothing is known, or within a statement."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child, frame)
            elif isinstance(child, ast.keyword):
                self.value(child.value, frame)

    # -- text and containers -----------------------------------------------------------------------------------

    def _constant(self, node: ast.Constant, frame: Frame) -> Values:
        if isinstance(node.value, str):
            return (Text(node.value.replace(BLANK, "")),)
        return NOTHING if node.value is None else UNKNOWN

    def _joined(self, node: ast.JoinedStr, frame: Frame) -> Values:
        return concatenated([self.value(piece, frame) for piece in node.values])

    def _formatted(self, node: ast.FormattedValue, frame: Frame) -> Values:
        values = self.value(node.value, frame)
        if node.format_spec is not None:
            self.value(node.format_spec, frame)
        return values if node.conversion in (-1, 115) and node.format_spec is None else UNKNOWN

    def _binary(self, node: ast.BinOp, frame: Frame) -> Values:
        left, right = self.value(node.left, frame), self.value(node.right, frame)
        first, second = left[0], right[0]
        if isinstance(node.op, ast.Add):
            if isinstance(first, Sequence):
                if len(left) == len(right) == 1 and isinstance(second, Sequence):
                    return _whole(Sequence(first.items + second.items))
                return UNKNOWN
            if any(isinstance(value, Text) for value in (*left, *right)):
                return concatenated([left, right])
        if isinstance(node.op, ast.Mod) and len(left) == 1 and isinstance(first, Text):
            items = list(second.items) if len(right) == 1 and isinstance(second, Sequence) else [right]
            return filled(first.text.split("%s"), items)
        return UNKNOWN

    def _sequence(self, node: ast.Tuple | ast.List | ast.Set, frame: Frame) -> Values:
        items = [self.value(item, frame) for item in node.elts]
        if any(isinstance(item, ast.Starred) for item in node.elts):
            return UNKNOWN
        return _whole(Sequence(tuple(items)))

    def _dict(self, node: ast.Dict, frame: Frame) -> Values:
        pairs = [
            (self.value(key, frame), self.value(value, frame))
            for key, value in zip(node.keys, node.values, strict=True)
        ]
        return UNKNOWN if None in node.keys else _whole(Mapping(tuple(pairs)))

    def _subscript(self, node: ast.Subscript, frame: Frame) -> Values:
        container = self.value(node.value, frame)
        index = self.value(node.slice, frame)
        if len(container) != 1:
            return UNKNOWN
        match container[0], node.slice:
            case Sequence(items=items), ast.Constant(value=int(position)) if position < len(items):
                return items[position]
            case Mapping(pairs=pairs), _:
                found = [value for key, value in pairs if key == index and isinstance(key[0], Text)]
                return found[-1] if found else UNKNOWN
        return UNKNOWN

    def items(self, values: Values) -> Iterator[Values]:
        """What a loop over a value goes through, one by one; one that is not known where it is not written down."""
        whole = values[0] if len(values) == 1 else None
        items: list[Values] | tuple[Values, ...] = ()
        if isinstance(whole, Sequence):
            items = whole.items
        elif isinstance(whole, Mapping):
            items = [key for key, _ in whole.pairs]
        self.iterations += len(items)
        if not items or self.iterations > _ITERATIONS:
            items = [UNKNOWN]
        yield from items

    # -- names and attributes ----------------------------------------------------------------------------------

    def _name(self, node: ast.Name, frame: Frame) -> Values:
        return self.lookup(node.id, frame) or UNKNOWN

    def _attribute(self, node: ast.Attribute, frame: Frame) -> Values:
        return self._attribute_from(self.value(node.value, frame), node, frame)

    def _attribute_from(self, owners: Values, node: ast.Attribute, frame: Frame) -> Values:
        path = path_of(node)
        narrowed = frame.environment.get(path) if path is not None else None
        if narrowed is not None:
            return narrowed
        return join(*(self._attribute_of(owner, node.attr) for owner in owners if owner not in NOTHING))

    def _attribute_of(self, owner: Value, name: str) -> Values:
        if isinstance(owner, Instance):
            return self.attribute_of(owner.of, name, of_instance=True)
        if isinstance(owner, Class):
            return self.attribute_of(owner, name, of_instance=False)
        return sdk.attribute(owner, name)

    def _named(self, node: ast.NamedExpr, frame: Frame) -> Values:
        values = self.value(node.value, frame)
        self.bind(node.target.id, values, frame)
        return values

    def _same(self, node: ast.Await | ast.Starred, frame: Frame) -> Values:
        return self.value(node.value, frame)

    def _yield(self, node: ast.Yield | ast.YieldFrom, frame: Frame) -> Values:
        self.value(node.value, frame)
        # What calling the function gives is an iterator, whatever it returns.
        self.learn(("return", frame.owner), UNKNOWN)
        return UNKNOWN

    def _lambda(self, node: ast.Lambda, frame: Frame) -> Values:
        inner = frame.branch()
        arguments = node.args
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            inner.environment.bind(argument.arg, UNKNOWN)
        for starred in filter(None, (arguments.vararg, arguments.kwarg)):
            inner.environment.bind(starred.arg, UNKNOWN)
        self.value(node.body, inner)
        return (Function(node),)

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, frame: Frame
    ) -> Values:
        elements: list[Values] = []
        self._generate(node, 0, frame.branch(), elements)
        is_exact = len(node.generators) == 1 and not node.generators[0].ifs and 0 < len(elements) <= LARGE
        return (Sequence(tuple(elements)),) if is_exact and not isinstance(node, ast.DictComp) else UNKNOWN

    def _generate(
        self,
        node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp,
        level: int,
        frame: Frame,
        elements: list[Values],
    ) -> None:
        if level == len(node.generators):
            if isinstance(node, ast.DictComp):
                self.value(node.key, frame)
                self.value(node.value, frame)
            else:
                elements.append(self.value(node.elt, frame))
            return
        generator = node.generators[level]
        for item in self.items(self.value(generator.iter, frame)):
            inner = frame.branch()
            self._unpack(generator.target, item, inner)
            if all(self._passes(condition, inner) for condition in generator.ifs):
                self._generate(node, level + 1, inner, elements)

    def _passes(self, condition: ast.expr, frame: Frame) -> bool:
        decided = self.decide(condition, frame)
        if decided is None:
            self.assume(condition, frame, is_true=True)
        return decided is not False

    def _unpack(self, target: ast.expr, values: Values, frame: Frame) -> None:
        if isinstance(target, ast.Name):
            frame.environment.bind(target.id, values)
        elif isinstance(target, ast.Tuple | ast.List):
            items = values[0].items if len(values) == 1 and isinstance(values[0], Sequence) else ()
            for position, each in enumerate(target.elts):
                fits = len(items) == len(target.elts) and not isinstance(each, ast.Starred)
                self._unpack(each, items[position] if fits else UNKNOWN, frame)
        elif isinstance(target, ast.Starred):
            self._unpack(target.value, UNKNOWN, frame)

    # -- conditions --------------------------------------------------------------------------------------------

    def _conditional(self, node: ast.IfExp, frame: Frame) -> Values:
        decided = self.decide(node.test, frame)
        found = []
        for is_true, branch_node in ((True, node.body), (False, node.orelse)):
            if decided is (not is_true):
                continue
            branch = frame.branch()
            if decided is None:
                self.assume(node.test, branch, is_true=is_true)
            found.append(self.value(branch_node, branch))
        return join(*found)

    def _boolean(self, node: ast.BoolOp, frame: Frame) -> Values:
        is_or = isinstance(node.op, ast.Or)
        here = frame.branch()
        found = []
        for position, part in enumerate(node.values):
            values = self.value(part, here)
            if position == len(node.values) - 1:
                found.append(values)
                break
            # What decides the whole is its value; what does not is none.
            possible = tuple(value for value in values if truth(value) in (None, is_or))
            found.append(possible)
            if self.decide(part, here) is is_or:
                break
            self.assume(part, here, is_true=not is_or)
        return join(*found)

    def decide(self, test: ast.expr, frame: Frame) -> bool | None:
        """Whether a condition holds; ``None`` where only the running program knows."""
        match test:
            case ast.UnaryOp(op=ast.Not()):
                decided = self.decide(test.operand, frame)
                return None if decided is None else not decided
            case ast.BoolOp():
                here = frame.branch()
                parts = []
                for part in test.values:
                    parts.append(self.decide(part, here))
                    if parts[-1] is None:
                        self.assume(part, here, is_true=isinstance(test.op, ast.And))
                winner = isinstance(test.op, ast.Or)
                if winner in parts:
                    return winner
                return None if None in parts else not winner
            case ast.Compare(ops=[op], comparators=[right]):
                return compared(op, self.value(test.left, frame), self.value(right, frame))
            case ast.Constant():
                return bool(test.value)
        values = self.value(test, frame)
        truths = {truth(value) for value in values}
        return truths.pop() if len(truths) == 1 else None

    def assume(self, test: ast.expr, frame: Frame, *, is_true: bool) -> None:
        """Know in a branch what a condition says that was not decided.

        What it says of ``None`` is understood. Of everything else that it mentions, less is known in the branch: it may be
        one for some services only.
        """
        match test:
            case ast.UnaryOp(op=ast.Not()):
                self.assume(test.operand, frame, is_true=not is_true)
            case ast.BoolOp() if is_true is isinstance(test.op, ast.And):
                for part in test.values:
                    self.assume(part, frame, is_true=is_true)
            case ast.Compare(ops=[ast.Is() | ast.IsNot() as op], comparators=[ast.Constant(value=None)]):
                self._narrow(test.left, frame, is_something=isinstance(op, ast.IsNot) is is_true)
            case ast.Name() | ast.Attribute():
                self._narrow(test, frame, is_something=is_true)
            case _:
                self.blur(test, frame)

    def _narrow(self, node: ast.expr, frame: Frame, *, is_something: bool) -> None:
        path = path_of(node)
        if path is None or not is_something:
            return
        values = tuple(value for value in self.value(node, frame) if value not in NOTHING)
        if values:
            frame.environment.blur(path, values)

    def blur(self, test: ast.expr, frame: Frame) -> None:
        """Know less of what an expression mentions."""
        for node in ast.walk(test):
            path = path_of(node) if isinstance(node, ast.Name | ast.Attribute) else None
            if path is not None:
                values = frame.environment.get(path) or self.value(node, frame)  # type: ignore[arg-type]
                if (less := blurred(values)) != values:
                    frame.environment.blur(path, less)

    # -- annotations -------------------------------------------------------------------------------------------

    def annotation(self, node: ast.expr | None, frame: Frame) -> Values:
        """What an argument or a variable with an annotation is."""
        return sdk.annotated(self._annotated_types(node, frame))

    def _annotated_types(self, node: ast.expr | None, frame: Frame, depth: int = 0) -> Values:
        match node:
            case None:
                return UNKNOWN
            case ast.Constant(value=str(text)) if depth < 3:
                try:
                    return self._annotated_types(ast.parse(text, mode="eval").body, frame, depth + 1)
                except (SyntaxError, ValueError, RecursionError, MemoryError):
                    return UNKNOWN
            case ast.BinOp(op=ast.BitOr()) if depth < 10:
                return join(
                    self._annotated_types(node.left, frame, depth + 1),
                    self._annotated_types(node.right, frame, depth + 1),
                )
            case ast.Subscript() if depth < 10 and _last(node.value) in ("Optional", "Annotated"):
                inner = (
                    node.slice.elts[0]
                    if isinstance(node.slice, ast.Tuple) and node.slice.elts
                    else node.slice
                )
                return self._annotated_types(inner, frame, depth + 1)
            case ast.Constant() | ast.Name() | ast.Attribute():
                return self.value(node, frame)
        return UNKNOWN

    def note_typed_argument(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, argument: ast.arg, frame: Frame
    ) -> None:
        """Remember a function whose argument's annotation is a typed event, or one of several."""
        if argument.annotation is None:
            return
        events = [sdk.event_class(value) for value in self._annotated_types(argument.annotation, frame)]
        if all(events):
            self.typed_functions[node] = TypedFunction(node, argument.arg, frozenset(filter(None, events)))

    # -- calls -------------------------------------------------------------------------------------------------

    def call(self, node: ast.Call, frame: Frame) -> Values:
        """What a call gives: see :mod:`~sotalia.lint.calls`."""
        raise NotImplementedError


_FINDERS: dict[type[ast.expr], Callable[..., Values]] = {
    ast.Constant: Expressions._constant,
    ast.JoinedStr: Expressions._joined,
    ast.FormattedValue: Expressions._formatted,
    ast.BinOp: Expressions._binary,
    ast.Tuple: Expressions._sequence,
    ast.List: Expressions._sequence,
    ast.Set: Expressions._sequence,
    ast.Dict: Expressions._dict,
    ast.Subscript: Expressions._subscript,
    ast.Name: Expressions._name,
    ast.Attribute: Expressions._attribute,
    ast.NamedExpr: Expressions._named,
    ast.Await: Expressions._same,
    ast.Starred: Expressions._same,
    ast.Yield: Expressions._yield,
    ast.YieldFrom: Expressions._yield,
    ast.Lambda: Expressions._lambda,
    ast.ListComp: Expressions._comprehension,
    ast.SetComp: Expressions._comprehension,
    ast.GeneratorExp: Expressions._comprehension,
    ast.DictComp: Expressions._comprehension,
    ast.IfExp: Expressions._conditional,
    ast.BoolOp: Expressions._boolean,
    ast.Call: lambda self, node, frame: self.call(node, frame),
}


def path_of(node: ast.AST) -> str | None:
    """The path ``name`` or ``name.attribute``, of which a branch can know something else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return None


def _whole(value: Sequence | Mapping) -> Values:
    """A container, unless it is too large to be gone through."""
    return UNKNOWN if len(value.items if isinstance(value, Sequence) else value.pairs) > LARGE else (value,)


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
