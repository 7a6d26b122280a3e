"""HMACs that a fork in another thread cannot interrupt."""

from __future__ import annotations

from hmac import digest

from sotalia.runtime.forks import in_openssl


def hmac_digest(key: bytes, data: bytes, algorithm: str) -> bytes:
    """The HMAC (RFC 2104) of ``data``. OpenSSL looks its algorithm up without the GIL: see :mod:`sotalia.runtime.forks`."""
    with in_openssl.call():
        return digest(key, data, algorithm)
