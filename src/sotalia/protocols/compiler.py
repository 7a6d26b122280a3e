"""From shapes to functions: the base of the compilers of validators, serializers and parsers."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Generic, TypeVar

    from sotalia.model.shapes import Shape

    F = TypeVar("F")

    class _Compiler(Generic[F]):
        pass

else:

    class _Compiler:
        def __class_getitem__(cls, function):
            return cls


class ShapeCompiler(_Compiler["F"]):
    """Makes one function per shape (and set of traits) that an operation uses.

    A subclass has a method per type: ``structure``, ``list_``, ``map_``, and ``scalar`` for the rest. The function of a
    structure compiles its members when it first meets data for them. So recursive shapes need no special care, and an
    operation with a thousand shapes compiles the few that it meets.
    """

    def __init__(self) -> None:
        self._compiled: dict[tuple[object, ...], F] = {}

    def of(self, shape: Shape) -> F:
        """Compile the function of a shape, or take it from the cache."""
        metadata = shape.metadata
        key = (
            shape.name,
            repr(shape.serialization),
            metadata.get("min"),
            metadata.get("document"),
            metadata.get("union"),
        )
        function = self._compiled.get(key)
        if function is None:
            make: Callable[[Shape], F] = getattr(self, _METHODS.get(shape.type_name, "scalar"))
            function = self._compiled[key] = make(shape)
        return function


_METHODS = {"structure": "structure", "list": "list_", "map": "map_"}
