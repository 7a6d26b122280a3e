"""Parsers of query and EC2 services."""

from __future__ import annotations

from sotalia.protocols.response import OperationParser, decode_base64
from sotalia.protocols.xml_body import RootCheck, XMLReader, child, local_name, parse_xml, texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any
    from xml.etree.ElementTree import Element

    from sotalia.model.shapes import Shape, StructureShape

    ResponseDict = dict[str, Any]
    Parsed = dict[str, Any]


class QueryParser(OperationParser):
    """Parses ``<OperationResponse>``: the result inside its wrapper, the request id inside ``ResponseMetadata``."""

    request_id_name = "RequestId"

    def prepare(self, shape: StructureShape | None) -> None:
        """Compile the reader of the result."""
        self._reader = XMLReader(self.parse_timestamp, self.parse_blob or decode_base64)
        self._wrapper = None if shape is None else shape.serialization.get("resultWrapper")
        self._read = None if shape is None else self._reader.of(shape)
        self._roots = RootCheck(shape, [f"{self.model.name}Response"])

    def result(self, response: ResponseDict) -> Parsed:
        """The members, and the metadata of the body."""
        if not response["body"]:
            self.check_empty(response["status_code"])
            return {"ResponseMetadata": {}}
        root = parse_xml(response["body"])
        parsed: Parsed = {}
        start = None if self._wrapper is None else child(root, self._wrapper)
        if start is None:
            # EC2 has no wrapper, and some fakes of query services leave it out: the members are then at the root.
            start = root
            if self._wrapper is not None or local_name(root.tag) != self._roots.name:
                self._roots.check(root)
        if self._read is not None:
            parsed = self._read(start)
        metadata = self.metadata(root)
        if metadata is not None:
            parsed["ResponseMetadata"] = metadata
        return parsed

    def metadata(self, root: Element) -> Parsed | None:
        """The body's ``ResponseMetadata``."""
        node = child(root, "ResponseMetadata")
        return None if node is None else texts(node)

    def error(self, response: ResponseDict) -> Parsed:
        """``ErrorResponse/Error``, or ``Response/Errors/Error``."""
        parsed = texts(parse_xml(response["body"]))
        if isinstance(parsed.get("Errors"), dict):
            parsed.update(parsed.pop("Errors"))
        if self.request_id_name in parsed:
            parsed["ResponseMetadata"] = {"RequestId": parsed.pop(self.request_id_name)}
        return parsed

    def error_reader(self, shape: Shape) -> Callable[[ResponseDict], Parsed]:
        """Compile the function that reads the error's members, which are beside or inside ``Error``."""
        read = self._reader.of(shape)

        def read_error(response: ResponseDict) -> Parsed:
            return read_error_members(parse_xml(response["body"]), read)

        return read_error


class Ec2Parser(QueryParser):
    """Parses responses without a wrapper, with the request id beside the members."""

    request_id_name = "RequestID"

    def metadata(self, root: Element) -> Parsed | None:
        """The request id."""
        node = child(root, "requestId")
        return None if node is None else {"RequestId": node.text}


def read_error_members(root: Element, read: Callable[[Element], Parsed]) -> Parsed:
    """Read a modeled error's members: at the root, or in its ``Error`` element, where the reference does not look."""
    members = read(root)
    errors = child(root, "Errors")
    node = child(root if errors is None else errors, "Error")
    if node is not None:
        members = {**read(node), **members}
    return members
