"""Parsers of JSON and RPC v2 CBOR services, and of JSON bodies of REST services."""

from __future__ import annotations

from sotalia import exceptions
from sotalia.protocols.compiler import ShapeCompiler
from sotalia.protocols.json_body import load_json
from sotalia.protocols.response import OperationParser, decode_base64
from sotalia.protocols.unions import check_union

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from sotalia.model.shapes import ListShape, MapShape, Shape, StructureShape

    ResponseDict = dict[str, Any]
    Parsed = dict[str, Any]
    Read = Callable[[Any], Any]


class DecodedReader(ShapeCompiler["Read"]):
    """Compiles functions from decoded JSON (or CBOR) to values.

    With ``coerces``, numbers and booleans may also arrive as text, as they do in headers.
    """

    def __init__(self, parse_timestamp: Read, parse_blob: Read, *, coerces: bool) -> None:
        super().__init__()
        self._parse_timestamp = parse_timestamp
        self._parse_blob = parse_blob
        self._coerces = coerces

    def structure(self, shape: StructureShape) -> Read:
        """Known members that are not null."""
        if shape.is_document_type:
            return _unchanged
        read = self.members(shape, shape.members)
        if not shape.is_tagged_union:
            return read
        names = {member.serialization.get("name", name) for name, member in shape.members.items()}

        def read_union(value: Mapping[str, Any]) -> dict[str, Any]:
            # Services may send the other members as null; only what has a value counts.
            unknown = [name for name, item in value.items() if item is not None and name not in names]
            return check_union(shape.name, read(value), unknown)

        return read_union

    def members(self, shape: StructureShape, members: Mapping[str, Shape]) -> Read:
        """A structure, or only ``members`` of it: those that are in the body."""
        table: dict[str, tuple[str, Read | None]] = {}

        def build_table() -> dict[str, tuple[str, Read | None]]:
            readers = [(name, member, self.of(member)) for name, member in members.items()]
            return {
                member.serialization.get("name", name): (name, None if reader is _unchanged else reader)
                for name, member, reader in readers
            }

        def read(value: Any) -> dict[str, Any]:
            nonlocal table
            if not table:
                table = build_table()  # Assigned whole: another thread may be reading.
            result: dict[str, Any] = {}
            try:
                items: Iterable[tuple[str, Any]] = value.items()
            except AttributeError:
                raise exceptions.ResponseParserError(
                    f"Unable to parse response: found {type(value).__name__} where the structure {shape.name} belongs"
                ) from None
            for wire, item in items:
                if item is not None:
                    entry = table.get(wire)
                    if entry is not None:
                        name, reader = entry
                        result[name] = item if reader is None else reader(item)
            return result

        return read

    def list_(self, shape: ListShape) -> Read:
        """Items in order; nulls are kept."""
        member: Read | None = None

        def read(value: list[Any]) -> list[Any]:
            nonlocal member
            if member is None:
                member = self.of(shape.member)
            if type(value) is not list:
                # You can iterate over text and maps too, but the items would not be what the service sent.
                raise exceptions.ResponseParserError(
                    f"Unable to parse response: found {type(value).__name__} where the list {shape.name} belongs"
                )
            if member is _unchanged:
                return list(value)
            return [None if item is None else member(item) for item in value]

        return read

    def map_(self, shape: MapShape) -> Read:
        """Values by key; nulls are dropped."""
        member: Read | None = None

        def read(value: Mapping[Any, Any]) -> dict[Any, Any]:
            nonlocal member
            if member is None:
                member = self.of(shape.value)
            return {key: member(item) for key, item in value.items() if item is not None}

        return read

    def scalar(self, shape: Shape) -> Read:
        """Text and numbers unchanged, timestamps and blobs through their parsers."""
        type_name = shape.type_name
        if type_name == "timestamp":
            return self._parse_timestamp
        if type_name == "blob":
            return self._parse_blob
        if type_name in ("float", "double"):
            return float if self._coerces else _float
        return _COERCIONS.get(type_name, _unchanged) if self._coerces else _unchanged


def _unchanged(value: Any) -> Any:
    return value


def _float(value: Any) -> Any:
    """A number. NaN and the infinities arrive as text, since JSON has no numbers for them."""
    return float(value) if isinstance(value, str) else value


def boolean(value: object) -> bool:
    """A boolean, or its name."""
    return value if isinstance(value, bool) else str(value).lower() == "true"


_COERCIONS: dict[str, Read] = {"integer": int, "long": int, "boolean": boolean}


def error_code(text: object) -> str:
    """The bare name of an error: ``ns#Name:http://...`` is ``Name``."""
    # "Operation error serialization" of the Smithy JSON protocols: drop what follows a colon, and the namespace.
    code = str(text).split(":", 1)[0]
    return code.rsplit("#", 1)[-1]


class JSONParser(OperationParser):
    """Parses responses whose body is the result."""

    coerces = False

    def prepare(self, shape: StructureShape | None) -> None:
        """Compile the reader of the result."""
        self._reader = DecodedReader(
            self.parse_timestamp, self.parse_blob or self.default_blob, coerces=self.coerces
        )
        self._shape = shape
        self._read = None if shape is None else self._reader.of(shape)

    default_blob: Read = staticmethod(decode_base64)

    def load(self, body: bytes) -> Any:
        """Decode a body. Raises ``ValueError`` if it is not JSON."""
        return load_json(body) if body else {}

    def load_error(self, body: bytes) -> dict[str, Any]:
        """Decode an error's body. One that is not a JSON object becomes the message, unless it may hold secrets."""
        try:
            decoded: dict[str, Any] | list[Any] | str | float | None = self.load(body)
            if isinstance(decoded, dict):
                return decoded
            text = str(decoded)
        except (ValueError, RecursionError, exceptions.ResponseParserError):
            text = body.decode("utf-8", "replace")
        if self.is_secret:
            text = f"the response is not an error as the service describes it ({len(body)} bytes, not shown)"
        return {"message": text}

    def metadata(self, response: ResponseDict) -> Parsed:
        """The request's id."""
        request_id = response["headers"].get("x-amzn-requestid")
        return {} if request_id is None else {"RequestId": request_id}

    def result(self, response: ResponseDict) -> Parsed:
        """The members of the body."""
        body = response["body"]
        if not body:
            self.check_empty(response["status_code"])
        value = self.load(body)  # Even if nothing is read from it: a proxy's HTML page is not a success.
        parsed: Parsed = {} if self._read is None else self._read(value)
        parsed["ResponseMetadata"] = self.metadata(response)
        return parsed

    async def event_stream_result(self, response: ResponseDict) -> Parsed:
        """The open stream, with the members that its initial response holds."""
        from sotalia.protocols.eventstream import open_event_stream

        shape = self._shape
        name = None if shape is None else shape.event_stream_name
        assert shape is not None
        assert name is not None  # The pipeline comes here only for outputs with an event stream.
        stream = open_event_stream(self, response, shape.members[name])
        try:
            initial = await stream.take_initial_response()
            if initial is None:
                raise exceptions.ResponseParserError(
                    "The event stream does not start with its initial response."
                )
            parsed: Parsed = {} if self._read is None else self._read(self.load(initial))
        except BaseException:
            stream.close()  # The caller never sees the stream and cannot close it.
            raise
        parsed[name] = stream
        parsed["ResponseMetadata"] = self.metadata(response)
        return parsed

    def body_reader(self, shape: Shape) -> Callable[[bytes], Any]:
        """Compile the function that reads a shape from a body of its own, such as an event's payload."""
        read = self._reader.of(shape)
        return lambda body: read(self.load(body))

    def error(self, response: ResponseDict) -> Parsed:
        """Code and message from the body, else from the header, else the status as the code."""
        body = self.load_error(response["body"])
        headers = response["headers"]
        code = error_code(self.raw_error_code(body, headers) or response["status_code"])
        error: Parsed = {"Message": body.get("message", body.get("Message", "")), "Code": code}
        # The trait `awsQueryCompatible`: a service that moved away from the query protocol still sends its old codes.
        query_code, separator, fault = headers.get("x-amzn-query-error", "").partition(";")
        if query_code and separator and ";" not in fault:
            error["QueryErrorCode"] = code
            error["Code"] = query_code
            error["Type"] = fault
        return {"Error": error, "ResponseMetadata": self.metadata(response)}

    def raw_error_code(self, body: Parsed, headers: Mapping[str, Any]) -> Any:
        """The error's code as sent. The reference reads ``__type`` only; services also use the other places."""
        return body.get("__type") or headers.get("x-amzn-errortype") or body.get("code") or body.get("Code")

    def error_reader(self, shape: Shape) -> Callable[[ResponseDict], Parsed]:
        """Compile the function that reads the error's members from the body."""
        read = self._reader.of(shape)

        def read_error(response: ResponseDict) -> Parsed:
            members: Parsed = read(self.load_error(response["body"]))
            return members

        return read_error


class CborParser(JSONParser):
    """Parses responses whose body is the result in CBOR."""

    default_blob: Read = staticmethod(_unchanged)

    def prepare(self, shape: StructureShape | None) -> None:
        """Compile the reader of the result. CBOR has byte strings, so there is no blob parser to apply."""
        self.parse_blob = None
        super().prepare(shape)

    def load(self, body: bytes) -> Any:
        """Decode a body. Raises ``ResponseParserError`` if it is not CBOR."""
        from sotalia.protocols.cbor import decode

        return decode(body) if body else {}
