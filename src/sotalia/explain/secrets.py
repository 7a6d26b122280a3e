"""What must not be shown of a call: found by the model, and taken out of every text of an explanation.

Two nets. The functions of :mod:`sotalia.runtime.redaction` know names and the model. What they find in parameters, and the
keys that sign, is also searched for by value, in each form in which a request writes it. So a handler that puts a secret
somewhere else does not bring it into an explanation.
"""

from __future__ import annotations

import re
from base64 import b64encode
from html import escape
from json import dumps
from urllib.parse import quote, quote_plus

from sotalia.credentials.objects import keys_at_hand
from sotalia.runtime.redaction import (
    SECRET,
    is_secret_name,
    redact_params,
    redact_text,
    redact_url,
    secret_beside_its_name,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Shorter text occurs by chance, and what is so short is found by its name only.
_SHORTEST = 4
# Keys of clients are searched for in everything, also where "testing" or "minioadmin" is a name. Real ones are longer: see
# "AccessKey" in the IAM API Reference.
_SHORTEST_KEY = 16
# Base64 of a document shows a secret in it wherever it begins; of a shorter one nothing would be left to search for.
_SHORTEST_WITHIN_BASE64 = 12
# Who cuts texts ends them so.
_CUT = "..."
_PLAIN = re.compile(r"[A-Za-z0-9]+")
_DEPTH = 30
_PLACEHOLDERS: dict[str, Any] = {
    "string": SECRET,
    "character": SECRET,
    "blob": SECRET.encode(),
    "integer": 0,
    "long": 0,
    "float": 0.0,
    "double": 0.0,
    "boolean": False,
    "timestamp": 0,
    "list": [],
}


class Secrets:
    """Values that must not be shown."""

    def __init__(self) -> None:
        self._texts: set[str] = set()
        # One of these is in every text that has one of those; there are far fewer.
        self._marks: set[str] = set()
        self._added: set[bytes] = set()

    def add(self, value: Any) -> None:
        """A text or bytes, in every form."""
        if isinstance(value, str):
            data = value.encode("utf-8", "surrogatepass")
        elif isinstance(value, bytes | bytearray):
            data = bytes(value)
        else:
            return
        if len(data.decode("utf-8", "replace")) >= _SHORTEST and data != SECRET.encode():
            self._added.add(data)

    def joined(self, *others: Secrets) -> Secrets:
        """The same values and those of others, to which more may be added."""
        joined = Secrets()
        for one in (self, *others):
            one._prepare()
            joined._texts |= one._texts
            joined._marks |= one._marks
        return joined

    def add_keys(self, credentials: Any) -> None:
        """What a client signs with, or a bearer token, as far as it is known; ``None`` for nothing."""
        for key in keys_at_hand(credentials):
            if len(key) >= _SHORTEST_KEY:
                self.add(key)

    def _prepare(self) -> None:
        """Work out the forms of what was added: most calls say nothing that would be searched."""
        while self._added:
            self._add_forms(self._added.pop())

    def _add_forms(self, data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        encoded = b64encode(data).decode("ascii")
        for form in (text, encoded):
            self._texts |= {
                form,
                dumps(form)[1:-1],
                dumps(form, ensure_ascii=False)[1:-1],
                escape(form),
                repr(form)[1:-1],
            }
            self._texts |= {escape(form, quote=False), quote(form, safe=""), quote(form), quote_plus(form)}
            self._texts.add(quote(quote(form, safe=""), safe=""))
            self._marks.add(max(_PLAIN.findall(form), key=len, default=""))
        # Names of headers come in lower case.
        self._texts.add(text.lower())
        self._marks.add(max(_PLAIN.findall(text.lower()), key=len, default=""))
        if len(data) >= _SHORTEST_WITHIN_BASE64:
            for shift in range(3):
                # The first and the last characters are those of its neighbours as well.
                within = b64encode(bytes(shift) + data).decode("ascii").rstrip("=")
                within = within[4 if shift else 0 : -1]
                self._texts |= {within, quote(within, safe="")}
                self._marks.add(max(_PLAIN.findall(within), key=len, default=""))

    def may_be_in(self, text: str) -> bool:
        """Whether it is worth while to clean a text."""
        self._prepare()
        return any(mark in text for mark in self._marks)

    def add_parameters(self, value: Any, shape: Any, depth: int = _DEPTH, *, is_secret: bool = False) -> None:
        """The secrets among parameters: by the model, and by name."""
        is_secret = is_secret or (shape is not None and bool(shape.metadata.get("sensitive")))
        if depth == 0:
            return
        if isinstance(value, dict):
            members: Any = getattr(shape, "members", None)
            named = secret_beside_its_name(value)
            for name, item in value.items():
                member = members.get(name) if members is not None else getattr(shape, "value", None)
                is_named = name == named or is_secret_name(name)
                self.add_parameters(item, member, depth - 1, is_secret=is_secret or is_named)
                if members is None and is_secret:
                    self.add(name)
        elif isinstance(value, list | tuple):
            for item in value:
                self.add_parameters(item, getattr(shape, "member", None), depth - 1, is_secret=is_secret)
        elif is_secret:
            self.add(value)

    def clean(self, value: Any) -> Any:
        """A value made of dictionaries, lists and text, without them."""
        if isinstance(value, str):
            if self.may_be_in(value):
                for text in sorted(self._texts, key=len, reverse=True):
                    value = value.replace(text, SECRET)
            return self._without_beginnings(value) if value.endswith(_CUT) else value
        if isinstance(value, dict):
            return {self.clean(name): self.clean(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(self.clean(item) for item in value)
        return value

    def _without_beginnings(self, text: str) -> str:
        """A text that was cut, also without the beginning of a secret whose rest was cut off."""
        self._prepare()
        kept = text.removesuffix(_CUT)
        for form in self._texts:
            if form[:_SHORTEST] not in kept:
                continue
            for count in range(min(len(form) - 1, len(kept)), _SHORTEST - 1, -1):
                if kept.endswith(form[:count]):
                    kept = f"{kept[:-count]}{SECRET}"
                    break
        return f"{kept}{_CUT}"

    def clean_text(self, text: str) -> str:
        """Text of others, such as an error's. By value first: by its name a secret may be found in part only."""
        return redact_text(self.clean(text))


def serializable(value: Any, shape: Any, depth: int = _DEPTH) -> Any:
    """Parameters without secrets that can still be written as a request: each secret by something of its type."""
    kind = getattr(shape, "type_name", None)
    if value is None or depth == 0 or shape is None:
        return redact_params(value)
    if shape.metadata.get("sensitive"):
        return {} if isinstance(value, dict) else _PLACEHOLDERS.get(str(kind), SECRET)
    if kind == "structure" and isinstance(value, dict):
        if shape.is_document_type:
            return redact_params(value, shape)
        return {
            name: _member(name, item, shape.members.get(name), depth)
            for name, item in value.items()
            if name in shape.members
        }
    if kind == "map" and isinstance(value, dict):
        if shape.key.metadata.get("sensitive"):
            return {}
        return {name: _member(name, item, shape.value, depth) for name, item in value.items()}
    if kind == "list" and isinstance(value, list | tuple):
        return [serializable(item, shape.member, depth - 1) for item in value]
    if kind == "blob":
        return redact_params(value).encode() if isinstance(value, bytes | bytearray) else value
    if isinstance(value, str):
        return redact_text(redact_url(value))
    return redact_params(value) if isinstance(value, dict | list) else value


def _member(name: str, value: Any, shape: Any, depth: int) -> Any:
    if is_secret_name(name) and value is not None:
        if isinstance(value, dict):
            return {}
        return _PLACEHOLDERS.get(str(getattr(shape, "type_name", None)), SECRET)
    return serializable(value, shape, depth - 1)
