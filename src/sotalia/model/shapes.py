"""Shapes: the types of a service's data, as its model describes them.

A shape is a structure, list, map or scalar. Each use of a shape may add traits (a location, another name on the wire),
so there is an object per use. Attribute names are the reference's, because handlers read them.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

# Traits that decide how a value is written and read. The others, about its meaning, are ``metadata``.
_SERIALIZATION_TRAITS = frozenset(
    "locationName queryName flattened location payload streaming timestampFormat xmlNamespace resultWrapper "
    "xmlAttribute eventstream event eventheader eventpayload jsonvalue hostLabel".split()
)
_METADATA_TRAITS = frozenset(
    "required min max pattern sensitive enum idempotencyToken error exception endpointdiscoveryid retryable document "
    "union contextParam clientContextParams requiresLength".split()
)


class Shape:
    """A scalar, and the base of all shapes.

    ``type_name`` is the model's word (``string``, ``integer``, ``blob``, ``structure`` ...). ``serialization`` has the
    traits for the wire (``locationName`` under the key ``name``), ``metadata`` those for meaning (``required``, ``min``).
    """

    __slots__ = ("__dict__", "_model", "_resolver", "name", "serialization", "type_name")

    serialization: dict[str, Any]

    def __init__(
        self, shape_name: str, shape_model: Mapping[str, Any], resolver: ShapeResolver | None = None
    ) -> None:
        self.name = shape_name
        self.type_name: str = shape_model["type"]
        self._model = shape_model
        self._resolver = resolver
        traits = {key: value for key, value in shape_model.items() if key in _SERIALIZATION_TRAITS}
        if "locationName" in traits:
            traits["name"] = traits.pop("locationName")
        self.serialization = traits

    @property
    def documentation(self) -> str:
        """HTML about this shape, loaded from the installed data on first use."""
        text = self._model.get("documentation")
        if text is None and self._resolver is not None:
            text = self._resolver.documentation(self.name)
        return text or ""

    @property
    def metadata(self) -> dict[str, Any]:
        """Traits about the meaning of values."""
        traits = self.__dict__.get("metadata")
        if traits is None:
            model = self._model
            traits = {key: model[key] for key in model if key in _METADATA_TRAITS}
            self.__dict__["metadata"] = traits
        return traits

    @property
    def required_members(self) -> list[str]:
        """Names of the required members, in model order."""
        names: list[str] = self.metadata.get("required", [])
        return names

    @property
    def event_stream_name(self) -> str | None:
        """The member that is an event stream; only structures have one."""
        return None

    def _resolve(self, reference: Mapping[str, Any]) -> Shape:
        if self._resolver is None:
            raise ValueError(f"shape {self.name} was made without a resolver and cannot find its members")
        return self._resolver.resolve_shape_ref(reference)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}({self.name})>"


class StructureShape(Shape):
    """Named members, in model order."""

    __slots__ = ()

    @property
    def members(self) -> dict[str, Shape]:
        """Shapes of the members by name, each with the traits of its use here."""
        members: dict[str, Shape] | None = self.__dict__.get("members")
        if members is None:
            members = {
                name: self._resolve(reference) for name, reference in self._model.get("members", {}).items()
            }
            self.__dict__["members"] = members
        return members

    @property
    def event_stream_name(self) -> str | None:
        """The member that is an event stream, if any."""
        for name, member in self.members.items():
            if member.serialization.get("eventstream"):
                return name
        return None

    @property
    def error_code(self) -> str | None:
        """The code of this error on the wire; ``None`` if the shape is not an error."""
        if not self.metadata.get("exception", False):
            return None
        code: str | None = self.metadata.get("error", {}).get("code")
        return code or self.name

    @property
    def is_document_type(self) -> bool:
        """Whether this is free-form JSON."""
        return bool(self.metadata.get("document", False))

    @property
    def is_tagged_union(self) -> bool:
        """Whether exactly one member must be set."""
        return bool(self.metadata.get("union", False))


class ListShape(Shape):
    """Items of one shape."""

    __slots__ = ()

    @property
    def member(self) -> Shape:
        """The shape of the items."""
        member: Shape | None = self.__dict__.get("member")
        if member is None:
            member = self.__dict__["member"] = self._resolve(self._model["member"])
        return member


class MapShape(Shape):
    """Values of one shape by keys of another."""

    __slots__ = ()

    @property
    def key(self) -> Shape:
        """The shape of the keys."""
        key: Shape | None = self.__dict__.get("key")
        if key is None:
            key = self.__dict__["key"] = self._resolve(self._model["key"])
        return key

    @property
    def value(self) -> Shape:
        """The shape of the values."""
        value: Shape | None = self.__dict__.get("value")
        if value is None:
            value = self.__dict__["value"] = self._resolve(self._model["value"])
        return value


class StringShape(Shape):
    """Text, perhaps an enumeration."""

    __slots__ = ()

    @property
    def enum(self) -> list[str]:
        """The values that the model knows; empty if it is not an enumeration."""
        values: list[str] = self.metadata.get("enum", [])
        return values


_CLASSES: dict[str, type[Shape]] = {
    "structure": StructureShape,
    "list": ListShape,
    "map": MapShape,
    "string": StringShape,
}


class ShapeResolver:
    """Makes shapes by name from ``shape_map``, the ``shapes`` section of a service model."""

    def __init__(
        self,
        shape_map: Mapping[str, Mapping[str, Any]],
        documentation: Callable[[str], str | None] | None = None,
    ) -> None:
        self._shapes = shape_map
        self._documentation = documentation
        self._cache: dict[str, Shape] = {}

    def documentation(self, shape_name: str) -> str | None:
        """HTML about a shape, which packs leave out."""
        return None if self._documentation is None else self._documentation(shape_name)

    def get_shape_by_name(self, shape_name: str, member_traits: Mapping[str, Any] | None = None) -> Shape:
        """The shape of this name, with the traits of one use. Raises ``NoShapeFoundError`` if there is none."""
        if not member_traits:
            plain = self._cache.get(shape_name)
            if plain is None:
                plain = self._cache.setdefault(
                    shape_name, self._make(shape_name, self._description(shape_name))
                )
            return plain
        return self._make(shape_name, {**self._description(shape_name), **member_traits})

    def resolve_shape_ref(self, shape_ref: Mapping[str, Any]) -> Shape:
        """The shape for a reference of the model: ``{"shape": "BucketName", "location": "uri", ...}``."""
        name: str = shape_ref["shape"]
        if len(shape_ref) == 1:
            return self.get_shape_by_name(name)
        return self.get_shape_by_name(
            name, {key: value for key, value in shape_ref.items() if key != "shape"}
        )

    def _description(self, shape_name: str) -> Mapping[str, Any]:
        try:
            return self._shapes[shape_name]
        except KeyError:
            from botocore.model import NoShapeFoundError

            raise NoShapeFoundError(f"Shape not found: {shape_name}") from None

    def _make(self, shape_name: str, description: Mapping[str, Any]) -> Shape:
        return _CLASSES.get(description["type"], Shape)(shape_name, description, self)
