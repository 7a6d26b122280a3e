"""Shapes as types: structures become TypedDicts, once for what a program gives and once for what it gets.

=========  =======================================  ==============================
shape      given                                    got
=========  =======================================  ==============================
structure  ``ThingInput``                           ``ThingOutput``
list       ``Sequence[...]``                        ``list[...]``
map        ``Mapping[str, ...]``                    ``dict[str, ...]``
timestamp  ``datetime | str | float``               ``datetime``
blob       bytes, text, or an open file             ``bytes``; a body where it is streamed
=========  =======================================  ==============================

Names and values of a model are text from elsewhere: they reach the stubs as identifiers that were checked, or as literals.
"""

from __future__ import annotations

from sotalia.stubs.services import is_identifier, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.model.shapes import Shape

_SCALARS = {
    "boolean": "bool",
    "double": "float",
    "float": "float",
    "integer": "int",
    "long": "int",
    "bigdecimal": "float",
    "string": "str",
    "character": "str",
}


class Shapes:
    """The TypedDicts of one service: those that were asked for, and what is in them.

    :meth:`given` and :meth:`got` give the text of a type; ``definitions`` the classes that the texts name, in any order: stubs may name
    what comes later.
    """

    def __init__(self) -> None:
        self.definitions: dict[str, str] = {}

    def given(self, shape: Shape | Any) -> str:
        """What a program may give."""
        return self._type(shape, is_given=True, body="")

    def got(self, shape: Shape | Any, *, is_async: bool = False) -> str:
        """What a program gets; a streamed body is another one where clients are async."""
        return self._type(shape, is_given=False, body="Async" if is_async else "")

    def _type(self, shape: Any, *, is_given: bool, body: str) -> str:
        kind = shape.type_name
        if kind == "structure":
            if shape.is_document_type:
                return "Any"
            if shape.serialization.get("eventstream"):
                event = self._structure(shape, is_given=is_given, body="")
                return "Any" if is_given else f"{body}EventStream[{event}]"
            return self._structure(shape, is_given=is_given, body=body)
        if kind == "list":
            inner = self._type(shape.member, is_given=is_given, body=body)
            return f"Sequence[{inner}]" if is_given else f"list[{inner}]"
        if kind == "map":
            inner = self._type(shape.value, is_given=is_given, body=body)
            return f"Mapping[str, {inner}]" if is_given else f"dict[str, {inner}]"
        if kind == "timestamp":
            return "datetime | str | float" if is_given else "datetime"
        if kind == "blob":
            return "Blob" if is_given else "bytes"
        if getattr(shape, "enum", None):
            return f"Literal[{', '.join(repr(str(value)) for value in shape.enum)}]"
        return _SCALARS.get(kind, "Any")

    def _structure(self, shape: Any, *, is_given: bool, body: str) -> str:
        mark = "Input" if is_given else "Output"
        name = f"{body if _is_streamed(shape) else ''}{safe(shape.name)}{mark}"
        if name not in self.definitions:
            self.definitions[name] = ""  # Shapes may be within themselves.
            self.definitions[name] = _typed_dict(name, self._members(shape, is_given=is_given, body=body))
        return name

    def _members(self, shape: Any, *, is_given: bool, body: str) -> dict[str, str]:
        streamed = shape.serialization.get("payload") if _is_streamed(shape) else None
        members: dict[str, str] = {}
        for name, member in shape.members.items():
            text = self._type(member, is_given=is_given, body=body)
            if not is_given and name == streamed and member.type_name == "blob":
                text = f"{body}StreamingBody"
            members[name] = text if name in shape.required_members else f"NotRequired[{text}]"
        return members

    def result(self, operation: Any, *, is_async: bool) -> str:
        """What a call of an operation gives: the result with ``ResponseMetadata``."""
        shape = operation.output_shape
        if shape is None:
            return "EmptyOutput"
        body = "Async" if is_async and _is_streamed(shape) else ""
        name = f"{body}{safe(operation.name)}Result"
        if name not in self.definitions:
            members = self._members(shape, is_given=False, body=body)
            members["ResponseMetadata"] = "dict[str, Any]"
            self.definitions[name] = _typed_dict(name, members)
        return name


def _is_streamed(shape: Any) -> bool:
    """Whether the payload of a result is read as it comes."""
    payload = shape.members.get(shape.serialization.get("payload"))
    if payload is not None and payload.serialization.get("streaming"):
        return True
    return any(member.serialization.get("eventstream") for member in shape.members.values())


def _typed_dict(name: str, members: dict[str, str]) -> str:
    if all(is_identifier(member) for member in members):
        body = "".join(f"    {member}: {text}\n" for member, text in members.items()) or "    ...\n"
        return f"class {name}(TypedDict):\n{body}"
    entries = "".join(f"    {member!r}: {text},\n" for member, text in members.items())
    return f"{name} = TypedDict({name!r}, {{\n{entries}}})\n"
