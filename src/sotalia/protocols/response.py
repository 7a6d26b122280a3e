"""The base of all parsers: one per operation, compiled for its protocol.

In goes a response dict with ``status_code``, ``headers``, ``body`` (bytes, or a stream if the operation streams) and
``context``. Out comes the dictionary that the caller gets, with ``ResponseMetadata``, and with ``Error`` for a status
of 301 and above. A status of 300 is parsed as a result and then raised, as in the reference.
"""

from __future__ import annotations

from binascii import a2b_base64
from functools import cached_property

from sotalia import exceptions
from sotalia.transport.messages import HeadersDict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, NoReturn

    from sotalia.model.service import OperationModel
    from sotalia.model.shapes import Shape, StructureShape

    ParseTimestamp = Callable[[Any], Any]
    ParseBlob = Callable[[Any], Any]
    ResponseDict = dict[str, Any]
    Parsed = dict[str, Any]


class OperationParser:
    """Parses the responses of one operation. A subclass per protocol knows how to read bodies."""

    def __init__(
        self, model: OperationModel, parse_timestamp: ParseTimestamp, parse_blob: ParseBlob | None
    ) -> None:
        self.model = model
        self.parse_timestamp = parse_timestamp
        self.parse_blob = parse_blob
        self._error_readers: dict[str, Callable[[ResponseDict], Parsed]] = {}
        self.prepare(model.output_shape)

    # -- what a protocol defines -------------------------------------------------------------------------------

    def prepare(self, shape: StructureShape | None) -> None:
        """Compile the reader of results; ``None`` if the operation has no output."""
        raise NotImplementedError

    def result(self, response: ResponseDict) -> Parsed:
        """Parse a successful response: its members, and what the protocol knows for ``ResponseMetadata``."""
        raise NotImplementedError

    def error(self, response: ResponseDict) -> Parsed:
        """Parse any other response: ``Error`` and ``ResponseMetadata``."""
        raise NotImplementedError

    def error_reader(self, shape: Shape) -> Callable[[ResponseDict], Parsed]:
        """Compile the function that reads a modeled error's members."""
        raise NotImplementedError

    # -- the same for all --------------------------------------------------------------------------------------

    def parse(self, response: ResponseDict) -> Parsed:
        """Parse a response. Raises ``ResponseParserError`` if the body is not of the protocol."""
        try:
            if response["status_code"] < 301:
                parsed = self.result(response)
            elif _is_generic(response):
                parsed = _generic_error(response)
            else:
                parsed = self.error(response)
                _check_error(parsed, response["status_code"])
            add_metadata(parsed, response)
        except (*MISFITS, exceptions.ResponseParserError) as error:
            self.raise_unreadable(error, response["body"], response["headers"])
        return parsed

    async def parse_event_stream(self, response: ResponseDict) -> Parsed:
        """Parse a response whose result is an event stream. Its initial response may have to arrive first."""
        if response["status_code"] >= 301:
            return self.parse(response)
        try:
            parsed = await self.event_stream_result(response)
            add_metadata(parsed, response)
        except (*MISFITS, exceptions.ResponseParserError) as error:
            self.raise_unreadable(error)
        return parsed

    async def event_stream_result(self, response: ResponseDict) -> Parsed:
        """Parse a successful response, with the open stream among its members."""
        return self.result(response)

    def add_modeled_error(self, response: ResponseDict, parsed: Parsed) -> None:
        """Add the members of the response's modeled error, if the model has it, at the top level."""
        if response["status_code"] < 301 or _is_generic(response):
            return
        code = parsed.get("Error", {}).get("Code")
        if code is None:
            return
        read = self._error_readers.get(code)
        if read is None:
            shape = self.model.service_model.shape_for_error_code(code)
            if shape is None:
                return
            read = self._error_readers[code] = self.error_reader(shape)
        try:
            parsed.update(read(response))
        except (*MISFITS, exceptions.ResponseParserError) as error:
            self.raise_unreadable(error, response["body"], response["headers"])

    # -- bodies that are not responses of the operation ---------------------------------------------------------

    @cached_property
    def is_secret(self) -> bool:
        """Whether the operation takes or returns secrets. If so, no error text may quote a body."""
        from sotalia.runtime.redaction import holds_secrets

        return any(
            shape is not None and holds_secrets(shape)
            for shape in (self.model.output_shape, self.model.input_shape)
        )

    def check_empty(self, status: int) -> None:
        """Raise ``ResponseParserError`` if an empty body would pass for an empty result of a read or a listing.

        Services leave out a body only if the model gives it nothing to hold. An empty body passes where it could hold
        only optional text or numbers: such members came later, and fakes of the service lack them.
        """
        if status not in _WITHOUT_BODY and self.model.http.get("method") != "HEAD" and self._needs_body:
            raise exceptions.ResponseParserError(
                f"Unable to parse response, its body is empty, where the result of {self.model.name} belongs"
            )

    @cached_property
    def _needs_body(self) -> bool:
        shape = self.model.output_shape
        if shape is None:
            return False
        names = (
            (shape.serialization["payload"],)
            if "payload" in shape.serialization
            else [name for name, member in shape.members.items() if not _is_bound(member)]
        )
        if self.model.service_model.resolved_protocol in ("query", "ec2"):
            return bool(names)  # Each of their responses has at least a root element.
        return any(
            name in shape.required_members or _is_aggregate(shape.members[name]) for name in names
        ) or (bool(names) and self.model.name.startswith(_READS))

    def raise_unreadable(
        self, error: Exception, body: object = None, headers: Mapping[str, Any] | None = None
    ) -> NoReturn:
        """Raise ``ResponseParserError`` in place of what reading a response raised.

        If the operation deals in secrets, neither the text nor the chain of causes quotes the body.
        """
        if isinstance(error, exceptions.ResponseParserError):
            text = str(error)
        else:
            text = (
                f"Unable to parse response ({type(error).__name__}: {error}), the body does not fit the model"
            )
        secret = self.is_secret
        if secret:
            text = f"Unable to parse response ({type(error).__name__}), {_NOT_SHOWN}"
        if isinstance(body, bytes):
            media_type = "" if headers is None else headers.get("content-type", "")
            text = f"{text}: {len(body)} bytes{f' of {media_type}' if media_type else ''}"
            if not secret:
                text = f"{text}:\n{_excerpt(body)!r}"
        unreadable = exceptions.ResponseParserError(text)
        try:
            raise unreadable from (None if secret else error)
        finally:
            # `from None` hides the context but leaves it reachable.
            if secret:
                unreadable.__context__ = None


#: What conversions raise for values that are not of their shape or are nested too deeply.
MISFITS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
_NOT_SHOWN = "the body is not a response of this operation as the model describes it, and is not shown since it may hold secrets"
# RFC 9110 15.3.5 and 15.3.6: No Content and Reset Content.
_WITHOUT_BODY = (204, 205)
_READS = ("BatchGet", "Describe", "Get", "List", "Query", "Scan", "Search", "Select")
_EXCERPT = 200


def _is_bound(member: Shape) -> bool:
    return member.serialization.get("location") in ("header", "headers", "statusCode")


def _is_aggregate(member: Shape) -> bool:
    return member.type_name in ("structure", "list", "map") and not (
        member.metadata.get("union") or member.metadata.get("document")
    )


def _excerpt(body: bytes) -> str:
    """The start of a body, with whatever looks like credentials redacted."""
    from sotalia.runtime.redaction import redact_text

    # Redact before cutting: half a key would not look like one.
    return redact_text(body[: 20 * _EXCERPT].decode("utf-8", "replace"))[:_EXCERPT]


def _check_error(parsed: Parsed, status: int) -> None:
    """Make the code of an error text, whatever the service sent."""
    error: dict[str, Any] | str | None = parsed.get("Error")
    if error is None:
        return
    if not isinstance(error, dict):
        parsed["Error"] = error = {"Message": ""}
    code = error.get("Code")
    if code is not None and not isinstance(code, str):
        error["Code"] = str(status)


def add_metadata(parsed: Parsed, response: ResponseDict) -> None:
    """Add what every response has to ``ResponseMetadata``: status, headers, the validated checksum's algorithm."""
    metadata = parsed.get("ResponseMetadata")
    if type(metadata) is not dict:
        metadata = parsed["ResponseMetadata"] = {}
    metadata["HTTPStatusCode"] = response["status_code"]
    metadata["HTTPHeaders"] = lower_headers(response["headers"])
    checked = response.get("context", {}).get("checksum")
    if checked and (algorithm := checked.get("response_algorithm")):
        metadata["ChecksumAlgorithm"] = algorithm


def lower_headers(headers: Mapping[str, Any]) -> dict[str, Any]:
    """Copy headers into a plain dictionary with lower-case names."""
    if type(headers) is HeadersDict:
        return {key: value for key, (_, value) in headers.by_lower_name.items()}
    return {name.lower(): value for name, value in headers.items()}


def _is_generic(response: ResponseDict) -> bool:
    """Whether the response comes from something in front of the service: a server error without the protocol's body."""
    if response["status_code"] < 500 or "x-amzn-errortype" in response["headers"]:
        return False
    body = response["body"].strip()
    return not body or body.startswith(b"<html>")


def _generic_error(response: ResponseDict) -> Parsed:
    status = response["status_code"]
    return {
        "Error": {"Code": str(status), "Message": reason_phrase(status)},
        "ResponseMetadata": {},
    }


def reason_phrase(status: int) -> str:
    """The reason phrase of a status (RFC 9110 15), ``""`` for unknown ones."""
    from http import HTTPStatus

    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def decode_base64(value: str | bytes) -> bytes:
    """Decode a blob of a text format."""
    return a2b_base64(value)
