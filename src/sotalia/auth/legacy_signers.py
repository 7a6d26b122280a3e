"""Signature Versions 2 and 3, which a few old services still use.

See "Signature Version 2 signing process" in the AWS General Reference and "Signing AWS requests for Amazon Route 53".
"""

from __future__ import annotations

import time
from binascii import b2a_base64

from sotalia.auth.digests import hmac_digest
from sotalia.auth.sigv4 import check_credentials, signing_time
from sotalia.transport.address import split_url
from sotalia.transport.query_string import percent_encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from sotalia.auth import SigningKeys
    from sotalia.transport.messages import AWSRequest


class SigV2Auth:
    """Adds the signature to the parameters: those of the form for POST, else those of the query."""

    REQUIRES_REGION = False
    REQUIRES_TOKEN = False

    def __init__(
        self, credentials: SigningKeys, service_name: str | None = None, region_name: str | None = None
    ) -> None:
        self.credentials = credentials

    def calc_signature(self, request: AWSRequest, params: dict[str, Any]) -> tuple[str, str]:
        """The canonical query string, and its signature in base64."""
        _, authority, path, _ = split_url(request.url or "")
        pairs = sorted((name, value) for name, value in params.items() if name != "Signature")
        query = "&".join(f"{percent_encode(name)}={percent_encode(value)}" for name, value in pairs)
        text = f"{request.method}\n{authority}\n{path or '/'}\n{query}"
        key = self.credentials.secret_key.encode("utf-8")
        return query, b2a_base64(hmac_digest(key, text.encode("utf-8"), "sha256"), newline=False).decode(
            "ascii"
        )

    def add_auth(self, request: AWSRequest) -> None:
        """Sign a request. Raises ``NoCredentialsError``."""
        check_credentials(self.credentials)
        given: Mapping[str, Any] | None = request.data if request.method == "POST" else request.params
        params: dict[str, Any] = given if isinstance(given, dict) else dict(given or {})
        params["AWSAccessKeyId"] = self.credentials.access_key
        params["SignatureVersion"] = "2"
        params["SignatureMethod"] = "HmacSHA256"
        params["Timestamp"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(signing_time(request.context)))
        if self.credentials.token:
            params["SecurityToken"] = self.credentials.token
        params["Signature"] = self.calc_signature(request, params)[1]
        if request.method == "POST":
            request.data = params
        else:
            request.params = params


class SigV3Auth:
    """Signs the date alone (AWS3-HTTPS): TLS has to protect the rest."""

    REQUIRES_REGION = False
    REQUIRES_TOKEN = False

    def __init__(
        self, credentials: SigningKeys, service_name: str | None = None, region_name: str | None = None
    ) -> None:
        self.credentials = credentials

    def add_auth(self, request: AWSRequest) -> None:
        """Sign a request. Raises ``NoCredentialsError``."""
        from sotalia.protocols.timestamps import http_date

        check_credentials(self.credentials)
        headers = request.headers
        del headers["Date"]
        headers["Date"] = date = http_date(signing_time(request.context))
        if self.credentials.token:
            del headers["X-Amz-Security-Token"]
            headers["X-Amz-Security-Token"] = self.credentials.token
        key = self.credentials.secret_key.encode("utf-8")
        signature = b2a_base64(hmac_digest(key, date.encode("utf-8"), "sha256"), newline=False).decode(
            "ascii"
        )
        del headers["X-Amzn-Authorization"]
        headers["X-Amzn-Authorization"] = (
            f"AWS3-HTTPS AWSAccessKeyId={self.credentials.access_key},Algorithm=HmacSHA256,Signature={signature}"
        )
