"""Headers that a program adds to requests, and how long it waits for their responses."""

from __future__ import annotations

from sotalia.events.handlers import named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

#: Headers that sotalia sets itself, in lower case, and why another value cannot be set, or what to do instead.
RESERVED = {
    "amz-sdk-invocation-id": "it is new for each call",
    "amz-sdk-request": "it counts the attempts",
    "authorization": "the signer writes it; credentials belong to the session",
    "connection": "the transport writes it",
    "content-length": "the transport writes it, from the body",
    "date": "the signer writes it",
    "expect": "the transport writes it, for large bodies",
    "host": "it follows from the address; give the client an endpoint_url",
    "transfer-encoding": "the transport writes it, from the body",
    "user-agent": "it says which features a call uses; use Config(user_agent_extra=...)",
    "x-amz-content-sha256": "the signer writes it, from the body",
    "x-amz-date": "the signer writes it",
    "x-amz-security-token": "the signer writes it; credentials belong to the session",
}
# RFC 9110, 5.6.2. In both cases: in lower case, letters beyond ASCII may become some of it (the Kelvin sign is a k).
_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


def is_name(name: object) -> bool:
    """Whether this can be the name of a header."""
    return isinstance(name, str) and bool(name) and _TOKEN.issuperset(name)


def breaks_line(value: str) -> bool:
    """Whether a value holds a control character, of which some end a header's line."""
    return any((character < " " and character != "\t") or character == "\x7f" for character in value)


def checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers. Raises ``ValueError`` or ``TypeError`` for what cannot be one; no value is in the message."""
    for name, value in headers.items():
        if not is_name(name):
            raise ValueError(f"{name!r} is no name of a header; write one such as 'X-Team'")
        if name.lower() in RESERVED:
            raise ValueError(f"the header {name!r} is reserved: {RESERVED[name.lower()]}; leave it out")
        if not isinstance(value, str):
            raise TypeError(f"the header {name!r} must be text, not {type(value).__name__}")
        if breaks_line(value):
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
