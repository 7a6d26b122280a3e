"""HMACs that no fork interrupts, and SHA-256."""

from __future__ import annotations

from sotalia.runtime.forks import in_openssl

try:
    # What ``hmac.digest`` calls first, without the imports of that module.
    from _hashlib import hmac_digest as _digest
    from _hashlib import openssl_sha256 as sha256  # ``hashlib.sha256`` itself.
except ImportError:  # Python without OpenSSL.
    from hashlib import sha256
    from hmac import digest as _digest  # type: ignore[assignment]  # The names of their parameters differ.

__all__ = ["hmac_digest", "sha256"]


def hmac_digest(key: bytes, data: bytes, algorithm: str) -> bytes:
    """The HMAC (RFC 2104) of ``data``. OpenSSL looks its algorithm up without the GIL: see :mod:`sotalia.runtime.forks`."""
    with in_openssl.call():
        return _digest(key, data, algorithm)
