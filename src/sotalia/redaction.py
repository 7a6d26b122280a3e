"""Keep secrets out of what is logged: parameters, headers, addresses and text.

For handlers that log. Each function gives a copy in which secrets are ``***``; nothing is changed in place.

>>> from sotalia.redaction import redact_params, redact_headers, redact_url
>>> redact_params({"SecretString": "hunter2", "Name": "db"}, model)       # model: a handler's own argument
{'SecretString': '***', 'Name': 'db'}
>>> redact_url("https://b.s3.amazonaws.com/k?X-Amz-Signature=deadbeef&partNumber=1")
'https://b.s3.amazonaws.com/k?X-Amz-Signature=***&partNumber=1'

What is a secret: whatever the service's model marks ``sensitive``; credentials and tokens; customer keys of S3 and their
digests, also of copy sources; signatures; passwords in addresses. Bodies and blobs are shown by their length only.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        "accesstoken",
        "authorizationtoken",
        "authtoken",
        "bearertoken",
        "clientid",
        "clientsecret",
        "copysourcessecustomerkey",
        "copysourcessecustomerkeymd5",
        "externalid",
        "idtoken",
        "jwt",
        "refreshtoken",
        "samlassertion",
        "securitytoken",
        "sessiontoken",
        "ssecustomerkey",
        "ssecustomerkeymd5",
        "webidentitytoken",
    )
)
_ENDINGS = ("apikey", "password", "passphrase", "privatekey", "secret", "secretaccesskey", "secretkey")
_PAIR = re.compile(r"([?&;]|^)([^=&;\s]+)=([^&;\s]*)")
_USER = re.compile(r"//[^/@\s]*@")
_NAMES = "|".join(sorted(map(re.escape, _QUERY), key=len, reverse=True))
# ``Authorization: AWS4-HMAC-SHA256 Credential=...``, ``'X-Amz-Security-Token': b'...'``, ``X-Amz-Signature=...``
_IN_TEXT = re.compile(
    rf"""(?P<name>\b(?:{_NAMES}|SecretAccessKey|SessionToken|aws_secret_access_key|aws_session_token))
         (?P<between>["']?\s*[=:]\s*)
         (?P<value>b?"[^"\n]*"|b?'[^'\n]*'|AWS4-[^\n"']*|(?:Bearer|Basic|AWS)\s+[^\s"',}}]+|[^\s&"',}}]+)""",
    re.IGNORECASE | re.VERBOSE,
)
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


def _value(value: Any, shape: Any, depth: int) -> Any:
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
    for key, item in value.items():
        if is_secret_name(key) and item is not None:
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


def _text(value: str) -> str:
    """Addresses among the parameters (``PresignedUrl``, ``CopySource``) may be signed."""
    return redact_url(value) if "://" in value or "X-Amz-" in value else value


def redact_headers(headers: Mapping[str, Any], model: Any = None) -> dict[str, Any]:
    """Headers of a request or response without secrets; with an operation model, also those of sensitive members."""
    secret = SECRET_HEADERS if model is None else SECRET_HEADERS | _sensitive_places(model, "header")
    return {name: SECRET if name.lower() in secret else _shown(value) for name, value in headers.items()}


def _shown(value: Any) -> Any:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return _text(value) if isinstance(value, str) else value


def redact_url(url: str, model: Any = None) -> str:
    """An address without the secrets of its query, and without user and password.

    With an operation model also without sensitive members: in the query by name, in the path by leaving it unfilled.
    """
    base, mark, query = url.partition("?")
    base = _USER.sub(f"//{SECRET}@", base, count=1)
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
    """Text (a traceback, a line of another library) without what looks like credentials: by name, a second net only."""

    def hidden(match: re.Match[str]) -> str:
        quote = match["value"][-1] if match["value"][-1] in "'\"" else ""
        return f"{match['name']}{match['between']}{quote}{SECRET}{quote}"

    text = _IN_TEXT.sub(hidden, text)
    return _SIGNED_PARTS.sub(rf"\1={SECRET}", text)
