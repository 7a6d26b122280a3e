"""Responses made up from output shapes, as services would write them in each protocol, by a seeded writer.

What no service should send but parsers must bear is among it: unknown members, nulls, comments, namespaces, odd types.
"""

from __future__ import annotations

import base64
import json
import random
import struct
from collections.abc import Callable
from email.utils import formatdate
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from tests.protocols.generated import Generator

TEXT = ["abc", 'a b&<>"é', "x/y", "", " blanks ", "\U0001f42c \u4e2d", "a,b", "1", "true"]
_HEADER_TEXT = ["abc", "x/y", "a b", 'W/"1"', "text; q=1", "1", "e-9"]
_SECONDS = [1577934245, 0, -1.5, 1577934245.5, 4102444800, 1577934245.123456]
_DOCUMENTS = [{"a": [1, "x", None]}, [], "text", 5, 1.5, True, {"k": {"ü": []}}]

Answer = tuple[int, dict[str, str], bytes]


class AnswerWriter:
    """Writes responses of one operation, good ones and errors."""

    def __init__(self, model: Any, seed: int) -> None:
        self.model = model
        self.protocol = model.service_model.resolved_protocol
        self.random = random.Random(seed)

    def share(self, part: float) -> bool:
        return self.random.random() < part

    # -- whole answers ---------------------------------------------------------------------------------------------

    def good(self) -> Answer:
        """Status, headers and body of a success."""
        headers = (
            {"x-amzn-RequestId": "r-1"} if self.share(0.7) else {"x-amz-request-id": "r-2", "x-amz-id-2": "h"}
        )
        shape = self.model.output_shape
        status = self.random.choice([200, 200, 200, 201, 202])
        if self.protocol in ("query", "ec2"):
            return 200, headers, self._query(shape)
        if shape is None:
            if self.protocol == "smithy-rpc-v2-cbor":
                headers.clear()  # Of these answers the reference does not take the request's id.
            empty = {"json": b"{}", "rest-json": b"", "rest-xml": b""}.get(self.protocol, b"")
            return status, headers, empty
        if self.protocol == "json":
            return 200, headers, self._json_bytes(shape, self.value(shape))
        if self.protocol == "smithy-rpc-v2-cbor":
            return 200, headers, self.cbor(shape, self.value(shape))
        return status, headers, self._rest(shape, headers)

    def error(self) -> Answer:
        """A modeled error, an unknown one, or what something in front of the service says."""
        kind = self.random.choice(["modeled", "modeled", "modeled", "unknown", "html", "empty"])
        status = self.random.choice([400, 403, 404, 409, 500, 503])
        if kind == "html":
            return 503, {}, b"<html><body>busy</body></html>"
        if kind == "empty":
            return (status if self.protocol in ("json", "rest-json", "rest-xml") else 503), {}, b""
        shapes = self.model.error_shapes if kind == "modeled" else []
        shape = self.random.choice(shapes) if shapes else None
        code = "Unheard" if shape is None else (shape.error_code or shape.name)
        headers = {"x-amzn-RequestId": "r-1"}
        write = {
            "query": self._query_error,
            "ec2": self._ec2_error,
            "rest-xml": self._rest_xml_error,
            "smithy-rpc-v2-cbor": self._cbor_error,
        }.get(self.protocol, self._json_error)
        return status, headers, write(code, shape, headers)

    # -- values ----------------------------------------------------------------------------------------------------

    def value(self, shape: Any) -> Any:
        """A value in Python, as a parameter would be; what is special about responses happens in writing."""
        value = Generator(self.random.randrange(2**31), text=TEXT).value(shape)
        return value if isinstance(value, dict) else {}

    def _seconds(self) -> Any:
        return self.random.choice(_SECONDS)

    def _date(self, name: str) -> str:
        seconds = self._seconds()
        if name == "rfc822":
            return formatdate(seconds, usegmt=True)
        if name == "unixtimestamp":
            return str(seconds)
        from datetime import UTC, datetime

        text = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat()
        return text + self.random.choice(["Z", "+00:00", "-07:00"])

    # -- JSON ------------------------------------------------------------------------------------------------------

    def _json_bytes(self, shape: Any, value: Any) -> bytes:
        text = json.dumps(self.json(shape, value), ensure_ascii=self.share(0.5))
        return text.encode()

    def json(self, shape: Any, value: Any) -> Any:
        """A value as decoded JSON."""
        kind = shape.type_name
        if kind == "structure":
            return self._json_structure(shape, value)
        if kind == "list":
            made = [self.json(shape.member, item) for item in value]
            if shape.member.type_name == "string" and self.share(0.1):
                made.append(None)
            return made
        if kind == "map":
            return {key: self.json(shape.value, item) for key, item in value.items()}
        if kind == "blob":
            return base64.b64encode(_bytes(value)).decode()
        if kind == "timestamp":
            return self.random.choice([self._seconds(), self._date("iso8601"), self._date("rfc822")])
        if kind in ("float", "double"):
            number = _json_number(float(value))
            # In the JSON protocol the reference leaves the names of numbers as text (docs/differences.md).
            return 1.5 if self.protocol == "json" and isinstance(number, str) else number
        if self.protocol == "rest-json" and kind in ("integer", "long", "boolean") and self.share(0.05):
            return str(value).lower() if kind == "boolean" else str(int(value))
        return int(value) if kind in ("integer", "long") else value

    def _json_structure(self, shape: Any, value: Any) -> Any:
        if shape.is_document_type:
            return self.random.choice(_DOCUMENTS)
        if shape.is_tagged_union and self.share(0.05):
            return {"Unheard": {"of": 1}}
        made = {} if not self.share(0.1) else {"__type": "some#Type"}
        for name, item in value.items():
            member = shape.members[name]
            made[member.serialization.get("name", name)] = self.json(member, item)
        if not shape.is_tagged_union and self.share(0.1):
            made["UnheardMember"] = self.random.choice([None, 5, {"deep": [1]}])
            for name, member in shape.members.items():
                made.setdefault(member.serialization.get("name", name), None)
        return made

    def _json_error(self, code: str, shape: Any, headers: dict[str, str]) -> bytes:
        body = {} if shape is None else self.json(shape, self._in_body(shape, headers))
        for name in ("message", "Message", "code", "Code"):
            body.pop(name, None)
        if self.share(0.9):
            body[self.random.choice(["message", "Message"])] = "what went wrong: ü"
        body["__type"] = self.random.choice(["{}", "ns.some#{}", "{}:http://x/"]).format(code)
        if self.protocol == "rest-json":
            headers["x-amzn-ErrorType"] = self.random.choice(["{}", "{}:http://x/", "ns#{}"]).format(code)
        if self.model.service_model.is_query_compatible and self.share(0.5):
            headers["x-amzn-query-error"] = self.random.choice(["AWS.Old.Code;Sender", "Odd"])
        return json.dumps(body).encode()

    # -- XML -------------------------------------------------------------------------------------------------------

    def _query(self, shape: Any) -> bytes:
        inner = ""
        if shape is not None:
            inner = self.xml_members(shape, self.value(shape))
            if wrapper := shape.serialization.get("resultWrapper"):
                inner = f"<{wrapper}>{inner}</{wrapper}>"
        if self.protocol == "ec2":
            inner = f"<requestId>r</requestId>{inner}"
        elif self.share(0.9):
            inner += "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>"
        return self._document(f"{self.model.name}Response", inner)

    def _document(self, name: str, inner: str, attributes: str = "") -> bytes:
        start = self.random.choice(["", '<?xml version="1.0" encoding="UTF-8"?>\n', "<!-- said -->"])
        namespace = self.random.choice(["", ' xmlns="https://example.com/doc/2020-01-01/"'])
        return f"{start}<{name}{namespace}{attributes}>{inner}</{name}>".encode()

    def xml_members(self, shape: Any, value: Any) -> str:
        """The children of a structure's element."""
        parts = []
        for name, item in value.items():
            member = shape.members[name]
            if member.serialization.get("xmlAttribute"):
                continue
            parts.append(self.xml(member.serialization.get("name", name), member, item))
            if self.share(0.03):
                parts.append(self.random.choice(["<!-- so -->", "\n  ", "<Unheard><of>1</of></Unheard>"]))
        return "".join(parts)

    def xml(self, name: str, shape: Any, value: Any) -> str:
        """The element (for flattened shapes, the elements) of a member."""
        kind = shape.type_name
        if kind == "list":
            item_name = shape.member.serialization.get("name", "member")
            if shape.serialization.get("flattened"):
                own = shape.member.serialization.get("name", name)
                return "".join(self.xml(own, shape.member, item) for item in value)
            return _element(name, "".join(self.xml(item_name, shape.member, item) for item in value))
        if kind == "map":
            return self._xml_map(name, shape, value)
        if kind == "structure":
            return _element(name, self.xml_members(shape, value), self._attributes(shape, value))
        text = escape(self.text(shape, value))
        if kind == "string" and self.share(0.05) and "]]>" not in text:
            return f"<{name}><![CDATA[{self.text(shape, value)}]]></{name}>"
        return _element(name, text)

    def _attributes(self, shape: Any, value: Any) -> str:
        made = ""
        for name, item in value.items():
            member = shape.members[name]
            if member.serialization.get("xmlAttribute"):
                wire = member.serialization["name"]
                prefix = wire.partition(":")[0]
                made += f' xmlns:{prefix}="http://www.w3.org/2001/XMLSchema-instance" {wire}={quoteattr(str(item))}'
        return made

    def _xml_map(self, name: str, shape: Any, value: Any) -> str:
        key_name = shape.key.serialization.get("name", "key")
        value_name = shape.value.serialization.get("name", "value")
        flattened = shape.serialization.get("flattened")
        entries = [
            _element(
                name if flattened else "entry",
                self.xml(key_name, shape.key, key) + self.xml(value_name, shape.value, item),
            )
            for key, item in value.items()
        ]
        return "".join(entries) if flattened else _element(name, "".join(entries))

    def text(self, shape: Any, value: Any, default_format: str = "iso8601") -> str:
        """A scalar as text."""
        kind = shape.type_name
        if kind == "timestamp":
            return self._date(shape.serialization.get("timestampFormat", default_format).lower())
        if kind == "blob":
            return base64.b64encode(_bytes(value)).decode()
        if kind == "boolean":
            return "true" if value else "false"
        if kind in ("float", "double"):
            return str(_json_number(float(value)))
        return str(int(value)) if kind in ("integer", "long") else str(value)

    def _query_error(self, code: str, shape: Any, headers: dict[str, str]) -> bytes:
        error = f"<Type>Sender</Type><Code>{code}</Code><Message>m &amp; m</Message>"
        if self.share(0.2):
            return self._document(
                "Response", f"<Errors><Error>{error}</Error></Errors><RequestID>r</RequestID>"
            )
        return self._document("ErrorResponse", f"<Error>{error}</Error><RequestId>r</RequestId>")

    def _ec2_error(self, code: str, shape: Any, headers: dict[str, str]) -> bytes:
        error = f"<Errors><Error><Code>{code}</Code><Message>m</Message></Error></Errors>"
        return self._document("Response", f"{error}<RequestID>r</RequestID>")

    def _rest_xml_error(self, code: str, shape: Any, headers: dict[str, str]) -> bytes:
        error = f"<Code>{code}</Code><Message>m &lt; n</Message>"
        if self.model.service_model.service_name == "s3":
            ids = "<RequestId>r</RequestId><HostId>h</HostId>"
            return self._document("Error", f"{error}<Key>k</Key>{ids if self.share(0.5) else ''}")
        return self._document(
            "ErrorResponse", f"<Error><Type>Sender</Type>{error}</Error><RequestId>r</RequestId>"
        )

    # -- REST ------------------------------------------------------------------------------------------------------

    def _in_body(self, shape: Any, headers: dict[str, str]) -> dict[str, Any]:
        """The members of a value that belong into the body; the others go into the headers."""
        value = self.value(shape)
        for name, member in shape.members.items():
            location = member.serialization.get("location")
            if location == "statusCode" or member.serialization.get("name") == "Content-Length":
                value.pop(name, None)
            elif location == "header" and name in value:
                headers[member.serialization.get("name", name)] = self._header(member, value.pop(name))
            elif location == "headers" and name in value:
                for number, key in enumerate(value.pop(name)):
                    headers[member.serialization.get("name", "") + f"Key-{number}-{key.isascii()}"] = "v w"
        return value

    def _header(self, shape: Any, value: Any) -> str:
        if shape.serialization.get("jsonvalue"):
            return base64.b64encode(json.dumps(value).encode()).decode()
        if shape.type_name == "list":
            return self.random.choice([",", ", "]).join(self._header(shape.member, item) for item in value)
        if shape.type_name == "string":
            return self.random.choice(shape.enum or _HEADER_TEXT)
        return self.text(shape, value, "rfc822")

    def _rest(self, shape: Any, headers: dict[str, str]) -> bytes:
        value = self._in_body(shape, headers)
        payload = shape.serialization.get("payload")
        write: Callable[[Any, Any], bytes] = self._json_bytes
        if self.protocol == "rest-xml":
            write = self._xml_body
        if payload is None:
            body = {
                name: item
                for name, item in value.items()
                if not shape.members[name].serialization.get("location")
            }
            # Without any body there is an error in place of the reference's empty result (docs/differences.md).
            return write(shape, body)
        member = shape.members[payload]
        if member.type_name in ("blob", "string"):
            return _bytes(value.get(payload, b"" if self.share(0.5) else "text"))
        is_absent = payload not in value and member.metadata.get("union")
        return b"" if is_absent else write(member, value.get(payload, {}))

    def _xml_body(self, shape: Any, value: Any) -> bytes:
        if not isinstance(value, dict) or shape.type_name != "structure":
            return self.xml(shape.serialization.get("name", shape.name), shape, value).encode()
        return self._document(
            shape.serialization.get("name", shape.name),
            self.xml_members(shape, value),
            self._attributes(shape, value),
        )

    # -- CBOR ------------------------------------------------------------------------------------------------------

    def cbor(self, shape: Any, value: Any) -> bytes:
        """A value in CBOR (RFC 8949)."""
        kind = shape.type_name
        if kind == "structure":
            items = [
                _cbor_text(shape.members[name].serialization.get("name", name))
                + self.cbor(shape.members[name], item)
                for name, item in value.items()
            ]
            if not shape.is_tagged_union and self.share(0.2):
                items.append(
                    _cbor_text("Unheard") + self.random.choice([b"\xf6", b"\x18\x2a", b"\x82\x01\xf5"])
                )
            return self._cbor_items(5, items)
        if kind == "list":
            return self._cbor_items(4, [self.cbor(shape.member, item) for item in value])
        if kind == "map":
            return self._cbor_items(
                5, [_cbor_text(key) + self.cbor(shape.value, item) for key, item in value.items()]
            )
        if kind == "timestamp":
            return b"\xc1" + _cbor_number(self._seconds())
        if kind == "blob":
            return _cbor_head(2, len(_bytes(value))) + _bytes(value)
        if kind == "boolean":
            return b"\xf5" if value else b"\xf4"
        if kind in ("float", "double"):
            return _cbor_number(float(value))
        return _cbor_number(int(value)) if kind in ("integer", "long") else _cbor_text(value)

    def _cbor_items(self, major: int, items: list[bytes]) -> bytes:
        if self.share(0.2):
            return bytes([major << 5 | 31]) + b"".join(items) + b"\xff"
        return _cbor_head(major, len(items)) + b"".join(items)

    def _cbor_error(self, code: str, shape: Any, headers: dict[str, str]) -> bytes:
        value = {} if shape is None else self.value(shape)
        for name in ("message", "Message"):
            value.pop(name, None)
        items = [_cbor_text("__type") + _cbor_text(f"ns#{code}"), _cbor_text("message") + _cbor_text("wrong")]
        items += [_cbor_text(name) + self.cbor(shape.members[name], item) for name, item in value.items()]
        return self._cbor_items(5, items)


def _bytes(value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else bytes(value)


def _json_number(number: float) -> Any:
    if number != number:
        return "NaN"
    if number in (float("inf"), float("-inf")):
        return "Infinity" if number > 0 else "-Infinity"
    return number


def _element(name: str, inner: str, attributes: str = "") -> str:
    return f"<{name}{attributes}>{inner}</{name}>" if inner or attributes else f"<{name}/>"


def _cbor_head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    for info, form, limit in ((24, ">B", 2**8), (25, ">H", 2**16), (26, ">I", 2**32), (27, ">Q", 2**64)):
        if number < limit:
            return bytes([major << 5 | info]) + struct.pack(form, number)
    raise OverflowError(number)


def _cbor_text(text: str) -> bytes:
    return _cbor_head(3, len(text.encode())) + text.encode()


def _cbor_number(number: float) -> bytes:
    if isinstance(number, float):
        return b"\xfb" + struct.pack(">d", number)
    return _cbor_head(0, number) if number >= 0 else _cbor_head(1, -1 - number)
