"""S3's Signature Version 2 (HMAC-SHA1): in a header, in the query string, and in the fields of a form.

See "Signing and authenticating REST requests (AWS signature version 2)" in the Amazon S3 documentation.
"""

from __future__ import annotations

from binascii import b2a_base64

from sotalia.auth.digests import hmac_digest
from sotalia.auth.presigned import DEFAULT_EXPIRES, encode_policy
from sotalia.auth.sigv4 import check_credentials, signing_time
from sotalia.transport.address import split_url
from sotalia.transport.query_string import percent_encode_sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.auth import SigningKeys
    from sotalia.transport.messages import AWSRequest

#: Query parameters that are part of the canonicalized resource.
SUB_RESOURCES = frozenset(
    "accelerate acl cors defaultObjectAcl location logging partNumber policy requestPayment torrent versioning versionId "
    "versions website uploads uploadId response-content-type response-content-language response-expires "
    "response-cache-control response-content-disposition response-content-encoding delete lifecycle tagging restore "
    "storageClass notification replication analytics metrics inventory select select-type object-lock".split()
)


class HmacV1Auth:
    """Adds ``Authorization: AWS KEY:SIGNATURE``."""

    REQUIRES_REGION = False
    REQUIRES_TOKEN = False

    def __init__(
        self, credentials: SigningKeys, service_name: str | None = None, region_name: str | None = None
    ) -> None:
        self.credentials = credentials

    def add_auth(self, request: AWSRequest) -> None:
        """Sign a request, or sign it again. Raises ``NoCredentialsError``."""
        check_credentials(self.credentials)
        headers = request.headers
        if self.credentials.token:
            del headers["x-amz-security-token"]
            headers["x-amz-security-token"] = self.credentials.token
        del headers["Date"]
        headers["Date"] = self._date(signing_time(request.context))
        signature = self.sign_string(self.canonical_string(request))
        self._inject_signature(request, signature)

    def _date(self, now: float) -> str:
        from sotalia.protocols.timestamps import http_date

        return http_date(now)

    def sign_string(self, text: str) -> str:
        """Sign a text; base64."""
        key = self.credentials.secret_key.encode("utf-8")
        return b2a_base64(hmac_digest(key, text.encode("utf-8"), "sha1"), newline=False).decode("ascii")

    def canonical_string(self, request: AWSRequest) -> str:
        """The string to sign: method, three headers, the ``x-amz-`` headers by name, and the resource."""
        headers = request.headers
        lines = [(request.method or "").upper()]
        lines += [str(headers.get(name, "")).strip() for name in ("content-md5", "content-type", "date")]
        amazon: dict[str, str] = {}
        for name, value in headers.items():
            key = name.lower()
            if key.startswith("x-amz-"):
                amazon[key] = f"{amazon[key]},{str(value).strip()}" if key in amazon else str(value).strip()
        lines += [f"{name}:{amazon[name]}" for name in sorted(amazon)]
        return "\n".join([*lines, self._resource(request)])

    def _resource(self, request: AWSRequest) -> str:
        _, _, path, query = split_url(request.url or "")
        # The bucket is signed in the path even where it is in the host name.
        resource = request.auth_path if request.auth_path is not None else path
        signed: list[tuple[str, str, str]] = []
        for part in query.split("&") if query else ():
            name, separator, value = part.partition("=")
            if name in SUB_RESOURCES:
                if separator:
                    # The guide: values of response-* parameters are signed decoded.
                    from urllib.parse import unquote

                    value = unquote(value)
                signed.append((name, separator, value))
        signed.sort()
        if not signed:
            return resource
        return f"{resource}?{'&'.join(name + separator + value for name, separator, value in signed)}"

    def _inject_signature(self, request: AWSRequest, signature: str) -> None:
        del request.headers["Authorization"]
        request.headers["Authorization"] = f"AWS {self.credentials.access_key}:{signature}"


class HmacV1QueryAuth(HmacV1Auth):
    """Signs a URL, which is valid until ``Expires``."""

    def __init__(
        self,
        credentials: SigningKeys,
        expires: int = DEFAULT_EXPIRES,
        service_name: str | None = None,
        region_name: str | None = None,
    ) -> None:
        super().__init__(credentials)
        self._expires = expires

    def _date(self, now: float) -> str:
        return str(int(now + int(self._expires)))

    def _inject_signature(self, request: AWSRequest, signature: str) -> None:
        parameters: dict[str, Any] = {"AWSAccessKeyId": self.credentials.access_key, "Signature": signature}
        for name, value in request.headers.items():
            key = name.lower()
            if key == "date":
                parameters["Expires"] = value
            elif key.startswith("x-amz-") or key in ("content-md5", "content-type"):
                parameters[key] = value
        added = percent_encode_sequence(parameters)
        url = request.url or ""
        request.url = f"{url}{'&' if '?' in url else '?'}{added}"


class HmacV1PostAuth(HmacV1Auth):
    """Signs a form's policy."""

    def add_auth(self, request: AWSRequest) -> None:
        """Complete ``s3-presign-post-fields`` and ``s3-presign-post-policy`` of the context."""
        check_credentials(self.credentials)
        fields: dict[str, Any] = request.context.get("s3-presign-post-fields") or {}
        policy: dict[str, Any] = request.context.get("s3-presign-post-policy") or {}
        conditions = policy.setdefault("conditions", [])
        fields["AWSAccessKeyId"] = self.credentials.access_key
        if self.credentials.token:
            fields["x-amz-security-token"] = self.credentials.token
            conditions.append({"x-amz-security-token": self.credentials.token})
        fields["policy"] = encode_policy(policy)
        fields["signature"] = self.sign_string(fields["policy"])
        request.context["s3-presign-post-fields"] = fields
        request.context["s3-presign-post-policy"] = policy
