"""REST requests: members go to the URL, the query string, headers or the body, as the model binds them.

Smithy's page "HTTP bindings" defines the bindings.
"""

from __future__ import annotations

from sotalia.protocols.scalars import plain, plain_text, text_writer
from sotalia.protocols.timestamps import timestamp_writer
from sotalia.transport.query_string import percent_encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from typing import Any, NoReturn

    from sotalia.model.service import OperationModel
    from sotalia.model.shapes import Shape, StructureShape

    Params = dict[str, Any]
    # Writes one parameter to where the model binds it: (value, query, headers).
    Bind = Callable[[Any, dict[str, Any], dict[str, str]], None]
    WriteBody = Callable[[Any], bytes]


def compile_rest(model: OperationModel, precision: str) -> Callable[[Params], dict[str, Any]]:
    """Compile the serializer of an operation of a REST service, with JSON or XML bodies."""
    shape = model.input_shape
    members: dict[str, Shape] = {} if shape is None else shape.members
    method: str = model.http.get("method", "POST")
    is_json = model.service_model.resolved_protocol == "rest-json"
    auth_path = model.http.get("authPath")
    path = _compile_path(model.http["requestUri"], members, precision)
    auth = None if auth_path is None else _compile_path(auth_path, members, precision)
    bindings = {
        name: bind
        for name, member in members.items()
        if (bind := _compile_binding(name, member, precision)) is not None
    }
    modeled_query = [
        member.serialization.get("name", name)
        for name, member in members.items()
        if member.serialization.get("location") == "querystring"
    ]
    write_body = _no_body if shape is None else _compile_body(shape, is_json, precision)
    adds_content_type = is_json and not _has_raw_payload(shape)

    def serialize(params: Params) -> dict[str, Any]:
        query: dict[str, Any] = {}
        headers: dict[str, str] = {}
        for name, value in params.items():
            if value is not None:
                bind = bindings.get(name)
                if bind is not None:
                    bind(value, query, headers)
        # A map adds parameters of any name. Those that the model binds by name win ("httpQueryParams trait").
        if "" in query:
            splatted = query.pop("")
            query = {**splatted, **{name: query[name] for name in modeled_query if name in query}}
        body = write_body(params)
        if adds_content_type and body != b"" and not any(name.lower() == "content-type" for name in headers):
            headers["Content-Type"] = "application/json"
        request = {
            "url_path": path(params),
            "query_string": query if shape is not None else "",
            "method": method,
            "headers": headers,
            "body": body,
        }
        if auth is not None:
            request["auth_path"] = auth(params)
        return request

    return serialize


# -- the path ------------------------------------------------------------------------------------------------------


def _compile_path(template: str, members: dict[str, Shape], precision: str) -> Callable[[Params], str]:
    """Compile ``/{Bucket}/{Key+}?acl``. Labels are percent-encoded; greedy ones (with a plus) keep their slashes."""
    labels: dict[str, tuple[str, Callable[[Any], str]]] = {
        member.serialization.get("name", name): (name, text_writer(member, "iso8601", precision))
        for name, member in members.items()
        if member.serialization.get("location") == "uri"
    }
    fields: list[tuple[str, str, Callable[[Any], str], str]] = []
    rest = template
    while "{" in rest:
        literal, _, rest = rest.partition("{")
        label, _, rest = rest.partition("}")
        wire = label.rstrip("+")
        name, text = labels.get(wire, (wire, str))
        fields.append((literal, name, text, "/-._~" if label.endswith("+") else "-._~"))
    last = rest
    if not fields:
        return lambda params: template

    def path(params: Params) -> str:
        written = ""
        for literal, name, text, safe in fields:
            value = params.get(name)
            written += literal if value is None else literal + percent_encode(text(value), safe)
        return written + last

    return path


# -- query and headers ---------------------------------------------------------------------------------------------


def _compile_binding(name: str, member: Shape, precision: str) -> Bind | None:
    location = member.serialization.get("location")
    wire = member.serialization.get("name", name)
    if location == "querystring":
        return _bind_query(wire, member, precision)
    if location == "header":
        return _bind_header(wire, member, precision)
    if location == "headers":

        def bind_map(value: Mapping[Any, Any], query: dict[str, Any], headers: dict[str, str]) -> None:
            for key, item in value.items():
                name = key if type(key) is str else plain_text(key)
                if not _NAME_ENDERS.isdisjoint(name):
                    refuse_header_name(f"{wire}{name}")
                headers[wire + name] = item if type(item) is str else plain_text(item)

        return bind_map
    return None


def _bind_query(wire: str, member: Any, precision: str) -> Bind:
    if member.type_name == "map":
        return lambda value, query, headers: query.setdefault("", {}).update(_plain_map(value))
    if member.type_name == "list":
        text = _query_text(member.member, precision)

        def bind_list(value: Iterable[Any], query: dict[str, Any], headers: dict[str, str]) -> None:
            query[wire] = [text(item) for item in value]

        return bind_list
    text = _query_text(member, precision)

    def bind(value: Any, query: dict[str, Any], headers: dict[str, str]) -> None:
        query[wire] = text(value)

    return bind


def _query_text(shape: Shape, precision: str) -> Callable[[Any], Any]:
    """Numbers stay numbers, since handlers see them so in the reference's request dict."""
    if shape.type_name in ("string", "integer", "long"):
        return plain
    if shape.type_name == "timestamp":
        return timestamp_writer(shape.serialization.get("timestampFormat", "iso8601"), precision)
    return text_writer(shape, "iso8601", precision)


def _plain_map(value: Mapping[str, str | list[str] | tuple[str, ...]]) -> dict[str, Any]:
    """A map of text to text, or to lists of text."""
    return {
        plain(key): [plain(part) for part in item] if isinstance(item, list | tuple) else plain(item)
        for key, item in value.items()
    }


# These end a header's name (RFC 9112 5): what follows would be its value, or another header.
_NAME_ENDERS = frozenset(":\x7f" + "".join(map(chr, range(33))))


def refuse_header_name(name: str) -> NoReturn:
    """Raise ``ParamValidationError`` for a header name that a server would read as another one."""
    from sotalia import exceptions

    raise exceptions.ParamValidationError(
        report=f"Invalid header name {name!r}: it holds a colon, white space or a control character, at which servers "
        "end the name; remove it from the key"
    )


def _bind_header(wire: str, member: Any, precision: str) -> Bind:
    if member.type_name == "list":
        text = _header_text(member.member, precision, quotes=True)

        def bind_list(value: Iterable[Any], query: dict[str, Any], headers: dict[str, str]) -> None:
            if value:
                headers[wire] = ",".join([text(item) for item in value if item is not None])

        return bind_list
    text = _header_text(member, precision)

    def bind(value: Any, query: dict[str, Any], headers: dict[str, str]) -> None:
        headers[wire] = text(value)

    return bind


def _header_text(shape: Shape, precision: str, *, quotes: bool = False) -> Callable[[Any], str]:
    if shape.serialization.get("jsonvalue"):
        return _json_header
    if shape.type_name == "timestamp":
        write = text_writer(shape, "rfc822", precision)
        return lambda value: write(_whole_seconds(value))
    if quotes and shape.type_name == "string":
        return _quoted
    return text_writer(shape, "rfc822", precision)


def _whole_seconds(value: object) -> datetime:
    """HTTP dates have no fractions of a second (RFC 9110 5.6.7)."""
    from sotalia.protocols.timestamps import as_utc

    return as_utc(value).replace(microsecond=0)


def _quoted(value: object) -> str:
    """A list's item, in quotes if it holds a separator or a quote (RFC 9110 5.6.4)."""
    text = plain_text(value)
    return '"' + text.replace('"', '\\"') + '"' if "," in text or '"' in text else text


def _json_header(value: object) -> str:
    """The trait ``jsonvalue``: JSON in base64, since a header cannot carry all characters of JSON."""
    import json
    from binascii import b2a_base64

    return b2a_base64(json.dumps(value, separators=(",", ":")).encode("utf-8"), newline=False).decode("ascii")


# -- the body ------------------------------------------------------------------------------------------------------


def _has_raw_payload(shape: StructureShape | None) -> bool:
    """Whether the body is one parameter unchanged: a blob or text."""
    if shape is None:
        return False
    payload = shape.serialization.get("payload")
    return payload is not None and shape.members[payload].type_name in ("blob", "string")


def _no_body(params: Params) -> bytes:
    return b""


def _compile_body(shape: StructureShape, is_json: bool, precision: str) -> Callable[[Params], Any]:
    payload = shape.serialization.get("payload")
    empty = b"{}" if is_json else b""
    if payload is not None:
        if _has_raw_payload(shape):
            return lambda params: _raw(params.get(payload, b""))
        if shape.members[payload].serialization.get("eventstream"):
            return _no_body
        write = _body_writer(shape.members[payload], is_json, precision)

        def write_payload(params: Params) -> bytes:
            value = params.get(payload)
            return empty if value is None else write(value)

        return write_payload
    names = [name for name, member in shape.members.items() if "location" not in member.serialization]
    if not names:
        return _no_body
    write_members = _body_writer(shape, is_json, precision)

    def write_body(params: Params) -> bytes:
        members = {name: params[name] for name in params if name in in_body and params[name] is not None}
        return write_members(members) if members else empty

    in_body = frozenset(names)
    return write_body


def _raw(value: Any) -> Any:
    return str.encode(value, "utf-8") if isinstance(value, str) else value


def _body_writer(shape: Shape, is_json: bool, precision: str) -> WriteBody:
    """Compile the function from a structure to its JSON or XML."""
    if is_json:
        import json

        from sotalia.protocols.json_body import JSONConverter

        convert = JSONConverter(precision).of(shape)
        return lambda value: json.dumps(convert(value)).encode("utf-8")
    from sotalia.protocols.xml_body import XMLWriter

    write = XMLWriter(precision).of(shape)
    name: str = shape.serialization.get("name") or ""
    root = name or shape.name
    return lambda value: write(root, value).encode("utf-8")
