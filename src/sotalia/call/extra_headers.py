"""Headers that a program adds to requests, and how long it waits for their responses."""

from __future__ import annotations

from sotalia.events.handlers import named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

#: Written by the signer, the pipeline or the transport, which would write over another value or contradict it.
RESERVED = frozenset(
    (
        "amz-sdk-invocation-id",
        "amz-sdk-request",
        "authorization",
        "connection",
        "content-length",
        "date",
        "expect",
        "host",
        "transfer-encoding",
        "user-agent",
        "x-amz-content-sha256",
        "x-amz-date",
        "x-amz-security-token",
    )
)
_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


def checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers. Raises ``ValueError`` or ``TypeError`` for what cannot be one; no value is in the message."""
    for name, value in headers.items():
        if not isinstance(name, str) or not name or not _TOKEN.issuperset(name):
            raise ValueError(f"{name!r} is no name of a header; write one such as 'X-Team'")
        if name.lower() in RESERVED:
            hint = ", use Config(user_agent_extra=...)" if name.lower() == "user-agent" else ""
            raise ValueError(f"the header {name!r} is reserved: sotalia writes it itself; leave it out{hint}")
        if not isinstance(value, str):
            raise TypeError(f"the header {name!r} must be text, not {type(value).__name__}")
        if any((ord(character) < 32 and character != "\t") or ord(character) == 127 for character in value):
            raise ValueError(
                f"the header {name!r} has a line break or another control character in its value"
            )
    return dict(headers)


class RequestOptions:
    """A handler of ``before-sign``: headers that are signed with the rest, and the limit for reading the response.

    That event comes once per attempt, also for presigned requests.
    """

    def __init__(self, headers: Mapping[str, str], read_timeout: float | None) -> None:
        self.headers = checked_headers(headers)
        self.read_timeout = read_timeout

    @named("with_options")
    def apply(self, request: Any, **kwargs: Any) -> None:
        """Set them."""
        headers = request.headers
        for name, value in self.headers.items():
            if headers.get(name) is not None:
                del headers[name]
            headers[name] = value
        if self.read_timeout is not None:
            request.context["read_timeout"] = self.read_timeout

    def __repr__(self) -> str:
        return f"<RequestOptions headers {sorted(self.headers)}, read timeout {self.read_timeout}>"
