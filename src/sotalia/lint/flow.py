"""Follows a module's source statement by statement, and collects the places where it registers handlers.

Nothing of the module is imported or run. The source is followed in rounds: what a round learns about attributes of objects,
variables of enclosing scopes and return values is what the next one starts from, until nothing new is learnt.
"""

from __future__ import annotations

import ast
from itertools import chain

from sotalia.lint.calls import Calls
from sotalia.lint.expressions import path_of
from sotalia.lint.scopes import Environment, Frame, Scope
from sotalia.lint.values import (
    NOTHING,
    UNKNOWN,
    Class,
    Function,
    Instance,
    Sequence,
    Values,
    concatenated,
    join,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

# What does not settle is given up; see Knowledge for what grows for ever.
_ROUNDS = 20
# What stands in the block of one of these is wrong on purpose.
_EXPECTING = frozenset(
    {"raises", "warns", "assertRaises", "assertRaisesRegex", "assertWarns", "assertWarnsRegex"}
)
_KINDS = {
    "staticmethod": "static",
    "classmethod": "class",
    "property": "property",
    "cached_property": "property",
    "override": "plain",
    "final": "plain",
}


class Flow(Calls):
    """One module."""

    def __init__(self, tree: ast.Module) -> None:
        super().__init__()
        self.tree = tree

    def follow(self) -> bool:
        """Fill ``registrations``, ``typed`` and ``emitted``; false where the source is beyond understanding."""
        for _ in range(_ROUNDS):
            self.start_round()
            self._pending: list[tuple[ast.FunctionDef | ast.AsyncFunctionDef, Scope, Class | None, str]] = []
            scope = Scope(self.tree)
            self._block(self.tree.body, Frame(scope, Environment()))
            while self._pending:
                self._function(*self._pending.pop())
            if self.has_settled():
                return True
        return False

    # -- statements --------------------------------------------------------------------------------------------

    def _block(self, statements: Iterable[ast.stmt], frame: Frame) -> bool:
        """Follow statements; whether the way goes on after the last one."""
        if not self.descend():
            return True
        try:
            return all(self._statement(statement, frame) for statement in statements)
        finally:
            self.ascend()

    def _statement(self, node: ast.stmt, frame: Frame) -> bool:
        match node:
            case ast.Expr():
                self.value(node.value, frame)
            case ast.Assign():
                values = self.value(node.value, frame)
                for target in node.targets:
                    self._assign(target, values, frame)
            case ast.AnnAssign():
                self._annotated_assignment(node, frame)
            case ast.AugAssign():
                before = self.value(node.target, frame)
                after = self.value(node.value, frame)
                added = concatenated([before, after]) if isinstance(node.op, ast.Add) else UNKNOWN
                self._assign(node.target, added, frame)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._definition(node, frame)
            case ast.ClassDef():
                self._class(node, frame)
            case ast.If():
                return self._if(node, frame)
            case ast.For() | ast.AsyncFor():
                self._for(node, frame)
            case ast.While():
                self._enter_loop(node.body, frame)
                branch = frame.branch()
                self.assume(node.test, branch, is_true=True)
                self._block(node.body, branch)
                self._leave_loop([branch], node.body, frame)
                self._block(node.orelse, frame)
            case ast.With() | ast.AsyncWith():
                return self._with(node, frame)
            case ast.Try() | ast.TryStar():
                return self._try(node, frame)
            case ast.Match():
                return self._match(node, frame)
            case ast.Import() | ast.ImportFrom():
                self._import(node, frame)
            case ast.Return():
                values = self.value(node.value, frame) if node.value is not None else NOTHING
                self.learn(("return", frame.owner), values)
                return False
            case ast.Raise():
                self.children(node, frame)
                return False
            case ast.Break() | ast.Continue():
                return False
            case ast.Global():
                frame.scope.named_elsewhere.update(dict.fromkeys(node.names, frame.scope.module))
            case ast.Nonlocal():
                self._nonlocal(node, frame.scope)
            case ast.Delete():
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        frame.environment.bind(target.id, UNKNOWN)
            case _:
                self.children(node, frame)
        return True

    def _nonlocal(self, node: ast.Nonlocal, scope: Scope) -> None:
        for name in node.names:
            outer = scope.parent
            while outer is not None and (outer.is_class or not self.is_known((outer.key, name))):
                outer = outer.parent
            if outer is not None:
                scope.named_elsewhere[name] = outer

    def _assign(self, target: ast.expr, values: Values, frame: Frame) -> None:
        match target:
            case ast.Name():
                self.bind(target.id, values, frame)
            case ast.Attribute():
                path = path_of(target)
                if path is not None and frame.environment.get(path) is not None:
                    frame.environment.bind(path, values)
                for owner in self.value(target.value, frame):
                    if isinstance(owner, Instance):
                        self.learn((("self", owner.of.node), target.attr), values)
                    elif isinstance(owner, Class):
                        self.learn((owner.node, target.attr), values)
            case ast.Tuple() | ast.List():
                items = values[0].items if len(values) == 1 and isinstance(values[0], Sequence) else ()
                fits = len(items) == len(target.elts) and not any(
                    isinstance(each, ast.Starred) for each in target.elts
                )
                for position, each in enumerate(target.elts):
                    self._assign(each, items[position] if fits else UNKNOWN, frame)
            case ast.Starred():
                self._assign(target.value, UNKNOWN, frame)
            case _:
                self.children(target, frame)

    def _annotated_assignment(self, node: ast.AnnAssign, frame: Frame) -> None:
        values = self.value(node.value, frame) if node.value is not None else UNKNOWN
        if values == UNKNOWN:
            values = self.annotation(node.annotation, frame)
        if node.value is not None or values != UNKNOWN:
            self._assign(node.target, values, frame)

    def _import(self, node: ast.Import | ast.ImportFrom, frame: Frame) -> None:
        from sotalia.lint.sdk import module

        if isinstance(node, ast.Import):
            for alias in node.names:
                whole = alias.name if alias.asname else alias.name.partition(".")[0]
                self.bind(alias.asname or whole, module(whole), frame)
            return
        for alias in node.names:
            values = UNKNOWN if node.level else module(f"{node.module}.{alias.name}")
            self.bind(alias.asname or alias.name, values, frame)

    # -- functions and classes ---------------------------------------------------------------------------------

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef, frame: Frame) -> None:
        owner = frame.scope.key if isinstance(frame.scope.key, ast.ClassDef) else None
        kind = "plain"
        registrations = []
        for decorator in node.decorator_list:
            self.value(decorator, frame)
            typed = self.typed_by_call.get(decorator) if isinstance(decorator, ast.Call) else None
            if typed is not None:
                registrations.append(typed)
                continue
            last = decorator.attr if isinstance(decorator, ast.Attribute) else getattr(decorator, "id", "")
            kind = _KINDS.get(last, "decorated")
        for default in chain(node.args.defaults, node.args.kw_defaults):
            if default is not None:
                self.value(default, frame)
        function = Function(node, kind, owner)
        for typed in registrations:
            typed.handler, typed.handler_node = (function,), node
        self.bind(node.name, (function,), frame)
        class_ = self.classes.get(owner) if owner is not None else None
        self._pending.append((node, frame.scope, class_, kind))

    def _function(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef,
        parent: Scope,
        class_: Class | None,
        kind: str,
    ) -> None:
        frame = Frame(Scope(node, parent), Environment(), node)
        outside = Frame(Scope(("annotations", node), parent), Environment())
        arguments = node.args
        for argument in chain(
            arguments.posonlyargs,
            arguments.args,
            arguments.kwonlyargs,
            filter(None, (arguments.vararg, arguments.kwarg)),
        ):
            is_starred = argument in (arguments.vararg, arguments.kwarg)
            values = UNKNOWN if is_starred else self.annotation(argument.annotation, outside)
            self.bind(argument.arg, values, frame)
            if not is_starred:
                self.note_typed_argument(node, argument, outside)
        positional = [*arguments.posonlyargs, *arguments.args]
        if class_ is not None and positional and kind != "static":
            myself = class_ if kind == "class" else Instance(class_)
            self.bind(positional[0].arg, (myself,), frame)
        self._block(node.body, frame)

    def _class(self, node: ast.ClassDef, frame: Frame) -> None:
        bases = tuple(self.value(base, frame) for base in node.bases)
        for decorator in node.decorator_list:
            self.value(decorator, frame)
        class_ = self.classes[node] = Class(node, bases)
        for base in bases:
            for value in base:
                if isinstance(value, Class):
                    self.subclasses.setdefault(value.node, []).append(class_)
        self._block(node.body, Frame(Scope(node, frame.scope, is_class=True), Environment(frame.environment)))
        self.bind(node.name, (class_,), frame)

    # -- branches ----------------------------------------------------------------------------------------------

    def _if(self, node: ast.If, frame: Frame) -> bool:
        # A chain of elif is a nest of ifs: it is followed in a loop, however long it is.
        ways: list[tuple[Frame, bool]] = []
        here = frame
        current: ast.If | None = node
        while current is not None:
            decided = self.decide(current.test, here)
            if decided is not False:
                branch = here.branch()
                if decided is None:
                    self.assume(current.test, branch, is_true=True)
                ways.append((branch, self._block(current.body, branch)))
            if decided is True:
                break
            otherwise = here.branch()
            if decided is None:
                self.assume(current.test, otherwise, is_true=False)
            if len(current.orelse) == 1 and isinstance(current.orelse[0], ast.If) and len(ways) < 200:
                here, current = otherwise, current.orelse[0]
                continue
            ways.append((otherwise, self._block(current.orelse, otherwise)))
            current = None
        return self._join_ways(ways, frame)

    def _join_ways(self, ways: list[tuple[Frame, bool]], frame: Frame) -> bool:
        going_on = [way for way, goes_on in ways if goes_on]
        environments = [_since(way.environment, frame.environment) for way in going_on]
        frame.environment.merge(environments, is_only_way=len(going_on) == 1 and len(ways) > 1)
        return bool(going_on)

    def _for(self, node: ast.For | ast.AsyncFor, frame: Frame) -> None:
        iterated = self.value(node.iter, frame)
        self._enter_loop(node.body, frame)
        ends = []
        for item in self.items(iterated):
            branch = frame.branch()
            self._assign(node.target, item, branch)
            if self._block(node.body, branch):
                ends.append(branch)
        self._leave_loop(ends, [node], frame)
        self._block(node.orelse, frame)

    def _enter_loop(self, body: list[ast.stmt], frame: Frame) -> None:
        """What the body binds may be what an earlier iteration bound."""
        for name in _bound(body):
            before = frame.environment.get(name)
            if before is not None:
                frame.environment.bind(name, join(before, self.known((frame.scope.key, name))))

    def _leave_loop(self, ends: list[Frame], body: list[ast.stmt], frame: Frame) -> None:
        frame.environment.merge([end.environment for end in ends])
        # A way out by break is not among the ends.
        for name in _bound(body):
            frame.environment.bind(
                name, join(frame.environment.get(name) or (), self.known((frame.scope.key, name))) or UNKNOWN
            )

    def _with(self, node: ast.With | ast.AsyncWith, frame: Frame) -> bool:
        is_expecting = False
        for item in node.items:
            values = self.value(item.context_expr, frame)
            called = item.context_expr.func if isinstance(item.context_expr, ast.Call) else None
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            is_expecting = is_expecting or name in _EXPECTING
            if item.optional_vars is not None:
                self._assign(item.optional_vars, values, frame)
        self.silence += is_expecting
        goes_on = self._block(node.body, frame)
        self.silence -= is_expecting
        # A context manager may swallow an exception.
        return goes_on or is_expecting

    def _try(self, node: ast.Try | ast.TryStar, frame: Frame) -> bool:
        body = frame.branch()
        goes_on = self._block(node.body, body) and self._block(node.orelse, body)
        ways = [(body, goes_on)]
        for handler in node.handlers:
            branch = frame.branch()
            for name in _bound(node.body):
                before = branch.environment.get(name) or ()
                branch.environment.bind(name, join(before, self.known((frame.scope.key, name))) or UNKNOWN)
            if handler.type is not None:
                self.value(handler.type, branch)
            if handler.name:
                self.bind(handler.name, UNKNOWN, branch)
            ways.append((branch, self._block(handler.body, branch)))
        goes_on = self._join_ways(ways, frame)
        return self._block(node.finalbody, frame) and goes_on

    def _match(self, node: ast.Match, frame: Frame) -> bool:
        self.value(node.subject, frame)
        ways = []
        for case in node.cases:
            branch = frame.branch()
            self.blur(node.subject, branch)
            for pattern in ast.walk(case.pattern):
                name = getattr(pattern, "rest" if isinstance(pattern, ast.MatchMapping) else "name", None)
                if isinstance(name, str):
                    self.bind(name, UNKNOWN, branch)
            if case.guard is not None:
                self.assume(case.guard, branch, is_true=True)
            ways.append((branch, self._block(case.body, branch)))
        ways.append((frame.branch(), True))
        return self._join_ways(ways, frame)


def _bound(body: Iterable[ast.stmt]) -> set[str]:
    """The names that statements bind."""
    return {
        node.id
        for statement in body
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _since(environment: Environment, start: Environment) -> Environment:
    """What was bound between two places, as one branch."""
    if environment.outer is start:
        return environment
    layers = []
    here: Environment | None = environment
    while here is not None and here is not start:
        layers.append(here)
        here = here.outer
    whole = Environment(start)
    for layer in reversed(layers):
        whole.own.update(layer.own)
        whole.blurred = (whole.blurred - layer.own.keys()) | layer.blurred
    return whole
