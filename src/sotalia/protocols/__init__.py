"""How values go over the wire: validators, serializers and parsers, compiled per operation from its shapes.

:mod:`validate` checks parameters. :mod:`serialize` turns them into requests. :mod:`parse` turns responses into results.
Each body format has its module (:mod:`query`, :mod:`json_body`, :mod:`xml_body`, :mod:`cbor`). :mod:`rest` binds members
to the URL and to headers. :mod:`timestamps` and :mod:`scalars` hold what all formats share.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: By protocol: what compiles the serializer of an operation, and the class of its parser. They are named, not imported: the
#: first operation of a protocol loads them, and most programs use one or two protocols.
PROTOCOLS = {
    "json": ("sotalia.protocols.json_body:compile_json", "sotalia.protocols.json_response:JSONParser"),
    "rest-json": (
        "sotalia.protocols.rest:compile_rest",
        "sotalia.protocols.rest_json_response:RestJSONParser",
    ),
    "rest-xml": ("sotalia.protocols.rest:compile_rest", "sotalia.protocols.rest_response:RestXMLParser"),
    "smithy-rpc-v2-cbor": (
        "sotalia.protocols.cbor_body:compile_cbor",
        "sotalia.protocols.json_response:CborParser",
    ),
    "query": ("sotalia.protocols.query:compile_query", "sotalia.protocols.query_response:QueryParser"),
    "ec2": ("sotalia.protocols.query:compile_query", "sotalia.protocols.query_response:Ec2Parser"),
}


def implementation(protocol: str, part: int) -> Any:
    """The serializer's compiler (0) or the parser's class (1) of a protocol."""
    from importlib import import_module

    # A model may name any protocol, and no list of those that its service offers.
    module, _, name = PROTOCOLS.get(protocol, PROTOCOLS["rest-xml"])[part].partition(":")
    return getattr(import_module(module), name)
