"""Responses without secrets that can still be parsed: each secret gives its place to something of its type.

JSON and CBOR are walked beside the model. In XML, elements go by their names, as one name seldom means two things in a
response. What the model calls sensitive counts, and names that are secret whatever the model says.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from html import escape, unescape

from sotalia.protocols import cbor
from sotalia.replay.event_messages import messages_of, written
from sotalia.replay.stored import dumped, parsed_json
from sotalia.runtime.redaction import SECRET, is_secret_name, redact_text, redact_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Final

    # What is done to each text that is no secret by its name.
    Clean = Callable[[str], str]
    # What JSON and CBOR consist of; a union, for checkers to know what is in a mapping.
    _Value = dict[Any, Any] | list[Any] | str | bytes | float | bool | datetime | None

_DEPTH: Final = 100
_BLOB: Final = "Kioq"  # "***" in base64.
_TIME: Final = "1970-01-01T00:00:00Z"
_TOKEN: Final = re.compile(r"<!\[CDATA\[.*?\]\]>|<!--.*?-->|<[^>]*>|[^<]+", re.DOTALL)
_OF_TYPE: Final = {
    "blob": _BLOB,
    "timestamp": _TIME,
    "integer": "0",
    "long": "0",
    "float": "0",
    "double": "0",
    "boolean": "false",
}
_SIGNED: Final = re.compile(r"(?i)signature=|security-token=|sig=")


class MemberRules:
    """What the user says about members, by their names: those to hide, those to keep though they are secrets, and those that
    get other values.
    """

    __slots__ = ("hidden", "kept", "replaced")

    def __init__(self, hidden: frozenset[str], kept: frozenset[str], replaced: Mapping[str, Any]) -> None:
        self.hidden, self.kept, self.replaced = hidden, kept, replaced

    def replacement(self, name: str, value: Any) -> Any:
        """What takes the place of a value."""
        other = self.replaced[name]
        return other(value) if callable(other) else other


class ResponseSecrets:
    """What is secret in the responses of one operation.

    ``members`` is what the user says about them; ``clean`` is done to all text.
    """

    def __init__(self, model: Any, members: MemberRules, clean: Clean) -> None:
        self._model = model
        self.members = members
        self._clean = clean
        self._shape: Any = model.output_shape
        payload = None if self._shape is None else self._shape.serialization.get("payload")
        self._members: dict[str, Any] = getattr(self._shape, "members", {})
        self._payload: Any = self._members.get(payload or "")
        self._payload_name: str = payload or ""

    def is_secret(self, name: str, shape: Any) -> bool:
        """Whether a member is, by its name or by the model."""
        members = self.members
        if name in members.kept:
            return False
        if name in members.hidden or is_secret_name(name):
            return True
        return shape is not None and bool(shape.metadata.get("sensitive"))

    def headers(self, headers: dict[str, str]) -> dict[str, str]:
        """Headers without those that are secrets."""
        members: dict[str, tuple[str, Any]] = {
            str(member.serialization.get("name", name)).lower(): (name, member)
            for name, member in self._members.items()
            if member.serialization.get("location") == "header"
        }
        found: dict[str, str] = {}
        for header, value in headers.items():
            name, member = members.get(header.lower(), (header, None))
            if name in self.members.replaced:
                found[header] = str(self.members.replacement(name, value))
            else:
                found[header] = SECRET if self.is_secret(name, member) else self.clean(value)
        return found

    def body(self, body: bytes, *, is_error: bool) -> bytes:
        """A body without secrets; the same one if it has none."""
        if not body:
            return body
        model = self._model
        if is_error:
            elements = SecretElements(self)
            return self._document(body, None, elements.of(*self._model.error_shapes))
        if model.has_event_stream_output:
            return self._events(body)
        if self._payload is not None and self._payload.type_name in ("blob", "string"):
            name = self._payload_name
            if name in self.members.replaced:
                return _bytes(self.members.replacement(name, body))
            if self.is_secret(name, self._payload):
                return SECRET.encode()
            return self._plain(body)
        shape = self._shape if self._payload is None else self._payload
        return self._document(body, shape, {})

    # -- forms -----------------------------------------------------------------------------------------------------

    def _document(self, body: bytes, shape: Any, names: dict[str, str]) -> bytes:
        protocol = self._model.service_model.resolved_protocol
        if protocol == "smithy-rpc-v2-cbor":
            return self._cbor(body, shape, names)
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            return self._plain(body)
        if text.lstrip()[:1] == "<":
            found = SecretElements(self).of(*([] if shape is None else [shape]))
            return self._xml(text, {**found, **names}).encode("utf-8")
        return self._json(body, text, shape, names)

    def _json(self, body: bytes, text: str, shape: Any, names: dict[str, str]) -> bytes:
        known = parsed_json(text)
        if known is None:
            try:
                known = json.loads(text), ""
            except (ValueError, RecursionError):
                # Cut off or damaged: only names can tell what is a secret in it.
                return redact_text(self._clean(text)).encode("utf-8")
        value, style = known
        walked = _Walk(self, names).value(value, shape, _DEPTH)
        return body if walked == value else dumped(walked, style)

    def _cbor(self, body: bytes, shape: Any, names: dict[str, str]) -> bytes:
        try:
            value = cbor.decode(body)
        except Exception:
            return self._plain(body)  # Damaged, and recorded as it came.
        walked = _Walk(self, names).value(value, shape, _DEPTH)
        return body if walked == value else _cbor_of(walked)

    def _events(self, body: bytes) -> bytes:
        messages = messages_of(body)
        if messages is None:
            return self._plain(body)
        members: dict[str, Any] = {}
        for member in self._shape.members.values():
            members.update(getattr(member, "members", {}))
        found: list[bytes] = []
        for headers, payload in messages:
            names = {name: value for name, _, value in headers}
            shape = members.get(str(names.get(":event-type", names.get(":exception-type"))))
            shown = [
                (name, kind, self._event_header(name, value, shape) if kind == 7 else value)
                for name, kind, value in headers
            ]
            found.append(written(shown, self._event_payload(payload, shape)))
        joined = b"".join(found)
        return body if joined == body else joined

    def _event_header(self, name: str, value: str, shape: Any) -> str:
        member = getattr(shape, "members", {}).get(name)
        return SECRET if member is not None and self.is_secret(name, member) else self._clean(value)

    def _event_payload(self, payload: bytes, shape: Any) -> bytes:
        if not payload:
            return payload
        for name, member in getattr(shape, "members", {}).items():
            if member.serialization.get("eventpayload"):
                if member.type_name not in ("blob", "string"):
                    return self._document(payload, member, {})
                return SECRET.encode() if self.is_secret(name, member) else self._plain(payload)
        return self._document(payload, shape, {})

    def _plain(self, body: bytes) -> bytes:
        """Bytes of no known form. Latin-1 leaves each byte as it is."""
        try:
            return self._clean(body.decode("utf-8")).encode("utf-8")
        except UnicodeDecodeError:
            try:
                return self._clean(body.decode("latin-1")).encode("latin-1")
            except UnicodeEncodeError:
                return body

    # -- XML -------------------------------------------------------------------------------------------------------

    def _xml(self, text: str, names: dict[str, str]) -> str:
        """The document; what is within a secret element is replaced by something of the type of each leaf."""
        parts: list[str] = []
        path: list[str] = []
        secret_from: int | None = None
        for token in _TOKEN.findall(text):
            if token.startswith("</"):
                if path:
                    path.pop()
                if secret_from is not None and len(path) <= secret_from:
                    secret_from = None
            elif token.startswith(("<!--", "<?", "<!D")):
                pass
            elif token.startswith("<") and not token.startswith("<!["):
                name = re.split(r"[\s/>]", token[1:], maxsplit=1)[0].rpartition(":")[2]
                if not token.endswith("/>"):
                    if secret_from is None and (name in names or self.is_secret(name, None)):
                        secret_from = len(path)
                    path.append(name)
            elif token.strip() and path and path[-1] in self.members.replaced:
                token = escape(str(self.members.replacement(path[-1], unescape(token))), quote=False)
            elif secret_from is not None and token.strip():
                token = _OF_TYPE.get(names.get(path[-1] if path else "", "string"), SECRET)
            elif token.strip():
                token = self._clean(_address_in_xml(token))
            parts.append(token)
        return "".join(parts)

    def clean(self, text: str) -> str:
        """Text that is no secret by its name: without secrets by value, and without signatures of addresses."""
        return self._clean(_address(text))


class _Walk:
    """JSON or CBOR beside its shape. ``names`` are secret wherever they stand."""

    def __init__(self, secrets: ResponseSecrets, names: dict[str, str]) -> None:
        self._secrets = secrets
        self._names = names

    def value(self, value: _Value, shape: Any, depth: int, *, is_kept: bool = False) -> Any:
        if depth == 0 or value is None:
            return value
        if isinstance(value, dict):
            return self._mapping(value, shape, depth, is_kept=is_kept)
        if isinstance(value, list):
            member = getattr(shape, "member", None)
            if not is_kept and member is not None and member.metadata.get("sensitive"):
                return [_placeholder(item, member) for item in value]
            return [self.value(item, member, depth - 1, is_kept=is_kept) for item in value]
        return self._secrets.clean(value) if isinstance(value, str) else value

    def _mapping(self, value: dict[Any, Any], shape: Any, depth: int, *, is_kept: bool) -> dict[Any, Any]:
        rules = self._secrets.members
        if shape is not None and shape.type_name == "map":
            if shape.key.metadata.get("sensitive") and not is_kept:
                return {}
            is_secret = bool(shape.value.metadata.get("sensitive")) and not is_kept
            return {
                name: _placeholder(item, shape.value)
                if is_secret or self._secrets.is_secret(str(name), None)
                else self.value(item, shape.value, depth - 1)
                for name, item in value.items()
            }
        members = {
            wire: (name, member)
            for name, member in getattr(shape, "members", {}).items()
            for wire in (name, member.serialization.get("name", name))
        }
        found: dict[Any, Any] = {}
        for wire, item in value.items():
            name, member = members.get(wire, (str(wire), None))
            if name in rules.replaced:
                found[wire] = rules.replacement(name, item)
            elif name in self._names or self._secrets.is_secret(name, member):
                found[wire] = _placeholder(item, member)
            else:
                found[wire] = self.value(item, member, depth - 1, is_kept=name in rules.kept)
        return found


class SecretElements:
    """Finds the elements of XML that are secret, or within one, and the types of their text."""

    def __init__(self, secrets: ResponseSecrets) -> None:
        self._secrets = secrets
        self._found: dict[str, str] = {}
        self._seen: set[tuple[str, bool]] = set()

    def of(self, *shapes: Any) -> dict[str, str]:
        """Types by names, of all these shapes."""
        for shape in shapes:
            self._look(shape, inside=False)
        return self._found

    def _look(self, shape: Any, *, inside: bool, is_kept: bool = False) -> None:
        kind = shape.type_name
        if kind == "structure":
            self._look_into(shape, inside=inside)
        elif kind == "list":
            member = shape.member
            is_secret = inside or (bool(member.metadata.get("sensitive")) and not is_kept)
            if is_secret:
                self._found.setdefault(str(member.serialization.get("name", "member")), member.type_name)
            self._look(member, inside=is_secret, is_kept=is_kept)
        elif kind == "map":
            for default, part in (("key", shape.key), ("value", shape.value)):
                if inside or (part.metadata.get("sensitive") and not is_kept):
                    self._found.setdefault(str(part.serialization.get("name", default)), part.type_name)
            self._look(shape.value, inside=inside, is_kept=is_kept)

    def _look_into(self, shape: Any, *, inside: bool) -> None:
        key = (shape.name, inside)
        if key in self._seen:
            return
        self._seen.add(key)
        for name, member in shape.members.items():
            is_kept = name in self._secrets.members.kept
            is_secret = (inside or self._secrets.is_secret(name, member)) and not is_kept
            if is_secret:
                wire = str(member.serialization.get("name", name)).rpartition(":")[2]
                self._found[wire] = member.type_name
            self._look(member, inside=is_secret, is_kept=is_kept)


def _placeholder(value: _Value, shape: Any) -> Any:
    """Something of the same type as a value."""
    if value is None or isinstance(value, bool):
        return None if value is None else False
    if isinstance(value, str):
        kind = None if shape is None else shape.type_name
        return _BLOB if kind == "blob" else _TIME if kind == "timestamp" else SECRET
    if isinstance(value, bytes):
        return SECRET.encode()
    if isinstance(value, datetime):
        return datetime.fromtimestamp(0, value.tzinfo)
    if isinstance(value, list):
        return [_placeholder(item, getattr(shape, "member", None)) for item in value]
    if isinstance(value, dict):
        return {}
    return type(value)(0)


def _bytes(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes | bytearray) else str(value).encode("utf-8")


def _address(text: str) -> str:
    return redact_url(text) if "?" in text and _SIGNED.search(text) else text


def _address_in_xml(text: str) -> str:
    if "?" not in text or not _SIGNED.search(text):
        return text
    return redact_url(text.replace("&amp;", "&")).replace("&", "&amp;")


def _cbor_of(value: _Value) -> bytes:
    if isinstance(value, dict):
        return cbor.head(5, len(value)) + b"".join(_cbor_of(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return cbor.head(4, len(value)) + b"".join(map(_cbor_of, value))
    if isinstance(value, str):
        return cbor.text(value)
    if isinstance(value, bytes):
        return cbor.blob(value)
    if isinstance(value, datetime):
        seconds = value.timestamp()
        return cbor.timestamp(int(seconds) if seconds.is_integer() else seconds)
    if isinstance(value, bool) or value is None:
        return {False: b"\xf4", True: b"\xf5", None: b"\xf6"}[value]
    return cbor.integer(value) if isinstance(value, int) else cbor.floating(value, double=True)
