"""XML: bodies of REST services, and responses of query services.

Writing goes straight to text. To read, expat builds the tree in C, and functions compiled for the shapes walk it once.
A document type declaration is refused before expat sees it: AWS never sends one, and entities can expand without bound.
"""

from __future__ import annotations

from sotalia import exceptions
from sotalia.protocols.compiler import ShapeCompiler
from sotalia.protocols.scalars import plain_text, text_writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any
    from xml.etree.ElementTree import Element

    from sotalia.model.shapes import ListShape, MapShape, Shape, StructureShape

    # From an element's name and a value to the element.
    Write = Callable[[str, Any], str]
    Read = Callable[[Element], Any]


# -- writing -------------------------------------------------------------------------------------------------------


def escape_text(text: str) -> str:
    """Escape text between tags (XML 1.0 2.4)."""
    if "&" in text or "<" in text or ">" in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


def _attribute(name: str, value: str) -> str:
    value = escape_text(value).replace('"', "&quot;")
    # XML 1.0 3.3.3: a reader would normalize bare ones to spaces.
    for character, reference in (("\r", "&#13;"), ("\n", "&#10;"), ("\t", "&#09;")):
        value = value.replace(character, reference)
    return f' {name}="{value}"'


def _element(name: str, attributes: str, content: str) -> str:
    return f"<{name}{attributes}>{content}</{name}>" if content else f"<{name}{attributes} />"


def _namespace(shape: Shape) -> str:
    """The attribute that declares a shape's namespace."""
    declared: Any = shape.serialization.get("xmlNamespace")
    if not declared:
        return ""
    if isinstance(declared, str):
        return _attribute("xmlns", declared)
    prefix = declared.get("prefix")
    return _attribute(f"xmlns:{prefix}" if prefix else "xmlns", declared["uri"])


class XMLWriter(ShapeCompiler["Write"]):
    """Compiles functions from values to elements."""

    def __init__(self, precision: str) -> None:
        super().__init__()
        self._precision = precision

    def structure(self, shape: StructureShape) -> Write:
        """Members as child elements, or as attributes."""
        members: dict[str, Shape] = shape.members
        namespace = _namespace(shape)
        table: dict[str, tuple[str, bool, Write]] = {}

        def write(name: str, value: Mapping[str, Any]) -> str:
            attributes = namespace
            content: list[str] = []
            for key, item in value.items():
                if item is None:
                    continue
                entry = table.get(key)
                if entry is None:
                    member = members[key]
                    traits = member.serialization
                    wire = traits.get("name", key)
                    entry = table[key] = (wire, bool(traits.get("xmlAttribute")), self.of(member))
                if entry[1]:
                    attributes += _attribute(entry[0], plain_text(item))
                else:
                    content.append(entry[2](entry[0], item))
            return _element(name, attributes, "".join(content))

        return write

    def list_(self, shape: ListShape) -> Write:
        """Items inside one element, or one after another if flattened."""
        namespace = _namespace(shape)
        flattened = shape.serialization.get("flattened")
        item_name = None if flattened else shape.member.serialization.get("name", "member")
        member: Write | None = None

        def write(name: str, value: Iterable[Any]) -> str:
            nonlocal member
            if member is None:
                member = self.of(shape.member)
            if item_name is None:
                return "".join([member(name, item) for item in value])
            return _element(name, namespace, "".join([member(item_name, item) for item in value]))

        return write

    def map_(self, shape: MapShape) -> Write:
        """Entries of key and value."""
        namespace = _namespace(shape)
        flattened = shape.serialization.get("flattened")
        key_name = shape.key.serialization.get("name", "key")
        value_name = shape.value.serialization.get("name", "value")
        pair: tuple[Write, Write] | None = None

        def write(name: str, value: Mapping[Any, Any]) -> str:
            nonlocal pair
            if pair is None:
                pair = self.of(shape.key), self.of(shape.value)
            entry_name = name if flattened else "entry"
            entries = "".join(
                [
                    _element(entry_name, "", pair[0](key_name, key) + pair[1](value_name, item))
                    for key, item in value.items()
                ]
            )
            return entries if flattened else _element(name, namespace, entries)

        return write

    def scalar(self, shape: Shape) -> Write:
        """An element with text."""
        namespace = _namespace(shape)
        text = text_writer(shape, "iso8601", self._precision)
        return lambda name, value: _element(name, namespace, escape_text(text(value)))


# -- reading -------------------------------------------------------------------------------------------------------


def parse_xml(body: bytes) -> Element:
    """Parse a body to its root element.

    Raises ``ResponseParserError`` if the body is not XML or declares a document type.
    """
    from xml.etree.ElementTree import ParseError, XMLParser

    _refuse_document_type(body)
    try:
        parser = XMLParser(encoding=None)
        parser.feed(body)
        root: Element = parser.close()
    except (ParseError, ValueError, LookupError) as error:
        raise exceptions.ResponseParserError(
            f"Unable to parse response ({error}), invalid XML received. Further retries may succeed"
        ) from error
    return root


def _refuse_document_type(body: bytes) -> None:
    """Raise ``ResponseParserError`` for a document type declaration, or for an encoding that could hide one."""
    # UTF-16 and UTF-32 have zero bytes in every "<!".
    if b"<!" not in body and b"\0" not in body:
        return
    import re

    # XML 1.0 2.8: only comments, processing instructions and white space stand before the declaration. The
    # quantifier is possessive, as a crafted prolog would otherwise make it backtrack over and over.
    prolog = re.match(rb"(?:\xef\xbb\xbf)?(?:\s+|<!--.*?-->|<\?.*?\?>)*+", body, re.DOTALL)
    start = 0 if prolog is None else prolog.end()
    if body.startswith(b"<!", start) or b"\0" in body:
        raise exceptions.ResponseParserError(
            "Unable to parse response, it declares a document type or is not UTF-8, which responses of AWS never do"
        )


class RootCheck:
    """Checks that a document is a response of the operation, not a proxy's page or another operation's response.

    Models do not name the root elements of all results (S3 has ``ListBucketResult`` for ``ListObjectsV2Output``), and
    services get them wrong. So a root passes by its name, or by a child that is a member of the result.
    """

    def __init__(self, shape: Shape | None, names: list[str], *, may_be_bare: bool = False) -> None:
        members: dict[str, Shape] | None = getattr(shape, "members", None)
        self.name = names[0]
        self._names = frozenset(names)
        if members is None:
            # No output, or a payload that is a list.
            self._children = frozenset(("ResponseMetadata", "requestId", "return"))
        else:
            self._children = frozenset(
                name
                for key, member in members.items()
                for name in (_wire_name(key, member), member.serialization.get("name", key))
            )
        # `<VersioningConfiguration/>` is a whole response, and so is `<DeleteResult/>` in quiet mode without errors.
        # A listing always has children.
        self._may_be_bare = may_be_bare and not (
            self.name.startswith(("Describe", "Get", "List"))
            and any(member.type_name == "list" for member in (members or {}).values())
        )

    def check(self, root: Element) -> None:
        """Raise ``ResponseParserError`` if the document is something else."""
        name = local_name(root.tag)
        if name in self._names:
            return
        if name.lower() != "html":
            for item in root:
                if local_name(item.tag) in self._children:
                    return
            if self._may_be_bare and not len(root):
                return
            # The names that S3 uses, as ListBucketResult for ListObjectsV2, with no child that the model knows.
            if name.startswith("List") and name.endswith("Result") and self.name.startswith("List"):
                return
        raise exceptions.ResponseParserError(
            f"Unable to parse response: its root element is {name[:60]!r}, which is not that of {self.name}"
        )


def local_name(tag: str) -> str:
    """A tag without its namespace."""
    return tag.rpartition("}")[2]


def child(node: Element, name: str) -> Element | None:
    """The first child of this name, in any namespace."""
    for candidate in node:
        if local_name(candidate.tag) == name:
            return candidate
    return None


def texts(node: Element) -> dict[str, Any]:
    """The children of a node by name: their text, or a dictionary of theirs. The first of several wins."""
    result: dict[str, Any] = {}
    for item in node:
        result.setdefault(local_name(item.tag), texts(item) if len(item) else item.text)
    return result


def add(value: Any, more: Any) -> None:
    """Extend a flattened list or map by what one more element holds."""
    if hasattr(value, "update"):
        value.update(more)
    else:
        value += more


# Tags are cached with their namespaces. The bound stops a server that invents new ones from filling the memory.
_TAGS_REMEMBERED = 2000


class XMLReader(ShapeCompiler["Read"]):
    """Compiles functions from elements to values."""

    def __init__(self, parse_timestamp: Callable[[Any], Any], parse_blob: Callable[[Any], Any]) -> None:
        super().__init__()
        self._parse_timestamp = parse_timestamp
        self._parse_blob = parse_blob

    def structure(self, shape: StructureShape) -> Read:
        """Known children as members. Unknown ones, newer than the model, are skipped."""
        read = self.members(shape, shape.members)
        if not shape.is_tagged_union:
            return read
        from sotalia.protocols.unions import check_union

        members = shape.members
        names = {_wire_name(name, member) for name, member in members.items()}

        def read_union(node: Element) -> dict[str, Any]:
            value = read(node)
            unknown = [local_name(item.tag) for item in node if local_name(item.tag) not in names]
            return check_union(shape.name, value, unknown)

        return read_union

    def members(self, shape: StructureShape, members: dict[str, Shape]) -> Read:
        """A structure, or only ``members`` of it: those that are in the body."""
        table: dict[str, tuple[str, bool, Read] | None] = {}
        is_built = False
        attributes: list[tuple[str, str]] = []
        # S3 has deprecated members with the same element name as newer ones: a single `Event` beside a list of them.
        seconds: dict[str, tuple[str, bool, Read]] = {}

        def build() -> None:
            nonlocal is_built
            own_names: set[str] = set()
            for name, member in members.items():
                traits = member.serialization
                wire = _wire_name(name, member)
                if traits.get("xmlAttribute"):
                    attributes.append((wire.rpartition(":")[2], name))
                    continue
                repeats = bool(traits.get("flattened")) and member.type_name in ("list", "map")
                entry = (name, repeats, self.of(member))
                if wire in own_names:
                    seconds[wire] = entry
                else:
                    own_names.add(wire)
                    table[wire] = entry
                # Some services name the elements of a flattened list after the list, against their models.
                if repeats:
                    table.setdefault(traits.get("name", name), entry)
            is_built = True

        def find(tag: str) -> tuple[str, bool, Read] | None:
            entry = table.get(local_name(tag))
            if len(table) < _TAGS_REMEMBERED:
                table[tag] = entry
            return entry

        def read_seconds(node: Element, value: dict[str, Any]) -> None:
            for item in node:
                entry = seconds.get(local_name(item.tag))
                if entry is None:
                    continue
                name, repeats, parse = entry
                if name not in value:
                    value[name] = parse(item)
                elif repeats:
                    add(value[name], parse(item))

        def read(node: Element) -> dict[str, Any]:
            if not is_built:
                build()
            value: dict[str, Any] = {}
            for item in node:
                tag = item.tag
                entry = table[tag] if tag in table else find(tag)
                if entry is None:
                    continue
                name, repeats, parse = entry
                if not repeats:
                    if name not in value:
                        value[name] = parse(item)
                elif name in value:
                    add(value[name], parse(item))
                else:
                    value[name] = parse(item)
            if seconds:
                read_seconds(node, value)
            if attributes and node.attrib:
                by_local_name = {local_name(key): text for key, text in node.attrib.items()}
                for wire, name in attributes:
                    if wire in by_local_name:
                        value[name] = by_local_name[wire]
            return value

        return read

    def list_(self, shape: ListShape) -> Read:
        """Every child is an item. If flattened, the element itself is one."""
        member: Read | None = None
        flattened = shape.serialization.get("flattened")

        def read(node: Element) -> list[Any]:
            nonlocal member
            if member is None:
                member = self.of(shape.member)
            return [member(node)] if flattened else [member(item) for item in node]

        return read

    def map_(self, shape: MapShape) -> Read:
        """Every child is an entry of key and value. If flattened, the element itself is one."""
        flattened = shape.serialization.get("flattened")
        key_name = shape.key.serialization.get("name", "key")
        value_name = shape.value.serialization.get("name", "value")
        pair: tuple[Read, Read] | None = None

        def read(node: Element) -> dict[Any, Any]:
            nonlocal pair
            if pair is None:
                pair = self.of(shape.key), self.of(shape.value)
            result: dict[Any, Any] = {}
            for entry in (node,) if flattened else node:
                key = value = None
                for item in entry:
                    tag = local_name(item.tag)
                    if tag == key_name:
                        key = pair[0](item)
                    elif tag == value_name:
                        value = pair[1](item)
                    else:
                        raise exceptions.ResponseParserError(f"Unknown tag: {tag}")
                result[key] = value
            return result

        return read

    def scalar(self, shape: Shape) -> Read:
        """A scalar from an element's text."""
        convert = self.text_reader(shape)
        if convert is str:
            return _text
        return lambda node: convert(node.text or "")

    def text_reader(self, shape: Shape) -> Callable[[str], Any]:
        """Choose the function that reads values of a scalar shape from text."""
        if shape.type_name == "timestamp":
            return self._parse_timestamp
        if shape.type_name == "blob":
            return self._parse_blob
        return _READERS.get(shape.type_name, str)


def _wire_name(name: str, member: Any) -> str:
    """The element name of a member. A flattened list has the name of its items."""
    if member.type_name == "list" and member.serialization.get("flattened"):
        inner = member.member.serialization.get("name")
        if inner is not None:
            return str(inner)
    return str(member.serialization.get("name", name))


def _text(node: Element) -> str:
    return node.text or ""


def _boolean(text: str) -> bool:
    return text == "true"


_READERS: dict[str, Callable[[str], Any]] = {
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
    "boolean": _boolean,
}
