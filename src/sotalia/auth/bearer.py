"""Bearer tokens (RFC 6750), which are sent only over TLS."""

from __future__ import annotations

from sotalia import exceptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.auth import BearerToken
    from sotalia.transport.messages import AWSRequest


class BearerAuth:
    """Adds ``Authorization: Bearer``."""

    REQUIRES_REGION = False
    REQUIRES_TOKEN = True

    def __init__(self, auth_token: BearerToken | None) -> None:
        self.auth_token = auth_token

    def add_auth(self, request: AWSRequest) -> None:
        """Add the token. Raises ``NoAuthTokenError``, or ``ValueError`` for a request without TLS."""
        # RFC 6750 5.3: whoever reads the token on the way can use it.
        if self.auth_token is None:
            raise exceptions.NoAuthTokenError()
        if not (request.url or "").startswith("https"):
            raise ValueError("a bearer token is only sent over https, where nobody can read it on the way")
        del request.headers["Authorization"]
        request.headers["Authorization"] = f"Bearer {self.auth_token.token}"
