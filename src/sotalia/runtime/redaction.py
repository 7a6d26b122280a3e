"""Keep secrets out of what is logged: parameters, headers, addresses and text.

For handlers that log. Each function gives a copy in which secrets are ``***``; nothing is changed in place.

>>> from sotalia.runtime.redaction import redact_params, redact_headers, redact_url
>>> redact_params({"SecretString": "hunter2", "Name": "db"}, model)       # model: a handler's own argument
{'SecretString': '***', 'Name': 'db'}
>>> redact_url("https://b.s3.amazonaws.com/k?X-Amz-Signature=deadbeef&partNumber=1")
'https://b.s3.amazonaws.com/k?X-Amz-Signature=***&partNumber=1'

What is a secret: whatever the service's model marks ``sensitive``; credentials and tokens; customer keys of S3 and their
digests, also of copy sources; signatures; passwords in addresses. Bodies and blobs are shown by their length only.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    # What parameters consist of; a union, for checkers to know what is in a dictionary.
    _Value = dict[Any, Any] | list[Any] | tuple[Any, ...] | bytes | bytearray | memoryview[int] | str | None

SECRET = "***"
_DEPTH = 30  # levels; shapes may contain themselves
#: Headers whose values give access or are keys, in lower case.
SECRET_HEADERS = frozenset(
    (
        "authorization",
        "cookie",
        "dpop",
        "proxy-authorization",
        "set-cookie",
        "x-amz-copy-source-server-side-encryption-customer-key",
        "x-amz-copy-source-server-side-encryption-customer-key-md5",
        "x-amz-s3session-token",
        "x-amz-security-token",
        "x-amz-sso_bearer_token",
        "x-amz-server-side-encryption-context",
        "x-amz-server-side-encryption-customer-key",
        "x-amz-server-side-encryption-customer-key-md5",
        "x-aws-ec2-metadata-token",
    )
)
# Of presigned addresses, in version 4 and version 2, in lower case.
_QUERY = SECRET_HEADERS | {"x-amz-credential", "x-amz-signature", "signature", "awsaccesskeyid"}
# Members that are secrets although not every model says so (STS does not of its SessionToken), in lower case.
_MEMBERS = frozenset(
    (
        "authorizationtoken",
        "bearertoken",
        "clientid",
        "clientsecret",
        "copysourcessecustomerkey",
        "copysourcessecustomerkeymd5",
        "externalid",
        "idtoken",
        "jwt",
        "keymaterial",
        "passworddata",
        "privatekeyplaintext",
        "refreshtoken",
        "samlassertion",
        "secretbinary",
        "secretstring",
        "signatureprovided",
        "ssecustomerkey",
        "ssecustomerkeymd5",
        "webidentitytoken",
    )
)
_ENDINGS = (
    *(
        "accesstoken",
        "apikey",
        "authtoken",
        "password",
        "passphrase",
        "privatekey",
        "secret",
        "secretaccesskey",
    ),
    *("secretkey", "securitytoken", "sessiontoken"),
)
# Members that name what stands in the member beside them: tags, variables of containers, parameters of stacks.
_NAME_AND_VALUE = (
    ("Name", "Value"),
    ("Key", "Value"),
    ("name", "value"),
    ("key", "value"),
    ("ParameterKey", "ParameterValue"),
)
_PAIR = re.compile(r"([?&;]|^)([^=&;\s]+)=([^&;\s]*)")
# Also a password that should have been encoded: `//user:pass/word@host`, but not `//host:80/path@`.
# Each part is bounded: without that, a text of many `//` would be read to its end from each of them.
_USER = re.compile(
    r"""//(?:[^/?\#\s"'<>:@\[]{1,512}:(?!\d+[/?\#])[^\s"'<>]{0,2048}@|[^/?\#\s"'<>]{0,2048}@)"""
)
# The name of something, and what stands between it and its value: ``Authorization: ``, ``'SessionToken': b'``,
# ``\"secretAccessKey\":\"`` (JSON in JSON), ``X-Amz-Signature=``, ``Password%3D``. Of longer names the end is looked at: without a bound,
# a long word, such as a body in base64, would be read to its end from each of its letters.
_OPENING = re.compile(
    r"""(?<!%)(?<!%[0-9A-F])(?<!%25[0-9A-F])(?P<name>[A-Za-z_\\][\w.\\-]{0,100}+) (?P<after>\\{0,128}["'])? \s*+ (?P<sign>[:=]|%(?:25)*3[DA]) \s*+ (?:b(?=\\{0,128}["']))?
        (?P<quote>\\{0,128}["'])?""",
    re.IGNORECASE | re.VERBOSE,
)
_BARE = re.compile(
    r"""AWS4-[^\n"']* | (?:Bearer|Basic|AWS)\s+[^\s"',}]+ | [^\s&"',;<>}\\]+""", re.IGNORECASE | re.VERBOSE
)
# Behind a ``=`` that is percent-encoded the ``&`` is, too; behind a plain one ``%26`` is part of the value.
_BARE_ENCODED = re.compile(r"""(?:(?!%(?:25)*26)[^\s&"',;<>}\\])+""")
_LINE = re.compile(r"""[^\n"']+""")
# An element with text, also one that is escaped itself, and one that is cut off. The text of one that is not escaped may be.
_ELEMENT = re.compile(
    r"""(?P<start>(?:(?P<raw><)|&lt;)(?:[\w.-]+:)?(?P<name>[\w.-]+)(?:\s[^<>]*?)?(?:>|&gt;))
        (?P<value>(?:<!\[CDATA\[.*?(?:\]\]>|\Z)|(?(raw)[^<]|(?!<|&lt;).))+)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_BREAK = re.compile(r".*\\+[nrt]", re.DOTALL)
_ESCAPE = re.compile(r"\\+u([0-9a-fA-F]{4})")
_SIGNED_PARTS = re.compile(r"\b(Credential|Signature)=[^\s,&\"']+")


def holds_secrets(shape: Any) -> bool:
    """Whether a shape has a part, however deep, that the model calls sensitive or whose name says that it is secret."""
    seen: set[str] = set()
    todo = [shape]
    while todo:
        found = todo.pop()
        if found.metadata.get("sensitive"):
            return True
        kind = found.type_name
        if kind not in ("structure", "list", "map") or found.name in seen:
            continue
        seen.add(found.name)
        if kind == "structure":
            if any(map(is_secret_name, found.members)):
                return True
            todo += found.members.values()
        elif kind == "list":
            todo.append(found.member)
        else:
            todo += (found.key, found.value)
    return False


def redact_params(params: Any, model: Any = None) -> Any:
    """Parameters, or a parsed response, without secrets.

    ``model``: the operation model that handlers are given (its input is meant), or the shape of ``params``; without one,
    names decide alone. Blobs and streams become ``<11 bytes>`` and ``<BufferedReader>``.
    """
    return _value(params, getattr(model, "input_shape", model), _DEPTH)


def _value(value: _Value, shape: Any, depth: int) -> Any:
    if value is None:
        return None
    if shape is not None and shape.metadata.get("sensitive"):
        return SECRET
    if depth == 0:
        return "..."
    if isinstance(value, dict):
        return _mapping(value, shape, depth)
    if isinstance(value, list | tuple):
        member = getattr(shape, "member", None)
        return [_value(item, member, depth - 1) for item in value]
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return f"<{len(value)} bytes>"
    if hasattr(value, "read") or hasattr(value, "__aiter__"):
        return f"<{type(value).__name__}>"
    return value


def _mapping(value: dict[Any, Any], shape: Any, depth: int) -> dict[Any, Any]:
    members = getattr(shape, "members", None)
    if members is None and getattr(shape, "type_name", None) == "map":
        if shape.key.metadata.get("sensitive"):
            return {SECRET: SECRET} if value else {}
        return {key: _value(item, shape.value, depth - 1) for key, item in value.items()}
    found: dict[Any, Any] = {}
    named = secret_beside_its_name(value)
    for key, item in value.items():
        if (key == named or is_secret_name(key)) and item is not None:
            found[key] = SECRET
        else:
            found[key] = _value(item, None if members is None else members.get(key), depth - 1)
    return found


def is_secret_name(name: Any) -> bool:
    """Whether a member, header or variable of this name is a secret, whatever the model says."""
    if not isinstance(name, str):
        return False
    plain = name.lower().replace("_", "").replace("-", "")
    return plain in _MEMBERS or plain.endswith(_ENDINGS) or name.lower() in SECRET_HEADERS


def secret_beside_its_name(value: dict[Any, Any]) -> str | None:
    """The member that is a secret as the one beside it says: ``Value`` of ``{"Name": "DB_PASSWORD", "Value": "..."}``."""
    for name, member in _NAME_AND_VALUE:
        if member in value and is_secret_name(value.get(name)):
            return member
    return None


def _text(value: str) -> str:
    """Addresses among the parameters (``PresignedUrl``, ``CopySource``) may be signed."""
    return redact_text(redact_url(value)) if not _UNTOLD.isdisjoint(value) else value


# Text without any of these holds neither an address nor a document.
_UNTOLD = frozenset("<:=&%")


def redact_headers(headers: Mapping[str, Any], model: Any = None) -> dict[str, Any]:
    """Headers of a request or response without secrets; with an operation model, also those of sensitive members."""
    secret = SECRET_HEADERS if model is None else SECRET_HEADERS | _sensitive_places(model, "header")
    return {
        name: SECRET if name.lower() in secret or is_secret_name(name) else _shown(value)
        for name, value in headers.items()
    }


def _shown(value: Any) -> Any:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return _text(value) if isinstance(value, str) else value


def redact_url(url: str, model: Any = None) -> str:
    """An address without the secrets of its query, and without user and password.

    With an operation model also without sensitive members: in the query by name, in the path by leaving it unfilled.
    """
    base, mark, query = _USER.sub(f"//{SECRET}@", url, count=1).partition("?")
    secret = _QUERY
    if model is not None:
        secret = _QUERY | _sensitive_places(model, "querystring")
        if _sensitive_places(model, "uri"):
            scheme, _, rest = base.partition("://")
            base = f"{scheme}://{rest.partition('/')[0]}{model.http.get('requestUri', '/').partition('?')[0]}"

    def hidden(match: re.Match[str]) -> str:
        name = match[2]
        plain = name.lower()
        return f"{match[1]}{name}={SECRET}" if plain in secret or is_secret_name(name) else match[0]

    return f"{base}{mark}{_PAIR.sub(hidden, query)}"


def _sensitive_places(model: Any, location: str) -> frozenset[str]:
    """Names in lower case under which sensitive members travel in headers, query or path."""
    shape = model.input_shape
    if shape is None:
        return frozenset()
    return frozenset(
        str(member.serialization.get("name", name)).lower()
        for name, member in shape.members.items()
        if member.serialization.get("location") == location and member.metadata.get("sensitive")
    )


def redact_text(text: str) -> str:
    """Text (a traceback, a line of another library, a piece of a body) without what looks like credentials.

    By name, a second net only: elements of XML, members of JSON however often it is quoted, forms, headers, and the user
    and password of addresses. A value whose end is cut off is hidden to the end of the text.
    """
    text = _USER.sub(f"//{SECRET}@", text)
    if "<" in text or "&" in text:
        text = _ELEMENT.sub(
            lambda match: f"{match['start']}{SECRET}" if _names_secret(match["name"]) else match[0], text
        )
    return _SIGNED_PARTS.sub(rf"\1={SECRET}", _without_values(text))


def _without_values(text: str) -> str:
    parts: list[str] = []
    position = 0
    while (opening := _OPENING.search(text, position)) is not None:
        start = end = opening.end()
        if _names_secret(opening["name"]):
            if opening["quote"]:
                end = _end_of_quoted(text, start, opening["quote"])
            else:
                is_header = opening["sign"] == ":" and opening["name"].lower() in SECRET_HEADERS
                pattern = _BARE_ENCODED if opening["sign"][0] == "%" else _LINE if is_header else _BARE
                bare = pattern.match(text, start)
                end = start if bare is None else bare.end()
        elif opening["quote"]:
            start = end = opening.start("quote")  # What is quoted may be a document of its own.
        parts += (text[position:start], SECRET if end > start else "")
        position = max(end, opening.start() + 1)
    return "".join([*parts, text[position:]])


def _end_of_quoted(text: str, start: int, quote: str) -> int:
    """Where a quoted value ends: at a quote with no more backslashes before it than the first had.

    One with more is part of the value, or follows a value that ends with a backslash: then more is hidden than need be.
    """
    mark, level = quote[-1], len(quote) - 1
    position = text.find(mark, start)
    while position >= 0:
        before = position
        while before > start and text[before - 1] == "\\":
            before -= 1
        if position - before <= level:
            return before
        position = text.find(mark, position + 1)
    return len(text)


def _names_secret(name: str) -> bool:
    if "\\" in name:
        if _is_behind_a_break(name):
            return True
        name = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), name).replace("\\", "")
    name = name.rpartition(".")[2]
    return name.lower() in _QUERY or is_secret_name(name)


def _is_behind_a_break(name: str) -> bool:
    """Whether a name is one behind an escaped end of line, as in a canonical request that was written as JSON."""
    behind = _BREAK.sub("", name, count=1)
    return behind != name and _names_secret(behind)
