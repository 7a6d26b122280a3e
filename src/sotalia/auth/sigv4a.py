"""Asymmetric Signature Version 4 (SigV4a), computed by awscrt (the extra ``sotalia[crt]``).

See "AWS Signature Version 4 for API requests" in the IAM User Guide: one signature is valid for a set of regions.
"""

from __future__ import annotations

from sotalia import exceptions
from sotalia.auth.presigned import DEFAULT_EXPIRES, body_parameters, query_parameters
from sotalia.auth.sigv4 import (
    UNSIGNED_HEADERS,
    UNSIGNED_PAYLOAD,
    UNSIGNED_TRAILER,
    S3SigV4Auth,
    SigV4Auth,
    check_credentials,
    is_trailing_checksum,
    signing_time,
)
from sotalia.runtime.crt import is_switched_off
from sotalia.transport.address import split_url
from sotalia.transport.query_string import percent_encode_sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from sotalia.auth import SigningKeys
    from sotalia.transport.messages import AWSRequest


def _date(context: dict[str, Any]) -> datetime | None:
    """The time of the signature if the local clock is known to be wrong; with ``None``, awscrt reads the clock."""
    if "clock_offset_seconds" not in context:
        return None
    from datetime import UTC, datetime

    return datetime.fromtimestamp(signing_time(context), UTC)


_REMOVED = frozenset(("authorization", "date", "x-amz-date", "x-amz-security-token", "x-amz-region-set"))


def _awscrt() -> tuple[Any, Any]:
    """Import awscrt's modules for signing and for requests. Raises ``MissingDependencyException``."""
    try:
        if is_switched_off():
            raise ImportError("BOTO_DISABLE_CRT is true")
        from awscrt import auth, http
    except ImportError as error:
        raise exceptions.MissingDependencyException(
            msg="Signing with SigV4a requires an additional dependency: pip install 'sotalia[crt]'"
        ) from error
    return auth, http


def _is_signed(name: str, **_: object) -> bool:
    return name.lower() not in UNSIGNED_HEADERS


class SigV4AAuth:
    """Signs with a key derived from the credentials, for all regions of ``region_name`` (comma-separated, or ``*``)."""

    REQUIRES_REGION = True
    REQUIRES_TOKEN = False

    _double_encodes = True
    _normalizes = True
    _adds_hash_header = False
    _in_query = False
    _hashing: type[SigV4Auth] = SigV4Auth

    def __init__(
        self, credentials: SigningKeys, service_name: str, region_name: str, expires: int | None = None
    ) -> None:
        self.credentials = credentials
        self._service_name = service_name
        self._region_name = region_name
        self._expires = expires

    def add_auth(self, request: AWSRequest) -> None:
        """Sign a request. Raises ``NoCredentialsError``, or ``MissingDependencyException`` without awscrt."""
        check_credentials(self.credentials)
        crt, http = _awscrt()
        request.headers.remove_all(_REMOVED)
        body_value = self._payload_value(request)
        config = crt.AwsSigningConfig(
            algorithm=crt.AwsSigningAlgorithm.V4_ASYMMETRIC,
            signature_type=(
                crt.AwsSignatureType.HTTP_REQUEST_QUERY_PARAMS
                if self._in_query
                else crt.AwsSignatureType.HTTP_REQUEST_HEADERS
            ),
            credentials_provider=crt.AwsCredentialsProvider.new_static(
                self.credentials.access_key, self.credentials.secret_key, self.credentials.token
            ),
            region=self._region_name,
            service=self._service_name,
            should_sign_header=_is_signed,
            use_double_uri_encode=self._double_encodes,
            should_normalize_uri_path=self._normalizes,
            signed_body_value=body_value,
            signed_body_header_type=(
                crt.AwsSignedBodyHeaderType.X_AMZ_CONTENT_SHA_256
                if self._adds_hash_header and not self._in_query
                else crt.AwsSignedBodyHeaderType.NONE
            ),
            expiration_in_seconds=self._expires,
            date=_date(request.context),
        )
        signed = self._to_sign(request, http)
        crt.aws_sign_request(signed, config).result()
        self._apply(request, signed)

    def _payload_value(self, request: AWSRequest) -> str:
        if self._in_query and self._hashing is S3SigV4Auth:
            return UNSIGNED_PAYLOAD
        if is_trailing_checksum(request):
            return UNSIGNED_TRAILER
        hashing = self._hashing(self.credentials, self._service_name, self._region_name)
        return hashing.payload(request)

    def _to_sign(self, request: AWSRequest, http: Any) -> Any:
        _, authority, path, query = split_url(request.url or "")
        parameters = query_parameters(query) if self._in_query else {}
        if request.params:
            parameters.update(request.params)
            request.params = {}
        if self._in_query and request.data:
            parameters.update(body_parameters(request.data))
            request.data = ""
        text = percent_encode_sequence(parameters) if parameters else query
        headers = http.HttpHeaders(
            [(name, str(value)) for name, value in request.headers.items() if name.lower() != "host"]
        )
        headers.add("host", authority)
        return http.HttpRequest(
            method=request.method, path=f"{path or '/'}?{text}" if text else path or "/", headers=headers
        )

    def _apply(self, request: AWSRequest, signed: Any) -> None:
        scheme, authority, path, _ = split_url(request.url or "")
        if self._in_query:
            request.url = f"{scheme}://{authority}{path}?{signed.path.partition('?')[2]}"
            return
        known = {name.lower() for name in request.headers}
        for name, value in signed.headers:
            if name.lower() not in known and name.lower() != "host":
                request.headers[name] = value


class S3SigV4AAuth(SigV4AAuth):
    """S3's variant: the path unchanged, and always a header with the hash of the body."""

    _double_encodes = False
    _normalizes = False
    _adds_hash_header = True
    _hashing = S3SigV4Auth


class SigV4AQueryAuth(SigV4AAuth):
    """Signs a URL."""

    _in_query = True

    def __init__(
        self, credentials: SigningKeys, service_name: str, region_name: str, expires: int = DEFAULT_EXPIRES
    ) -> None:
        super().__init__(credentials, service_name, region_name, expires)


class S3SigV4AQueryAuth(SigV4AQueryAuth):
    """Signs a URL of S3: the path unchanged."""

    _double_encodes = False
    _normalizes = False
    _hashing = S3SigV4Auth
