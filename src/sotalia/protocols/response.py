"""Results from responses: one parser per operation, compiled for its protocol.

A response dict has ``status_code``, ``headers``, ``body`` (bytes, or a stream where the operation streams) and
``context``. From it comes the dictionary that the caller gets, with ``ResponseMetadata``; for a status of 301 and above
one with ``Error``. A status of 300 is parsed as a result and then raised, as in the reference.
"""

from __future__ import annotations

from binascii import a2b_base64
from typing import TYPE_CHECKING, Any

from sotalia import exceptions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sotalia.model.service import OperationModel
    from sotalia.model.shapes import Shape

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

    def prepare(self, shape: Any) -> None:
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
        except _MISFITS as error:
            raise _unreadable(response, error) from error
        add_metadata(parsed, response)
        return parsed

    async def parse_event_stream(self, response: ResponseDict) -> Parsed:
        """The same for an operation whose result is a stream of events, which may have to be waited for."""
        if response["status_code"] >= 301:
            return self.parse(response)
        parsed = await self.event_stream_result(response)
        add_metadata(parsed, response)
        return parsed

    async def event_stream_result(self, response: ResponseDict) -> Parsed:
        """The members of a good response, with the open stream among them."""
        return self.result(response)

    def add_modeled_error(self, response: ResponseDict, parsed: Parsed) -> None:
        """Add the members of the error that the response is modeled to be, if any, at the top level."""
        code = parsed.get("Error", {}).get("Code")
        if code is None or response["status_code"] < 301 or _is_generic(response):
            return
        read = self._error_readers.get(code)
        if read is None:
            shape = self.model.service_model.shape_for_error_code(code)
            if shape is None:
                return
            read = self._error_readers[code] = self.error_reader(shape)
        try:
            parsed.update(read(response))
        except _MISFITS as error:
            raise _unreadable(response, error) from error


# What conversions raise for values that are not of their shape, or nested beyond all measure.
_MISFITS = (ValueError, TypeError, AttributeError, KeyError, IndexError, OverflowError, RecursionError)


def _unreadable(response: ResponseDict, error: Exception) -> Exception:
    body = response["body"]
    shown = body[:200] if isinstance(body, bytes) else type(body)
    made: Exception = exceptions.ResponseParserError(
        f"Unable to parse response ({type(error).__name__}: {error}), the body does not fit the model:\n{shown!r}"
    )
    return made


def add_metadata(parsed: Parsed, response: ResponseDict) -> None:
    """What every response tells about itself."""
    metadata = parsed.get("ResponseMetadata")
    if metadata is None:
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
