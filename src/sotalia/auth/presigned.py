"""Signature Version 4 in the query string, and in the fields of a form (presigned POST).

See "Authenticating Requests: Using Query Parameters" and "Browser-Based Uploads Using POST" in the Amazon S3 API
Reference.
"""

from __future__ import annotations

from sotalia.auth.sigv4 import (
    ALGORITHM,
    UNSIGNED_PAYLOAD,
    S3SigV4Auth,
    SigV4Auth,
    check_credentials,
    headers_to_sign,
    timestamp,
)
from sotalia.transport.address import split_url
from sotalia.transport.query_string import percent_encode_sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.auth import SigningKeys
    from sotalia.transport.messages import AWSRequest

DEFAULT_EXPIRES = 3600
_FORM = "application/x-www-form-urlencoded; charset=utf-8"


class SigV4QueryAuth(SigV4Auth):
    """Signs a URL for ``expires`` seconds, with all parameters in the query, also those of the body."""

    def __init__(
        self, credentials: SigningKeys, service_name: str, region_name: str, expires: int = DEFAULT_EXPIRES
    ) -> None:
        super().__init__(credentials, service_name, region_name)
        self._expires = expires

    def _modify_request_before_signing(self, request: AWSRequest) -> None:
        # The form moves into the query. A signed header would have to be sent with the URL.
        if request.headers.get("content-type") == _FORM:
            del request.headers["content-type"]
        scheme, authority, path, query = split_url(request.url or "")
        parameters = query_parameters(query)
        if request.params:
            parameters.update(request.params)
            request.params = {}
        if request.data:
            parameters.update(body_parameters(request.data))
            request.data = ""
        signature_parameters = {
            "X-Amz-Algorithm": ALGORITHM,
            "X-Amz-Credential": self.scope(request),
            "X-Amz-Date": request.context["timestamp"],
            "X-Amz-Expires": self._expires,
            "X-Amz-SignedHeaders": ";".join(sorted(headers_to_sign(request, scheme, authority))),
            **self._token_parameters(),
        }
        everything = percent_encode_sequence({**parameters, **signature_parameters})
        request.url = f"{scheme}://{authority}{path}?{everything}"

    def _token_parameters(self) -> dict[str, str]:
        return {"X-Amz-Security-Token": self.credentials.token} if self.credentials.token else {}

    def _inject_signature(self, request: AWSRequest, signature: str) -> None:
        request.url = f"{request.url}&X-Amz-Signature={signature}"


class S3SigV4QueryAuth(SigV4QueryAuth):
    """Signs a URL of S3: the path unchanged, the body not signed."""

    def _canonical_path(self, path: str) -> str:
        return path or "/"

    def payload(self, request: AWSRequest) -> str:
        """Whoever uses the URL chooses the body."""
        return UNSIGNED_PAYLOAD


class S3SigV4PostAuth(S3SigV4Auth):
    """Signs the policy of a form, whose fields and conditions are in the request's context."""

    _token_field = "x-amz-security-token"

    def add_auth(self, request: AWSRequest) -> None:
        """Complete ``s3-presign-post-fields`` and ``s3-presign-post-policy`` of the context."""
        check_credentials(self.credentials)
        date = request.context["timestamp"] = timestamp(request.context)
        fields: dict[str, Any] = request.context.get("s3-presign-post-fields") or {}
        policy: dict[str, Any] = request.context.get("s3-presign-post-policy") or {}
        conditions = policy.setdefault("conditions", [])
        added = {
            "x-amz-algorithm": ALGORITHM,
            "x-amz-credential": self.scope(request),
            "x-amz-date": date,
        }
        if self.credentials.token:
            added[self._token_field] = self.credentials.token
        fields.update(added)
        conditions.extend({name: value} for name, value in added.items())
        fields["policy"] = encode_policy(policy)
        fields["x-amz-signature"] = self.signature(fields["policy"], request)
        request.context["s3-presign-post-fields"] = fields
        request.context["s3-presign-post-policy"] = policy


def encode_policy(policy: dict[str, Any]) -> str:
    """Encode a policy in base64."""
    import json
    from binascii import b2a_base64

    return b2a_base64(json.dumps(policy).encode("utf-8"), newline=False).decode("ascii")


def query_parameters(query: str) -> dict[str, Any]:
    """Decode the parameters of a query string. The first of several with one name wins."""
    from urllib.parse import parse_qs

    return {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}


def body_parameters(data: dict[str, Any] | str | bytes) -> dict[str, Any]:
    """The parameters in a body: a form's, or a JSON object's members."""
    if isinstance(data, dict):
        return data
    import json

    loaded: dict[str, Any] | list[Any] | str | float | None
    try:
        loaded = json.loads(data)
    except (TypeError, ValueError):
        return {}
    return loaded if isinstance(loaded, dict) else {}
