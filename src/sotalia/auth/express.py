"""Signatures with the session credentials of an S3 Express bucket (``CreateSession``)."""

from __future__ import annotations

from sotalia.auth.presigned import S3SigV4PostAuth, S3SigV4QueryAuth
from sotalia.auth.sigv4 import S3SigV4Auth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.transport.messages import AWSRequest

_TOKEN_HEADER = "x-amz-s3session-token"
_DEFAULT_EXPIRES = 300  # as long as a session lasts


class S3ExpressAuth(S3SigV4Auth):
    """The token travels in a header of its own."""

    REQUIRES_IDENTITY_CACHE = True

    def __init__(
        self, credentials: Any, service_name: str, region_name: str, identity_cache: Any = None
    ) -> None:
        super().__init__(credentials, service_name, region_name)
        self._identity_cache = identity_cache

    def _set_date_and_token(self, request: AWSRequest) -> None:
        super()._set_date_and_token(request)
        del request.headers["X-Amz-Security-Token"]
        del request.headers[_TOKEN_HEADER]
        request.headers[_TOKEN_HEADER] = self.credentials.token


class S3ExpressQueryAuth(S3SigV4QueryAuth):
    """The token travels in a parameter of its own."""

    REQUIRES_IDENTITY_CACHE = True

    def __init__(
        self,
        credentials: Any,
        service_name: str,
        region_name: str,
        identity_cache: Any = None,
        expires: int = _DEFAULT_EXPIRES,
    ) -> None:
        super().__init__(credentials, service_name, region_name, expires)
        self._identity_cache = identity_cache

    def _token_parameters(self) -> dict[str, str]:
        return {"X-Amz-S3session-Token": self.credentials.token} if self.credentials.token else {}


class S3ExpressPostAuth(S3SigV4PostAuth):
    """The token is a field of its own."""

    REQUIRES_IDENTITY_CACHE = True
    _token_field = "X-Amz-S3session-Token"

    def __init__(
        self, credentials: Any, service_name: str, region_name: str, identity_cache: Any = None
    ) -> None:
        super().__init__(credentials, service_name, region_name)
        self._identity_cache = identity_cache
