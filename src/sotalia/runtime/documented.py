"""Functions, properties and classes whose docstring, and signature, is made when somebody reads it.

A client has up to 800 methods, so each text is written at its first use, by :mod:`~sotalia.clients.documentation` for
clients: programs that never call ``help`` do not load that. So are signatures, by :mod:`sotalia.model.signatures`: an editor at a
prompt completes ``Bu`` to ``Bucket=`` from them.
"""

from __future__ import annotations

from types import FunctionType, MethodType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class DocumentedFunction:
    """A function whose docstring is written when somebody reads it.

    Everybody takes it for the function: it is called and bound as one, has its name and signature, and
    ``inspect.isfunction`` holds. The docstring is a plain ``str``. A subclass of ``str`` that writes itself would not do:
    what is written in C (``"".join``, ``json``, ``re``) reads the characters that it was made with.
    """

    def __init__(
        self, function: Callable[..., Any], write: Callable[[], str], sign: Callable[[], Any] | None = None
    ) -> None:
        self.__wrapped__ = function
        # Not the module of this class, which would be found first.
        self.__module__ = function.__module__
        self._text: Any = write
        self._make_signature = sign

    @property
    def __signature__(self) -> Any:
        """The parameters with their types, made when somebody looks; of the function where nothing else was said."""
        return self._sign()

    @__signature__.setter
    def __signature__(self, signature: Any) -> None:
        self._sign = lambda: signature  # type: ignore[method-assign]

    def _sign(self) -> Any:
        if self._make_signature is None:
            raise AttributeError("__signature__")
        return self._make_signature()

    if not TYPE_CHECKING:
        # The class's own docstring makes way.
        __doc__ = property(lambda self: _written(self), lambda self, text: setattr(self, "_text", text))
        __class__ = property(lambda self: FunctionType)

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """Call the function."""
        return self.__wrapped__(*args, **kwargs)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    def __getattr__(self, name: str) -> Any:
        # Also while it is copied: then there is no function yet.
        if name == "__wrapped__":
            raise AttributeError(name)
        return getattr(self.__wrapped__, name)

    def __reduce__(self) -> str:
        # By name, as functions are; copies are the function itself.
        name: str = self.__wrapped__.__qualname__
        return name

    def __repr__(self) -> str:
        return repr(self.__wrapped__)


class DocumentedProperty(property):
    """A read-only property whose docstring is written when somebody reads it."""

    _text: Any = None

    if not TYPE_CHECKING:
        __doc__ = property(lambda self: _written(self), lambda self, text: setattr(self, "_text", text))

    def __init__(self, getter: Callable[[Any], Any], write: Callable[[], str]) -> None:
        super().__init__(getter)
        self._text = write


class ClassDocumentation:
    """The ``__doc__`` of a class, written when somebody reads it from the class or an instance."""

    def __init__(self, write: Callable[[], str]) -> None:
        self._text: Any = write

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return _written(self)


def _written(documented: Any) -> Any:
    """The text of one of the above, written at the first use; of threads that write at once, both write the same."""
    text = documented._text
    if callable(text):
        text = documented._text = text()
    return text


def lazily(make: Callable[..., Any], *arguments: Any) -> Callable[[], Any]:
    """A function that makes something at its first use, and gives the same one from then on."""
    made: list[Any] = []

    def get() -> Any:
        if not made:
            made.append(make(*arguments))
        return made[0]

    return get
