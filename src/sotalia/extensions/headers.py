"""Headers of one's own: :class:`Headers`."""

from __future__ import annotations

from sotalia.events import BeforeCall
from sotalia.extensions.scopes import Scope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Final

    from sotalia.events import EventRegistry

#: Headers that sotalia sets itself, in lower case, and what to do for another value.
RESERVED: Final = {
    "amz-sdk-invocation-id": "it is new for each call",
    "amz-sdk-request": "it counts the attempts",
    "authorization": "the signer writes it; credentials belong to the session",
    "connection": "the transport writes it",
    "content-length": "the transport writes it, from the body",
    "host": "it follows from the address; give the client an endpoint_url",
    "transfer-encoding": "the transport writes it, from the body",
    "x-amz-content-sha256": "the signer writes it, from the body",
    "x-amz-date": "the signer writes it",
    "x-amz-security-token": "the signer writes it; credentials belong to the session",
}
_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")  # RFC 9110, 5.6.2


class Headers:
    """Adds headers to requests before they are signed, so that the signature covers them.

    ``headers`` by name; a function in place of a value is called once a call (``{"X-Request-Id": new_id}``). ``scope``: an
    operation, ``"s3.PutObject"``, a service or, by default, all calls. Raises ``ValueError`` for a header that sotalia sets
    itself, and for what is no name or no value of a header.
    """

    def __init__(self, headers: Mapping[str, str | Callable[[], str]], scope: str = "*") -> None:
        for name, value in headers.items():
            _check_name(name)
            if not callable(value):
                _check_value(name, value)
        self._headers = dict(headers)
        self._scope = Scope(scope)

    def install(self, events: EventRegistry) -> None:
        """Register a handler of ``before-call``."""
        self._scope.register(events, BeforeCall, self.add)

    def add(self, event: BeforeCall) -> None:
        """Set the headers of all attempts of a call."""
        for name, value in self._headers.items():
            if callable(value):
                value = value()
                _check_value(name, value)
            event.headers[name] = value

    def __repr__(self) -> str:
        return f"<Headers {', '.join(self._headers)}>"


def _check_name(name: str) -> None:
    if not isinstance(name, str) or not name or not _TOKEN.issuperset(name.lower()):
        raise ValueError(f"{name!r} is no name of a header")
    reason = RESERVED.get(name.lower())
    if reason is not None:
        raise ValueError(f"the header {name!r} cannot be set: {reason}")


def _check_value(name: str, value: object) -> None:
    # Not the value itself: it may be a key.
    if not isinstance(value, str):
        raise ValueError(f"the value of the header {name!r} must be text, not {type(value).__name__}")
    if value != value.strip() or any(character < " " and character != "\t" for character in value):
        raise ValueError(f"the value of the header {name!r} has line breaks or spaces around it")
