"""Proof of possession (DPoP, RFC 9449): a token is only of use to who can sign with its key.

The key is an EC P-256 one; signing takes ``awscrt`` or ``cryptography``, whichever is installed.
"""

from __future__ import annotations

from sotalia.runtime import crt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

_COORDINATE_BYTES = 32


if TYPE_CHECKING:

    class SigningKey(Protocol):
        """A private key on P-256."""

        def coordinates(self) -> tuple[bytes, bytes]:
            """The public point, 32 bytes each."""
            ...

        def sign(self, message: bytes) -> bytes:
            """ES256 (RFC 7518 3.4): SHA-256, r and s in 32 bytes each."""
            ...


def is_available() -> bool:
    """Whether one of the two packages is installed; neither is loaded."""
    from importlib.util import find_spec

    return crt.is_available() or find_spec("cryptography") is not None


def load_key(pem: str) -> SigningKey:
    """A key from its PEM text. Raises ``ValueError`` for anything else, without saying what it holds."""
    from binascii import Error, a2b_base64

    lines = [line.strip() for line in pem.splitlines() if not line.startswith("-----")]
    try:
        der = a2b_base64("".join(lines))
        return _crt_key(der) or _cryptography_key(der)
    except (Error, RuntimeError, TypeError, ValueError):
        raise ValueError("the text is not a private key on P-256 in PEM form") from None


class _CrtKey:
    def __init__(self, key: Any, ec: Any) -> None:
        self._key = key
        self._ec = ec

    def coordinates(self) -> tuple[bytes, bytes]:
        x, y = self._key.get_public_coords()
        return bytes(x).rjust(_COORDINATE_BYTES, b"\0"), bytes(y).rjust(_COORDINATE_BYTES, b"\0")

    def sign(self, message: bytes) -> bytes:
        from hashlib import sha256

        signature = self._key.sign(sha256(message).digest())
        return bytes(self._ec.decode_der_signature_to_padded_pair(signature, pad_to=_COORDINATE_BYTES))


def _crt_key(der: bytes) -> SigningKey | None:
    if crt.is_switched_off():
        return None
    try:
        from awscrt.crypto import EC
    except ImportError:
        return None  # Not installed, or older than its EC keys.
    key = EC.new_key_from_der_data(der)
    if max(map(len, key.get_public_coords())) > _COORDINATE_BYTES:
        raise ValueError("the key is on another curve")
    return _CrtKey(key, EC)


class _CryptographyKey:
    def __init__(self, key: Any) -> None:
        self._key = key

    def coordinates(self) -> tuple[bytes, bytes]:
        numbers = self._key.public_key().public_numbers()
        return (
            numbers.x.to_bytes(_COORDINATE_BYTES, "big"),
            numbers.y.to_bytes(_COORDINATE_BYTES, "big"),
        )

    def sign(self, message: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
        from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
        from cryptography.hazmat.primitives.hashes import SHA256

        r, s = decode_dss_signature(self._key.sign(message, ECDSA(SHA256())))
        return r.to_bytes(_COORDINATE_BYTES, "big") + s.to_bytes(_COORDINATE_BYTES, "big")


def _cryptography_key(der: bytes) -> SigningKey:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    key = load_der_private_key(der, None)
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise ValueError("the key is of another kind")
    return _CryptographyKey(key)


def dpop_header(key: SigningKey, url: str, issued_at: int, identifier: str) -> str:
    """The header ``DPoP`` for a POST to ``url`` (RFC 9449 4.2): a JWT with the public key in it."""
    import json

    x, y = key.coordinates()
    header = {
        "typ": "dpop+jwt",
        "alg": "ES256",
        "jwk": {"kty": "EC", "x": _base64url(x), "y": _base64url(y), "crv": "P-256"},
    }
    claims = {"htm": "POST", "htu": url, "iat": issued_at, "jti": identifier}
    parts = [_base64url(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims)]
    message = ".".join(parts)
    return f"{message}.{_base64url(key.sign(message.encode()))}"


def _base64url(data: bytes) -> str:
    from base64 import urlsafe_b64encode

    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
