"""From shapes to functions: what the compilers of validators, serializers and parsers have in common."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Generic, TypeVar

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

    Subclasses have a method per type: ``structure``, ``list_``, ``map_``, and ``scalar`` for the rest. Functions of
    structures look at their members when first called with data, so recursive shapes need no special care and an
    operation with a thousand shapes compiles the few that it meets.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[Any, ...], F] = {}

    def of(self, shape: Shape) -> F:
        """The function for a shape."""
        metadata = shape.metadata
        key = (
            shape.name,
            repr(shape.serialization),
            metadata.get("min"),
            metadata.get("document"),
            metadata.get("union"),
        )
        made = self._made.get(key)
        if made is None:
            make: Callable[[Any], F] = getattr(self, _METHODS.get(shape.type_name, "scalar"))
            made = self._made[key] = make(shape)
        return made


_METHODS = {"structure": "structure", "list": "list_", "map": "map_"}
