"""Responses of REST services: members from headers, the status, and the body or a payload. Here also: those with XML."""

from __future__ import annotations

from sotalia import exceptions
from sotalia.protocols.response import OperationParser, decode_base64, reason_phrase
from sotalia.protocols.xml_body import RootCheck, XMLReader, local_name, parse_xml, texts
from sotalia.transport.messages import HeadersDict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any
    from xml.etree.ElementTree import Element

    from sotalia.model.shapes import Shape, StructureShape

    ResponseDict = dict[str, Any]
    Parsed = dict[str, Any]


class RestParser(OperationParser):
    """What the two kinds share: bindings of headers and status, and payloads."""

    # A DecodedReader or an XMLReader.
    _reader: Any

    def compile_bound(self, shape: Any) -> Callable[[ResponseDict, Parsed], None]:
        """Compile the function that reads members from status and headers."""
        by_name: dict[str, list[tuple[str, Callable[[Any], Any]]]] = {}
        by_prefix: list[tuple[str, str]] = []
        statuses: list[str] = []
        for name, member in shape.members.items():
            location = member.serialization.get("location")
            wire = member.serialization.get("name", name)
            if location == "header":
                by_name.setdefault(wire.lower(), []).append((name, self.header_reader(member)))
            elif location == "headers":
                by_prefix.append((name, member.serialization.get("name", "").lower()))
            elif location == "statusCode":
                statuses.append(name)

        def bound(response: ResponseDict, parsed: Parsed) -> None:
            headers = response["headers"]
            store = (headers if type(headers) is HeadersDict else HeadersDict(headers)).by_lower_name
            # Walk the headers that came, not the members: GetObject binds 44 to headers, a response has a dozen.
            for header, (_, value) in store.items():
                if header in by_name:
                    for name, read in by_name[header]:
                        parsed[name] = read(value)
            for name, prefix in by_prefix:
                parsed[name] = {
                    written[len(prefix) :]: value
                    for header, (written, value) in store.items()
                    if header.startswith(prefix)
                }
            for name in statuses:
                parsed[name] = response["status_code"]

        return bound

    def header_reader(self, member: Any) -> Callable[[str], Any]:
        """Compile the function that reads a member from a header's text."""
        if member.serialization.get("jsonvalue"):
            return _json_header
        if member.type_name == "list":
            item = member.member
            read = self.header_reader(item)
            split = _split_dates if _is_http_date(item) else _split_list
            return lambda text: [read(part) for part in split(text)]
        return self.scalar_header(member)

    def scalar_header(self, member: Shape) -> Callable[[str], Any]:
        """Compile the function that reads a scalar from text."""
        raise NotImplementedError

    def prepare_rest(self, shape: StructureShape | None) -> None:
        """Compile the readers of this output."""
        self._members = {} if shape is None else shape.members
        self._payload: str | None = None
        self._payload_type = ""
        self._bound: Callable[[ResponseDict, Parsed], None] | None = None
        self._read_body: Callable[[Any], Any] | None = None
        self._may_be_absent = False
        if shape is None:
            return
        self._bound = self.compile_bound(shape)
        self._payload = shape.serialization.get("payload")
        if self._payload is not None:
            member = shape.members[self._payload]
            self._payload_type = member.type_name
            if member.serialization.get("eventstream"):
                self._payload_type = "eventstream"
            elif self._payload_type not in ("blob", "string"):
                self._read_body = self._reader.of(member)
                self._may_be_absent = bool(member.metadata.get("union"))
            return
        in_body = {
            name: member
            for name, member in shape.members.items()
            # A structure that is also an input may bind members to the URL; in a response they are in the body.
            if member.serialization.get("location") not in ("header", "headers", "statusCode")
        }
        if in_body:
            self._read_body = self._reader.members(shape, in_body)

    def check_unread(self, body: bytes) -> None:
        """Raise if a body that nothing is read from has another format: a proxy's page is not a success."""
        raise NotImplementedError

    def body_reader(self, shape: Shape) -> Callable[[bytes], Any]:
        """Compile the function that reads a shape from a body."""
        raise NotImplementedError

    def decode(self, response: ResponseDict) -> object:
        """Decode the body: what its reader takes."""
        raise NotImplementedError

    def metadata(self, response: ResponseDict) -> Parsed:
        """The request id; S3 has a header of its own for it, and a host id."""
        headers = response["headers"]
        request_id = headers.get("x-amzn-requestid")
        if request_id is not None:
            return {"RequestId": request_id}
        request_id = headers.get("x-amz-request-id")
        if request_id is not None:
            return {"RequestId": request_id, "HostId": headers.get("x-amz-id-2", "")}
        return {}

    def result(self, response: ResponseDict) -> Parsed:
        """Read all members, wherever the model binds them."""
        parsed: Parsed = {"ResponseMetadata": self.metadata(response)}
        if self._bound is not None:
            self._bound(response, parsed)
        payload = self._payload
        if payload is None:
            body = response["body"]
            if not body:
                if self._read_body is not None:
                    self.check_empty(response["status_code"])
            elif self._read_body is not None:
                parsed.update(self._read_body(self.decode(response)))
            else:
                self.check_unread(body)
        elif self._payload_type == "eventstream":
            from sotalia.protocols.eventstream import open_event_stream

            parsed[payload] = open_event_stream(self, response, self._members[payload])
        elif self._read_body is not None:
            if not response["body"]:
                self.check_empty(response["status_code"])
            if response["body"] or not self._may_be_absent:
                parsed[payload] = self._read_body(self.decode(response))
        else:
            body = response["body"]
            parsed[payload] = body.decode("utf-8") if isinstance(body, bytes) else body
        return parsed

    def default_error(self, response: ResponseDict) -> Parsed:
        """An error from status and headers, for a body that says nothing."""
        status = response["status_code"]
        headers = response["headers"]
        return {
            "Error": {"Code": str(status), "Message": reason_phrase(status)},
            "ResponseMetadata": {
                "RequestId": headers.get("x-amz-request-id", ""),
                "HostId": headers.get("x-amz-id-2", ""),
            },
        }


class RestXMLParser(RestParser):
    """REST with XML bodies."""

    def prepare(self, shape: StructureShape | None) -> None:
        """Compile the readers of this output."""
        self._reader = XMLReader(self.parse_timestamp, self.parse_blob or decode_base64)
        self.prepare_rest(shape)
        self._roots = RootCheck(*_roots(self.model.name, shape, self._payload), may_be_bare=True)

    def scalar_header(self, member: Shape) -> Callable[[str], Any]:
        """As in the body, from text."""
        return self._reader.text_reader(member)  # type: ignore[no-any-return]

    def body_reader(self, shape: Shape) -> Callable[[bytes], Any]:
        """Compile the function that reads a shape from XML."""
        read = self._reader.of(shape)
        return lambda body: read(parse_xml(body))

    def decode(self, response: ResponseDict) -> Element:
        """Parse the body to its root element. No body is an empty element."""
        body = response["body"]
        if not body:
            return _empty_element()
        # The handlers that look for S3's errors in 200 responses have parsed the same body already.
        known = response.get("xml_root")
        root = known[1] if known is not None and known[0] is body else parse_xml(body)
        self._roots.check(root)
        return root

    def check_unread(self, body: bytes) -> None:
        """Raise if the body is not XML, or is a page."""
        if local_name(parse_xml(body).tag).lower() == "html":
            raise exceptions.ResponseParserError("Unable to parse response: its body is a page of HTML")

    def error(self, response: ResponseDict) -> Parsed:
        """Parse S3's ``Error``, or ``ErrorResponse/Error``; else take the error from the status."""
        try:
            if not response["body"]:
                return self.default_error(response)
            root = parse_xml(response["body"])
        except exceptions.ResponseParserError:
            return self.default_error(response)
        parsed = texts(root)
        if root.tag == "Error":
            # S3 repeats the ids in headers, where every status has them.
            parsed.pop("RequestId", "")
            parsed.pop("HostId", "")
            return {
                "Error": {"Message": "", "Code": "", **parsed},
                "ResponseMetadata": self.metadata(response),
            }
        metadata = {"RequestId": parsed.pop("RequestId")} if "RequestId" in parsed else {}
        error: dict[str, Any] | str | None = parsed.get("Error")
        return {
            **parsed,
            "Error": {"Message": "", "Code": "", **(error if isinstance(error, dict) else {})},
            "ResponseMetadata": metadata,
        }

    def error_reader(self, shape: Shape) -> Callable[[ResponseDict], Parsed]:
        """Compile the function that reads the error's members from headers and body."""
        bound = self.compile_bound(shape)
        read = self._reader.of(shape)

        def read_error(response: ResponseDict) -> Parsed:
            try:
                root = parse_xml(response["body"]) if response["body"] else _empty_element()
            except exceptions.ResponseParserError:
                root = _empty_element()
            from sotalia.protocols.query_response import read_error_members

            parsed = read_error_members(root, read)
            bound(response, parsed)
            return parsed

        return read_error


def _roots(
    operation_name: str, output: StructureShape | None, payload: str | None
) -> tuple[Shape | None, list[str]]:
    """The shape that the body holds, and the names that its root element may have."""
    names = [f"{operation_name}{ending}" for ending in ("Result", "Response", "Output")]
    shape: Shape | None = output
    if output is not None and payload is not None:
        shape = output.members[payload]
        names.append(payload)
    if shape is not None:
        names += [shape.name, shape.serialization.get("name", shape.name)]
    return shape, names


def _empty_element() -> Element:
    from xml.etree.ElementTree import Element

    return Element("")


# -- headers -------------------------------------------------------------------------------------------------------


def _json_header(text: str) -> Any:
    import json

    return json.loads(decode_base64(text).decode("utf-8"))


def _is_http_date(shape: Shape) -> bool:
    return bool(
        shape.type_name == "timestamp"
        and shape.serialization.get("timestampFormat", "rfc822").lower() == "rfc822"
    )


def _split_list(text: str) -> list[str]:
    """Split at commas outside of quotes (RFC 9110 5.6.4)."""
    if '"' not in text:
        return [part.strip() for part in text.split(",")]
    items: list[str] = []
    item = ""
    quoted = escaped = False
    for character in text:
        if escaped:
            item += character
            escaped = False
        elif quoted and character == "\\":
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif character == "," and not quoted:
            items.append(item.strip())
            item = ""
        else:
            item += character
    return [*items, item.strip()]


def _split_dates(text: str) -> list[str]:
    """Split a list of HTTP dates, each of which has a comma of its own after the weekday."""
    parts = text.split(",")
    if len(parts) % 2:
        return [part.strip() for part in parts]
    return [f"{parts[i].strip()}, {parts[i + 1].strip()}" for i in range(0, len(parts), 2)]
