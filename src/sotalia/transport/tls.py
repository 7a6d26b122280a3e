"""TLS contexts, as the reference sets them up, made once for equal settings."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl


@lru_cache(maxsize=32)
def tls_context(verify: bool | str, client_cert: str | tuple[str, str] | None) -> ssl.SSLContext:
    """The context for these settings; shared, since loading a CA bundle takes 20 ms.

    ``verify``: ``True`` trusts :func:`default_bundle`, a path that file or directory, ``False`` anybody. Raises
    ``OSError`` naming a bundle or certificate that cannot be read.
    """
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_TICKET
    if verify is False:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        bundle = default_bundle() if verify is True else verify
        if not os.path.exists(bundle):
            raise OSError(
                f"the CA bundle {bundle!r} does not exist; check the argument 'verify', AWS_CA_BUNDLE, "
                "REQUESTS_CA_BUNDLE or 'ca_bundle' of the profile"
            )
        if os.path.isdir(bundle):
            context.load_verify_locations(capath=bundle)
        else:
            context.load_verify_locations(cafile=bundle)
    if client_cert:
        certificate, key = (client_cert, None) if isinstance(client_cert, str) else client_cert
        context.load_cert_chain(certificate, key)
    key_log = os.environ.get("SSLKEYLOGFILE")
    if key_log:
        context.keylog_filename = key_log
    return context


def default_bundle() -> str:
    """Certifi's CA bundle where it is installed, else the one that botocore brings."""
    import sys

    for entry in sys.path:
        for path in ("certifi/cacert.pem", "botocore/cacert.pem"):
            candidate = os.path.join(entry or os.curdir, path)
            if os.path.isfile(candidate):
                return candidate
    import ssl

    return ssl.get_default_verify_paths().cafile or ""
