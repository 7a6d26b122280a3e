"""Results from responses: one parser per operation, compiled for its protocol.

A response dict has ``status_code``, ``headers``, ``body`` (bytes, or a stream where the operation streams) and
``context``. From it comes the dictionary that the caller gets, with ``ResponseMetadata``; for a status of 301 and above
one with ``Error``. A status of 300 is parsed as a result and then raised, as in the reference.
"""

from __future__ import annotations

from binascii import a2b_base64
from functools import cached_property

from sotalia import exceptions

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
    """Parses the responses of one operation; a subclass per protocol says how bodies are read."""

    def __init__(
        self, model: OperationModel, parse_timestamp: ParseTimestamp, parse_blob: ParseBlob | None
    ) -> None:
        self.model = model
        self.parse_timestamp = parse_timestamp
        self.parse_blob = parse_blob
        self._error_readers: dict[str, Callable[[ResponseDict], Parsed]] = {}
        self.prepare(model.output_shape)

    # -- what a protocol defines -------------------------------------------------------------------------------

    def prepare(self, shape: StructureShape) -> None:
        """Compile what reads results of this shape."""
        raise NotImplementedError

    def result(self, response: ResponseDict) -> Parsed:
        """The members of a good response, and what ``ResponseMetadata`` gets from the protocol."""
        raise NotImplementedError

    def error(self, response: ResponseDict) -> Parsed:
        """``Error`` and ``ResponseMetadata`` of any other response."""
        raise NotImplementedError

    def error_reader(self, shape: Shape) -> Callable[[ResponseDict], Parsed]:
        """The function that reads the members of a modeled error."""
        raise NotImplementedError

    # -- the same for all --------------------------------------------------------------------------------------

    def parse(self, response: ResponseDict) -> Parsed:
        """The parsed response. Raises ``ResponseParserError`` for a body that is not of the protocol."""
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
        """The same for an operation whose result is a stream of events, which may have to be waited for."""
        if response["status_code"] >= 301:
            return self.parse(response)
        try:
            parsed = await self.event_stream_result(response)
            add_metadata(parsed, response)
        except (*MISFITS, exceptions.ResponseParserError) as error:
            self.raise_unreadable(error)
        return parsed

    async def event_stream_result(self, response: ResponseDict) -> Parsed:
        """The members of a good response, with the open stream among them."""
        return self.result(response)

    def add_modeled_error(self, response: ResponseDict, parsed: Parsed) -> None:
        """Add the members of the error that the response is modeled to be, if any, at the top level."""
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

    # -- what is no response of the operation ------------------------------------------------------------------

    @cached_property
    def is_secret(self) -> bool:
        """Whether the operation takes or gives secrets: then nothing of a body may stand in an error's text."""
        from sotalia.runtime.redaction import holds_secrets

        return any(
            shape is not None and holds_secrets(shape)
            for shape in (self.model.output_shape, self.model.input_shape)
        )

    def check_empty(self, status: int) -> None:
        """Raise ``ResponseParserError`` if an empty body would be read as an empty result of a read or a listing.

        Services leave out a body only where the model gives it nothing to say. Where all that it could say is an
        optional text or number, an empty body passes: such members came later, and fakes of the service lack them.
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

    def raise_unreadable(self, error: Exception, body: Any = None, headers: Any = None) -> NoReturn:
        """Raise ``ResponseParserError`` in place of what reading a response raised.

        Where the operation deals in secrets, neither the text nor the chain of causes holds a word of the body.
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
            kind = "" if headers is None else headers.get("content-type", "")
            text = f"{text}: {len(body)} bytes{f' of {kind}' if kind else ''}"
            if not secret:
                text = f"{text}:\n{_excerpt(body)!r}"
        made = exceptions.ResponseParserError(text)
        try:
            raise made from (None if secret else error)
        finally:
            if secret:
                made.__context__ = None


#: What conversions raise for values that are not of their shape, or nested beyond all measure.
MISFITS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
_NOT_SHOWN = "the body is not a response of this operation as the model describes it, and is not shown since it may hold secrets"
# RFC 9110 15.3.5 and 15.3.6.
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
    """The start of a body, without what looks like credentials."""
    from sotalia.runtime.redaction import redact_text

    return redact_text(body[: 20 * _EXCERPT].decode("utf-8", "replace"))[:_EXCERPT]


def _check_error(parsed: Parsed, status: int) -> None:
    """Let code and message of an error be text, whatever the service sent."""
    error = parsed.get("Error")
    if error is None:
        return
    if type(error) is not dict:
        parsed["Error"] = error = {"Message": ""}
    code = error.get("Code")
    if code is not None and not isinstance(code, str):
        error["Code"] = str(status)


def add_metadata(parsed: Parsed, response: ResponseDict) -> None:
    """What every response tells about itself."""
    metadata = parsed.get("ResponseMetadata")
    if type(metadata) is not dict:
        metadata = parsed["ResponseMetadata"] = {}
    metadata["HTTPStatusCode"] = response["status_code"]
    metadata["HTTPHeaders"] = lower_headers(response["headers"])
    checked = response.get("context", {}).get("checksum")
    if checked and (algorithm := checked.get("response_algorithm")):
        metadata["ChecksumAlgorithm"] = algorithm


def lower_headers(headers: Mapping[str, Any]) -> dict[str, Any]:
    """A plain dictionary with lower-case names."""
    store = getattr(headers, "_store", None)
    if type(store) is dict:
        return {key: value for key, (_, value) in store.items()}
    return {name.lower(): value for name, value in headers.items()}


def _is_generic(response: ResponseDict) -> bool:
    """Whether something in front of the service answered: a server error without a body of the protocol."""
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
    """The name of a status (RFC 9110 15), ``""`` for unknown ones."""
    from http import HTTPStatus

    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def decode_base64(value: Any) -> bytes:
    """A blob of a text format."""
    return a2b_base64(value)
