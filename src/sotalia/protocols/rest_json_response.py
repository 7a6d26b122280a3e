"""Responses of REST services with JSON bodies; a file of its own, so that no JSON is loaded for S3."""

from __future__ import annotations

from sotalia import exceptions
from sotalia.protocols.json_response import JSONParser
from sotalia.protocols.rest_response import RestParser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from sotalia.model.shapes import Shape, StructureShape

    ResponseDict = dict[str, Any]
    Parsed = dict[str, Any]


class RestJSONParser(RestParser, JSONParser):
    """REST with JSON bodies."""

    coerces = True

    def prepare(self, shape: StructureShape | None) -> None:
        """Compile what reads this output."""
        JSONParser.prepare(self, shape)
        self.prepare_rest(shape)

    def scalar_header(self, member: Shape) -> Callable[[str], Any]:
        """As in the body, from text."""
        return self._reader.of(member)  # type: ignore[no-any-return]

    def body_reader(self, shape: Shape) -> Callable[[bytes], Any]:
        """Decode, then read."""
        return JSONParser.body_reader(self, shape)

    def decode(self, response: ResponseDict) -> Any:
        """The decoded JSON."""
        return self.load(response["body"])

    def check_unread(self, body: bytes) -> None:
        """Raise for pages; other text ("OK") is what some services say where their model has no output."""
        if body.lstrip()[:1] == b"<":
            raise exceptions.ResponseParserError(
                "Unable to parse response: its body is a page of HTML or XML"
            )

    async def event_stream_result(self, response: ResponseDict) -> Parsed:
        """REST streams have no initial response: headers hold the other members."""
        return self.result(response)

    def metadata(self, response: ResponseDict) -> Parsed:
        """The request's ids."""
        return RestParser.metadata(self, response)

    def error(self, response: ResponseDict) -> Parsed:
        """As JSON services, but a header goes before the body."""
        parsed = JSONParser.error(self, response)
        parsed["ResponseMetadata"] = JSONParser.metadata(self, response)
        return parsed

    def raw_error_code(self, body: Parsed, headers: Mapping[str, Any]) -> Any:
        """The header names the error, else the body does."""
        return headers.get("x-amzn-errortype") or body.get("code") or body.get("Code") or body.get("__type")

    def error_reader(self, shape: Shape) -> Callable[[ResponseDict], Parsed]:
        """Members from headers and body."""
        bound = self.compile_bound(shape)
        read = JSONParser.error_reader(self, shape)

        def read_error(response: ResponseDict) -> Parsed:
            parsed = read(response)
            bound(response, parsed)
            return parsed

        return read_error
