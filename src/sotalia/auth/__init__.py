"""Signers: one module per signature version, and :mod:`signer`, which chooses among them for each request."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

if TYPE_CHECKING:
    from typing import Protocol

    class SigningKeys(Protocol):
        """Frozen credentials, as signers use them."""

        @property
        def access_key(self) -> str | None:
            """The access key id; without it, signing raises ``PartialCredentialsError``."""
            ...

        @property
        def secret_key(self) -> Any:
            """The secret access key."""
            ...

        @property
        def token(self) -> str | None:
            """The session token of temporary credentials."""
            ...

    class BearerToken(Protocol):
        """A frozen token."""

        @property
        def token(self) -> str:
            """Its text."""
            ...


#: Signature versions and the classes that implement them. ``"module:name"`` is imported on first use. You may add your
#: own.
AUTH_TYPE_MAPS: dict[str, Any] = {
    "v2": "sotalia.auth.legacy_signers:SigV2Auth",
    "v3": "sotalia.auth.legacy_signers:SigV3Auth",
    "v3https": "sotalia.auth.legacy_signers:SigV3Auth",
    "v4": "sotalia.auth.sigv4:SigV4Auth",
    "v4-query": "sotalia.auth.presigned:SigV4QueryAuth",
    "s3v4": "sotalia.auth.sigv4:S3SigV4Auth",
    "s3v4-query": "sotalia.auth.presigned:S3SigV4QueryAuth",
    "s3v4-presign-post": "sotalia.auth.presigned:S3SigV4PostAuth",
    "v4-s3express": "sotalia.auth.express:S3ExpressAuth",
    "v4-s3express-query": "sotalia.auth.express:S3ExpressQueryAuth",
    "v4-s3express-presign-post": "sotalia.auth.express:S3ExpressPostAuth",
    "v4a": "sotalia.auth.sigv4a:SigV4AAuth",
    "v4a-query": "sotalia.auth.sigv4a:SigV4AQueryAuth",
    "s3v4a": "sotalia.auth.sigv4a:S3SigV4AAuth",
    "s3v4a-query": "sotalia.auth.sigv4a:S3SigV4AQueryAuth",
    "s3": "sotalia.auth.hmacv1:HmacV1Auth",
    "s3-query": "sotalia.auth.hmacv1:HmacV1QueryAuth",
    "s3-presign-post": "sotalia.auth.hmacv1:HmacV1PostAuth",
    "bearer": "sotalia.auth.bearer:BearerAuth",
}


def auth_class(signature_version: str) -> Any:
    """The signer class for a signature version, or ``None``."""
    signer_class = AUTH_TYPE_MAPS.get(signature_version)
    if isinstance(signer_class, str):
        from importlib import import_module

        module, _, name = signer_class.partition(":")
        signer_class = AUTH_TYPE_MAPS[signature_version] = getattr(import_module(module), name)
    return signer_class


def is_signer_available(signature_version: str) -> bool:
    """Whether we can sign with this version here. Asymmetric signatures need the extra ``sotalia[crt]``."""
    if "v4a" not in signature_version:
        return signature_version in AUTH_TYPE_MAPS
    from sotalia.runtime import crt

    return crt.is_available()
