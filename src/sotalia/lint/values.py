"""What an expression may be when the program runs, as far as its source says so.

An expression has alternatives: a variable that an ``if`` sets in both branches has two. Everything that is not understood is
:data:`UNKNOWN`, about which nothing is reported.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Stands for a piece of text that only the running program knows.
BLANK = "\0"
# More alternatives than this are not followed.
_LIMIT = 12
# No event's name is as long as this, and no table of them.
_LONG, LARGE = 300, 100


@dataclass(frozen=True, slots=True)
class Value:
    """Something known about one alternative of an expression."""


@dataclass(frozen=True, slots=True)
class Unknown(Value):
    """Anything."""


@dataclass(frozen=True, slots=True)
class Nothing(Value):
    """``None``."""


@dataclass(frozen=True, slots=True)
class Text(Value):
    """A string; :data:`BLANK` stands for each piece that is not known."""

    text: str


@dataclass(frozen=True, slots=True)
class Qualified(Value):
    """A module of the SDK, or a name in one: ``boto3.client``."""

    name: str


@dataclass(frozen=True, slots=True)
class Client(Value):
    """A client. ``service`` is the name given to ``client()``, ``is_async`` is ``None`` where either is possible."""

    service: str | None = None
    is_async: bool | None = None


@dataclass(frozen=True, slots=True)
class Resource(Value):
    """An object of a service's resources."""

    service: str | None = None


@dataclass(frozen=True, slots=True)
class Session(Value):
    """A session of the SDK."""

    is_async: bool | None = None


@dataclass(frozen=True, slots=True)
class Meta(Value):
    """The ``meta`` of a client or of a resource; of ``None`` where it may be either's."""

    of: Client | Resource | None = None


@dataclass(frozen=True, slots=True)
class Emitter(Value):
    """An event system: a client's or a session's; of ``None`` where it may be either's, or a program's own."""

    of: Client | Session | None = None
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Sequence(Value):
    """A tuple or a list whose items are written down."""

    items: tuple[Values, ...]


@dataclass(frozen=True, slots=True)
class Mapping(Value):
    """A dict whose keys and values are written down."""

    pairs: tuple[tuple[Values, Values], ...]


@dataclass(frozen=True, slots=True)
class Function(Value):
    """A function or a lambda of this file. ``taken`` are arguments that it gets from elsewhere: ``self``, a partial's.

    ``kind`` is ``plain``, ``static``, ``class``, ``property``, or ``decorated``: then its signature is anybody's guess.
    """

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    kind: str = "plain"
    owner: ast.ClassDef | None = None
    positional_taken: int = 0
    named_taken: frozenset[str] = frozenset()

    def bound(self) -> Function:
        """The method, when it is taken from an instance."""
        return self if self.kind == "static" else replace(self, positional_taken=1)

    @property
    def accepts_kwargs(self) -> bool:
        """Whether it has ``**kwargs``."""
        return self.node.args.kwarg is not None

    @property
    def is_left_to_others(self) -> bool:
        """Whether it only says that a class below has to define it: ``raise NotImplementedError``, or ``...``."""
        last = self.node.body[-1] if not isinstance(self.node, ast.Lambda) else None
        if isinstance(last, ast.Raise):
            return last.exc is not None and "NotImplementedError" in ast.unparse(last.exc)
        return isinstance(last, ast.Expr) and isinstance(last.value, ast.Constant) and last.value.value is ...

    @property
    def is_async(self) -> bool:
        """Whether calling it gives a coroutine."""
        return isinstance(self.node, ast.AsyncFunctionDef)

    @property
    def name(self) -> str:
        """Its name, with its class's."""
        if isinstance(self.node, ast.Lambda):
            return "<lambda>"
        return f"{self.owner.name}.{self.node.name}" if self.owner is not None else self.node.name

    @property
    def required(self) -> list[str]:
        """The arguments without which it cannot be called."""
        arguments = self.node.args
        positional = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
        without_default = positional[: len(positional) - len(arguments.defaults)]
        keyword = [
            each.arg
            for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
            if default is None
        ]
        names = [*without_default[self.positional_taken :], *keyword]
        return [name for name in names if name not in self.named_taken]


@dataclass(frozen=True, slots=True)
class Class(Value):
    """A class of this file."""

    node: ast.ClassDef
    bases: tuple[Values, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Instance(Value):
    """An object of a class of this file."""

    of: Class


#: The alternatives of an expression.
Values = tuple[Value, ...]

UNKNOWN: Values = (Unknown(),)
NOTHING: Values = (Nothing(),)


def join(*alternatives: Values) -> Values:
    """All of them, each once; :data:`UNKNOWN` for too many."""
    joined = tuple(dict.fromkeys(value for values in alternatives for value in values))
    return joined if len(joined) <= _LIMIT else UNKNOWN


def texts(values: Values) -> list[str]:
    """The strings among the alternatives; :data:`BLANK` for one that is not known."""
    if len(values) == 1 and isinstance(values[0], Text):
        return [values[0].text]
    return [value.text if isinstance(value, Text) else BLANK for value in values]


def concatenated(pieces: list[Values]) -> Values:
    """The strings that come of putting pieces together, one of each's alternatives."""
    results = [""]
    for piece in pieces:
        alternatives = texts(piece)
        if len(results) * len(alternatives) > _LIMIT:
            alternatives = [BLANK]
        results = [before + after for before in results for after in alternatives]
    return join(tuple(Text(_short(result)) for result in results))


def filled(pieces: list[str], items: list[Values]) -> Values:
    """A text with values between its pieces."""
    if len(pieces) != len(items) + 1 or any("%" in piece for piece in pieces):
        return (Text(BLANK),)
    parts: list[Values] = [(Text(pieces[0]),)]
    for item, piece in zip(items, pieces[1:], strict=True):
        parts += [item, (Text(piece),)]
    return concatenated(parts)


def _short(text: str) -> str:
    """A text without what makes no difference for names: of one whose beginning is not known, nothing is looked at."""
    return BLANK if BLANK in text.partition(".")[0] or len(text) > _LONG else text


def blurred(values: Values) -> Values:
    """What is left when a condition that nobody understands has looked at the value: its kind, but not which one."""
    blurs: dict[type[Value], Any] = {
        Text: lambda value: Text(BLANK),
        Client: lambda value: replace(value, service=None),
        Resource: lambda value: Resource(),
        Sequence: lambda value: Unknown(),
        Mapping: lambda value: Unknown(),
        Function: lambda value: Unknown(),
    }
    return join(tuple(blurs.get(type(value), lambda same: same)(value) for value in values))
