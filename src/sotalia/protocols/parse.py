"""Choose the parser of an operation's responses: the one of its service's protocol."""

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
    """Compile the parser of an operation's responses. The two functions replace how it reads timestamps and blobs."""
    protocol = model.service_model.resolved_protocol
    parser_class: type[OperationParser]
    if protocol in ("query", "ec2"):
        from sotalia.protocols.query_response import Ec2Parser, QueryParser

        parser_class = Ec2Parser if protocol == "ec2" else QueryParser
    elif protocol == "json":
        from sotalia.protocols.json_response import JSONParser

        parser_class = JSONParser
    elif protocol == "smithy-rpc-v2-cbor":
        from sotalia.protocols.json_response import CborParser

        parser_class = CborParser
    elif protocol == "rest-json":
        from sotalia.protocols.rest_json_response import RestJSONParser

        parser_class = RestJSONParser
    else:
        from sotalia.protocols.rest_response import RestXMLParser

        parser_class = RestXMLParser
    return parser_class(model, timestamp_parser or default_timestamp_parser, blob_parser)
