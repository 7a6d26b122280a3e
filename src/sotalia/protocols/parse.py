"""Which parser reads the responses of an operation: the one of its service's protocol."""

from __future__ import annotations

from sotalia.protocols.timestamps import parse_timestamp as default_timestamp_parser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.model.service import OperationModel
    from sotalia.protocols.response import OperationParser


def compile_parser(
    model: OperationModel,
    *,
    timestamp_parser: Callable[[Any], Any] | None = None,
    blob_parser: Callable[[Any], Any] | None = None,
) -> OperationParser:
    """The parser of an operation's responses; the two functions replace how timestamps and blobs are read."""
    protocol = model.service_model.resolved_protocol
    kind: type[OperationParser]
    if protocol in ("query", "ec2"):
        from sotalia.protocols.query_response import Ec2Parser, QueryParser

        kind = Ec2Parser if protocol == "ec2" else QueryParser
    elif protocol == "json":
        from sotalia.protocols.json_response import JSONParser

        kind = JSONParser
    elif protocol == "smithy-rpc-v2-cbor":
        from sotalia.protocols.json_response import CborParser

        kind = CborParser
    elif protocol == "rest-json":
        from sotalia.protocols.rest_json_response import RestJSONParser

        kind = RestJSONParser
    else:
        from sotalia.protocols.rest_response import RestXMLParser

        kind = RestXMLParser
    return kind(model, timestamp_parser or default_timestamp_parser, blob_parser)
