"""What a cassette must not show: by the model, by names of headers and members, by value, and by rules of the user.

Everything passes here on its way into the file, and parameters also before they are compared with what is in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from zlib import crc32

from sotalia.checksums.algorithms import as_text, checksum, is_supported
from sotalia.explain.secrets import Secrets
from sotalia.replay.matching import Rules, canonical, without
from sotalia.replay.recordings import Failure, Reply
from sotalia.replay.response_secrets import MemberRules, ResponseSecrets
from sotalia.runtime.redaction import SECRET, redact_text, redact_url, secret_beside_its_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Final

    from sotalia.call.call import Call
    from sotalia.transport.messages import AWSPreparedRequest

    JSON = dict[str, Any]
    # What parameters consist of; a union, for checkers to know what is in a dictionary.
    _Value = dict[Any, Any] | list[Any] | tuple[Any, ...] | str | None
    #: What takes the place of a member: ``None`` for ``***``, another value, or a function of the value.
    Replacement = str | int | float | bool | None | Callable[[Any], Any]
    Rule = Mapping[str, Replacement] | Callable[[str], str] | str

_ACCOUNT: Final = re.compile(r"(?<![\w])\d{12}(?![\w])")
# Shorter text occurs by chance.
_SHORTEST: Final = 4
# How a body begins that is compressed: RFC 1952, section 2.3.1.
_GZIP: Final = b"\x1f\x8b"
_CREDENTIAL: Final = re.compile(r"Credential=([^/,\s]+)")


def account_ids(text: str) -> str:
    """A rule for ``redact=``: twelve digits, as accounts have, become zeros."""
    return _ACCOUNT.sub("0" * 12, text)


class Secrecy:
    """The rules of one cassette.

    ``redact`` is one rule or a list: a name or path of a member to hide (``"Tags[].Value"``), a dictionary of names and what
    takes their places (``False``: keep it, though the model calls it sensitive), or a function of text that gives other text.
    Raises ``TypeError`` for what is none of these, ``ValueError`` for what is no path.
    """

    def __init__(self, redact: Rule | Iterable[Rule] | None, ignore: Any = ()) -> None:
        paths: list[str] = []
        self._replacements: dict[str, Any] = {}
        self._functions: list[Callable[[str], str]] = []
        for rule in _listed(redact):
            if isinstance(rule, str):
                paths.append(rule)
            elif isinstance(rule, Mapping):
                self._replacements.update(rule)  # pyright: ignore[reportUnknownArgumentType]
            elif callable(rule):
                self._functions.append(rule)  # pyright: ignore[reportArgumentType]
            else:
                raise TypeError(
                    f"redact={rule!r}: expected the name of a member, a dictionary of names and replacements, a function of "
                    "text, or a list of these"
                )
        kept = frozenset(name for name, value in self._replacements.items() if value is False)
        hidden = {name for name, value in self._replacements.items() if value is None}
        hidden |= {_last_name(path) for path in paths}
        replaced = {
            name: value
            for name, value in self._replacements.items()
            if value is not None and value is not False
        }
        self._rules = Rules(ignore=ignore, redact=paths, keep=kept)
        self._members = MemberRules(frozenset(hidden), kept, replaced)

    def parameters(self, call: Call, given: Iterable[str]) -> JSON:
        """The form by which a call is compared, and which stands in the file."""
        parameters: Any = call.parameters
        if self._replacements:
            parameters = self._replaced(parameters)
        known = canonical(parameters, call.operation.model, self._rules, given=given)
        keys = Secrets()
        keys.add_keys(call.client.parts.request.credentials)
        form: JSON = _shown(keys.clean(known))
        if not self._functions:
            return form
        changed: JSON = _each_text(form, self._changed)
        return changed

    def _replaced(self, value: _Value) -> Any:
        if isinstance(value, dict):
            return {name: self._member(name, item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._replaced(item) for item in value]
        return value

    def _member(self, name: Any, value: Any) -> Any:
        members = self._members
        if name in members.hidden and value is not None:
            return SECRET
        if name in members.replaced and value is not None:
            return members.replacement(name, value)
        return self._replaced(value)

    def _changed(self, text: str) -> str:
        for function in self._functions:
            text = function(text)
        return text

    def of_call(self, call: Call) -> CallSecrets:
        """What is secret in one call."""
        return CallSecrets(call, self._members, self._changed)


class CallSecrets:
    """The secrets of one call, by value as well: what came in as a parameter may come back in a response."""

    def __init__(self, call: Call, members: MemberRules, changed: Callable[[str], str]) -> None:
        self._secrets = Secrets()
        self._members = members
        self._changed = changed
        # Text that came in with a member that gets another value, and that value.
        self._others: dict[str, str] = {}
        model = call.operation.model
        self._secrets.add_parameters(without(call.parameters, members.kept), model.input_shape)
        self._secrets.add_keys(call.client.parts.request.credentials)
        self._add_named(call.parameters)
        self._responses = ResponseSecrets(model, members, self._clean)

    def _add_named(self, value: _Value) -> None:
        if isinstance(value, dict):
            for name, item in value.items():
                if name in self._members.hidden:
                    self._secrets.add(item)
                elif name in self._members.replaced and isinstance(item, str) and len(item) >= _SHORTEST:
                    self._others[item] = str(self._members.replacement(name, item))
                self._add_named(item)
        elif isinstance(value, list | tuple):
            for item in value:
                self._add_named(item)

    def add_request(self, request: AWSPreparedRequest) -> None:
        """The keys that signed a request, as far as they are sent."""
        for name in ("x-amz-security-token", "x-amz-s3session-token"):
            self._secrets.add(request.headers.get(name))
        authorization = request.headers.get("authorization")
        if authorization is None:
            return
        text = authorization.decode("latin-1") if isinstance(authorization, bytes) else str(authorization)
        if text.startswith("Bearer "):
            self._secrets.add(text[7:])
        signed_by = _CREDENTIAL.search(text)
        if signed_by is not None:
            self._secrets.add(signed_by[1])

    def _clean(self, text: str) -> str:
        cleaned: str = self._secrets.clean(text)
        for value, other in self._others.items():
            cleaned = cleaned.replace(value, other)
        return self._changed(cleaned)

    def _body(self, body: bytes, *, is_error: bool) -> bytes:
        content = _unpacked(body)
        if content is None:
            return self._responses.body(body, is_error=is_error)
        shown = self._responses.body(content, is_error=is_error)
        return body if shown == content else _packed(shown)

    def reply(self, reply: Reply) -> Reply:
        """A reply as it may be written, with lengths and checksums of what is left of its body."""
        headers = self._responses.headers(reply.headers)
        status = reply.status or 0
        body = self._body(reply.body, is_error=status >= 300)
        if body != reply.body:
            headers = _measured(headers, reply.body, body)
        failure = reply.failure and Failure(
            reply.failure.name,
            {
                name: redact_text(redact_url(self._clean(text)))
                for name, text in reply.failure.arguments.items()
            },
        )
        return Reply(
            reply.status,
            headers,
            body,
            failure=failure,
            is_cut=reply.is_cut,
            clock_offset_seconds=reply.clock_offset_seconds,
        )


def _measured(headers: dict[str, str], before: bytes, body: bytes) -> dict[str, str]:
    """Headers that say of another body what they said of the one before; those that were wrong stay wrong."""
    found: dict[str, str] = {}
    for name, value in headers.items():
        key = name.lower()
        if key == "content-length" and value == str(len(before)):
            value = str(len(body))
        elif key == "x-amz-crc32" and value.strip() == str(crc32(before)):
            value = str(crc32(body))
        elif key.startswith("x-amz-checksum-"):
            algorithm = key.removeprefix("x-amz-checksum-")
            if is_supported(algorithm) and value == _sum(algorithm, before):
                value = _sum(algorithm, body)
        found[name] = value
    return found


def _sum(algorithm: str, body: bytes) -> str:
    started = checksum(algorithm)
    started.update(body)
    return as_text(started.digest())


def _shown(value: _Value) -> Any:
    """Parameters without signed addresses, and without what a name within a text or beside a value says is secret."""
    if isinstance(value, str):
        return redact_text(redact_url(value))
    if isinstance(value, dict):
        named = secret_beside_its_name(value)
        return {name: SECRET if name == named else _shown(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_shown(item) for item in value]
    return value


def _unpacked(body: bytes) -> bytes | None:
    """What a compressed body says, ``None`` for one that is not compressed, or damaged."""
    if body[:2] != _GZIP:
        return None
    import zlib

    try:
        opened = zlib.decompressobj(16 + zlib.MAX_WBITS)
        content = opened.decompress(body)
    except zlib.error:
        return None
    return content if opened.eof and not opened.unused_data else None


def _packed(content: bytes) -> bytes:
    import gzip

    return gzip.compress(content, mtime=0)


def _listed(redact: Any) -> list[Any]:
    if redact is None:
        return []
    is_several = hasattr(redact, "__iter__") and not isinstance(redact, str | Mapping)
    return [*redact] if is_several else [redact]


def _last_name(path: str) -> str:
    return path.removesuffix("[]").rpartition(".")[2].removesuffix("[]")


def _each_text(value: _Value, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {change(name): _each_text(item, change) for name, item in value.items()}
    if isinstance(value, list):
        return [_each_text(item, change) for item in value]
    return value
