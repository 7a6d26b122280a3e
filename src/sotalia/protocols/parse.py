"""Choose the parser of an operation's responses: the one of its service's protocol."""

from __future__ import annotations

from sotalia.protocols import implementation
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
    parser_class: type[OperationParser] = implementation(model.service_model.resolved_protocol, 1)
    return parser_class(model, timestamp_parser or default_timestamp_parser, blob_parser)
