"""Signatures with the session credentials of an S3 Express bucket (``CreateSession``)."""

from __future__ import annotations

from sotalia.auth.presigned import S3SigV4PostAuth, S3SigV4QueryAuth
from sotalia.auth.sigv4 import S3SigV4Auth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.auth import SigningKeys
    from sotalia.transport.messages import AWSRequest

_TOKEN_HEADER = "x-amz-s3session-token"
# "CreateSession": a session lasts five minutes, and a URL no longer than its session.
_DEFAULT_EXPIRES = 300


class S3ExpressAuth(S3SigV4Auth):
    """Signs in a header. The session token has a header of its own."""

    REQUIRES_IDENTITY_CACHE = True

    def __init__(
        self, credentials: SigningKeys, service_name: str, region_name: str, identity_cache: object = None
    ) -> None:
        super().__init__(credentials, service_name, region_name)
        self._identity_cache = identity_cache

    def _set_date_and_token(self, request: AWSRequest) -> None:
        super()._set_date_and_token(request)
        del request.headers["X-Amz-Security-Token"]
        del request.headers[_TOKEN_HEADER]
        request.headers[_TOKEN_HEADER] = self.credentials.token


class S3ExpressQueryAuth(S3SigV4QueryAuth):
    """Signs a URL. The session token has a query parameter of its own."""

    REQUIRES_IDENTITY_CACHE = True

    def __init__(
        self,
        credentials: SigningKeys,
        service_name: str,
        region_name: str,
        identity_cache: object = None,
        expires: int = _DEFAULT_EXPIRES,
    ) -> None:
        super().__init__(credentials, service_name, region_name, expires)
        self._identity_cache = identity_cache

    def _token_parameters(self) -> dict[str, str]:
        return {"X-Amz-S3session-Token": self.credentials.token} if self.credentials.token else {}


class S3ExpressPostAuth(S3SigV4PostAuth):
    """Signs a form. The session token has a field of its own."""

    REQUIRES_IDENTITY_CACHE = True
    _token_field = "X-Amz-S3session-Token"

    def __init__(
        self, credentials: SigningKeys, service_name: str, region_name: str, identity_cache: object = None
    ) -> None:
        super().__init__(credentials, service_name, region_name)
        self._identity_cache = identity_cache
