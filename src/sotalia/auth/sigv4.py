"""Signature Version 4 in a header, and S3's variant of it.

See "Create a signed AWS API request" in the IAM User Guide and "Authenticating Requests: Using the Authorization
Header" in the Amazon S3 API Reference. The time is the local clock's, plus the offset that the client has measured.
"""

from __future__ import annotations

import time

from sotalia import exceptions
from sotalia.auth.digests import hmac_digest, sha256
from sotalia.transport.address import split_url, without_zone
from sotalia.transport.query_string import percent_encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.auth import SigningKeys
    from sotalia.checksums.algorithms import SeekableFile
    from sotalia.transport.messages import AWSRequest

ALGORITHM = "AWS4-HMAC-SHA256"
EMPTY_SHA256 = sha256(b"").hexdigest()
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
#: Headers that proxies and tracers may change on the way. Signatures leave them out.
UNSIGNED_HEADERS = frozenset(
    "baggage connection expect keep-alive proxy-authenticate proxy-authorization te traceparent tracestate trailer "
    "transfer-encoding upgrade user-agent x-amzn-trace-id".split()
)
_CHUNK = 1024 * 1024
_IN_MEMORY = (bytes, bytearray, memoryview)
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}

# RFC 2104 2: the block size of SHA-256, ipad and opad.
_PAD = 64
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))


class SigV4Key:
    """The signing key for one day, region and service: an HMAC (RFC 2104) with both of its hashes begun.

    Continuing from there takes a third of the time of a whole HMAC.
    """

    __slots__ = ("_inner", "_outer")

    def __init__(self, secret: str, date: str, region: str, service: str) -> None:
        key = f"AWS4{secret}".encode()
        for part in (date, region, service, "aws4_request"):
            key = hmac_digest(key, part.encode("utf-8"), "sha256")
        padded = key.ljust(_PAD, b"\0")
        self._inner = sha256(padded.translate(_INNER))
        self._outer = sha256(padded.translate(_OUTER))

    def sign(self, data: bytes) -> str:
        """The signature of ``data`` in hexadecimal."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(data)
        outer.update(inner.digest())
        return outer.hexdigest()


# A key costs four HMACs, and calls of a day share it.
_keys: dict[tuple[str, str, str, str], SigV4Key] = {}
_KEYS_CACHED = 256


def signing_key(secret: str, date: str, region: str, service: str) -> SigV4Key:
    """Derive the key for one day, region and service, or take it from the cache."""
    identity = (secret, date, region, service)
    key = _keys.get(identity)
    if key is None:
        if len(_keys) >= _KEYS_CACHED:
            _keys.clear()
        key = _keys[identity] = SigV4Key(secret, date, region, service)
    return key


def signing_time(context: dict[str, Any]) -> float:
    """Now in seconds since 1970, by the service's clock if its offset is known (see ``sotalia.retries.clock_skew``)."""
    offset: float = context.get("clock_offset_seconds", 0.0)
    return time.time() + offset


# The latest second and its text, since a program makes many calls in a second.
_latest: tuple[int, str] = (0, "19700101T000000Z")


def timestamp(context: dict[str, Any]) -> str:
    """:func:`signing_time` as text: ``20150830T123600Z``."""
    global _latest
    second = int(time.time() + context.get("clock_offset_seconds", 0.0))
    known, text = _latest
    if second != known:
        text = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(second))
        _latest = (second, text)
    return text


class SigV4Auth:
    """Signs a request: adds ``X-Amz-Date``, ``Authorization`` and, for temporary keys, ``X-Amz-Security-Token``."""

    REQUIRES_REGION = True
    REQUIRES_TOKEN = False
    #: Headers that signing sets, in lower case.
    _replaced = frozenset(("authorization", "date", "x-amz-date"))

    def __init__(self, credentials: SigningKeys, service_name: str, region_name: str) -> None:
        self.credentials = credentials
        self._service_name = service_name
        self._region_name = region_name

    def add_auth(self, request: AWSRequest) -> None:
        """Sign a request, or sign it again. Raises ``NoCredentialsError``."""
        check_credentials(self.credentials)
        request.context["timestamp"] = timestamp(request.context)
        self._modify_request_before_signing(request)
        canonical = self.canonical_request(request)
        self._inject_signature(request, self.signature(self.string_to_sign(request, canonical), request))

    def _modify_request_before_signing(self, request: AWSRequest) -> None:
        headers = request.headers
        self._set_date_and_token(request)
        if not request.context.get("payload_signing_enabled", True):
            del headers["X-Amz-Content-SHA256"]
            headers["X-Amz-Content-SHA256"] = UNSIGNED_PAYLOAD

    def _set_date_and_token(self, request: AWSRequest) -> None:
        headers = request.headers
        removed = headers.remove_all(self._replaced)
        # The reference renews a Date header that the caller has set, in its own format.
        if "date" in removed:
            from sotalia.protocols.timestamps import http_date

            headers["Date"] = http_date(signing_time(request.context))
        else:
            headers["X-Amz-Date"] = request.context["timestamp"]
        if self.credentials.token:
            del headers["X-Amz-Security-Token"]
            headers["X-Amz-Security-Token"] = self.credentials.token

    # -- the canonical request ---------------------------------------------------------------------------------

    def canonical_request(self, request: AWSRequest) -> str:
        """The canonical request: method, path, query, headers, their names, and the hash of the body."""
        scheme, authority, path, query = split_url(request.url or "")
        values = headers_to_sign(request, scheme, authority)
        names = sorted(values)
        lines = "\n".join([f"{name}:{values[name]}" for name in names])
        # The Authorization header repeats them.
        self._signed_names = ";".join(names)
        header = request.headers.get("X-Amz-Content-SHA256")
        payload_hash = header if header is not None else self.payload(request)
        return (
            f"{(request.method or '').upper()}\n{self._canonical_path(path)}\n"
            f"{canonical_query(request.params, query) if query or request.params else ''}\n{lines}\n\n{self._signed_names}\n{payload_hash}"
        )

    def _canonical_path(self, path: str) -> str:
        """The path with dots resolved and slashes collapsed, encoded once more than in the request."""
        return percent_encode(normalize_path(path), "/~")

    def payload(self, request: AWSRequest) -> str:
        """The hash of the body in hexadecimal, or the constant for a body that is not signed."""
        if is_trailing_checksum(request):
            return UNSIGNED_TRAILER
        if not self._signs_payload(request):
            return UNSIGNED_PAYLOAD
        known = request.context.get("payload_sha256")
        if known is not None:
            return known  # type: ignore[no-any-return]
        data = request.data
        return body_sha256(data if type(data) is bytes else request.body)

    def _signs_payload(self, request: AWSRequest) -> bool:
        if not (request.url or "").startswith("https"):
            return True  # Without TLS, nothing else protects the body.
        return bool(request.context.get("payload_signing_enabled", True))

    # -- the signature -----------------------------------------------------------------------------------------

    def scope(self, request: AWSRequest) -> str:
        """The access key and the credential scope."""
        return f"{self.credentials.access_key}/{self.credential_scope(request)}"

    def credential_scope(self, request: AWSRequest) -> str:
        """Day, region, service."""
        date = request.context["timestamp"][:8]
        return f"{date}/{self._region_name}/{self._service_name}/aws4_request"

    def string_to_sign(self, request: AWSRequest, canonical_request: str) -> str:
        """Algorithm, time, scope, and the hash of the canonical request."""
        hashed = sha256(canonical_request.encode("utf-8")).hexdigest()
        return f"{ALGORITHM}\n{request.context['timestamp']}\n{self.credential_scope(request)}\n{hashed}"

    def signature(self, string_to_sign: str, request: AWSRequest) -> str:
        """The signature in hexadecimal."""
        date = request.context["timestamp"][:8]
        key = signing_key(self.credentials.secret_key, date, self._region_name, self._service_name)
        return key.sign(string_to_sign.encode("utf-8"))

    def _inject_signature(self, request: AWSRequest, signature: str) -> None:
        request.headers["Authorization"] = (
            f"{ALGORITHM} Credential={self.scope(request)}, SignedHeaders={self._signed_names}, "
            f"Signature={signature}"
        )


class S3SigV4Auth(SigV4Auth):
    """S3's variant: the path unchanged, and always a header with the hash of the body."""

    # Object keys may contain "..", "//" and encoded characters, so S3 does not normalize.
    _replaced = SigV4Auth._replaced | {"x-amz-content-sha256"}

    def _modify_request_before_signing(self, request: AWSRequest) -> None:
        self._set_date_and_token(request)
        request.headers["X-Amz-Content-SHA256"] = self.payload(request)

    def _canonical_path(self, path: str) -> str:
        return path or "/"

    def _signs_payload(self, request: AWSRequest) -> bool:
        context = request.context
        s3_config: dict[str, Any] = getattr(context.get("client_config"), "s3", None) or {}
        configured = s3_config.get("payload_signing_enabled")
        if configured is not None:
            return bool(configured)
        checksum_header = "Content-MD5"
        algorithm: dict[str, str] | str | None = context.get("checksum", {}).get("request_algorithm")
        if isinstance(algorithm, dict) and algorithm.get("in") == "header":
            checksum_header = algorithm["name"]
        # TLS and a signed checksum header protect the body already.
        if not (request.url or "").startswith("https") or checksum_header not in request.headers:
            return True
        if context.get("has_streaming_input", False):
            return False
        return super()._signs_payload(request)


def check_credentials(credentials: SigningKeys | None) -> None:
    """Raise ``NoCredentialsError``, or ``PartialCredentialsError`` if one of the keys is missing."""
    if credentials is None:
        error = exceptions.NoCredentialsError()
        # The text is the reference's, which programs compare.
        error.add_note(
            "Run 'sotalia credentials explain' to see which sources were asked, and what each said."
        )
        raise error
    if credentials.access_key is None or credentials.secret_key is None:
        missing = "access_key" if credentials.access_key is None else "secret_key"
        raise exceptions.PartialCredentialsError(provider="the given credentials", cred_var=missing)


def headers_to_sign(request: AWSRequest, scheme: str, authority: str) -> dict[str, str]:
    """Canonical headers: values by lower-case name, white space collapsed, several values joined, with the host."""
    values: dict[str, str] = {}
    for key, _, value in request.headers.keyed_items():
        if key in UNSIGNED_HEADERS:
            continue
        if type(value) is str:
            text = value
        elif isinstance(value, bytes):
            text = value.decode("utf-8", "replace")
        else:  # An Enum's member is sent as its text, not as what `str` makes of it.
            text = str.__str__(value) if isinstance(value, str) else str(value)
        # Most values have no white space, and splitting costs more than these tests.
        if " " in text or "\t" in text or "\n" in text:
            text = " ".join(text.split())
        values[key] = f"{values[key]},{text}" if key in values else text
    if "host" not in values:
        host = authority.rpartition("@")[2].lower()
        if "%" in host:
            host = without_zone(host)
        values["host"] = host.removesuffix(_DEFAULT_PORTS.get(scheme, "-"))
    return values


def canonical_query(params: Any, query: str) -> str:
    """The canonical query: sorted by encoded name, then by value. A name alone gets an equals sign."""
    if params:
        pairs = [
            (percent_encode(name), percent_encode(value))
            for name, value in (params.items() if hasattr(params, "items") else params)
        ]
    elif query:
        pairs = list[tuple[str, str]]()
        for part in query.split("&"):
            name, _, value = part.partition("=")
            pairs.append((name, value))
    else:
        return ""
    pairs.sort()
    return "&".join([f"{name}={value}" for name, value in pairs])


def normalize_path(path: str) -> str:
    """Remove ``.``, ``..`` and empty segments (RFC 3986 5.2.4)."""
    if not path:
        return "/"
    if "." not in path and "//" not in path:
        return path
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            if segments:
                segments.pop()
        elif segment not in ("", "."):
            segments.append(segment)
    ending = "/" if path.endswith("/") and segments else ""
    return f"/{'/'.join(segments)}{ending}"


def is_trailing_checksum(request: AWSRequest) -> bool:
    """Whether the body's checksum follows it as a trailer."""
    algorithm: dict[str, str] | str | None = request.context.get("checksum", {}).get("request_algorithm")
    return isinstance(algorithm, dict) and algorithm.get("in") == "trailer"


def body_sha256(body: bytes | bytearray | memoryview | SeekableFile | None) -> str:
    """Hash a body in memory, or a file from its position on. The file is wound back to it."""
    if not body:
        return EMPTY_SHA256
    if isinstance(body, _IN_MEMORY):
        return sha256(body).hexdigest()
    try:
        # A pipe has both methods, but they raise.
        position = body.tell()
        body.seek(position)
    except (AttributeError, OSError) as error:
        raise exceptions.UnseekableStreamError(
            stream_object=f"of type {type(body).__name__}: it can be read only once, but its signature has to be known "
            "before it is sent; give bytes or a file that can seek, or use https with request_checksum_calculation "
            "'when_supported', where the body need not be signed"
        ) from error
    started = sha256()
    while chunk := body.read(_CHUNK):
        started.update(chunk.encode("utf-8") if isinstance(chunk, str) else chunk)
    body.seek(position)
    return started.hexdigest()
